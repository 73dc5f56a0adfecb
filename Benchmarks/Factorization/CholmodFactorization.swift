import CCHOLMOD

/// CHOLMOD's supernodal Cholesky factorization in a given order, everything else as its authors set it.
final class CholmodFactorization {
  private var common = cholmod_common()
  private let matrix: UnsafeMutablePointer<cholmod_sparse>
  private let factor: UnsafeMutablePointer<cholmod_factor>

  init(_ k: NormalEquations, permutation: [Int32]) {
    cholmod_start(&common)
    common.supernodal = Int32(CHOLMOD_SUPERNODAL)
    common.nmethods = 1
    common.method.0.ordering = Int32(CHOLMOD_GIVEN)
    let n = k.order
    matrix = cholmod_allocate_sparse(n, n, k.values.count, 1, 1, -1, Int32(CHOLMOD_REAL), &common)
    let starts = matrix.pointee.p.assumingMemoryBound(to: Int32.self)
    for j in 0...n { starts[j] = Int32(k.starts[j]) }
    let rows = matrix.pointee.i.assumingMemoryBound(to: Int32.self)
    let values = matrix.pointee.x.assumingMemoryBound(to: Double.self)
    for p in 0..<k.values.count {
      rows[p] = k.rowIndices[p]
      values[p] = k.values[p]
    }
    var order = permutation
    factor = cholmod_analyze_p(matrix, &order, nil, 0, &common)
  }

  deinit {
    var factor: UnsafeMutablePointer<cholmod_factor>? = factor
    var matrix: UnsafeMutablePointer<cholmod_sparse>? = matrix
    cholmod_free_factor(&factor, &common)
    cholmod_free_sparse(&matrix, &common)
    cholmod_finish(&common)
  }

  func refactor() {
    precondition(cholmod_factorize(matrix, factor, &common) == 1 && factor.pointee.minor == factor.pointee.n)
  }

  func solve(_ b: [Double]) -> [Double] {
    let n = b.count
    var right: UnsafeMutablePointer<cholmod_dense>? = cholmod_allocate_dense(n, 1, n, Int32(CHOLMOD_REAL), &common)
    let entries = right!.pointee.x.assumingMemoryBound(to: Double.self)
    for i in 0..<n { entries[i] = b[i] }
    var x: UnsafeMutablePointer<cholmod_dense>? = cholmod_solve(CHOLMOD_A, factor, right, &common)
    let solution = Array(UnsafeBufferPointer(start: x!.pointee.x.assumingMemoryBound(to: Double.self), count: n))
    cholmod_free_dense(&right, &common)
    cholmod_free_dense(&x, &common)
    return solution
  }
}
