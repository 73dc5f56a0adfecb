/// `(z, f…)`: when the binary variable z has the value ``activeOn``, the rest must lie in the inner set.
public struct Indicator: VectorSet {
  public static let name = "Indicator"
  public static let isDiscrete = true
  /// What must hold when the indicator is active.
  public enum Inner: Sendable, Hashable {
    case scalar(ScalarSet)
    case vector(any VectorSet)

    public static func == (a: Self, b: Self) -> Bool {
      switch (a, b) {
      case (.scalar(let x), .scalar(let y)): x == y
      case (.vector(let x), .vector(let y)): x.isSame(as: y)
      default: false
      }
    }
    public func hash(into hasher: inout Hasher) {
      switch self {
      case .scalar(let set): hasher.combine(set)
      case .vector(let set): set.hash(into: &hasher)
      }
    }

    var dimension: Int {
      switch self {
      case .scalar: 1
      case .vector(let set): set.dimension
      }
    }
    func violation(at point: [Double]) -> Double {
      switch self {
      case .scalar(let set): set.violation(point[0])
      case .vector(let set): set.violation(at: point)
      }
    }
    var parameter: SetParameter {
      switch self {
      case .scalar(let set): .scalarSet(set)
      case .vector(let set): .set(name: type(of: set).name, set.parameters)
      }
    }
    init(_ parameters: SetParameters, rows: Int) throws(SetParameterError) {
      switch parameters["set"] {
      case .scalarSet(let set): self = .scalar(set)
      case .set(let name, let inner):
        guard let type = VectorSetCatalog.type(named: name) else {
          throw SetParameterError(parameter: "set", problem: "names the unknown set '\(name)'")
        }
        self = .vector(try type.init(parameters: inner, rows: rows))
      case nil: throw SetParameterError(parameter: "set", problem: "is missing")
      default: throw SetParameterError(parameter: "set", problem: "must be a set")
      }
    }
  }

  /// Whether the constraint is active when the variable is 1 (true) or 0 (false).
  public let activeOn: Bool
  public let inner: Inner

  public init(activeOn: Bool, _ set: ScalarSet) {
    self.activeOn = activeOn
    inner = .scalar(set)
  }
  public init(activeOn: Bool, vector set: any VectorSet) {
    self.activeOn = activeOn
    inner = .vector(set)
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    switch try parameters.text("activate_on") {
    case "one", "ACTIVATE_ON_ONE": activeOn = true
    case "zero", "ACTIVATE_ON_ZERO": activeOn = false
    default: throw SetParameterError(parameter: "activate_on", problem: "must be \"one\" or \"zero\"")
    }
    inner = try Inner(parameters, rows: rows - 1)
  }
  public var dimension: Int { 1 + inner.dimension }
  public var parameters: SetParameters {
    ["set": inner.parameter, "activate_on": .text(activeOn ? "one" : "zero")]
  }
  /// The violation of the inner set when the indicator rounds to the active value, else 0; the smaller of the two
  /// repairs when it is not near a whole number.
  public func violation(at point: [Double]) -> Double {
    let z = point[0]
    if z.isNaN { return .infinity }
    let distance = activeOn ? abs(z) : abs(1 - z)  // to the inactive value
    return min(distance, inner.violation(at: Array(point.dropFirst())))
  }
}

/// `(z, f…)`: the binary variable z is 1 exactly when the rest lies in the inner set.
public struct Reified: VectorSet {
  public static let name = "Reified"
  public static let isDiscrete = true
  public static let formatMinorVersion = 3
  public let inner: Indicator.Inner

  public init(_ set: ScalarSet) { inner = .scalar(set) }
  public init(vector set: any VectorSet) { inner = .vector(set) }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    inner = try Indicator.Inner(parameters, rows: rows - 1)
  }
  public var dimension: Int { 1 + inner.dimension }
  public var parameters: SetParameters { ["set": inner.parameter] }
  public func violation(at point: [Double]) -> Double {
    let outside = inner.violation(at: Array(point.dropFirst()))
    let z = point[0]
    if z.isNaN { return .infinity }
    return outside <= 1e-9 ? abs(1 - z) : min(abs(z), largest(outside, abs(1 - z)))
  }
}
