import LinearAlgebra
import Testing

@Suite struct SparseMatrixTests {
  let matrix = SparseMatrix(
    rowCount: 2, columnCount: 3, starts: [0, 1, 3, 4], rowIndices: [0, 0, 1, 1], values: [1, 2, 3, 4])

  @Test func `the transpose of the transpose is the matrix`() {
    let transpose = matrix.transposed()
    #expect(transpose.starts == [0, 2, 4])
    #expect(transpose.rowIndices == [0, 1, 1, 2])
    #expect(transpose.values == [1, 2, 3, 4])
    #expect(transpose.transposed() == matrix)
  }

  @Test func `products by the matrix and its transpose`() {
    var y = [10.0, 20]
    matrix.multiplyAdd([1, 1, 2], into: &y, factor: 2)
    #expect(y == [16, 42])
    var x = [0.0, 0, 0]
    matrix.multiplyTransposeAdd([1, 2], into: &x)
    #expect(x == [1, 8, 8])
  }

  @Test func `the product by a symmetric matrix from either triangle`() {
    // [1 2; 2 3]
    let lower = SparseMatrix(rowCount: 2, columnCount: 2, starts: [0, 2, 3], rowIndices: [0, 1, 1], values: [1, 2, 3])
    for triangle in [lower, lower.transposed()] {
      var y = [100.0, 200]
      triangle.multiplySymmetricAdd([1, 10], into: &y, factor: 2)
      #expect(y == [142, 264])
    }
  }
}
