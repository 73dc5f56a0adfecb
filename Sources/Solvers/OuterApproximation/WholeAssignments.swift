import Constraints
import LinearAlgebra

/// A conic form with its whole columns fixed: solved by the interior-point method, each assignment once as long as memory
/// allows.
final class WholeAssignments {
  enum Verdict {
    /// The best point with these whole values.
    case optimal(point: [Double])
    /// No point has them.
    case infeasible
    /// The method gave no usable answer.
    case open
  }

  /// What was found, and rows of the polyhedral relaxation that say so.
  struct Answer {
    var verdict: Verdict
    var rows: [LinearRow] = []
  }

  private let relaxation: PolyhedralRelaxation
  private let separator: ConeSeparator
  private let options: SolveOptions
  private let context: SolveContext
  private let columns: FormColumns
  private var answers: [[Double]: Answer] = [:]
  /// Numbers kept in answers, and how many may be.
  private var storedEntries = 0
  static let entryLimit = 10_000_000
  /// Conic forms solved, and the steps this took.
  private(set) var solveCount = 0
  private(set) var iterations = 0

  init(
    _ relaxation: PolyhedralRelaxation, _ separator: ConeSeparator, options: SolveOptions, context: SolveContext
  ) {
    self.relaxation = relaxation
    self.separator = separator
    self.options = ConicSolve.options(options)
    self.context = context
    columns = FormColumns(relaxation.conic.linear)
  }

  /// The whole values of a point.
  func key(_ point: [Double]) -> [Double] { columns.integers.map { point[Int($0)].rounded() + 0 } }

  /// The answer for whole values that were solved before.
  func known(_ key: [Double]) -> Answer? { answers[key] }

  /// Forgets a point that turned out to be none.
  func reopen(_ key: [Double]) { answers[key] = Answer(verdict: .open) }

  /// - Complexity: that of an interior-point solve of what is left, where there is anything.
  func answer(_ key: [Double]) -> Answer {
    if let known = answers[key] { return known }
    let answer = columns.hasContinuous ? solve(key) : inspect(key)
    if context.shouldStop { return answer }
    storedEntries += answer.rows.reduce(key.count) { $0 + $1.values.count }
    if storedEntries > WholeAssignments.entryLimit {
      // What is forgotten is solved again when it comes again.
      answers.removeAll()
      storedEntries = 0
    }
    answers[key] = answer
    return answer
  }

  private func solve(_ key: [Double]) -> Answer {
    var fixed = relaxation.conic
    fixed.linear.separators = []
    for (j, value) in zip(columns.integers, key) {
      fixed.linear.columnLower[Int(j)] = value
      fixed.linear.columnUpper[Int(j)] = value
      fixed.linear.isInteger[Int(j)] = 0
    }
    solveCount += 1
    guard let outcome = ConicSolve.run(fixed, options, context) else { return Answer(verdict: .open) }
    iterations += outcome.statistics.iterations
    switch outcome.outcome {
    case .optimal:
      var point = outcome.point
      for (j, value) in zip(columns.integers, key) { point[Int(j)] = value }
      let sign = fixed.linear.sense.sign
      let rows = relaxation.rows(multipliers: outcome.coneDuals.map { sign * $0 }, point: point)
      return Answer(verdict: .optimal(point: point), rows: rows)
    case .infeasible:
      return Answer(verdict: .infeasible, rows: relaxation.rows(multipliers: outcome.coneDuals, point: nil))
    default: return Answer(verdict: .open)
    }
  }

  /// A point without other columns is its own best one.
  private func inspect(_ key: [Double]) -> Answer {
    var point = [Double](repeating: 0, count: relaxation.conic.linear.columnCount)
    for (j, value) in zip(columns.integers, key) { point[Int(j)] = value }
    let isFeasible = relaxation.conic.isFeasible(point, columns: columns)
    var rows = relaxation.rows(multipliers: [], point: point)
    if !isFeasible { rows += separator.rows(at: relaxation.extended(point), tolerance: 0) }
    return Answer(verdict: isFeasible ? .optimal(point: point) : .infeasible, rows: rows)
  }
}

/// Continuous conic forms by the interior-point method, inside of a search.
enum ConicSolve {
  static func options(_ asked: SolveOptions) -> SolveOptions {
    var options = SolveOptions()
    options.presolve = asked.presolve
    options.threads = asked.threads
    options.memoryLimit = asked.memoryLimit
    return options
  }

  /// - Returns: nil where the method failed.
  static func run(_ form: ConicForm, _ options: SolveOptions, _ context: SolveContext) -> FormOutcome? {
    let quiet = SolveContext(deadline: context.deadline, cancellation: context.cancellation)
    do throws(SolverError) {
      return try InteriorPointSolver().solve(.conic(form), options: options, context: quiet)
    } catch { return nil }
  }
}

extension ConicForm {
  /// Largest violation of rows, bounds and cones, relative to the numbers that enter or 1, of points that count as
  /// feasible: that of the checker.
  static let feasibilityTolerance = 1e-6

  /// Whether a point keeps all bounds, rows and cones.
  /// - Parameter columns: those of ``linear``.
  /// - Complexity: O(entries), and a factorization for each matrix.
  func isFeasible(_ point: [Double], columns: FormColumns) -> Bool {
    guard columns.isFeasible(point, form: linear, tolerance: ConicForm.feasibilityTolerance) else { return false }
    var row = 0
    for cone in cones {
      var s: [Double] = []
      var size = 1.0
      for i in row..<(row + cone.dimension) {
        var value = coneOffsets[i]
        for k in coneStarts[i]..<coneStarts[i + 1] { value += coneValues[k] * point[Int(coneColumns[k])] }
        s.append(value)
        size = max(size, abs(value))
      }
      row += cone.dimension
      if !(cone.set.violation(at: s) <= ConicForm.feasibilityTolerance * size) { return false }
    }
    return true
  }
}
