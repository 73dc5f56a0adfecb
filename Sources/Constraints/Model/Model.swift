import Synchronization

private let nextModelTag = Atomic<UInt32>(1)

/// What an optimization problem is: variables, constraints and objectives, each with a name.
///
/// A constraint is a function in a set, the vocabulary of MathOptInterface. Linear rows are stored contiguously in
/// ``rows``; everything else in ``generalConstraints``, with nonlinear parts as nodes of ``arena``. A model knows no
/// solver and no file. It is a value: a copy is independent, and cheap until one of the two changes.
///
/// Mistakes that need no solver to see (a variable of another model, NaN) do not trap; they are collected and reported
/// by ``validate()``, which every solve calls first.
public struct Model: Sendable {
  /// The name of the problem; may be empty.
  public var name: String

  /// Shared by a model and its copies, so that handles stay valid across them.
  let tag: UInt32

  // Variables, one entry each.
  public internal(set) var lower: [Double] = []
  public internal(set) var upper: [Double] = []
  public internal(set) var domains: [Domain] = []
  /// Start value of each variable, NaN for none; empty when there is none at all.
  public internal(set) var starts: [Double] = []
  public internal(set) var variableNames = NameTable()

  /// Linear rows.
  public internal(set) var rows = LinearRows()
  public internal(set) var rowNames = NameTable()
  /// Rows marked as lazy: they may be added when violated. Sorted.
  public internal(set) var lazyRows: [Int] = []

  /// Constraints that are not linear rows.
  public internal(set) var generalConstraints: [GeneralConstraint] = []
  public internal(set) var generalNames = NameTable()
  /// Order of creation of rows and general constraints, run by run.
  var order: [OrderRun] = []

  /// Nonlinear parts of functions.
  public internal(set) var arena = ExpressionArena()

  /// Functions given as code; see ``register(_:arity:value:gradient:hessian:)``.
  public internal(set) var userFunctions: [UserFunction] = []

  /// Objectives; empty means any feasible point will do.
  public internal(set) var objectives: [Objective] = []

  /// Named expressions that are neither objective nor constraint, such as the free rows of an MPS file.
  public internal(set) var namedExpressions: [NamedExpression] = []

  // Parameters, one entry each.
  public internal(set) var parameterValues: [Double] = []
  public internal(set) var parameterNames = NameTable()
  var parametricUses: [ParametricUse] = []
  /// While a reader adds many parametric constraints, their values wait for ``endParametricBatch()``.
  var defersParameters = false

  /// Mistakes seen while building.
  var buildDiagnostics: [Diagnostic] = []

  struct OrderRun: Sendable, Hashable {
    var isRow: Bool
    var count: Int
  }

  public init(_ name: String = "") {
    self.name = name
    tag = nextModelTag.add(1, ordering: .relaxed).oldValue
  }

  public var variableCount: Int { lower.count }
  /// Number of all constraints: rows and general ones.
  public var constraintCount: Int { rows.count + generalConstraints.count }

  /// The handle of variable number `position`.
  public func variable(at position: Int) -> Variable { Variable(index: position, model: tag) }

  /// The handle of parameter number `position`.
  public func parameter(at position: Int) -> Parameter { Parameter(index: position, model: tag) }

  /// The variable of this full name, such as `make[bread]`. O(variables); for many look-ups see ``NameTable/positions()``.
  public func variable(named name: String) -> Variable? {
    (0..<variableCount).first { variableNames[$0] == name }.map { variable(at: $0) }
  }

  /// The constraint of this full name. O(constraints).
  public func constraint(named name: String) -> ConstraintReference? { constraints.first { self.name(of: $0) == name } }

  /// All constraints in order of creation.
  public var constraints: [ConstraintReference] {
    var result: [ConstraintReference] = []
    result.reserveCapacity(constraintCount)
    var row = 0
    var general = 0
    for run in order {
      for _ in 0..<run.count {
        if run.isRow {
          result.append(.row(row))
          row += 1
        } else {
          result.append(.general(general))
          general += 1
        }
      }
    }
    return result
  }

  /// The name of a constraint.
  public func name(of constraint: ConstraintReference) -> String {
    switch constraint {
    case .row(let i): rowNames[i]
    case .general(let i): generalNames[i]
    }
  }

  /// The name of a variable.
  public func name(of variable: Variable) -> String { variableNames[variable.position] }

  /// The objectives of highest priority, which are optimized first.
  public var leadingObjectives: [Objective] {
    if objectives.count <= 1 { return objectives }
    let top = objectives.map(\.priority).max()
    return objectives.filter { $0.priority == top }
  }

  /// Sense of the first of the leading objectives; minimization when there is none.
  public var sense: ObjectiveSense { leadingObjectives.first?.sense ?? .minimize }

