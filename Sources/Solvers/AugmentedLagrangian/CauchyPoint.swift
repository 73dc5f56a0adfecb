import LinearAlgebra

/// The generalized Cauchy point of a limited-memory model: the first local minimizer of
/// `gᵀ(z - x) + ½ (z - x)ᵀB(z - x)` along the projected gradient path z(t) = P(x - t g).
///
/// Source: Byrd, Lu, Nocedal, Zhu, "A limited memory algorithm for bound constrained optimization", 1995, algorithm CP.
final class CauchyPoint {
  let n: Int
  /// The point less x, and `Wᵀ` times that.
  let step: Vector
  private(set) var product: Vector
  /// Columns strictly within their bounds at the point.
  let isFree: UnsafeMutablePointer<Bool>
  private(set) var freeCount = 0
  private let times: Vector
  private let d: Vector
  /// A heap of columns by time.
  private let heap: UnsafeMutablePointer<Int32>
  private var heapCount = 0
  private let p: Vector
  private let w: Vector
  private let mp: Vector

  init(_ n: Int, memory: Int) {
    self.n = n
    step = Vector(count: n)
    product = Vector(count: 2 * memory)
    times = Vector(count: n)
    d = Vector(count: n)
    p = Vector(count: 2 * memory)
    w = Vector(count: 2 * memory)
    mp = Vector(count: 2 * memory)
    isFree = .allocate(capacity: max(1, n))
    isFree.initialize(repeating: true, count: max(1, n))
    heap = .allocate(capacity: max(1, n))
  }

  deinit {
    isFree.deallocate()
    heap.deallocate()
  }

  /// - Complexity: O(n · memory + breakpoints passed · (log n + memory²)).
  func find(_ b: LimitedMemoryMatrix, x: Vector, g: Vector, lower: Vector, upper: Vector) {
    let order = b.order
    heapCount = 0
    var slope = 0.0
    for j in 0..<n {
      let t: Double
      if g[j] < 0 {
        t = (x[j] - upper[j]) / g[j]
      } else if g[j] > 0 {
        t = (x[j] - lower[j]) / g[j]
      } else {
        t = .infinity
      }
      times[j] = t
      step[j] = 0
      isFree[j] = t > 0
      d[j] = t > 0 ? -g[j] : 0
      slope -= d[j] * d[j]
      if t > 0 && t < .infinity {
        heap[heapCount] = Int32(j)
        heapCount += 1
      }
    }
    for k in stride(from: heapCount / 2 - 1, through: 0, by: -1) { sift(k) }
    product.fill(0)
    b.transposeProduct(d.pointer, into: p.pointer)
    let first = -b.theta * slope
    mp.copy(from: p)
    b.multiplyMiddle(mp.pointer)
    var curvature = first - dot(order, p, mp)
    let floor = 1e-16 * first
    curvature = max(curvature, floor)
    var length = slope < 0 ? -slope / curvature : 0
    var passed = 0.0
    while heapCount > 0 && slope < 0 {
      let j = Int(heap[0])
      let t = times[j], advance = t - passed
      if length < advance { break }
      removeFirst()
      let end = d[j] > 0 ? upper[j] - x[j] : lower[j] - x[j]
      step[j] = end
      isFree[j] = false
      for q in 0..<order { product[q] += advance * p[q] }
      b.row(j, into: w.pointer)
      // The derivatives just past the breakpoint.
      mp.copy(from: product)
      b.multiplyMiddle(mp.pointer)
      let wc = dot(order, w, mp)
      mp.copy(from: p)
      b.multiplyMiddle(mp.pointer)
      let wp = dot(order, w, mp)
      mp.copy(from: w)
      b.multiplyMiddle(mp.pointer)
      let ww = dot(order, w, mp)
      let gj = g[j]
      slope += advance * curvature + gj * gj + b.theta * gj * end - gj * wc
      curvature -= b.theta * gj * gj + 2 * gj * wp + gj * gj * ww
      curvature = max(curvature, floor)
      for q in 0..<order { p[q] += gj * w[q] }
      d[j] = 0
      length = -slope / curvature
      passed = t
    }
    length = max(0, length.isFinite ? length : 0)
    let total = passed + length
    freeCount = 0
    for j in 0..<n where isFree[j] {
      step[j] = total * d[j]
      freeCount += 1
    }
    for q in 0..<order { product[q] += length * p[q] }
  }

  private func dot(_ count: Int, _ a: Vector, _ b: Vector) -> Double { VectorKernels.dot(count, a.pointer, b.pointer) }

  private func removeFirst() {
    heapCount -= 1
    heap[0] = heap[heapCount]
    sift(0)
  }

  private func sift(_ from: Int) {
    var k = from
    while true {
      var least = k
      for child in [2 * k + 1, 2 * k + 2] where child < heapCount && times[Int(heap[child])] < times[Int(heap[least])] {
        least = child
      }
      if least == k { return }
      let t = heap[k]
      heap[k] = heap[least]
      heap[least] = t
      k = least
    }
  }
}
