/// The upper triangle, column by column, of a symmetric positive semidefinite matrix.
public struct PositiveSemidefiniteConeTriangle: VectorSet {
  public static let name = "PositiveSemidefiniteConeTriangle"
  public let sideDimension: Int
  public init(sideDimension: Int) { self.sideDimension = sideDimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    sideDimension = try parameters.dimension("side_dimension")
    guard sideDimension <= 10_000 else {
      throw SetParameterError(parameter: "side_dimension", problem: "must be at most 10000")
    }
  }
  public var dimension: Int { sideDimension * (sideDimension + 1) / 2 }
  public var parameters: SetParameters { ["side_dimension": .integer(sideDimension)] }
  /// How far the smallest eigenvalue lies below 0. O(n³) with n the side.
  public func violation(at point: [Double]) -> Double {
    let n = sideDimension
    var matrix = [Double](repeating: 0, count: n * n)
    var k = 0
    for column in 0..<n {
      for row in 0...column {
        matrix[row * n + column] = point[k]
        matrix[column * n + row] = point[k]
        k += 1
      }
    }
    return largest(0, -smallestEigenvalue(&matrix, n))
  }
}

/// A full square matrix, column by column, symmetric and positive semidefinite.
public struct PositiveSemidefiniteConeSquare: VectorSet {
  public static let name = "PositiveSemidefiniteConeSquare"
  public let sideDimension: Int
  public init(sideDimension: Int) { self.sideDimension = sideDimension }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    sideDimension = try parameters.dimension("side_dimension")
    guard sideDimension <= 10_000 else {
      throw SetParameterError(parameter: "side_dimension", problem: "must be at most 10000")
    }
  }
  public var dimension: Int { sideDimension * sideDimension }
  public var parameters: SetParameters { ["side_dimension": .integer(sideDimension)] }
  public func violation(at point: [Double]) -> Double {
    let n = sideDimension
    var asymmetry = 0.0
    var matrix = point
    for i in 0..<n {
      for j in 0..<i {
        asymmetry = largest(asymmetry, abs(point[i * n + j] - point[j * n + i]))
        let mean = (point[i * n + j] + point[j * n + i]) / 2
        matrix[i * n + j] = mean
        matrix[j * n + i] = mean
      }
    }
    return largest(asymmetry, -smallestEigenvalue(&matrix, n))
  }
}

/// The smallest eigenvalue of a symmetric matrix by cyclic Jacobi rotations; destroys the matrix.
///
/// G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition (2013), section 8.5.
/// - Returns: 0 for an empty matrix, NaN when an entry is not finite.
/// - Complexity: O(n³) a sweep, some ten sweeps.
func smallestEigenvalue(_ a: inout [Double], _ n: Int) -> Double {
  if n == 0 { return 0 }
  var total = 0.0
  for v in a {
    if !v.isFinite { return .nan }
    total += v * v
  }
  let threshold = 1e-30 * total
  a.withUnsafeMutableBufferPointer { a in
    for _ in 0..<60 {
      var off = 0.0
      for i in 0..<n { for j in 0..<i { off += a[i * n + j] * a[i * n + j] } }
      if off <= threshold { break }
      for p in 0..<n {
        for q in (p + 1)..<max(n, p + 1) where a[p * n + q] != 0 {
          let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
          let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            a[k * n + p] = c * x - s * y
            a[k * n + q] = s * x + c * y
          }
          for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            a[p * n + k] = c * x - s * y
            a[q * n + k] = s * x + c * y
          }
        }
      }
    }
  }
  return (0..<n).map { a[$0 * n + $0] }.min()!
}