  mutating func noteOrder(isRow: Bool) {
    if let last = order.indices.last, order[last].isRow == isRow {
      order[last].count += 1
    } else {
      order.append(OrderRun(isRow: isRow, count: 1))
    }
  }

  func owns(_ variable: Variable) -> Bool { variable.model == tag }
}

/// A named expression without a role in the optimization.
public struct NamedExpression: Sendable {
  public var name: String
  public var function: ScalarFunction
  public init(name: String, function: ScalarFunction) {
    self.name = name
    self.function = function
  }
}

/// A constraint other than a linear row.
public struct GeneralConstraint: Sendable {
  public enum Body: Sendable {
    /// A quadratic or nonlinear function between two bounds.
    case scalar(ScalarFunction, ScalarSet)
    /// Functions whose values together lie in a set.
    case vector([ScalarFunction], any VectorSet)
  }
  public var body: Body

  public init(_ body: Body) { self.body = body }

  /// The functions of the constraint: one, or one for each coordinate of the set.
  public var functions: [ScalarFunction] {
    switch body {
    case .scalar(let function, _): [function]
    case .vector(let functions, _): functions
    }
  }
}

// MARK: - Variables

extension Model {
  /// Adds a variable.
  ///
  /// Without bounds it is free. A binary variable's bounds are narrowed to [0, 1].
  /// - Parameter start: a value to start from, if known.
  @discardableResult
  public mutating func addVariable(
    _ name: String, lower: Double = -.infinity, upper: Double = .infinity, domain: Domain = .real,
    start: Double? = nil
  ) -> Variable {
    variableNames.append(name)
    return appendVariable(lower: lower, upper: upper, domain: domain, start: start)
  }

  /// Adds the variable `base[key,...]`.
  @discardableResult
  public mutating func addVariable(
    family base: String, keys: [IndexKey], lower: Double = -.infinity, upper: Double = .infinity,
    domain: Domain = .real, start: Double? = nil
  ) -> Variable {
    variableNames.append(family: base, keys: keys)
    return appendVariable(lower: lower, upper: upper, domain: domain, start: start)
  }

  /// Adds a variable whose name is given as UTF-8; for readers of large files.
  @discardableResult
  public mutating func addVariable(
    utf8 name: some Collection<UInt8>, lower: Double, upper: Double, domain: Domain
  ) -> Variable {
    variableNames.append(utf8: name)
    return appendVariable(lower: lower, upper: upper, domain: domain, start: nil)
  }

  mutating func appendVariable(lower low: Double, upper high: Double, domain: Domain, start: Double?) -> Variable {
    let position = lower.count
    lower.append(domain == .binary ? max(low, 0) : low)
    upper.append(domain == .binary ? min(high, 1) : high)
    domains.append(domain)
    if let start {
      if starts.isEmpty { starts = [Double](repeating: .nan, count: position) }
      starts.append(start)
    } else if !starts.isEmpty {
      starts.append(.nan)
    }
    return Variable(index: position, model: tag)
  }

  /// Changes the bounds of a variable.
  public mutating func setBounds(of variable: Variable, lower low: Double, upper high: Double) {
    guard check(variable) else { return }
    lower[variable.position] = low
    upper[variable.position] = high
  }

  /// Changes the domain of a variable; its bounds are kept, and narrowed to [0, 1] for a binary one.
  public mutating func setDomain(of variable: Variable, to domain: Domain) {
    guard check(variable) else { return }
    domains[variable.position] = domain
    if domain == .binary {
      lower[variable.position] = max(0, lower[variable.position])
      upper[variable.position] = min(1, upper[variable.position])
    }
  }

  /// Fixes a variable to a value by its bounds.
  public mutating func fix(_ variable: Variable, to value: Double) {
    setBounds(of: variable, lower: value, upper: value)
  }

  /// Gives or (with nil) takes away the start value of a variable.
  public mutating func setStart(of variable: Variable, to value: Double?) {
    guard check(variable) else { return }
    if starts.isEmpty {
      if value == nil { return }
      starts = [Double](repeating: .nan, count: variableCount)
    }
    starts[variable.position] = value ?? .nan
  }

  /// Records a diagnostic and returns false when the variable belongs to another model.
  mutating func check(_ variable: Variable) -> Bool {
    if owns(variable) && variable.position < variableCount { return true }
    reportForeign(in: "a change of the model")
    return false
  }

  mutating func reportForeign(in place: String) {
    guard buildDiagnostics.count < 20 else { return }
    buildDiagnostics.append(
      Diagnostic(
        .foreignVariable, "\(place) uses a variable or parameter of another model",
        mend: "make it with the model that uses it"))
  }
}
