import Foundation
import LinearAlgebra
import Solvers
import Testing

@Suite struct AcyclicityFunctionTests {
  private static func value(
    _ kind: AcyclicityFunction.Kind, _ a: DenseMatrix, scale: Double = 1
  ) -> (h: Double, gradient: DenseMatrix) {
    let d = a.rowCount
    let workspace = AcyclicityFunction(kind: kind, nodeCount: d, scale: scale).makeWorkspace()
    var gradient = DenseMatrix(rowCount: d, columnCount: d)
    let h = a.values.withUnsafeBufferPointer { a in
      gradient.values.withUnsafeMutableBufferPointer { g in workspace.value(of: a.baseAddress!, gradient: g.baseAddress!) }
    }
    return (h, gradient)
  }

  /// Entries from 0 to `size`, each there with probability `density`; above the diagonal only for `isAcyclic`.
  private static func random(
    _ d: Int, size: Double, density: Double = 1, isAcyclic: Bool = false, seed: UInt64
  ) -> DenseMatrix {
    var random = SplitMix64(seed: seed)
    return DenseMatrix(rowCount: d, columnCount: d) { i, j in
      let entry = Double.random(in: 0..<size, using: &random)
      let isThere = Double.random(in: 0..<1, using: &random) < density
      return i == j || !isThere || (isAcyclic && i > j) ? 0 : entry
    }
  }

  @Test(arguments: [(0.3, 0.7), (1e-4, 0.2), (0.9, 0.9), (1e-7, 1e-7)])
  func `two nodes have the values of the closed forms`(p: Double, q: Double) {
    let a = DenseMatrix(rowCount: 2, columnCount: 2, values: [0, q, p, 0])
    let root = (p * q).squareRoot()
    // 2 cosh(r) - 2 = 4 sinh(r/2)².
    let half = sinh(root / 2)
    let exact: [AcyclicityFunction.Kind: Double] = [
      .exponential: 4 * half * half, .polynomial: p * q / 2, .logDeterminant: -log1p(-p * q),
    ]
    for kind in AcyclicityFunction.Kind.allCases {
      let h = Self.value(kind, a).h, expected = exact[kind]!
      #expect(abs(h - expected) <= 1e-12 * expected, "\(kind)")
    }
  }

  @Test func `the gradient of a cycle of two is the closed form`() {
    let p = 0.36, q = 0.25
    let a = DenseMatrix(rowCount: 2, columnCount: 2, values: [0, q, p, 0])
    let determinant = 1 - p * q
    let g = Self.value(.logDeterminant, a).gradient
    // ((I - A)⁻¹)ᵀ with A(0, 1) = p, A(1, 0) = q.
    #expect(abs(g[0, 1] - q / determinant) <= 1e-15)
    #expect(abs(g[1, 0] - p / determinant) <= 1e-15)
    #expect(abs(g[0, 0] - 1 / determinant) <= 1e-15)
  }

  @Test(arguments: AcyclicityFunction.Kind.allCases, [1, 2, 5, 20, 40])
  func `gradients agree with central differences`(kind: AcyclicityFunction.Kind, d: Int) {
    var a = Self.random(d, size: 0.8 / Double(d), seed: UInt64(d))
    for k in a.values.indices { a.values[k] += 1e-3 }
    let (h, gradient) = Self.value(kind, a)
    #expect(h.isFinite)
    var random = SplitMix64(seed: 9)
    for _ in 0..<12 {
      let k = Int.random(in: 0..<d * d, using: &random)
      let step = 1e-4
      var up = a, down = a
      up.values[k] += step
      down.values[k] = a.values[k] - step
      let difference = (Self.value(kind, up).h - Self.value(kind, down).h) / (2 * step)
      let error = abs(difference - gradient.values[k])
      #expect(error <= 1e-6 * max(1e-3, abs(gradient.values[k])), "\(kind), \(d) nodes, entry \(k)")
    }
  }

  @Test(arguments: AcyclicityFunction.Kind.allCases)
  func `acyclic graphs have the value zero, and the gradient tells where a walk leads back`(
    kind: AcyclicityFunction.Kind
  ) {
    for d in [1, 6, 40] {
      let a = Self.random(d, size: 2, density: 0.2, isAcyclic: true, seed: 3)
      let (h, gradient) = Self.value(kind, a)
      // Only the exponential has rounding errors where there are no walks.
      let rounding = kind == .exponential ? 1e-13 * gradient.values.reduce(0, max) : 0
      #expect(h <= rounding)
      // reach(i, j): a walk from i to j.
      var reach = (0..<d).map { i in (0..<d).map { j in i == j || a[i, j] > 0 } }
      for k in 0..<d {
        for i in 0..<d where reach[i][k] {
          for j in 0..<d where reach[k][j] { reach[i][j] = true }
        }
      }
      for i in 0..<d {
        for j in 0..<d where reach[j][i] { #expect(gradient[i, j] > 0) }
        for j in 0..<d where !reach[j][i] { #expect(gradient[i, j] <= rounding) }
      }
    }
  }

  @Test func `with absolute weights the gradient of the determinant adds up the paths`() {
    // 0 → 1 (2), 1 → 2 (3), 0 → 2 (5): paths from 0 to 2 weigh 2 · 3 + 5.
    var a = DenseMatrix(rowCount: 3, columnCount: 3)
    a[0, 1] = 2
    a[1, 2] = 3
    a[0, 2] = 5
    let gradient = Self.value(.logDeterminant, a).gradient
    #expect(gradient[2, 0] == 11)
  }

  @Test func `smaller forms are below larger ones, term by term`() {
    for seed in 0..<5 {
      let a = Self.random(10, size: 0.15, seed: UInt64(seed))
      let polynomial = Self.value(.polynomial, a).h, exponential = Self.value(.exponential, a).h
      let logarithm = Self.value(.logDeterminant, a).h
      #expect(polynomial < exponential && exponential < logarithm)
    }
  }

  @Test func `the scale of the determinant scales the matrix`() {
    let a = Self.random(8, size: 0.3, seed: 4)
    var half = a
    for k in half.values.indices { half.values[k] /= 4 }
    let scaled = Self.value(.logDeterminant, a, scale: 4).h, plain = Self.value(.logDeterminant, half).h
    #expect(abs(scaled - plain) <= 1e-14 * plain)
  }

  @Test(arguments: AcyclicityFunction.Kind.allCases)
  func `what is outside the domain, overflows or is no number has an infinite value`(kind: AcyclicityFunction.Kind) {
    for d in [3, 40] {
      for bad in [Double.nan, .infinity, 1e300] {
        var a = Self.random(d, size: 0.1, seed: 1)
        a[0, 1] = bad
        a[1, 0] = max(1, bad)
        #expect(Self.value(kind, a).h == .infinity)
      }
      let large = Self.random(d, size: 1e10, seed: 2)
      let h = Self.value(kind, large).h
      #expect(h > 1e6 && !h.isNaN)
    }
    #expect(Self.value(kind, DenseMatrix(rowCount: 0, columnCount: 0)).h == 0)
  }

  @Test func `two cycles whose determinants are both negative are outside the domain`() {
    var a = DenseMatrix(rowCount: 4, columnCount: 4)
    a[0, 1] = 2
    a[1, 0] = 2
    a[2, 3] = 2
    a[3, 2] = 2
    #expect(Self.value(.logDeterminant, a).h == .infinity)
  }
}
