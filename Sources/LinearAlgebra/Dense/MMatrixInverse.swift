import COpenBLAS

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The inverse and the determinant of `s I - A` for matrices A of one order without negative entries, where that is an
/// M-matrix: where the spectral radius of A is below s.
///
/// The elimination takes pivots on the diagonal in their order. It exists, with positive pivots, exactly for nonsingular
/// M-matrices, which makes it the test as well. All it does but for the pivots is to add up products of numbers that are
/// not negative: entries of the inverse have full relative accuracy, are never negative, and are zero where no path of
/// A leads. The part of each pivot that s loses is added up by itself, so that the logarithm of a determinant near that
/// of s I keeps its digits too.
///
/// Sources: Berman, Plemmons, "Nonnegative matrices in the mathematical sciences", 1994, theorem 6.2.3; Alfa, Xue, Ye,
/// "Accurate computation of the smallest eigenvalue of a diagonally dominant M-matrix", 2002 (elimination without
/// subtractions).
public final class MMatrixInverse {
  public let order: Int
  /// Orders up to this are eliminated column by column; larger ones by blocks of this order. Default 32.
  private static let blockOrder = 32
  private let rows, columns, block: Vector

  public init(order: Int) {
    precondition(order >= 0)
    self.order = order
    let panel = order > Self.blockOrder ? order * Self.blockOrder : 0
    rows = Vector(count: panel)
    columns = Vector(count: panel)
    block = Vector(count: Self.blockOrder * Self.blockOrder)
  }

  /// Replaces A by `(s I - A)⁻¹`.
  /// - Parameters:
  ///   - a: order × order, column by column, without negative entries.
  ///   - shift: s > 0.
  /// - Returns: `-log det(I - A/s)`, at least 0; nil where `s I - A` is no nonsingular M-matrix, or where numbers are not
  ///   finite. A has no meaning then.
  /// - Complexity: O(2 n³).
  public func invert(_ a: UnsafeMutablePointer<Double>, shift s: Double) -> Double? {
    let n = order
    var logarithm = 0.0
    if n <= Self.blockOrder {
      guard Self.eliminate(a, n, s, &logarithm) else { return nil }
    } else {
      var first = 0
      while first < n {
        let size = min(Self.blockOrder, n - first)
        guard eliminateBlock(a, first, size, s, &logarithm) else { return nil }
        first += size
      }
    }
    var sum = logarithm * 0
    for k in 0..<n * n { sum += a[k] * 0 }
    return sum == 0 ? logarithm : nil
  }

  /// Gauss-Jordan steps on all columns of a block stored without gaps.
  private static func eliminate(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, _ s: Double, _ logarithm: inout Double
  ) -> Bool {
    for k in 0..<n {
      let pivotColumn = a + k &* n
      let lost = pivotColumn[k], pivot = s - lost
      if !(pivot > 0) { return false }
      logarithm -= log1p(-lost / s)
      let inverse = 1 / pivot
      pivotColumn[k] = 0
      for j in 0..<n where j != k {
        let column = a + j &* n
        let entry = column[k]
        if entry == 0 { continue }
        let factor = entry * inverse
        for i in 0..<n { column[i] += pivotColumn[i] * factor }
        column[k] = factor
      }
      for i in 0..<n { pivotColumn[i] *= inverse }
      pivotColumn[k] = inverse
    }
    return true
  }

  /// The same steps for the columns of one diagonal block at once.
  private func eliminateBlock(
    _ a: UnsafeMutablePointer<Double>, _ first: Int, _ size: Int, _ s: Double, _ logarithm: inout Double
  ) -> Bool {
    let n = order, p = block.pointer, r = rows.pointer, c = columns.pointer
    for j in 0..<size { (p + j * size).update(from: a + (first + j) * n + first, count: size) }
    guard Self.eliminate(p, size, s, &logarithm) else { return false }
    // c: the columns of the block without its rows; r: its rows without its columns, in `columns` times p.
    let order = Int32(n), width = Int32(size)
    for j in 0..<n { (c + j * size).update(from: a + j * n + first, count: size) }
    (c + first * size).update(repeating: 0, count: size * size)
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, width, order, width, 1, p, width, c, width, 0, r, width)
    c.update(from: a + first * n, count: n * size)
    for j in 0..<size { (c + j * n + first).update(repeating: 0, count: size) }
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, order, order, width, 1, c, order, r, width, 1, a, order)
    cblas_dgemm(
      CblasColMajor, CblasNoTrans, CblasNoTrans, order, width, width, 1, c, order, p, width, 0, a + first * n, order)
    for j in 0..<n where j < first || j >= first + size { (a + j * n + first).update(from: r + j * size, count: size) }
    for j in 0..<size { (a + (first + j) * n + first).update(from: p + j * size, count: size) }
    return true
  }
}
