import LinearAlgebra

/// The compact form `B = θI - W M Wᵀ` of the limited-memory BFGS matrix, `W = [Y, θS]` of at most `memory` corrections.
///
/// Source: Byrd, Nocedal, Schnabel, "Representations of quasi-Newton matrices and their use in limited memory methods",
/// 1994, theorem 2.3.
final class LimitedMemoryMatrix {
  let n: Int
  let memory: Int
  /// Corrections held.
  private(set) var count = 0
  private(set) var theta = 1.0
  /// Row j holds the entries j of all corrections, by slot.
  private let s: UnsafeMutablePointer<Double>
  private let y: UnsafeMutablePointer<Double>
  /// The slots from the oldest to the newest correction.
  private var slots: [Int] = []
  /// sᵃᵀsᵇ, sᵃᵀyᵇ and yᵃᵀyᵇ by slots.
  private let ss: UnsafeMutablePointer<Double>
  private let sy: UnsafeMutablePointer<Double>
  private let yy: UnsafeMutablePointer<Double>
  private let middle: DenseSymmetricFactorization

  init(_ n: Int, memory: Int) {
    self.n = n
    self.memory = memory
    s = .allocate(capacity: max(1, n * memory))
    y = .allocate(capacity: max(1, n * memory))
    s.initialize(repeating: 0, count: max(1, n * memory))
    y.initialize(repeating: 0, count: max(1, n * memory))
    ss = .allocate(capacity: 3 * memory * memory)
    ss.initialize(repeating: 0, count: 3 * memory * memory)
    sy = ss + memory * memory
    yy = sy + memory * memory
    middle = DenseSymmetricFactorization(capacity: 2 * memory)
  }

  deinit {
    s.deallocate()
    y.deallocate()
    ss.deallocate()
  }

  /// Whether θ comes from a correction.
  private(set) var hasSize = false

  /// Forgets the corrections; θ too unless it is to stay.
  func reset(keepsSize: Bool = false) {
    count = 0
    slots = []
    if keepsSize { return }
    theta = 1
    hasSize = false
  }

  /// The order of M.
  var order: Int { 2 * count }

  /// Takes the correction `step`, `change` of the gradient, over from the oldest if the memory is full. A correction
  /// without positive curvature is left out.
  /// - Complexity: O(n · memory).
  func add(_ step: UnsafePointer<Double>, _ change: UnsafePointer<Double>) {
    let product = VectorKernels.dot(n, step, change), square = VectorKernels.dot(n, change, change)
    if !(product > 1e-16 * square) || !product.isFinite || !square.isFinite || square == 0 { return }
    let slot: Int
    if count < memory {
      slot = count
      count += 1
    } else {
      slot = slots.removeFirst()
    }
    slots.append(slot)
    theta = square / product
    hasSize = true
    let k = memory
    for j in 0..<n {
      s[j &* k &+ slot] = step[j]
      y[j &* k &+ slot] = change[j]
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * k) { sums in
      let sums = sums.baseAddress!
      sums.update(repeating: 0, count: 4 * k)
      for j in 0..<n {
        let a = step[j], b = change[j]
        let sj = s + j &* k, yj = y + j &* k
        for q in 0..<count {
          sums[q] += a * sj[q]
          sums[k &+ q] += a * yj[q]
          sums[2 &* k &+ q] += b * sj[q]
          sums[3 &* k &+ q] += b * yj[q]
        }
      }
      for q in 0..<count {
        ss[slot * k + q] = sums[q]
        ss[q * k + slot] = sums[q]
        sy[slot * k + q] = sums[k + q]
        sy[q * k + slot] = sums[2 * k + q]
        yy[slot * k + q] = sums[3 * k + q]
        yy[q * k + slot] = sums[3 * k + q]
      }
    }
    factorMiddle()
    if middle.negativeCount != count || middle.zeroCount > 0 { reset() }
  }

