/// All coordinates differ, as whole numbers.
public struct AllDifferent: VectorSet {
  public static let name = "AllDifferent"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    let sorted = point.map { $0.rounded() }.sorted()
    return zip(sorted, sorted.dropFirst()).contains { $0 == $1 || $0.isNaN } ? 1 : 0
  }
}

/// `xᵢ` is the bin of item i; the weights in each bin add up to at most the capacity.
public struct BinPacking: VectorSet {
  public static let name = "BinPacking"
  public static let formatMinorVersion = 1
  public let capacity: Double
  public let weights: [Double]
  public init(capacity: Double, weights: [Double]) {
    self.capacity = capacity
    self.weights = weights
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    capacity = try parameters.number("capacity")
    weights = try parameters.numbers("weights")
  }
  public var dimension: Int { weights.count }
  public var parameters: SetParameters { ["capacity": .number(capacity), "weights": .numbers(weights)] }
  public func violation(at point: [Double]) -> Double {
    var load: [Double: Double] = [:]
    for (i, x) in point.enumerated() { load[x.rounded(), default: 0] += weights[i] }
    return load.values.reduce(0) { largest($0, $1 - capacity) }
  }
}

/// For each part of the variables, at least `n` of them take a value of the list.
public struct CountAtLeast: VectorSet {
  public static let name = "CountAtLeast"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let n: Int
  public let partitions: [Int]
  public let set: [Int]
  public init(n: Int, partitions: [Int], set: [Int]) {
    self.n = n
    self.partitions = partitions
    self.set = set
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    n = try parameters.integer("n")
    partitions = try parameters.integers("partitions")
    set = try parameters.integers("set")
    guard partitions.allSatisfy({ $0 >= 0 && $0 <= 100_000_000 }) else {
      throw SetParameterError(parameter: "partitions", problem: "must be sizes, at least 0")
    }
  }
  public var dimension: Int { partitions.reduce(0, +) }
  public var parameters: SetParameters {
    ["n": .integer(n), "partitions": .integers(partitions), "set": .integers(set)]
  }
  public func violation(at point: [Double]) -> Double {
    var at = 0
    var worst = 0
    for size in partitions {
      worst = max(worst, n - point[at..<(at + size)].count { isMember($0, of: set) })
      at += size
    }
    return Double(worst)
  }
}

/// `(n, x…)`: n of the x take a value of the list.
public struct CountBelongs: VectorSet {
  public static let name = "CountBelongs"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let dimension: Int
  public let set: [Int]
  public init(dimension: Int, set: [Int]) {
    self.dimension = dimension
    self.set = set
  }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
    set = try parameters.integers("set")
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension), "set": .integers(set)] }
  public func violation(at point: [Double]) -> Double {
    largest(0, abs(point[0] - Double(point.dropFirst().count { isMember($0, of: set) })))
  }
}

/// `(n, x…)`: the x take n distinct values.
public struct CountDistinct: VectorSet {
  public static let name = "CountDistinct"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 1)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    largest(0, abs(point[0] - Double(Set(point.dropFirst().map { $0.rounded() }).count)))
  }
}

/// `(c, y, x…)`: c is greater than the number of x that equal y.
public struct CountGreaterThan: VectorSet {
  public static let name = "CountGreaterThan"
  public static let isDiscrete = true
  public static let formatMinorVersion = 1
  public let dimension: Int
  public init(dimension: Int) { self.dimension = dimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    dimension = try parameters.dimension("dimension", atLeast: 2)
  }
  public var parameters: SetParameters { ["dimension": .integer(dimension)] }
  public func violation(at point: [Double]) -> Double {
    let y = point[1].rounded()
    return largest(0, Double(point.dropFirst(2).count { $0.rounded() == y }) + 1 - point[0].rounded())
  }
}

private func isMember(_ x: Double, of set: [Int]) -> Bool { set.contains { Double($0) == x.rounded() } }
