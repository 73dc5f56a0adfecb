import LinearAlgebra
import Testing

@Suite struct DenseMatrixTests {
  private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix {
    var random = SplitMix64(seed: seed)
    return DenseMatrix(rowCount: rows, columnCount: columns) { _, _ in Double.random(in: -1...1, using: &random) }
  }

  private func symmetric(_ n: Int, seed: UInt64) -> DenseMatrix {
    let a = random(n, n, seed: seed)
    return DenseMatrix(rowCount: n, columnCount: n) { a[$0, $1] + a[$1, $0] }
  }

  private func distance(_ a: DenseMatrix, _ b: DenseMatrix) -> Double {
    zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test func `entries lie column by column`() {
    var a = DenseMatrix(rowCount: 2, columnCount: 3, values: [1, 2, 3, 4, 5, 6])
    #expect(a[0, 1] == 3 && a[1, 2] == 6)
    a[1, 0] = 9
    #expect(a.values == [1, 9, 3, 4, 5, 6])
    #expect(a.transposed.values == [1, 3, 5, 9, 4, 6])
  }

  @Test func `products`() {
    let a = random(4, 6, seed: 1), b = random(6, 3, seed: 2)
    let product = a * b
    for i in 0..<4 {
      for j in 0..<3 { #expect(abs(product[i, j] - (0..<6).reduce(0) { $0 + a[i, $1] * b[$1, j] }) < 1e-14) }
    }
    #expect(DenseMatrix(identity: 4) * a == a)
    #expect((DenseMatrix(rowCount: 2, columnCount: 0) * DenseMatrix(rowCount: 0, columnCount: 2)).values == [0, 0, 0, 0])
  }

  @Test func `Cholesky solves positive definite systems and refuses others`() {
    let a = random(20, 20, seed: 3)
    var positive = a * a.transposed
    for i in 0..<20 { positive[i, i] += 1 }
    let cholesky = Cholesky(positive)!
    let lower = DenseMatrix(rowCount: 20, columnCount: 20) { $0 >= $1 ? cholesky.factor[$0, $1] : 0 }
    #expect(distance(lower * lower.transposed, positive) < 1e-12)
    var x = positive * a
    cholesky.solve(&x)
    #expect(distance(x, a) < 1e-10)
    positive[7, 7] = -1
    #expect(Cholesky(positive) == nil)
    #expect(Cholesky(DenseMatrix(rowCount: 0, columnCount: 0))!.solve([]) == [])
  }

  @Test func `LU solves square systems and refuses singular ones`() {
    let a = random(30, 30, seed: 4), x = random(30, 2, seed: 5)
    var b = a * x
    LU(a)!.solve(&b)
    #expect(distance(b, x) < 1e-10)
    #expect(LU(DenseMatrix(rowCount: 2, columnCount: 2, values: [1, 2, 2, 4])) == nil)
  }

  @Test(arguments: [1, 2, 7, 40])
  func `eigenvalues and eigenvectors give the matrix back`(n: Int) {
    let a = symmetric(n, seed: 6)
    let eigen = SymmetricEigenvalues(a)!
    #expect(eigen.values == eigen.values.sorted())
    let v = eigen.vectors
    #expect(distance(v.transposed * v, DenseMatrix(identity: n)) < 1e-13)
    let scaled = DenseMatrix(rowCount: n, columnCount: n) { v[$0, $1] * eigen.values[$1] }
    #expect(distance(scaled * v.transposed, a) < 1e-12)
  }

  @Test func `known eigenvalues, an order of zero, and numbers that are not finite`() {
    let eigen = SymmetricEigenvalues(DenseMatrix(rowCount: 2, columnCount: 2, values: [2, 1, 1, 2]))!
    #expect(abs(eigen.values[0] - 1) < 1e-15 && abs(eigen.values[1] - 3) < 1e-15)
    #expect(SymmetricEigenvalues(DenseMatrix(rowCount: 0, columnCount: 0))!.values == [])
    #expect(SymmetricEigenvalues(DenseMatrix(rowCount: 1, columnCount: 1, values: [.nan])) == nil)
    #expect(SingularValues(DenseMatrix(rowCount: 1, columnCount: 1, values: [.infinity])) == nil)
  }

  @Test(arguments: [[5, 3], [3, 5], [4, 4], [1, 6], [30, 20]])
  func `singular values give the matrix back`(shape: [Int]) {
    let a = random(shape[0], shape[1], seed: 7), rank = min(shape[0], shape[1])
    let singular = SingularValues(a)!
    #expect(singular.values == singular.values.sorted(by: >) && singular.values.allSatisfy { $0 >= 0 })
    let scaled = DenseMatrix(rowCount: shape[0], columnCount: rank) { singular.left[$0, $1] * singular.values[$1] }
    #expect(distance(scaled * singular.rightTransposed, a) < 1e-13)
    #expect(distance(singular.left.transposed * singular.left, DenseMatrix(identity: rank)) < 1e-13)
  }
}
