import Constraints

/// The step from a model to what a solver eats: columns for variables, rows for rows, and bridges for everything that
/// linear rows, whole numbers, a convex quadratic objective and cones can express.
///
/// The first columns of the form are the variables of the model and the first rows its linear rows, in order; bridges
/// add further ones behind. So lifting drops what was added, and what a solver says about the model's own columns and
/// rows carries over unchanged.
public struct Reformulation: Sendable {
  /// The form with its cones, empty where the model needs none.
  public private(set) var conicForm: ConicForm
  /// What was rewritten, and what each rewriting added.
  public let plan: [PlanStep]
  public let kind: FormKind
  let variableCount: Int
  let rowCount: Int
  /// For each general constraint its number of functions.
  let generalCounts: [Int]
  let dualSources: [FormBuilder.DualSource]
  /// Whether the checker can judge multipliers in the model itself: every function is at most quadratic, and every
  /// bridge gives the multipliers of its constraint back.
  let keepsDuals: Bool
  /// Whether some bridge gives no multipliers of its constraint back.
  let losesDuals: Bool
  /// Whether some constraint has a quadratic or nonlinear function.
  let hasCurves: Bool
  /// Circuits whose successors are read off their edges.
  let circuits: [CircuitEdges]
  /// For each added column its value, given the columns before it.
  private let derived: [@Sendable ([Double]) -> Double]

  /// The form, linear if it can be.
  public var form: Form {
    switch kind {
    case .linear, .mixedIntegerLinear: .linear(conicForm.linear)
    default: .conic(conicForm)
    }
  }

  /// Whether bridges added rows, columns or cones.
  public var hasBridges: Bool {
    conicForm.linear.rowCount > rowCount || conicForm.linear.columnCount > variableCount || !conicForm.cones.isEmpty
  }

  /// - Throws: ``SolverError/refused(_:)`` naming every constraint that no bridge takes, with the innermost reason, or the
  ///   variable that lacks a bound.
  /// - Parameter mergesDirections: whether circuits that nothing gives a direction are solved by their edges, after which
  ///   the columns of their successors say nothing.
  /// - Complexity: O(size of the model), and the factorization of each quadratic constraint.
  public init(_ model: Model, mergesDirections: Bool = true) throws(SolverError) {
    var builder = FormBuilder(model)
    var problems: [Diagnostic] = []
    func attempt(_ step: () throws(SolverError) -> Void) throws(SolverError) {
      do { try step() } catch {
        guard case .refused(let diagnostics) = error else { throw error }
        problems += diagnostics
      }
    }
    for j in 0..<model.variableCount where model.domains[j].isSemi {
      try attempt { () throws(SolverError) in try SemicontinuousBridge.apply(variable: j, to: &builder) }
    }
    if mergesDirections { try builder.prepareCircuits() }
    try attempt { () throws(SolverError) in try ObjectiveBridge.apply(to: &builder) }
    for (i, constraint) in model.generalConstraints.enumerated() {
      let name = model.generalNames[i]
      guard let bridge = Bridges.all.first(where: { $0.takes(constraint.body) }) else {
        problems.append(Reformulation.unsupported(constraint, name: name))
        continue
      }
      builder.constraint = i
      let before = builder.size
      if case .vector(_, let set) = constraint.body, set.hasNoDuals { builder.loseDuals() }
      try attempt { () throws(SolverError) in
        let detail = try bridge.apply(constraint.body, name: name, to: &builder)
        builder.note(name, bridge.name, detail, since: before)
      }
    }
    if !problems.isEmpty { throw .refused(Array(problems.prefix(20))) }
    conicForm = builder.finished()
    plan = builder.plan
    derived = builder.derived
    dualSources = builder.dualSources
    variableCount = model.variableCount
    rowCount = model.rows.count
    generalCounts = model.generalConstraints.map(\.functions.count)
    losesDuals = builder.losesDuals || !builder.edges.isEmpty
    circuits = builder.edges.sorted { $0.key < $1.key }.map(\.value)
    keepsDuals =
      !losesDuals && model.leadingObjectives.count <= 1
      && model.leadingObjectives.allSatisfy { $0.function.kind <= .quadratic }
      && model.generalConstraints.allSatisfy { $0.functions.allSatisfy { $0.kind <= .quadratic } }
    hasCurves = model.generalConstraints.contains { $0.functions.contains { $0.kind > .linear } }
    kind = FormKind(conicForm)
  }

