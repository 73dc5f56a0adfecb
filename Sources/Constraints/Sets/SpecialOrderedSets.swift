/// At most one coordinate is nonzero; weights give the order.
public struct SOS1: VectorSet {
  public static let name = "SOS1"
  public let weights: [Double]
  public init(weights: [Double]) { self.weights = weights }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    weights = try distinctWeights(parameters)
  }
  public var dimension: Int { weights.count }
  public var parameters: SetParameters { ["weights": .numbers(weights)] }
  /// The second largest absolute value.
  public func violation(at point: [Double]) -> Double {
    if point.contains(where: \.isNaN) { return .infinity }
    return point.map { abs($0) }.sorted(by: >).dropFirst().first ?? 0
  }
}

/// At most two coordinates are nonzero, and those stand side by side in the order of the weights.
public struct SOS2: VectorSet {
  public static let name = "SOS2"
  public let weights: [Double]
  public init(weights: [Double]) { self.weights = weights }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    weights = try distinctWeights(parameters)
  }
  public var dimension: Int { weights.count }
  public var parameters: SetParameters { ["weights": .numbers(weights)] }
  /// The largest absolute value that must become 0, for the best choice of the pair to keep.
  public func violation(at point: [Double]) -> Double {
    if point.contains(where: \.isNaN) { return .infinity }
    let values = order.map { abs(point[$0]) }
    if values.count <= 2 { return 0 }
    var prefix = [0.0]
    for v in values { prefix.append(max(prefix.last!, v)) }
    var suffix = [0.0]
    for v in values.reversed() { suffix.append(max(suffix.last!, v)) }
    return (0..<(values.count - 1)).map { max(prefix[$0], suffix[values.count - $0 - 2]) }.min()!
  }
  /// Positions in increasing weight.
  public var order: [Int] { weights.indices.sorted { weights[$0] < weights[$1] } }
}

private func distinctWeights(_ parameters: SetParameters) throws(SetParameterError) -> [Double] {
  let weights = try parameters.numbers("weights")
  guard Set(weights).count == weights.count else {
    throw SetParameterError(parameter: "weights", problem: "must be distinct")
  }
  return weights
}
