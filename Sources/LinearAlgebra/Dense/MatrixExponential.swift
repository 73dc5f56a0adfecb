import COpenBLAS

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The exponential of dense square matrices of one order, by scaling and squaring of Padé approximants; with memory of
/// its own, so that many exponentials take no allocation.
///
/// The work is done on `exp(A) - I`, which keeps the digits of small entries: the approximant less the identity is
/// `2 (V - U)⁻¹ U`, and squaring takes E to `E² + 2 E`. The norms of the powers of |A|, which cost a product of matrix and
/// vector each, choose degree and scaling; for a matrix without negative entries they are the norms of its powers.
///
/// Sources: Higham, "The scaling and squaring method for the matrix exponential revisited", 2005 (approximants and their
/// error bounds); Al-Mohy, Higham, "A new scaling and squaring algorithm for the matrix exponential", 2009 (norms of
/// powers in place of powers of the norm, algorithm 5.1).
public final class MatrixExponential {
  public let order: Int
  private let square, fourth, sixth, odd, even, spare: Vector
  private let sums, next: Vector
  private var pivots: [Int32]

  public init(order: Int) {
    precondition(order >= 0)
    self.order = order
    let count = order * order
    square = Vector(count: count)
    fourth = Vector(count: count)
    sixth = Vector(count: count)
    odd = Vector(count: count)
    even = Vector(count: count)
    spare = Vector(count: count)
    sums = Vector(count: order)
    next = Vector(count: order)
    pivots = [Int32](repeating: 0, count: max(1, order))
  }

  /// `exp(A) - I`.
  /// - Parameters:
  ///   - a: order × order, column by column.
  ///   - result: receives the matrix; may not overlap `a`.
  /// - Returns: false if an entry of A or of the result is not a finite number; the result has no meaning then.
  /// - Complexity: 4 to 8 products of order³ and one more for each doubling of the norm beyond 4.25.
  public func subtractingIdentity(
    of a: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) -> Bool {
    let count = order * order
    if order == 0 { return true }
    guard let powers = PowerNorms(a, order: order, absolute: spare, sums: sums, next: next) else { return false }
    if powers.norm == 0 {
      result.update(repeating: 0, count: count)
      return true
    }
    let (degree, squarings) = powers.choice
    if squarings > Self.largestSquarings { return false }
    result.update(from: a, count: count)
    if squarings > 0 { VectorKernels.scale(count, scalbn(1.0, Int32(-squarings)), result) }
    guard approximate(result, degree: degree) else { return false }
    // The approximant is in `odd`.
    var from = odd.pointer, to = spare.pointer
    for _ in 0..<squarings {
      to.update(from: from, count: count)
      product(from, from, keeping: 2, to)
      if !Self.isFinite(to, count) { return false }
      swap(&from, &to)
    }
    result.update(from: from, count: count)
    return Self.isFinite(result, count)
  }

  /// Beyond this many squarings every matrix that is not nilpotent has an exponential beyond the largest number.
  private static let largestSquarings = 1100

  private static func isFinite(_ x: UnsafePointer<Double>, _ count: Int) -> Bool {
    var sum = 0.0
    for k in 0..<count { sum += x[k] * 0 }
    return sum == 0
  }

  /// `c = a b + factor c`.
  private func product(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, keeping factor: Double = 0,
    _ c: UnsafeMutablePointer<Double>
  ) {
    let n = Int32(order)
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, factor, c, n)
  }

  /// `odd = r(A) - I` for the diagonal Padé approximant r.
  private func approximate(_ a: UnsafeMutablePointer<Double>, degree: Int) -> Bool {
    let count = order * order, b = Self.coefficients(degree)
    let a2 = square.pointer, a4 = fourth.pointer, a6 = sixth.pointer
    let inner = spare.pointer, u = odd.pointer, v = even.pointer
    product(a, a, a2)
    if degree >= 5 { product(a2, a2, a4) }
    if degree >= 7 { product(a4, a2, a6) }
    if degree == 13 {
      // U = A (A⁶ (b₁₃ A⁶ + b₁₁ A⁴ + b₉ A²) + b₇ A⁶ + b₅ A⁴ + b₃ A² + b₁ I), V likewise with even powers.
      for k in 0..<count {
        u[k] = b[13] * a6[k] + b[11] * a4[k] + b[9] * a2[k]
        inner[k] = b[7] * a6[k] + b[5] * a4[k] + b[3] * a2[k]
      }
      product(a6, u, keeping: 1, inner)
      for k in 0..<count {
        u[k] = b[12] * a6[k] + b[10] * a4[k] + b[8] * a2[k]
        v[k] = b[6] * a6[k] + b[4] * a4[k] + b[2] * a2[k]
      }
      product(a6, u, keeping: 1, v)
    } else {
      for k in 0..<count {
        inner[k] = b[3] * a2[k]
        v[k] = b[2] * a2[k]
      }
      if degree >= 5 {
        for k in 0..<count {
          inner[k] += b[5] * a4[k]
          v[k] += b[4] * a4[k]
        }
      }
      if degree >= 7 {
        for k in 0..<count {
          inner[k] += b[7] * a6[k]
          v[k] += b[6] * a6[k]
        }
      }
      if degree == 9 {
        product(a4, a4, u)
        for k in 0..<count {
          inner[k] += b[9] * u[k]
          v[k] += b[8] * u[k]
        }
      }
    }
    for i in 0..<order {
      inner[i &* order &+ i] += b[1]
      v[i &* order &+ i] += b[0]
    }
    product(a, inner, u)
    // (V - U) X = 2 U.
    for k in 0..<count {
      v[k] -= u[k]
      u[k] *= 2
    }
    var n = Int32(order), columns = n, leading = n, info: Int32 = 0
    dgetrf_(&n, &n, v, &leading, &pivots, &info)
    if info != 0 { return false }
    dgetrs_("N", &n, &columns, v, &leading, &pivots, u, &leading, &info)
    return true
  }

  /// Coefficients of the numerator of the diagonal Padé approximant, constant first.
  private static func coefficients(_ degree: Int) -> [Double] {
    switch degree {
    case 3: third
    case 5: fifth
    case 7: seventh
    case 9: ninth
    default: thirteenth
    }
  }
  private static let third: [Double] = [120, 60, 12, 1]
  private static let fifth: [Double] = [30240, 15120, 3360, 420, 30, 1]
  private static let seventh: [Double] = [17_297_280, 8_648_640, 1_995_840, 277_200, 25_200, 1_512, 56, 1]
  private static let ninth: [Double] = [
    17_643_225_600, 8_821_612_800, 2_075_673_600, 302_702_400, 30_270_240, 2_162_160, 110_880, 3_960, 90, 1,
  ]
  private static let thirteenth: [Double] = [
    64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800, 129_060_195_264_000,
    10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920, 40_840_800, 960_960, 16_380, 182, 1,
  ]
}