  /// `M⁻¹ = [-D, Lᵀ; L, θ SᵀS]`, D and L the diagonal and the strict lower triangle of SᵀY.
  private func factorMiddle() {
    let order = 2 * count
    middle.reset(order: order)
    let a = middle.matrix
    for p in 0..<count {
      a[p * order + p] = -sy[slots[p] * memory + slots[p]]
      for q in 0..<count {
        if q > p { a[p * order + count + q] = sy[slots[q] * memory + slots[p]] }
        if q >= p { a[(count + p) * order + count + q] = theta * ss[slots[q] * memory + slots[p]] }
      }
    }
    middle.factor()
  }

  /// Replaces a vector of length `order` by M times it.
  func multiplyMiddle(_ v: UnsafeMutablePointer<Double>) { middle.solve(v) }

  /// Row j of W.
  @inline(__always)
  func row(_ j: Int, into w: UnsafeMutablePointer<Double>) {
    let sj = s + j &* memory, yj = y + j &* memory
    slots.withUnsafeBufferPointer { slots in
      for p in 0..<count {
        w[p] = yj[slots[p]]
        w[count &+ p] = theta * sj[slots[p]]
      }
    }
  }

  /// `result = Wᵀ v`, of the rows with a mask that is true; all rows without one.
  /// - Complexity: O(n · count).
  func transposeProduct(
    _ v: UnsafePointer<Double>, mask: UnsafePointer<Bool>? = nil, into result: UnsafeMutablePointer<Double>
  ) {
    let k = memory
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * k) { sums in
      let sums = sums.baseAddress!
      sums.update(repeating: 0, count: 2 * k)
      for j in 0..<n {
        if let mask, !mask[j] { continue }
        let t = v[j]
        if t == 0 { continue }
        let sj = s + j &* k, yj = y + j &* k
        for q in 0..<count {
          sums[q] += t * yj[q]
          sums[k &+ q] += t * sj[q]
        }
      }
      for p in 0..<count {
        result[p] = sums[slots[p]]
        result[count + p] = theta * sums[k + slots[p]]
      }
    }
  }

  /// `result[j] += factor · (W v)ⱼ` for the rows of the mask.
  func addProduct(
    _ v: UnsafePointer<Double>, factor: Double, mask: UnsafePointer<Bool>, to result: UnsafeMutablePointer<Double>
  ) {
    let k = memory
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * k) { sorted in
      let sorted = sorted.baseAddress!
      for p in 0..<count {
        sorted[slots[p]] = factor * v[p]
        sorted[k + slots[p]] = factor * theta * v[count + p]
      }
      for j in 0..<n where mask[j] {
        let sj = s + j &* k, yj = y + j &* k
        var sum = 0.0
        for q in 0..<count { sum += yj[q] * sorted[q] + sj[q] * sorted[k &+ q] }
        result[j] += sum
      }
    }
  }

  /// `result = Wᵀ Z Zᵀ W`, Z the rows of the mask, of which there are `size`; dense, order `order`.
  /// - Complexity: O(min(size, n - size) · count²): the products over all rows are known, and the fewer rows are added or
  ///   taken away.
  func gram(mask: UnsafePointer<Bool>, size: Int, into result: UnsafeMutablePointer<Double>) {
    let order = 2 * count
    let adds = size <= n - size
    if adds {
      result.update(repeating: 0, count: order * order)
    } else {
      for p in 0..<count {
        for q in 0..<count {
          let a = slots[p] * memory + slots[q]
          result[p * order + q] = yy[a]
          result[(count + p) * order + q] = theta * sy[a]
          result[q * order + count + p] = theta * sy[a]
          result[(count + p) * order + count + q] = theta * theta * ss[a]
        }
      }
    }
    let sign = adds ? 1.0 : -1.0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, order)) { w in
      let w = w.baseAddress!
      for j in 0..<n where mask[j] == adds {
        row(j, into: w)
        for p in 0..<order {
          let t = sign * w[p]
          for q in 0..<order { result[p &* order &+ q] += t * w[q] }
        }
      }
    }
  }
}
