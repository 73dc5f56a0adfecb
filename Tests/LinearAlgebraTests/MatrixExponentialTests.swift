import Foundation
import LinearAlgebra
import Testing

@Suite struct MatrixExponentialTests {
  private static func random(_ n: Int, scale: Double, seed: UInt64, signed: Bool = true) -> DenseMatrix {
    var random = SplitMix64(seed: seed)
    return DenseMatrix(rowCount: n, columnCount: n) { _, _ in
      scale * Double.random(in: (signed ? -1 : 0)...1, using: &random)
    }
  }

  /// exp(A) by the series of A / 2ᵏ summed to the last digit, squared k times.
  private static func series(_ a: DenseMatrix, halvings k: Int = 20) -> DenseMatrix {
    let n = a.rowCount
    var small = a
    for i in small.values.indices { small.values[i] = scalbn(small.values[i], -k) }
    var term = DenseMatrix(identity: n), sum = DenseMatrix(rowCount: n, columnCount: n)
    for degree in 1...12 {
      term = term * small
      for i in term.values.indices {
        term.values[i] /= Double(degree)
        sum.values[i] += term.values[i]
      }
    }
    for _ in 0..<k {
      let square = sum * sum
      for i in sum.values.indices { sum.values[i] = square.values[i] + 2 * sum.values[i] }
    }
    for i in 0..<n { sum[i, i] += 1 }
    return sum
  }

  private static func distance(_ a: DenseMatrix, _ b: DenseMatrix) -> Double {
    let size = b.values.reduce(0) { max($0, abs($1)) }
    return zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(size, 1e-300)
  }

  @Test func `the exponential of a diagonal matrix has the exponentials of its entries`() throws {
    var a = DenseMatrix(rowCount: 4, columnCount: 4)
    let entries = [-30.0, 0, 1e-3, 5]
    for i in 0..<4 { a[i, i] = entries[i] }
    let e = try #require(a.exponential)
    for i in 0..<4 {
      for j in 0..<4 {
        let exact = i == j ? exp(entries[i]) : 0
        let error = abs(e[i, j] - exact)
        #expect(error <= 1e-13 * max(1, exact))
      }
    }
  }

  @Test func `the exponential of a rotation's generator is the rotation`() throws {
    for angle in [1e-9, 0.01, 0.5, 3, 40] {
      let a = DenseMatrix(rowCount: 2, columnCount: 2, values: [0, angle, -angle, 0])
      let e = try #require(a.exponential)
      let errors = [abs(e[0, 0] - cos(angle)), abs(e[1, 0] - sin(angle)), abs(e[0, 1] + sin(angle))]
      #expect(errors.allSatisfy { $0 <= 1e-13 * max(1, angle) })
    }
  }

  @Test func `the exponential of a nilpotent matrix is its finite series, without overscaling`() throws {
    let a = DenseMatrix(rowCount: 3, columnCount: 3, values: [0, 0, 0, 1e6, 0, 0, 3, 2e6, 0])
    let e = try #require(a.exponential)
    #expect(e[0, 1] == 1e6)
    let corner = 3 + 1e6 * 2e6 / 2
    #expect(abs(e[0, 2] - corner) <= 1e-14 * corner)
    #expect(e[1, 0] == 0 && e[2, 0] == 0 && e[2, 1] == 0)
  }

  @Test func `every degree and every number of squarings agrees with the series`() throws {
    for (seed, scale) in [1e-4, 3e-3, 0.03, 0.1, 0.3, 1, 5, 20].enumerated() {
      let a = Self.random(7, scale: scale, seed: UInt64(seed))
      let e = try #require(a.exponential)
      let error = Self.distance(e, Self.series(a))
      #expect(error <= 1e-11, "entries up to \(scale)")
    }
  }

  @Test func `the exponential of the negative is the inverse`() throws {
    let a = Self.random(12, scale: 0.4, seed: 5)
    var negative = a
    for k in negative.values.indices { negative.values[k] = -negative.values[k] }
    let e = try #require(a.exponential), f = try #require(negative.exponential)
    let error = Self.distance(e * f, DenseMatrix(identity: 12))
    #expect(error <= 1e-12)
  }

  @Test func `small entries keep their digits when the identity is taken away`() {
    let a = [0.0, 1e-12, 1e-12, 0], method = MatrixExponential(order: 2)
    var result = [Double](repeating: 0, count: 4)
    let isFinite = method.subtractingIdentity(of: a, into: &result)
    #expect(isFinite)
    let relative = abs(result[0] / 5e-25 - 1)
    #expect(relative <= 1e-12)
  }

  @Test func `what overflows and what is no number is refused`() {
    let large = DenseMatrix(rowCount: 2, columnCount: 2, values: [0, 1e3, 1e3, 0])
    #expect(large.exponential == nil)
    let unbalanced = DenseMatrix(rowCount: 2, columnCount: 2, values: [0, 1e300, 1e300, 0])
    #expect(unbalanced.exponential == nil)
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(DenseMatrix(rowCount: 2, columnCount: 2, values: [0, bad, 0, 0]).exponential == nil)
    }
    #expect(DenseMatrix(rowCount: 0, columnCount: 0).exponential?.values == [])
    #expect(DenseMatrix(rowCount: 1, columnCount: 1).exponential?.values == [1])
  }
}

@Suite struct MMatrixInverseTests {
  @Test func `inverse and determinant agree with a factorization with pivots, by columns and by blocks`() throws {
    for n in [1, 2, 20, 32, 33, 75] {
      var random = SplitMix64(seed: UInt64(n))
      let a = DenseMatrix(rowCount: n, columnCount: n) { _, _ in Double.random(in: 0..<1.2, using: &random) / Double(n) }
      let shift = 0.9
      let m = DenseMatrix(rowCount: n, columnCount: n) { i, j in (i == j ? shift : 0) - a[i, j] }
      var inverse = a
      let logarithm = inverse.values.withUnsafeMutableBufferPointer {
        MMatrixInverse(order: n).invert($0.baseAddress!, shift: shift)
      }
      #expect(logarithm != nil)
      var product = m * inverse
      for i in 0..<n { product[i, i] -= 1 }
      let error = product.values.reduce(0) { max($0, abs($1)) }
      #expect(error <= 1e-12)
      #expect(inverse.values.allSatisfy { $0 >= 0 })
      // d/ds log det(sI - A) = tr (sI - A)⁻¹, by a central difference.
      let step = 1e-5
      func value(_ s: Double) throws -> Double {
        var copy = a
        let value = copy.values.withUnsafeMutableBufferPointer {
          MMatrixInverse(order: n).invert($0.baseAddress!, shift: s)
        }
        return try Double(n) * log(s) - #require(value)
      }
      let slope = try (value(shift + step) - value(shift - step)) / (2 * step)
      let trace = (0..<n).reduce(0) { $0 + inverse[$1, $1] }
      #expect(abs(slope - trace) <= 1e-6 * trace)
    }
  }

  @Test func `matrices beyond the spectral radius are told, though their determinant may be positive`() {
    // Spectral radius 2; det(I - A) = (1 - 2)(1 - 2) for two such blocks is positive.
    var a = [Double](repeating: 0, count: 16)
    a[1] = 2
    a[4] = 2
    a[11] = 2
    a[14] = 2
    #expect(MMatrixInverse(order: 4).invert(&a, shift: 1) == nil)
  }
}
