/// The two half steps of the iteration, each one pass over a half of the vectors and one copy of the matrix.
///
/// With anchor (x₀, y₀) and k counted from the last restart:
///
///     x⁺ = clamp(x - τ(c - Aᵀy), lower, upper)            T(x, y) = (x⁺, y⁺)
///     y⁺ = prox(y - σA(2x⁺ - x))
///     x ← (k+1)/(k+2) (2x⁺ - x) + 1/(k+2) x₀,  y ← (k+1)/(k+2) (2y⁺ - y) + 1/(k+2) y₀
///
/// where the proximal map of the support function of the row sides is max(t + σ lower, min(t + σ upper, 0)). The
/// extrapolated point 2x⁺ - x that the dual half needs is the reflected one, so reflection costs nothing.
///
/// H. Lu, J. Yang, "Restarted Halpern PDHG for linear programming" (2024), equation (6).
struct HalpernKernels {
  typealias Chunks = UnsafeMutablePointer<SIMD4<Double>>

  let byRows: ChunkedMatrix.View
  let byColumns: ChunkedMatrix.View
  let cost: Chunks
  let columnLower: Chunks
  let columnUpper: Chunks
  let rowLower: Chunks
  let rowUpper: Chunks
  let x: Chunks
  let anchorX: Chunks
  let reflectedX: Chunks
  let y: Chunks
  let anchorY: Chunks

  /// Where a recorded step leaves T(x), Aᵀy, T(y) and y - T(y).
  let mappedX: Chunks
  let price: Chunks
  let mappedY: Chunks
  let stepY: Chunks

  /// The primal half step for a range of chunks of columns. `weight` is (k+1)/(k+2).
  @inline(never)
  func primalHalf(_ chunks: Range<Int>, tau: Double, weight: Double) {
    let y = UnsafeRawPointer(self.y).assumingMemoryBound(to: Double.self)
    let (tau, keep, pull) = (SIMD4(repeating: tau), SIMD4(repeating: weight), SIMD4(repeating: 1 - weight))
    var chunk = chunks.lowerBound
    while chunk < chunks.upperBound {
      let gradient = cost[chunk] - byColumns.product(chunk, y)
      let old = x[chunk]
      let mapped = clamped(old - tau * gradient, columnLower[chunk], columnUpper[chunk])
      let reflected = mapped + mapped - old
      reflectedX[chunk] = reflected
      x[chunk] = keep * reflected + pull * anchorX[chunk]
      chunk &+= 1
    }
  }

  /// As ``primalHalf(_:tau:weight:)``, also leaving what a check needs.
  @inline(never)
  func recordedPrimalHalf(_ chunks: Range<Int>, tau: Double, weight: Double) {
    let y = UnsafeRawPointer(self.y).assumingMemoryBound(to: Double.self)
    let (tau, keep, pull) = (SIMD4(repeating: tau), SIMD4(repeating: weight), SIMD4(repeating: 1 - weight))
    for chunk in chunks {
      let product = byColumns.product(chunk, y)
      price[chunk] = product
      let old = x[chunk]
      let mapped = clamped(old - tau * (cost[chunk] - product), columnLower[chunk], columnUpper[chunk])
      let reflected = mapped + mapped - old
      mappedX[chunk] = mapped
      reflectedX[chunk] = reflected
      x[chunk] = keep * reflected + pull * anchorX[chunk]
    }
  }

  /// The dual half step for a range of chunks of rows.
  @inline(never)
  func dualHalf(_ chunks: Range<Int>, sigma: Double, weight: Double) {
    let reflectedX = UnsafeRawPointer(self.reflectedX).assumingMemoryBound(to: Double.self)
    let (sigma, keep, pull) = (SIMD4(repeating: sigma), SIMD4(repeating: weight), SIMD4(repeating: 1 - weight))
    var chunk = chunks.lowerBound
    while chunk < chunks.upperBound {
      let old = y[chunk]
      let target = old - sigma * byRows.product(chunk, reflectedX)
      let mapped = larger(
        target + sigma * rowLower[chunk], smaller(target + sigma * rowUpper[chunk], SIMD4<Double>.zero))
      y[chunk] = keep * (mapped + mapped - old) + pull * anchorY[chunk]
      chunk &+= 1
    }
  }

  /// As ``dualHalf(_:sigma:weight:)``, also leaving what a check needs.
  @inline(never)
  func recordedDualHalf(_ chunks: Range<Int>, sigma: Double, weight: Double) {
    let reflectedX = UnsafeRawPointer(self.reflectedX).assumingMemoryBound(to: Double.self)
    let (sigma, keep, pull) = (SIMD4(repeating: sigma), SIMD4(repeating: weight), SIMD4(repeating: 1 - weight))
    for chunk in chunks {
      let old = y[chunk]
      let target = old - sigma * byRows.product(chunk, reflectedX)
      let mapped = larger(
        target + sigma * rowLower[chunk], smaller(target + sigma * rowUpper[chunk], SIMD4<Double>.zero))
      mappedY[chunk] = mapped
      stepY[chunk] = old - mapped
      y[chunk] = keep * (mapped + mapped - old) + pull * anchorY[chunk]
    }
  }
}

extension ChunkedMatrix.View {
  /// `result ← A x` for a range of chunks.
  @inline(never)
  func multiply(_ chunks: Range<Int>, _ x: UnsafeMutablePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let result = UnsafeMutableRawPointer(result).assumingMemoryBound(to: SIMD4<Double>.self)
    for chunk in chunks { result[chunk] = product(chunk, UnsafePointer(x)) }
  }
}

@inline(__always)
private func smaller(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> { a.replacing(with: b, where: b .< a) }

@inline(__always)
private func larger(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> { a.replacing(with: b, where: b .> a) }

@inline(__always)
private func clamped(_ a: SIMD4<Double>, _ low: SIMD4<Double>, _ high: SIMD4<Double>) -> SIMD4<Double> {
  larger(smaller(a, high), low)
}
