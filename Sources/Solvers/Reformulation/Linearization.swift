import Constraints

/// The step from a model to a ``LinearForm``: columns for variables, rows for rows, bridges for everything that linear
/// rows and whole numbers can express.
///
/// The first columns of the form are the variables of the model and the first rows its linear rows, in order; bridges
/// add further ones behind. So lifting drops what was added, and duals, reduced costs, basis and Farkas multipliers of
/// the model's own rows carry over unchanged.
public struct Linearization: Sendable {
  public private(set) var form: LinearForm
  /// What was rewritten.
  public private(set) var plan: [PlanStep]
  let variableCount: Int
  let rowCount: Int
  /// For each added column its value at a point of the model.
  private let derived: [@Sendable ([Double]) -> Double]

  /// Whether bridges added rows; then Farkas multipliers and duals of the form may lean on them.
  public var hasBridges: Bool { form.rowCount > rowCount || form.columnCount > variableCount }

  /// - Throws: ``SolverError/refused(_:)`` naming every constraint that no bridge takes, or the variable that lacks a
  ///   bound.
  /// - Complexity: O(size of the model).
  public init(_ model: Model) throws(SolverError) {
    var builder = try LinearFormBuilder(model)
    var problems: [Diagnostic] = []
    for (i, constraint) in model.generalConstraints.enumerated() {
      let name = model.generalNames[i]
      guard let bridge = Bridges.all.first(where: { $0.takes(constraint.body) }) else {
        problems.append(Linearization.unsupported(constraint, name: name))
        continue
      }
      do {
        try bridge.apply(constraint.body, name: name, to: &builder)
      } catch .refused(let diagnostics) {
        problems += diagnostics
      }
    }
    if !problems.isEmpty { throw .refused(Array(problems.prefix(20))) }
    form = builder.form
    plan = builder.plan
    derived = builder.derived
    variableCount = model.variableCount
    rowCount = model.rows.count
  }

  /// A point of the form in the variables of the model.
  public func lift(_ point: [Double]) -> [Double] { Array(point.prefix(variableCount)) }

  /// A point of the model in the columns of the form.
  public func restrict(_ point: [Double]) -> [Double] { point + derived.map { $0(point) } }

  /// The form as a model of its own, for the checker to judge duals that lean on rows a bridge added.
  var formModel: Model {
    var model = Model()
    for j in 0..<form.columnCount {
      model.addVariable(
        "x\(j)", lower: form.columnLower[j], upper: form.columnUpper[j], domain: form.isInteger[j] != 0 ? .integer : .real)
    }
    for i in 0..<form.rowCount {
      let terms = (form.starts[i]..<form.starts[i + 1]).map { LinearTerm(form.entryValues[$0], form.entryColumns[$0]) }
      model.addRow(.name("c\(i)"), terms, lower: form.rowLower[i], upper: form.rowUpper[i])
    }
    let terms = form.objective.enumerated().map { LinearTerm($1, Int32($0)) }
    model.setObjective(form.sense, ScalarFunction(constant: form.constant, linear: terms))
    return model
  }

  private static func unsupported(_ constraint: GeneralConstraint, name: String) -> Diagnostic {
    let kind: String
    switch constraint.body {
    case .scalar(let function, let set):
      let words = function.kind == .quadratic ? "quadratic" : "nonlinear"
      kind = "a \(words) \(set.lower == set.upper ? "equation" : "inequality")"
    case .vector(let functions, let set):
      let worst = functions.map(\.kind).max() ?? .constant
      let words = worst == .nonlinear ? "nonlinear" : worst == .quadratic ? "quadratic" : "linear"
      kind = "\(words) functions in the set \(type(of: set).name)"
    }
    return Diagnostic(
      .unsupported, "constraint '\(name)' is \(kind), which no solver of this build takes",
      mend: "write it with linear rows, whole numbers or indicator constraints")
  }
}

/// Rewrites one kind of constraint into linear rows and columns. A new one is a file plus a line in ``Bridges``.
protocol Bridge: Sendable {
  /// The name in the plan.
  static var name: String { get }
  static func takes(_ body: GeneralConstraint.Body) -> Bool
  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout LinearFormBuilder
  ) throws(SolverError)
}

/// All bridges to linear rows, in the order in which they are tried.
enum Bridges {
  static let all: [any Bridge.Type] = [
    RowsBridge.self, NormBridge.self, SpecialOrderedSetBridge.self, IndicatorBridge.self,
  ]
}
