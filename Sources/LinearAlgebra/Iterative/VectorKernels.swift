import COpenBLAS

/// Vector operations on memory, by BLAS.
enum VectorKernels {
  typealias Vector = UnsafeMutablePointer<Double>

  @inline(__always)
  static func dot(_ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
    cblas_ddot(Int32(n), x, 1, y, 1)
  }

  @inline(__always)
  static func norm(_ n: Int, _ x: UnsafePointer<Double>) -> Double { cblas_dnrm2(Int32(n), x, 1) }

  /// `y += a x`.
  @inline(__always)
  static func add(_ n: Int, _ a: Double, _ x: UnsafePointer<Double>, _ y: Vector) { cblas_daxpy(Int32(n), a, x, 1, y, 1) }

  /// `x *= a`.
  @inline(__always)
  static func scale(_ n: Int, _ a: Double, _ x: Vector) { cblas_dscal(Int32(n), a, x, 1) }
}

/// Vectors of one length in one piece of memory, which goes with its owner.
final class VectorStorage {
  private let length: Int
  private let base: UnsafeMutablePointer<Double>

  init(count: Int, length: Int) {
    self.length = length
    base = .allocate(capacity: max(1, count * length))
    base.initialize(repeating: 0, count: max(1, count * length))
  }

  deinit { base.deallocate() }

  subscript(_ k: Int) -> UnsafeMutablePointer<Double> { base + k * length }
}