extension DenseMatrix {
  /// The exponential of a square matrix; nil if an entry of it is not a finite number.
  /// - Complexity: O(n³ (8 + log of the norm)).
  public var exponential: DenseMatrix? {
    precondition(rowCount == columnCount)
    var result = DenseMatrix(rowCount: rowCount, columnCount: rowCount)
    if rowCount == 0 { return result }
    let method = MatrixExponential(order: rowCount)
    let isFinite = values.withUnsafeBufferPointer { a in
      result.values.withUnsafeMutableBufferPointer { method.subtractingIdentity(of: a.baseAddress!, into: $0.baseAddress!) }
    }
    if !isFinite { return nil }
    for i in 0..<rowCount { result[i, i] += 1 }
    return result
  }
}

/// The 1-norms of the powers 1 to 10 of |A|, relative to the powers of the norm of A, and the approximant they call for.
private struct PowerNorms {
  /// ‖A‖₁.
  let norm: Double
  /// Entry k is ‖|A|ᵏ‖₁ / ‖A‖₁ᵏ, at most 1; not below a number that no result shows but that products do not lose.
  private var ratios = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
  private static let leastRatio = 1e-300

  /// - Returns: nil if an entry of A is not finite.
  init?(_ a: UnsafePointer<Double>, order n: Int, absolute: Vector, sums: Vector, next: Vector) {
    let size = absolute.pointer, order = Int32(n)
    for k in 0..<n * n { size[k] = abs(a[k]) }
    sums.fill(1)
    cblas_dgemv(CblasColMajor, CblasTrans, order, order, 1, size, order, sums.pointer, 1, 0, next.pointer, 1)
    norm = VectorKernels.maxNorm(n, next.pointer)
    guard norm.isFinite else { return nil }
    if norm == 0 { return }
    withUnsafeMutableBytes(of: &ratios) { bytes in
      let ratios = bytes.assumingMemoryBound(to: Double.self)
      VectorKernels.scale(n, 1 / norm, next.pointer)
      var from = next.pointer, to = sums.pointer
      for k in 2...10 {
        cblas_dgemv(CblasColMajor, CblasTrans, order, order, 1 / norm, size, order, from, 1, 0, to, 1)
        ratios[k] = max(Self.leastRatio, VectorKernels.maxNorm(n, to))
        swap(&from, &to)
      }
    }
  }

  /// Degree of the approximant and number of squarings for a backward error at the unit of rounding.
  var choice: (degree: Int, squarings: Int) {
    let r = ratios
    let d4 = norm * pow(r.4, 1.0 / 4), d6 = norm * pow(r.6, 1.0 / 6)
    let d8 = norm * pow(r.8, 1.0 / 8), d10 = norm * pow(r.10, 1.0 / 10)
    let first = max(d4, d6), third = max(d6, d8), fourth = max(d8, d10)
    if first <= 1.495585217958292e-2 && excess(3, r.7) == 0 { return (3, 0) }
    if first <= 2.539398330063230e-1 && excess(5, r.10) == 0 { return (5, 0) }
    if third <= 9.504178996162932e-1 && excess(7, r.10 * r.5) == 0 { return (7, 0) }
    if third <= 2.097847961257068 && excess(9, r.10 * r.9) == 0 { return (9, 0) }
    let least = min(third, fourth)
    let squarings = max(0, Int(min(1e6, (log2(least / 4.25)).rounded(.up))))
    return (13, squarings + excess(13, r.10 * r.10 * r.7, squarings: squarings))
  }

  /// Further squarings for the first term of the backward error, of degree 2m + 1, to be below the unit of rounding.
  /// - Parameter ratio: a bound of ‖|A|²ᵐ⁺¹‖₁ relative to the power of the norm.
  private func excess(_ m: Int, _ ratio: Double, squarings: Int = 0) -> Int {
    let logarithm: Double =
      switch m {
      case 3: log2(100_800)
      case 5: log2(10_059_033_600)
      case 7: log2(4_487_938_430_976_000)
      case 9: log2(5_914_384_781_877_411_840_000)
      default: log2(113_250_775_606_021_113_483_283_660_800_000_000)
      }
    let degree = Double(2 * m)
    let size = log2(max(ratio, Double.leastNormalMagnitude)) + degree * (log2(norm) - Double(squarings)) - logarithm
    return max(0, Int(min(1e6, ((size + 53) / degree).rounded(.up))))
  }
}
