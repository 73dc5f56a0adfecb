import Constraints
import LinearAlgebra

/// The matrix of a Newton step on the optimality conditions,
///
///     K = | B   Gᵀ |      B = H + shift · I,
///         | G   -δ |
///
/// with H as the Hessian of the Lagrangian and G as the Jacobian of the equations; δ is 0 for Newton steps unless
/// G is nearly singular, and 1 for steps of damped least squares. Held as a lower triangle by columns, the diagonal first
/// in each.
final class NewtonMatrix {
  let n: Int
  let m: Int
  /// The lower triangle: `starts[j]..<starts[j + 1]` are the entries of column j. The entry that takes `shift` is the
  /// first; a diagonal entry of H comes as a second one and adds to it.
  let starts: [Int]
  let rowIndices: [Int32]
  let values: Vector
  /// Where the entries of G are, in the order of its pattern.
  let jacobianPositions: [Int]
  private let hessianStarts: [Int]
  private(set) var shift = 0.0
  /// Whether H is not left out.
  private(set) var hasHessian = false

  var order: Int { n + m }
  /// Entries of the whole matrix, diagonal entries that come twice counted twice.
  var entryCount: Int { 2 * values.count - order }

  init(_ problem: EqualityProblem) {
    n = problem.n
    m = problem.m
    let (g, h) = (problem.jacobianPattern, problem.hessianPattern)
    hessianStarts = h.starts
    var starts = [Int](repeating: 0, count: n + m + 1)
    for j in 0..<n { starts[j + 1] = 1 + h.starts[j + 1] - h.starts[j] }
    for column in g.indices { starts[Int(column) + 1] += 1 }
    for j in n..<(n + m) { starts[j + 1] = 1 }
    for j in 0..<(n + m) { starts[j + 1] += starts[j] }
    var rows = [Int32](repeating: 0, count: starts[n + m])
    var next = [Int](repeating: 0, count: n)
    for j in 0..<(n + m) { rows[starts[j]] = Int32(j) }
    for j in 0..<n {
      next[j] = starts[j] + 1
      for k in h.starts[j]..<h.starts[j + 1] {
        rows[next[j]] = h.indices[k]
        next[j] += 1
      }
    }
    var positions = [Int](repeating: 0, count: g.entryCount)
    for i in 0..<m {
      for k in g.starts[i]..<g.starts[i + 1] {
        let j = Int(g.indices[k])
        positions[k] = next[j]
        rows[next[j]] = Int32(n + i)
        next[j] += 1
      }
    }
    self.starts = starts
    rowIndices = rows
    jacobianPositions = positions
    values = Vector(count: rows.count)
  }

  /// Fills in numbers.
  /// - Parameters:
  ///   - hessian: entries of H in the order of its pattern; nil for zero.
  ///   - dual: δ.
  func assemble(hessian: Vector?, jacobian: Vector, shift: Double, dual: Double = 0) {
    let v = values.pointer
    hasHessian = hessian != nil
    for j in 0..<n {
      var k = starts[j] + 1
      for source in hessianStarts[j]..<hessianStarts[j + 1] {
        v[k] = hessian?.pointer[source] ?? 0
        k += 1
      }
    }
    for k in 0..<jacobian.count { v[jacobianPositions[k]] = jacobian.pointer[k] }
    setShift(shift, dual: dual)
  }

  /// Changes what is added to the diagonal of H, and δ.
  func setShift(_ shift: Double, dual: Double) {
    self.shift = shift
    for j in 0..<n { values.pointer[starts[j]] = shift }
    for i in n..<(n + m) { values.pointer[starts[i]] = -dual }
  }

  /// `y = K x`.
  /// - Complexity: O(entries).
  func multiply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let v = values.pointer
    y.update(repeating: 0, count: order)
    starts.withUnsafeBufferPointer { starts in
      rowIndices.withUnsafeBufferPointer { rows in
        for j in 0..<order {
          let t = x[j]
          var sum = 0.0
          for k in starts[j]..<starts[j &+ 1] {
            let i = Int(rows[k])
            sum += v[k] * x[i]
            if i != j { y[i] += v[k] * t }
          }
          y[j] += sum
        }
      }
    }
  }

  /// The largest modulus of an entry of B.
  var largestCurvature: Double {
    var largest = 0.0
    for j in 0..<n {
      for k in starts[j]..<starts[j + 1] where rowIndices[k] < n { largest = max(largest, abs(values.pointer[k])) }
    }
    return largest
  }

  /// The largest modulus of an entry in each row of G.
  func rowNorms(into norms: Vector) {
    norms.fill(0)
    for j in 0..<n {
      for k in starts[j]..<starts[j + 1] where rowIndices[k] >= n {
        let i = Int(rowIndices[k]) - n
        norms[i] = max(norms[i], abs(values.pointer[k]))
      }
    }
  }
}
