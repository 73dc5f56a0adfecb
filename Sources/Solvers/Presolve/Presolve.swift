import Constraints

/// Reduces a form; what undoes it is a value.
///
///     let presolved = Presolve.run(form)
///     switch presolved.result {
///     case .reduced(let smaller, let postsolve): solve `smaller`, then `postsolve.lift(answer)`
///     case .infeasible(let farkas): …
///     }
///
/// E. D. Andersen and K. D. Andersen, "Presolving in linear programming", Mathematical Programming 71 (1995);
/// T. Achterberg, R. E. Bixby, Z. Gu, E. Rothberg and D. Weninger, "Presolve reductions in mixed integer programming",
/// INFORMS Journal on Computing 32 (2020).
public struct Presolve: Sendable {
  public var result: Result
  public var summary: Summary

  public enum Result: Sendable {
    /// The reduced form, and what leads back. The same form when nothing could be reduced.
    case reduced(ConicForm, Postsolve)
    /// Multipliers of the original rows, in the signs of ``Certificate/farkas(rows:)``, that prove it; empty when the
    /// bounds of one column contradict each other, or when the proof rests on whole values.
    case infeasible(farkas: [Double])
    /// From any feasible point the objective improves without limit along this direction; whether there is a feasible
    /// point is open.
    case infeasibleOrUnbounded(ray: [Double])
  }

  /// Groups of rules, to switch off or to test one by one.
  public struct Rules: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Empty and singleton rows, redundant and forcing rows, fixed and empty columns, dual fixing.
    public static let basic = Rules(rawValue: 1 << 0)
    /// Columns with one entry.
    public static let singletonColumns = Rules(rawValue: 1 << 1)
    /// Equations with two entries.
    public static let doubletons = Rules(rawValue: 1 << 2)
    /// Columns kept inside their bounds by their rows, substituted by an equation.
    public static let impliedFreeColumns = Rules(rawValue: 1 << 3)
    /// Columns held at a bound by bounds on the multipliers.
    public static let dominatedColumns = Rules(rawValue: 1 << 4)
    /// Rows that are multiples of each other, columns that are.
    public static let parallelRows = Rules(rawValue: 1 << 5)
    public static let parallelColumns = Rules(rawValue: 1 << 6)
    /// Equations added to rows to remove entries. Points, duals and certificates come back exactly; a basis that comes
    /// back may be singular where such an equation has a basic slack. Leave it out where the basis is what is wanted.
    public static let sparsification = Rules(rawValue: 1 << 7)
    /// Sides of rows that follow from other rows.
    public static let impliedRows = Rules(rawValue: 1 << 8)
    /// Rules for whole columns.
    public static let wholeColumns = Rules(rawValue: 1 << 9)
    /// Equations that are combinations of others.
    public static let dependentEquations = Rules(rawValue: 1 << 10)
    /// Trying both values of binary columns.
    public static let probing = Rules(rawValue: 1 << 11)
    public static let all: Rules = Rules(rawValue: .max)
  }

  public struct Options: Sendable {
    public var rules = Rules.all
    /// Bounds and sides of this size and beyond count as infinite.
    public var infinity = 1e20
    /// Violations up to this times the size of the numbers that enter do not prove infeasibility.
    public var feasibility = 1e-9
    /// Differences up to this times the size of the numbers that enter count as rounding.
    public var rounding = 1e-11
    /// Entries smaller than this times the largest of their row are not pivoted on.
    public var pivot = 1e-3
    /// Distance from a whole number that counts as whole when bounds of whole columns are rounded.
    public var integrality = 1e-6
    /// Whether reductions may rest on whole values, where the form has whole columns; such reductions restore points,
    /// not duals. Without it, the relaxation of the form to real values is reduced.
    public var forIntegers = true
    /// A substitution may add this many entries more than it removes.
    public var fill: Int32 = 10
    /// Columns with more entries are not substituted.
    public var longestSubstituted: Int32 = 20
    /// Passes through the costlier rules; they also end when one takes away less than a hundredth of what is left.
    public var rounds = 10
    public init() {}

    /// Without the rules after which a proof of infeasibility may not lead back to one of the original.
    var withoutMultipliers: Options {
      var result = self
      result.rules.remove(.dominatedColumns)
      return result
    }
  }

  /// How often each rule applied.
  public struct Counts: Sendable, Hashable {
    public var emptyRows = 0
    public var singletonRows = 0
    public var redundantRows = 0
    public var sides = 0
    public var impliedSides = 0
    public var forcingRows = 0
    public var pulledRows = 0
    public var emptyColumns = 0
    public var fixedColumns = 0
    public var dualFixed = 0
    public var freeSingletons = 0
    public var slacks = 0
    public var doubletons = 0
    public var impliedFree = 0
    public var dominated = 0
    public var heldRows = 0
    public var parallelRows = 0
    public var parallelColumns = 0
    public var dependentRows = 0
    public var cancelledEntries = 0
    public var coefficients = 0
    public var impliedIntegers = 0
    /// Bounds that probing narrowed, and columns that it found to be functions of others.
    public var probedBounds = 0
    public var aliases = 0
    /// Reductions that rest on whole values.
    public var wholeValues = 0
  }

  /// What was done.
  public struct Summary: Sendable {
    public struct Size: Sendable, Hashable {
      public var rows: Int
      public var columns: Int
      public var entries: Int
      init(_ form: LinearForm) {
        rows = form.rowCount
        columns = form.columnCount
        entries = form.entryCount
      }
    }
    public var before: Size
    /// Sizes are 0 when the problem was decided.
    public var after: Size
    public var counts = Counts()
    public var seconds = 0.0

    /// For the log: sizes before and after.
    public var text: String {
      "presolve: \(before.rows) rows, \(before.columns) columns, \(before.entries) entries, to "
        + "\(after.rows), \(after.columns), \(after.entries)"
    }
  }

  /// Reduces a linear form.
  public static func run(_ form: LinearForm, options: Options = Options()) -> Presolve {
    run(ConicForm(form), options: options)
  }

  /// Reduces a form. Columns that occur in the Hessian or in a cone are only fixed; their bounds and rows are reduced.
  ///
  /// - Complexity: about O(rows + columns + entries), a small multiple of it where reductions enable others.
  public static func run(_ form: ConicForm, options: Options = Options()) -> Presolve {
    let clock = ContinuousClock()
    let start = clock.now
    var problem = PresolveProblem(form, options: options)
    var presolve: Presolve
    do throws(PresolveProblem.Stop) {
      try problem.reduce()
      presolve = problem.reduced()
    } catch {
      if let decided = problem.decided(error) {
        presolve = decided
      } else if options.rules.contains(.dominatedColumns) {
        // What follows from bounds of multipliers holds for optima; a proof of infeasibility may not survive it.
        return run(form, options: options.withoutMultipliers)
      } else {
        presolve = problem.unreduced()
      }
    }
    presolve.summary.counts = problem.counts
    presolve.summary.seconds = (clock.now - start).seconds
    return presolve
  }
}
