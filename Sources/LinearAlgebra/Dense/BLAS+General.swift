import COpenBLAS

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Dense kernels on matrices stored by columns, without allocations.
extension BLAS {
  /// A matrix stored by columns, or its transpose.
  public struct Operand {
    public let pointer: UnsafePointer<Double>
    /// The distance between columns in memory.
    public let stride: Int
    public let isTransposed: Bool

    public init(_ pointer: UnsafePointer<Double>, stride: Int, isTransposed: Bool = false) {
      self.pointer = pointer
      self.stride = stride
      self.isTransposed = isTransposed
    }
  }

  /// `c = scale a b + keep c`, for a rows × inner and b inner × columns.
  /// - Complexity: O(2 rows · columns · inner).
  public static func product(
    rows: Int, columns: Int, inner: Int, scale: Double = 1, _ a: Operand, _ b: Operand, keeping keep: Double = 0,
    into c: UnsafeMutablePointer<Double>, stride: Int
  ) {
    if rows == 0 || columns == 0 { return }
    cblas_dgemm(
      CblasColMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(inner), scale, a.pointer, Int32(max(1, a.stride)), b.pointer,
      Int32(max(1, b.stride)), keep, c, Int32(max(1, stride)))
  }

  /// Overwrites a square matrix, stored without gaps, by its factors, and sets `inverse` to its inverse.
  /// - Parameter pivots: memory for n numbers.
  /// - Returns: `log |det A|`; nil for a matrix that is singular or has entries that are not finite.
  /// - Complexity: O(2 n³).
  public static func invert(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, into inverse: UnsafeMutablePointer<Double>,
    pivots: UnsafeMutablePointer<Int32>
  ) -> Double? {
    if n == 0 { return 0 }
    for k in 0..<n * n where !a[k].isFinite { return nil }
    var order = Int32(n), columns = order, stride = order, info: Int32 = 0
    dgetrf_(&order, &columns, a, &stride, pivots, &info)
    if info != 0 { return nil }
    inverse.update(repeating: 0, count: n * n)
    var logarithm = 0.0
    for i in 0..<n {
      inverse[i * n + i] = 1
      logarithm += log(abs(a[i * n + i]))
    }
    dgetrs_("N", &order, &columns, a, &stride, pivots, inverse, &stride, &info)
    return logarithm
  }
}
