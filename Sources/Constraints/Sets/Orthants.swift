/// No restriction.
public struct Reals: VectorSet {
  public static let name = "Reals"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double { 0 }
}

/// Every coordinate is 0.
public struct Zeros: VectorSet {
  public static let name = "Zeros"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double { point.reduce(0) { largest($0, abs($1)) } }
}

/// Every coordinate is at least 0.
public struct Nonnegatives: VectorSet {
  public static let name = "Nonnegatives"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double { point.reduce(0) { largest($0, -$1) } }
}

/// Every coordinate is at most 0.
public struct Nonpositives: VectorSet {
  public static let name = "Nonpositives"
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double { point.reduce(0) { largest($0, $1) } }
}

/// Every coordinate lies in an interval of its own.
public struct HyperRectangle: VectorSet {
  public static let name = "HyperRectangle"
  public static let formatMinorVersion = 3
  public let lower: [Double]
  public let upper: [Double]
  /// - Precondition: both have the same count.
  public init(lower: [Double], upper: [Double]) {
    precondition(lower.count == upper.count)
    self.lower = lower
    self.upper = upper
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    lower = try parameters.numbers("lower")
    upper = try parameters.numbers("upper")
    guard lower.count == upper.count else {
      throw SetParameterError(parameter: "upper", problem: "must be as long as lower")
    }
  }
  public var dimension: Int { lower.count }
  public var parameters: SetParameters { ["lower": .numbers(lower), "upper": .numbers(upper)] }
  public func violation(at point: [Double]) -> Double {
    var worst = 0.0
    for i in point.indices { worst = largest(worst, largest(lower[i] - point[i], point[i] - upper[i])) }
    return worst
  }
}

/// The larger of two numbers; NaN counts as infinite, so that no comparison hides it.
func largest(_ a: Double, _ b: Double) -> Double {
  if a.isNaN || b.isNaN { return .infinity }
  return max(a, b)
}
