import Constraints
import Synchronization

/// Constraints that are too many to list, found by code that is given a point of the model.
///
///     let subtours = LazyConstraints("subtours") { point in
///       let inside = component(of: point)          // from the values point[x[i, j]]
///       return [sum(edges(within: inside)) <= Double(inside.count - 1)]
///     }
///     let solution = try await model.solve(lazy: [subtours])
///
/// Required ones are part of the problem: no answer that violates them is reported, whichever solver or heuristic found
/// it. The others, user cuts, must hold in every feasible point that is to be found; they only make the search shorter.
public struct LazyConstraints: Sendable {
  public let name: String
  /// Whether points that violate them are infeasible.
  public let isRequired: Bool
  /// The variables that the constraints may hold; nil for all of the model. Presolve leaves these variables be.
  public let variables: [Variable]?
  let find: @Sendable (CandidatePoint) -> [ConstraintExpression]

  /// - Parameters:
  ///   - variables: the variables that the constraints may hold; nil for all of the model.
  ///   - isRequired: false for user cuts.
  ///   - find: linear constraints of the model's variables that the point violates; those that it satisfies are ignored.
  ///     Called on threads of the solve, several at once when the solve has several, for whole and for fractional points,
  ///     often. With whole points it must return a violated constraint if there is one; with fractional ones it may
  ///     return none.
  public init(
    _ name: String, over variables: [Variable]? = nil, isRequired: Bool = true,
    _ find: @escaping @Sendable (CandidatePoint) -> [ConstraintExpression]
  ) {
    self.name = name
    self.variables = variables
    self.isRequired = isRequired
    self.find = find
  }
}

/// A point of a model during a search.
public struct CandidatePoint: Sendable {
  /// One value a variable.
  public let values: [Double]
  /// Whether all variables that must be whole are, within 1e-6.
  public let isWhole: Bool

  public subscript(variable: Variable) -> Double { values[variable.position] }
}

/// The rows that lazy constraints find, in the first columns of a form, which are the model's variables.
struct LazySeparator: RowSeparator {
  let constraints: LazyConstraints
  let model: Model
  let columns: [Int32]
  private let problem = Problem()

  /// What is wrong with a constraint that was found; the first is kept.
  private final class Problem: Sendable {
    let diagnostic = Mutex<Diagnostic?>(nil)
  }

  init(_ constraints: LazyConstraints, _ model: Model) {
    self.constraints = constraints
    self.model = model
    columns = constraints.variables?.map(\.index).sorted() ?? (0..<model.variableCount).map { Int32($0) }
  }

  var name: String { constraints.name }
  var isRequired: Bool { constraints.isRequired }
  /// Set once a constraint was found that cannot be used.
  var diagnostic: Diagnostic? { problem.diagnostic.withLock { $0 } }

  func separate(_ point: [Double], tolerance: Double) -> [LinearRow] {
    let values = Array(point.prefix(model.variableCount))
    let isWhole = values.indices.allSatisfy {
      !model.domains[$0].isIntegral || abs(values[$0] - values[$0].rounded()) <= 1e-6
    }
    var found: [(row: LinearRow, violation: Double)] = []
    for constraint in constraints.find(CandidatePoint(values: values, isWhole: isWhole)) {
      guard let (terms, lower, upper) = constraint.linearRow(of: model) else {
        report("is not linear, or holds variables of another model", "state linear constraints of the model's variables")
        continue
      }
      let row = LinearRow(columns: terms.map(\.variable), values: terms.map(\.coefficient), lower: lower, upper: upper)
      if constraints.variables != nil, let other = row.columns.first(where: { !holds($0) }) {
        report("holds '\(model.variableNames[Int(other)])', which is not among its variables", "list it in 'over'")
        continue
      }
      guard row.values.allSatisfy(\.isFinite), !lower.isNaN, !upper.isNaN else {
        report("has numbers that are not finite", "correct the numbers")
        continue
      }
      let violation = row.violation(at: values)
      if violation > tolerance { found.append((row, violation)) }
    }
    found.sort { $0.violation > $1.violation }
    return found.map(\.row)
  }

  private func holds(_ column: Int32) -> Bool {
    var (low, high) = (0, columns.count)
    while low < high {
      let middle = (low + high) / 2
      if columns[middle] < column { low = middle + 1 } else { high = middle }
    }
    return low < columns.count && columns[low] == column
  }

  private func report(_ message: String, _ mend: String) {
    problem.diagnostic.withLock {
      if $0 == nil { $0 = Diagnostic(.unsupported, "a lazy constraint of '\(name)' \(message)", mend: mend) }
    }
  }
}
