import COpenBLAS

/// Dense kernels on square matrices stored by columns without gaps, for semidefinite cones.
extension BLAS {
  /// Overwrites the lower triangle of a symmetric matrix by its Cholesky factor L and clears the other triangle.
  /// - Returns: false when the matrix is not numerically positive definite.
  /// - Complexity: O(n³/3).
  public static func factorCholesky(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Bool {
    if n == 0 { return true }
    useOneThreadUnlessAsked()
    var order = Int32(n)
    var stride = order
    var info: Int32 = 0
    dpotrf_("L", &order, a, &stride, &info)
    if info != 0 { return false }
    for j in 1..<max(n, 1) { (a + j * n).update(repeating: 0, count: j) }
    return true
  }

  /// Adds `Aᵀ A` to the lower triangle of a symmetric matrix, both column by column.
  /// - Complexity: O(rows · columns²).
  public static func addGram(
    rowCount: Int, columnCount: Int, _ a: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>
  ) {
    if rowCount == 0 || columnCount == 0 { return }
    useOneThreadUnlessAsked()
    cblas_dsyrk(
      CblasColMajor, CblasLower, CblasTrans, Int32(columnCount), Int32(rowCount), 1, a, Int32(rowCount), 1, c,
      Int32(columnCount))
  }

  /// The inverse of a lower triangular L, row by row: entry (r, k) at `r * n + k`, 0 above the diagonal.
  /// - Complexity: O(n³/3).
  public static func invertLower(
    _ n: Int, _ lower: UnsafePointer<Double>, into inverse: UnsafeMutablePointer<Double>
  ) {
    if n == 0 { return }
    // By rows, the inverse of L is the upper triangular inverse of Lᵀ by columns.
    for r in 0..<n {
      for k in 0..<n { inverse[r * n + k] = k <= r ? lower[k * n + r] : 0 }
    }
    var order = Int32(n)
    var stride = order
    var info: Int32 = 0
    dtrtri_("U", "N", &order, inverse, &stride, &info)
  }

  /// Replaces A by `L⁻¹ A L⁻ᵀ` for a lower triangular L.
  /// - Complexity: O(2n³).
  public static func congruence(_ n: Int, _ a: UnsafeMutablePointer<Double>, inverseOf lower: UnsafePointer<Double>) {
    if n == 0 { return }
    let order = Int32(n)
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, order, order, 1, lower, order, a, order)
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, order, order, 1, lower, order, a, order)
  }

  /// Which factors of a product are transposed.
  public enum Transposed { case none, first, second, both }

  /// `c = a b`.
  /// - Complexity: O(2n³).
  public static func multiply(
    _ n: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, transposing transposed: Transposed = .none,
    into c: UnsafeMutablePointer<Double>
  ) {
    if n == 0 { return }
    let order = Int32(n)
    cblas_dgemm(
      CblasColMajor, transposed == .first || transposed == .both ? CblasTrans : CblasNoTrans,
      transposed == .second || transposed == .both ? CblasTrans : CblasNoTrans, order, order, order, 1, a, order, b,
      order, 0, c, order)
  }

  /// `c = a b + factor c`.
  /// - Complexity: O(2n³).
  public static func addProduct(
    _ n: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, keeping factor: Double,
    to c: UnsafeMutablePointer<Double>
  ) {
    if n == 0 { return }
    let order = Int32(n)
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, order, order, order, 1, a, order, b, order, factor, c, order)
  }

  /// Length of the work space of ``symmetricEigenvalues(_:_:into:work:workCount:)``.
  public static func eigenvalueWorkCount(_ n: Int) -> Int { max(64, 40 * n) }

  /// The eigenvalues of a symmetric matrix, given by its lower triangle, in ascending order; destroys the matrix.
  /// - Returns: false when the iteration failed or an entry is not a number.
  /// - Complexity: O(4n³/3).
  public static func symmetricEigenvalues(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, into values: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>, workCount: Int
  ) -> Bool {
    if n == 0 { return true }
    // LAPACK may never end on entries that are not numbers.
    for k in 0..<n * n where !a[k].isFinite { return false }
    var order = Int32(n)
    var stride = order
    var length = Int32(workCount)
    var info: Int32 = 0
    dsyev_("N", "L", &order, a, &stride, values, work, &length, &info)
    return info == 0
  }

  /// Length of the work space of ``singularValues(_:_:into:left:right:work:workCount:integers:)``, where `integers` has
  /// 8n entries.
  public static func singularWorkCount(_ n: Int) -> Int { max(64, 4 * n * n + 16 * n + 64 * n) }

  /// `A = U diag(values) Vᵀ` with descending values; destroys A. `left` takes U and `right` Vᵀ.
  /// - Returns: false when the iteration failed or an entry is not a number.
  /// - Complexity: O(22n³).
  public static func singularValues(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, into values: UnsafeMutablePointer<Double>,
    left: UnsafeMutablePointer<Double>, right: UnsafeMutablePointer<Double>, work: UnsafeMutablePointer<Double>,
    workCount: Int, integers: UnsafeMutablePointer<Int32>
  ) -> Bool {
    if n == 0 { return true }
    for k in 0..<n * n where !a[k].isFinite { return false }
    var order = Int32(n)
    var (aStride, leftStride, rightStride) = (order, order, order)
    var rows = order
    var length = Int32(workCount)
    var info: Int32 = 0
    dgesdd_("A", &rows, &order, a, &aStride, values, left, &leftStride, right, &rightStride, work, &length, integers, &info)
    return info == 0
  }
}