  /// Adds separators in the columns of the form.
  mutating func add(_ separators: [any RowSeparator]) { conicForm.linear.separators += separators }

  /// A point of the form in the variables of the model.
  public func lift(_ point: [Double]) -> [Double] {
    var result = Array(point.prefix(variableCount))
    for circuit in circuits { circuit.orient(point, into: &result) }
    return result
  }

  /// A point of the model in the columns of the form.
  public func restrict(_ point: [Double]) -> [Double] {
    var full = point
    full.reserveCapacity(point.count + derived.count)
    for value in derived { full.append(value(full)) }
    return full
  }

  private static func unsupported(_ constraint: GeneralConstraint, name: String) -> Diagnostic {
    guard case .vector(let functions, let set) = constraint.body else {
      return Diagnostic(.unsupported, "constraint '\(name)' is of a kind that no solver of this build takes")
    }
    let worst = functions.map(\.kind).max() ?? .constant
    let words = worst == .nonlinear ? "nonlinear" : worst == .quadratic ? "quadratic" : "linear"
    return Diagnostic(
      .unsupported,
      "constraint '\(name)' is \(words) functions in the set \(type(of: set).name), which no solver of this build takes",
      mend: worst <= .linear
        ? "write it with linear rows, whole numbers, cones or indicator constraints"
        : "give each nonlinear function a variable of its own, and put the variables in the set")
  }
}

extension VectorSet {
  /// Whether bridges rewrite it without multipliers.
  fileprivate var hasNoDuals: Bool {
    Self.isDiscrete && !(self is Indicator) || self is Table || self is Cumulative || self is BinPacking
  }
}

/// What a form asks of a solver.
public enum FormKind: String, Sendable, CaseIterable {
  case linear
  case mixedIntegerLinear = "mixed-integer linear"
  case quadratic = "convex quadratic"
  case mixedIntegerQuadratic = "mixed-integer convex quadratic"
  case conic
  case mixedIntegerConic = "mixed-integer conic"
  case nonlinear

  init(_ form: ConicForm) {
    let isWhole = form.linear.hasIntegers
    if !form.cones.isEmpty {
      self = isWhole ? .mixedIntegerConic : .conic
    } else if form.hessian.entryCount > 0 {
      self = isWhole ? .mixedIntegerQuadratic : .quadratic
    } else {
      self = isWhole ? .mixedIntegerLinear : .linear
    }
  }

  /// Whether a solver with these capabilities takes such forms.
  public func isTaken(by capabilities: Capabilities) -> Bool {
    switch self {
    case .linear: capabilities.linear
    case .mixedIntegerLinear: capabilities.linear && capabilities.integer
    case .quadratic: capabilities.convexQuadratic
    case .mixedIntegerQuadratic: capabilities.convexQuadratic && capabilities.integer
    case .conic: capabilities.conic
    case .mixedIntegerConic: capabilities.conic && capabilities.integer
    case .nonlinear: capabilities.nonlinear
    }
  }
}

/// Rewrites one kind of constraint into rows, columns and cones. A new one is a file plus a line in ``Bridges``.
protocol Bridge: Sendable {
  /// The name in the plan.
  static var name: String { get }
  static func takes(_ body: GeneralConstraint.Body) -> Bool
  /// - Returns: what the plan should say beside the counts of what was added.
  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String
}

/// All bridges, in the order in which they are tried.
enum Bridges {
  static let all: [any Bridge.Type] = [
    RowsBridge.self, NormBridge.self, SpecialOrderedSetBridge.self, IndicatorBridge.self,
    ReifiedBridge.self, AllDifferentBridge.self, CountBridge.self, TableBridge.self, CircuitBridge.self, AcyclicBridge.self,
    CumulativeBridge.self, PathBridge.self, QuadraticBridge.self, NonlinearBridge.self,
    ConeBridge.self, PowerNormBridge.self, GeometricMeanBridge.self, RelativeEntropyBridge.self, SemidefiniteBridge.self,
    MatrixNormBridge.self, DeterminantBridge.self,
  ]
}
