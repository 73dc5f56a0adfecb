import LinearAlgebra

/// Evaluates an ``AcyclicityFunction`` without allocations. Not for several threads at a time.
public final class AcyclicityWorkspace {
  public let function: AcyclicityFunction
  private let d: Int
  /// Aᵀ, of which the derivatives by A are functions as they stand, and places for results.
  private let transposed, result, spare: Vector
  private let exponential: MatrixExponential?
  private let inverse: MMatrixInverse?

  init(_ function: AcyclicityFunction) {
    BLAS.useOneThreadUnlessAsked()
    self.function = function
    d = function.nodeCount
    transposed = Vector(count: d * d)
    result = Vector(count: d * d)
    spare = Vector(count: d * d)
    exponential = function.kind == .exponential ? MatrixExponential(order: d) : nil
    inverse = function.kind == .logDeterminant ? MMatrixInverse(order: d) : nil
  }

  /// h(A), and ∂h/∂A from the same computation.
  /// - Parameters:
  ///   - a: d × d, column by column, without negative entries.
  ///   - gradient: receives d × d derivatives, column by column; may be `a` itself. Nil for none.
  /// - Returns: h(A) ≥ 0; infinite outside the domain, where numbers overflow and where entries are not numbers. The
  ///   gradient has no meaning then.
  /// - Complexity: O(d³), as ``AcyclicityFunction/Kind`` says.
  public func value(of a: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>? = nil) -> Double {
    let t = transposed.pointer
    for j in 0..<d {
      for i in 0..<d { t[i &* d &+ j] = a[j &* d &+ i] }
    }
    let value: Double
    switch function.kind {
    case .exponential:
      guard let exponential, exponential.subtractingIdentity(of: t, into: result.pointer) else { return .infinity }
      value = addIdentity(result.pointer)
      // The exact entries are not negative; rounding leaves some below zero where no walk leads.
      for k in 0..<d * d { result[k] = max(0, result[k]) }
    case .polynomial:
      value = powerOfShifted(t)
    case .logDeterminant:
      result.copy(from: transposed)
      guard let inverse, let logarithm = inverse.invert(result.pointer, shift: function.scale) else { return .infinity }
      value = logarithm
    }
    guard value.isFinite else { return .infinity }
    gradient?.update(from: result.pointer, count: d * d)
    return max(0, value)
  }

  /// Adds the identity.
  /// - Returns: the trace before.
  private func addIdentity(_ m: UnsafeMutablePointer<Double>) -> Double {
    var trace = 0.0
    for i in 0..<d {
      trace += m[i &* d &+ i]
      m[i &* d &+ i] += 1
    }
    return trace
  }

  /// `tr (I + B)ᵈ - d` for `B = Aᵀ/d`, with `(I + B)ᵈ⁻¹` as the result.
  ///
  /// Powers are held less the identity: `F = (I + B)ᵏ - I` goes to `F² + 2 F` and to `F B + F + B`.
  private func powerOfShifted(_ b: UnsafeMutablePointer<Double>) -> Double {
    let count = d * d
    if d == 0 { return 0 }
    VectorKernels.scale(count, 1 / Double(d), b)
    var power = result.pointer, next = spare.pointer
    let exponent = d - 1
    if exponent == 0 {
      power[0] = 0
    } else {
      power.update(from: b, count: count)
      for bit in stride(from: exponent.bitWidth - exponent.leadingZeroBitCount - 2, through: 0, by: -1) {
        next.update(from: power, count: count)
        BLAS.addProduct(d, power, power, keeping: 2, to: next)
        swap(&power, &next)
        if exponent >> bit & 1 == 1 {
          for k in 0..<count { next[k] = power[k] + b[k] }
          BLAS.addProduct(d, power, b, keeping: 1, to: next)
          swap(&power, &next)
        }
      }
    }
    var trace = 0.0, rest = 0.0
    for j in 0..<d {
      trace += power[j &* d &+ j] + b[j &* d &+ j]
      for i in 0..<d {
        let entry = power[j &* d &+ i]
        trace += entry * b[i &* d &+ j]
        rest += entry * 0
      }
    }
    if power != result.pointer { result.pointer.update(from: power, count: count) }
    for i in 0..<d { result[i &* d &+ i] += 1 }
    return rest == 0 ? trace : .infinity
  }
}
