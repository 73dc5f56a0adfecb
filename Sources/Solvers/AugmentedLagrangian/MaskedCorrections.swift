import LinearAlgebra

/// Corrections of a limited-memory quasi-Newton method, and the product of its inverse matrix with a vector on a subset of
/// the variables.
///
/// Vectors are as long as `stride`, a multiple of 8, with zeros at the end, so that the loops run on whole vector registers.
///
/// Source: Nocedal, "Updating quasi-Newton matrices with limited storage", 1980 (two-loop recursion).
final class MaskedCorrections {
  typealias Lanes = SIMD8<Double>
  let memory: Int
  /// The number of variables and the length of vectors.
  let n: Int
  let stride: Int
  private(set) var count = 0
  /// The slot of the newest correction.
  private var newest = 0
  private let steps, changes: Vector
  private let factors, curvatures: Vector

  static func paddedCount(_ n: Int) -> Int { (n + 7) / 8 * 8 }

  init(_ n: Int, memory: Int) {
    self.n = n
    self.memory = memory
    stride = Self.paddedCount(n)
    steps = Vector(count: stride * memory)
    changes = Vector(count: stride * memory)
    factors = Vector(count: memory)
    curvatures = Vector(count: memory)
  }

  func forget() { count = 0 }

  /// Takes the correction `to - from` of the point with that of the gradient, unless its curvature is not positive.
  func add(
    from x0: UnsafePointer<Double>, to x1: UnsafePointer<Double>, gradients g0: UnsafePointer<Double>,
    _ g1: UnsafePointer<Double>
  ) {
    let slot = count == 0 ? 0 : (newest + 1) % memory
    let s = steps.pointer + slot * stride, y = changes.pointer + slot * stride
    for k in 0..<n {
      s[k] = x1[k] - x0[k]
      y[k] = g1[k] - g0[k]
    }
    let product = Self.dot(stride, s, y), square = Self.dot(stride, y, y)
    if !(product > 1e-16 * square) || !product.isFinite || !square.isFinite || square == 0 { return }
    newest = slot
    count = min(memory, count + 1)
  }

  /// `q = H q` on the variables of a mask, where q is zero elsewhere: H from the diagonal matrix `1 / curvature`, times a
  /// number from the newest correction, and the corrections, all on these variables alone.
  /// - Parameters:
  ///   - mask: 1 for the variables, else 0.
  /// - Complexity: O(6 memory · n).
  func multiply(
    _ q: UnsafeMutablePointer<Double>, mask: UnsafePointer<Double>, curvature: UnsafePointer<Double>
  ) {
    var scale = 1.0
    var hasScale = false
    for age in 0..<count {
      let slot = (newest - age + memory) % memory
      let s = steps.pointer + slot * stride, y = changes.pointer + slot * stride
      let (product, along) = Self.maskedDots(stride, s, y, mask, q)
      // A correction may have no curvature on the variables of the mask.
      guard product > 0 else {
        curvatures[slot] = 0
        continue
      }
      curvatures[slot] = product
      let factor = along / product
      factors[slot] = factor
      Self.maskedAdd(stride, -factor, y, mask, q)
      if !hasScale {
        let weighted = Self.weightedSquare(stride, y, mask, curvature)
        if weighted > 0 && weighted.isFinite {
          scale = product / weighted
          hasScale = true
        }
      }
    }
    for k in 0..<n { q[k] *= scale / curvature[k] }
    for age in stride(from: count - 1, through: 0, by: -1) {
      let slot = (newest - age + memory) % memory
      if curvatures[slot] == 0 { continue }
      let s = steps.pointer + slot * stride, y = changes.pointer + slot * stride
      let factor = factors[slot] - Self.dot(stride, y, q) / curvatures[slot]
      Self.maskedAdd(stride, factor, s, mask, q)
    }
  }

  private func stride(from: Int, through: Int, by: Int) -> StrideThrough<Int> {
    Swift.stride(from: from, through: through, by: by)
  }

  // MARK: Kernels

  @inline(__always)
  private static func lanes(_ p: UnsafePointer<Double>, _ k: Int) -> Lanes {
    UnsafeRawPointer(p + k).loadUnaligned(as: Lanes.self)
  }

  private static func dot(_ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
    var sum = Lanes.zero
    var k = 0
    while k < count {
      sum += lanes(a, k) * lanes(b, k)
      k &+= 8
    }
    return sum.sum()
  }

  /// `Σ sₖ yₖ` and `Σ sₖ qₖ` over the mask.
  private static func maskedDots(
    _ count: Int, _ s: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ mask: UnsafePointer<Double>,
    _ q: UnsafePointer<Double>
  ) -> (Double, Double) {
    var product = Lanes.zero, along = Lanes.zero
    var k = 0
    while k < count {
      let step = lanes(s, k)
      product += step * lanes(y, k) * lanes(mask, k)
      along += step * lanes(q, k)
      k &+= 8
    }
    return (product.sum(), along.sum())
  }

  private static func weightedSquare(
    _ count: Int, _ y: UnsafePointer<Double>, _ mask: UnsafePointer<Double>, _ curvature: UnsafePointer<Double>
  ) -> Double {
    var sum = Lanes.zero
    var k = 0
    while k < count {
      let change = lanes(y, k)
      sum += change * change * lanes(mask, k) / lanes(curvature, k)
      k &+= 8
    }
    return sum.sum()
  }

  /// `q += factor v` on the mask.
  private static func maskedAdd(
    _ count: Int, _ factor: Double, _ v: UnsafePointer<Double>, _ mask: UnsafePointer<Double>,
    _ q: UnsafeMutablePointer<Double>
  ) {
    let lane = Lanes(repeating: factor)
    var k = 0
    while k < count {
      let result = lanes(q, k) + lane * lanes(v, k) * lanes(mask, k)
      UnsafeMutableRawPointer(q + k).storeBytes(of: result, as: Lanes.self)
      k &+= 8
    }
  }
}
