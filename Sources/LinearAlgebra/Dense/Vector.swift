import COpenBLAS

/// A contiguous vector on the heap, for kernels that must not allocate, check bounds or count references inside loops.
///
/// The pointer stays where it is as long as the vector lives.
public final class Vector: @unchecked Sendable {
  // Unchecked: a plain block of numbers; whoever shares it between threads keeps writes apart, as with any buffer.
  public let count: Int
  public let pointer: UnsafeMutablePointer<Double>

  public init(count: Int, repeating value: Double = 0) {
    self.count = count
    pointer = .allocate(capacity: max(1, count))
    pointer.initialize(repeating: value, count: max(1, count))
  }

  public convenience init(_ values: [Double]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { if let base = $0.baseAddress { pointer.update(from: base, count: count) } }
  }

  deinit { pointer.deallocate() }

  @inlinable public subscript(i: Int) -> Double {
    get { pointer[i] }
    set { pointer[i] = newValue }
  }

  public func copy(from other: Vector) { pointer.update(from: other.pointer, count: count) }
  public func fill(_ value: Double) { pointer.update(repeating: value, count: count) }
  public var array: [Double] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Level-1 operations on raw vectors of length `count`.
public enum VectorKernels {
  /// `xᵀy`.
  public static func dot(_ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
    count == 0 ? 0 : cblas_ddot(Int32(count), x, 1, y, 1)
  }

  /// `y += factor * x`.
  public static func add(
    _ count: Int, _ factor: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>
  ) {
    if count > 0 { cblas_daxpy(Int32(count), factor, x, 1, y, 1) }
  }

  /// `x *= factor`.
  public static func scale(_ count: Int, _ factor: Double, _ x: UnsafeMutablePointer<Double>) {
    if count > 0 { cblas_dscal(Int32(count), factor, x, 1) }
  }

  /// The Euclidean norm.
  public static func norm(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    count == 0 ? 0 : cblas_dnrm2(Int32(count), x, 1)
  }

  /// The largest absolute value; NaN counts as infinite.
  public static func maxNorm(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
    var largest = 0.0
    for i in 0..<count {
      let a = abs(x[i])
      if !(a <= largest) { largest = a.isNaN ? .infinity : a }
    }
    return largest
  }
}
