/// A set of symmetric matrices given by their triangle, off-diagonal entries multiplied by √2, so that the scalar product
/// of two vectors is that of the matrices.
public struct Scaled: VectorSet {
  public static let name = "Scaled"
  public static let formatMinorVersion = 5
  public let inner: any VectorSet
  public init(_ inner: any VectorSet) { self.inner = inner }
  public init(parameters: SetParameters, rows: Int) throws(SetParameterError) {
    guard case .set(let name, let parameters)? = parameters["set"] else {
      throw SetParameterError(parameter: "set", problem: "must be a set of vectors")
    }
    guard let type = VectorSetCatalog.type(named: name), name != Scaled.name else {
      throw SetParameterError(parameter: "set", problem: "names the unknown set '\(name)'")
    }
    inner = try type.init(parameters: parameters, rows: rows)
  }
  public static func == (a: Self, b: Self) -> Bool { a.inner.isSame(as: b.inner) }
  public func hash(into hasher: inout Hasher) { inner.hash(into: &hasher) }
  public var dimension: Int { inner.dimension }
  public var parameters: SetParameters { ["set": .set(name: type(of: inner).name, inner.parameters)] }

  public func violation(at point: [Double]) -> Double {
    inner.violation(at: offDiagonal(of: point, times: 0.5.squareRoot()))
  }
  public func leastProduct(with z: [Double]) -> (value: Double, violation: Double)? {
    inner.leastProduct(with: offDiagonal(of: z, times: 2.0.squareRoot()))
  }

  /// The point with the entries off the diagonal of its matrix multiplied by a factor.
  private func offDiagonal(of point: [Double], times factor: Double) -> [Double] {
    let name = type(of: inner).name
    guard name.contains("Triangle") else { return point }
    // Coordinates before the triangle, such as the t of a determinant cone, keep their scale.
    var k = name.hasPrefix("RootDet") ? 1 : name.hasPrefix("LogDet") ? 2 : 0
    var result = point
    var column = 0
    while k < result.count {
      // The imaginary part of a Hermitian matrix has no diagonal.
      if let hermitian = inner as? HermitianPositiveSemidefiniteConeTriangle, column == hermitian.sideDimension {
        for i in k..<result.count { result[i] *= factor }
        break
      }
      for row in 0...column where k < result.count {
        if row < column { result[k] *= factor }
        k += 1
      }
      column += 1
    }
    return result
  }
}

/// The upper triangle of a Hermitian positive semidefinite matrix, column by column: the real part, then the imaginary
/// part without its zero diagonal.
public struct HermitianPositiveSemidefiniteConeTriangle: VectorSet {
  public static let name = "HermitianPositiveSemidefiniteConeTriangle"
  public static let formatMinorVersion = 3
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

  /// How far the smallest eigenvalue of the real matrix `[Re -Im; Im Re]` lies below 0.
  public func violation(at point: [Double]) -> Double {
    let n = sideDimension
    let real = fromTriangle(Array(point.prefix(n * (n + 1) / 2)), n)
    var matrix = [Double](repeating: 0, count: 4 * n * n)
    for i in 0..<n {
      for j in 0..<n {
        matrix[i * 2 * n + j] = real[i * n + j]
        matrix[(n + i) * 2 * n + n + j] = real[i * n + j]
      }
    }
    var k = n * (n + 1) / 2
    for column in 0..<n {
      for row in 0..<column {
        let value = point[k]
        k += 1
        // Im is antisymmetric: +value at (row, column), -value at (column, row).
        matrix[(n + row) * 2 * n + column] = value
        matrix[(n + column) * 2 * n + row] = -value
        matrix[row * 2 * n + n + column] = -value
        matrix[column * 2 * n + n + row] = value
      }
    }
    return largest(0, -smallestEigenvalue(&matrix, 2 * n))
  }
}
