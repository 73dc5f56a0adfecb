import LinearAlgebra

/// What ``BarrierMethod`` minimizes:
///
///     minimize    F(x) + qᵀa
///     subject to  g(x) + A a = b,  lower <= (x, a) <= upper
///
/// The auxiliary variables a come each in one row, with coefficient 1 or -1: slacks of inequality rows, and in the
/// restoration phase the positive and negative parts of the violation. They never enter the linear systems but as the
/// diagonal of their row. F is the scaled objective of the form, or, in the restoration phase, a proximity term.
final class BarrierProblem {
  let functions: BarrierFunctions
  /// Variables x, rows, and x and a together.
  let n: Int
  let m: Int
  let total: Int
  /// By auxiliary variable: its row, coefficient and cost.
  let auxiliaryRows: [Int32]
  let auxiliarySigns: [Double]
  let auxiliaryCosts: [Double]
  /// By variable, x first. Infinite where there is none.
  let lower: Vector
  let upper: Vector
  /// Variables with a finite bound.
  let withLower: [Int32]
  let withUpper: [Int32]
  let rightHandSide: Vector
  /// Slacks of inequality rows; further auxiliary variables come after them.
  let slackCount: Int
  /// The point that the restoration phase stays close to, and the weight of each variable; nil for the form's objective.
  private let proximity: (center: Vector, weights: Vector)?
  /// The weight of the proximity term.
  var proximityWeight = 0.0

  /// The problem of a form.
  /// - Complexity: O(columns + rows).
  init(_ functions: BarrierFunctions, relaxation: Double) {
    self.functions = functions
    let form = functions.form
    n = functions.columnCount
    m = functions.rowCount
    rightHandSide = Vector(count: m)
    var slackRows: [Int32] = []
    for k in 0..<m {
      let i = functions.rows[k], scale = functions.rowScales[k]
      if form.rowLower[i] == form.rowUpper[i] {
        rightHandSide[k] = scale * form.rowLower[i]
      } else {
        slackRows.append(Int32(k))
      }
    }
    slackCount = slackRows.count
    auxiliaryRows = slackRows
    auxiliarySigns = [Double](repeating: -1, count: slackRows.count)
    auxiliaryCosts = [Double](repeating: 0, count: slackRows.count)
    total = n + slackRows.count
    lower = Vector(count: total)
    upper = Vector(count: total)
    func relaxed(_ bound: Double, _ direction: Double) -> Double {
      bound.isFinite ? bound + direction * relaxation * max(1, abs(bound)) : bound
    }
    for k in 0..<n {
      lower[k] = form.columnLower[functions.columns[k]]
      upper[k] = form.columnUpper[functions.columns[k]]
    }
    for (a, row) in slackRows.enumerated() {
      let i = functions.rows[Int(row)], scale = functions.rowScales[Int(row)]
      lower[n + a] = scale * relaxed(form.rowLower[i], -1)
      upper[n + a] = scale * relaxed(form.rowUpper[i], 1)
    }
    withLower = (0..<Int32(total)).filter { [lower] in lower[Int($0)] > -.infinity }
    withUpper = (0..<Int32(total)).filter { [upper] in upper[Int($0)] < .infinity }
    proximity = nil
  }

  /// The problem of the restoration phase of another: the least violation near a point.
  ///
  /// Source: Wächter, Biegler 2006, equation (30).
  init(restorationOf other: BarrierProblem, penalty: Double) {
    functions = other.functions
    n = other.n
    m = other.m
    let slacks = other.slackCount
    slackCount = slacks
    rightHandSide = other.rightHandSide
    total = n + slacks + 2 * m
    let every = (0..<Int32(m)).map { $0 }
    auxiliaryRows = other.auxiliaryRows + every + every
    auxiliarySigns = other.auxiliarySigns + [Double](repeating: -1, count: m) + [Double](repeating: 1, count: m)
    auxiliaryCosts = [Double](repeating: 0, count: slacks) + [Double](repeating: penalty, count: 2 * m)
    lower = Vector(count: total)
    upper = Vector(count: total, repeating: .infinity)
    lower.pointer.update(from: other.lower.pointer, count: other.total)
    upper.pointer.update(from: other.upper.pointer, count: other.total)
    withLower = other.withLower + (Int32(other.total)..<Int32(total)).map { $0 }
    withUpper = other.withUpper
    proximity = (Vector(count: n), Vector(count: n))
  }

  /// Whether the objective is that of the form.
  var isOriginal: Bool { proximity == nil }

  /// Sets the point that the restoration phase stays close to.
  func setCenter(_ x: UnsafePointer<Double>) {
    guard let proximity else { return }
    for j in 0..<n {
      proximity.center[j] = x[j]
      let d = min(1, 1 / abs(x[j]))
      proximity.weights[j] = d * d
    }
  }

  /// F(x) + qᵀa.
  func objective(_ w: UnsafePointer<Double>) -> Double {
    var value: Double
    if let proximity {
      value = 0
      for j in 0..<n {
        let d = w[j] - proximity.center.pointer[j]
        value += proximity.weights.pointer[j] * d * d
      }
      value *= 0.5 * proximityWeight
      for a in slackCount..<auxiliaryCosts.count { value += auxiliaryCosts[a] * w[n + a] }
    } else {
      value = functions.objective(w)
    }
    return value
  }

  func gradient(_ w: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    if let proximity {
      for j in 0..<n {
        result[j] = proximityWeight * proximity.weights.pointer[j] * (w[j] - proximity.center.pointer[j])
      }
    } else {
      functions.gradient(w, into: result)
    }
    for a in 0..<auxiliaryCosts.count { result[n + a] = auxiliaryCosts[a] }
  }

  /// `result = g(x) + A a - b`.
  func residual(_ w: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    functions.constraints(w, into: result)
    for i in 0..<m { result[i] -= rightHandSide.pointer[i] }
    for a in 0..<auxiliaryRows.count { result[Int(auxiliaryRows[a])] += auxiliarySigns[a] * w[n + a] }
  }

  /// The Hessian of the Lagrangian in x, and what the proximity term adds to its diagonal.
  func hessian(
    _ w: UnsafePointer<Double>, multipliers y: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>,
    diagonal: UnsafeMutablePointer<Double>
  ) {
    functions.hessian(w, objective: isOriginal ? 1 : 0, multipliers: y, into: result)
    if let proximity {
      for j in 0..<n { diagonal[j] = proximityWeight * proximity.weights.pointer[j] }
    } else {
      diagonal.update(repeating: 0, count: n)
    }
  }
}
