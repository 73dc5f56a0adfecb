/// `(t, X)`, X the upper triangle of a symmetric matrix, positive semidefinite, with `t <= det(X)^(1/n)`.
public struct RootDetConeTriangle: VectorSet {
  public static let name = "RootDetConeTriangle"
  public let sideDimension: Int
  public init(sideDimension: Int) { self.sideDimension = sideDimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) { sideDimension = try side(parameters) }
  public var dimension: Int { 1 + sideDimension * (sideDimension + 1) / 2 }
  public var parameters: SetParameters { ["side_dimension": .integer(sideDimension)] }
  public func violation(at point: [Double]) -> Double {
    rootViolation(point[0], fromTriangle(Array(point.dropFirst()), sideDimension), sideDimension)
  }
}

/// `(t, X)`, X a full symmetric matrix, positive semidefinite, with `t <= det(X)^(1/n)`.
public struct RootDetConeSquare: VectorSet {
  public static let name = "RootDetConeSquare"
  public let sideDimension: Int
  public init(sideDimension: Int) { self.sideDimension = sideDimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) { sideDimension = try side(parameters) }
  public var dimension: Int { 1 + sideDimension * sideDimension }
  public var parameters: SetParameters { ["side_dimension": .integer(sideDimension)] }
  public func violation(at point: [Double]) -> Double {
    let (matrix, asymmetry) = symmetrized(Array(point.dropFirst()), sideDimension)
    return largest(asymmetry, rootViolation(point[0], matrix, sideDimension))
  }
}

/// `(t, u, X)`, X the upper triangle of a symmetric matrix, with `t <= u log(det(X / u))`, `u > 0`.
public struct LogDetConeTriangle: VectorSet {
  public static let name = "LogDetConeTriangle"
  public let sideDimension: Int
  public init(sideDimension: Int) { self.sideDimension = sideDimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) { sideDimension = try side(parameters) }
  public var dimension: Int { 2 + sideDimension * (sideDimension + 1) / 2 }
  public var parameters: SetParameters { ["side_dimension": .integer(sideDimension)] }
  public func violation(at point: [Double]) -> Double {
    logViolation(point[0], point[1], fromTriangle(Array(point.dropFirst(2)), sideDimension), sideDimension)
  }
}

/// `(t, u, X)`, X a full symmetric matrix, with `t <= u log(det(X / u))`, `u > 0`.
public struct LogDetConeSquare: VectorSet {
  public static let name = "LogDetConeSquare"
  public let sideDimension: Int
  public init(sideDimension: Int) { self.sideDimension = sideDimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) { sideDimension = try side(parameters) }
  public var dimension: Int { 2 + sideDimension * sideDimension }
  public var parameters: SetParameters { ["side_dimension": .integer(sideDimension)] }
  public func violation(at point: [Double]) -> Double {
    let (matrix, asymmetry) = symmetrized(Array(point.dropFirst(2)), sideDimension)
    return largest(asymmetry, logViolation(point[0], point[1], matrix, sideDimension))
  }
}

private func side(_ parameters: SetParameters) throws(SetParameterError) -> Int {
  let side = try parameters.dimension("side_dimension", atLeast: 1)
  guard side <= 10_000 else { throw SetParameterError(parameter: "side_dimension", problem: "must be at most 10000") }
  return side
}

/// A full matrix from its upper triangle, column by column.
func fromTriangle(_ triangle: [Double], _ n: Int) -> [Double] {
  var matrix = [Double](repeating: 0, count: n * n)
  var k = 0
  for column in 0..<n {
    for row in 0...column {
      matrix[row * n + column] = triangle[k]
      matrix[column * n + row] = triangle[k]
      k += 1
    }
  }
  return matrix
}

func symmetrized(_ square: [Double], _ n: Int) -> ([Double], asymmetry: Double) {
  var matrix = square
  var asymmetry = 0.0
  for i in 0..<n {
    for j in 0..<i {
      asymmetry = largest(asymmetry, abs(square[i * n + j] - square[j * n + i]))
      let mean = (square[i * n + j] + square[j * n + i]) / 2
      matrix[i * n + j] = mean
      matrix[j * n + i] = mean
    }
  }
  return (matrix, asymmetry)
}

/// Eigenvalues of a symmetric matrix, unordered.
func eigenvalues(_ matrix: [Double], _ n: Int) -> [Double] {
  var a = matrix
  if smallestEigenvalue(&a, n).isNaN { return [.nan] }
  return (0..<n).map { a[$0 * n + $0] }
}

private func rootViolation(_ t: Double, _ matrix: [Double], _ n: Int) -> Double {
  let values = eigenvalues(matrix, n)
  return leastShift { geometricMean(values, shiftedBy: $0) >= t - $0 }
}

private func logViolation(_ t: Double, _ u: Double, _ matrix: [Double], _ n: Int) -> Double {
  let values = eigenvalues(matrix, n)
  return leastShift { shift in
    let unit = u > 0 ? u : u + shift
    if !(unit > 0) { return false }
    var logs = 0.0
    for value in values {
      if !(value + shift >= 0) { return false }
      logs += Operation.log.value((value + shift) / unit)
    }
    return t - shift <= unit * logs
  }
}
