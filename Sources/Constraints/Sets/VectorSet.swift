/// A set that the outputs of a vector function must lie in: a cone, a logical or a combinatorial constraint.
///
/// Names and parameters are those of MathOptInterface (B. Legat, O. Dowson, J. D. Garcia, M. Lubin, "MathOptInterface: a
/// data structure for mathematical optimization problems", INFORMS Journal on Computing 34, 2022). A new set is one
/// type in one file plus one line in ``VectorSetCatalog``.
public protocol VectorSet: Sendable, Hashable {
  /// The name in MathOptFormat, such as `SecondOrderCone`.
  static var name: String { get }
  /// The smallest minor version of MathOptFormat 1 that knows it.
  static var formatMinorVersion: Int { get }

  /// Whether the set is logical or combinatorial: its violations are whole steps, which no size of numbers excuses.
  static var isDiscrete: Bool { get }

  /// Reads the parameters of a file; `rows` is the number of outputs of the function, for sets without a dimension.
  /// - Throws: ``SetParameterError`` when a parameter is missing or makes no sense.
  init(parameters: SetParameters, rows: Int) throws(SetParameterError)

  /// Number of coordinates.
  var dimension: Int { get }
  /// The parameters as written to a file, in order.
  var parameters: SetParameters { get }

  /// How far a point lies outside: 0 inside, and a measure in the units of the coordinates otherwise.
  ///
  /// Continuous cones return the violation of their defining inequality; combinatorial sets return the largest
  /// change of a coordinate that is surely needed, at least 1 for a broken logical condition.
  /// `point.count == dimension`.
  func violation(at point: [Double]) -> Double

  /// Coordinates that together break the set, in an order that tells how, such as the edges of a cycle; none where nothing
  /// more can be said than ``violation(at:)`` does.
  func culprits(at point: [Double]) -> [Int]

  /// The least value of `zᵀs` over the set, for judging multipliers z; nil for sets without duality.
  ///
  /// For a cone the value is 0 where z lies in the dual cone; `violation` says how far outside it lies. For a box the
  /// value is what its sides give, and `violation` the largest multiplier that leans on a missing side.
  /// `z.count == dimension`.
  func leastProduct(with z: [Double]) -> (value: Double, violation: Double)?
}

extension VectorSet {
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? { nil }
  public func culprits(at point: [Double]) -> [Int] { [] }
  public static var formatMinorVersion: Int { 0 }
  public static var isDiscrete: Bool { false }

  /// Equality of sets of possibly different types.
  public func isSame(as other: any VectorSet) -> Bool { (other as? Self) == self }
}

/// A parameter of a set in a file.
public indirect enum SetParameter: Sendable, Hashable {
  case integer(Int)
  case number(Double)
  case numbers([Double])
  case integers([Int])
  case rows([[Double]])
  case text(String)
  case scalarSet(ScalarSet)
  /// A nested set with its own name and parameters, as in `Scaled`.
  case set(name: String, SetParameters)
}

/// Named parameters of a set, in the order in which they are written.
public struct SetParameters: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public private(set) var entries: [Entry]
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var value: SetParameter
  }

  public init(dictionaryLiteral elements: (String, SetParameter)...) {
    entries = elements.map { Entry(name: $0.0, value: $0.1) }
  }

  public subscript(name: String) -> SetParameter? {
    get { entries.first { $0.name == name }?.value }
    set {
      entries.removeAll { $0.name == name }
      if let newValue { entries.append(Entry(name: name, value: newValue)) }
    }
  }

  /// A whole number; a floating-point value is taken when it is whole.
  public func integer(_ name: String) throws(SetParameterError) -> Int {
    switch self[name] {
    case .integer(let i): return i
    case .number(let d) where d == d.rounded() && abs(d) < 1e15: return Int(d)
    case nil: throw SetParameterError(parameter: name, problem: "is missing")
    default: throw SetParameterError(parameter: name, problem: "must be a whole number")
    }
  }

  /// `dimension`-like parameters: a whole number in 0...100 000 000.
  public func dimension(_ name: String, atLeast least: Int = 0) throws(SetParameterError) -> Int {
    let i = try integer(name)
    guard i >= least, i <= 100_000_000 else {
      throw SetParameterError(parameter: name, problem: "must be at least \(least)")
    }
    return i
  }

  public func number(_ name: String) throws(SetParameterError) -> Double {
    switch self[name] {
    case .integer(let i): return Double(i)
    case .number(let d) where d.isFinite: return d
    case nil: throw SetParameterError(parameter: name, problem: "is missing")
    default: throw SetParameterError(parameter: name, problem: "must be a finite number")
    }
  }

  public func numbers(_ name: String) throws(SetParameterError) -> [Double] {
    switch self[name] {
    case .integers(let list): return list.map(Double.init)
    case .numbers(let list) where list.allSatisfy(\.isFinite): return list
    case nil: throw SetParameterError(parameter: name, problem: "is missing")
    default: throw SetParameterError(parameter: name, problem: "must be a list of finite numbers")
    }
  }

  public func integers(_ name: String) throws(SetParameterError) -> [Int] {
    let list = try numbers(name)
    guard list.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e15 }) else {
      throw SetParameterError(parameter: name, problem: "must be a list of whole numbers")
    }
    return list.map { Int($0) }
  }

  public func rows(_ name: String) throws(SetParameterError) -> [[Double]] {
    switch self[name] {
    case .rows(let rows): return rows
    case .numbers(let list) where list.isEmpty: return []
    case .integers(let list) where list.isEmpty: return []
    case nil: throw SetParameterError(parameter: name, problem: "is missing")
    default: throw SetParameterError(parameter: name, problem: "must be a list of rows of numbers")
    }
  }

  public func scalarSet(_ name: String) throws(SetParameterError) -> ScalarSet {
    switch self[name] {
    case .scalarSet(let set): return set
    case nil: throw SetParameterError(parameter: name, problem: "is missing")
    default: throw SetParameterError(parameter: name, problem: "must be LessThan, GreaterThan, EqualTo or Interval")
    }
  }

  public func text(_ name: String) throws(SetParameterError) -> String {
    switch self[name] {
    case .text(let text): return text
    case nil: throw SetParameterError(parameter: name, problem: "is missing")
    default: throw SetParameterError(parameter: name, problem: "must be a string")
    }
  }
}

/// A parameter of a set that is missing or makes no sense.
public struct SetParameterError: Error, Sendable, Hashable {
  public var parameter: String
  public var problem: String
  public init(parameter: String, problem: String) {
    self.parameter = parameter
    self.problem = problem
  }
}
