import LinearAlgebra

/// How far a point and multipliers are from the conditions of Karush, Kuhn and Tucker. Inside the method multipliers
/// enter as `∇f + Jᵀy`, positive at an upper side.
struct KKTResiduals {
  /// The largest entry of `P(x - (∇f + Jᵀy)) - x`, P the projection into the bounds.
  var stationarity = Double.infinity
  /// The largest violation of a row.
  var violation = Double.infinity
  /// The largest `min(|y|, distance to the side that y belongs to)`.
  var complementarity = Double.infinity
  /// `Σ |yᵢ| · distance to the side`, relative to `max(1, |f|)`: what the objective may be off by at multipliers this size.
  var gap = Double.infinity
  /// The mean modulus of the multipliers in hundreds, at least 1.
  var multiplierSize = 1.0
  /// Stationarity and violation with the functions as they came.
  var unscaledStationarity = Double.infinity
  var unscaledViolation = Double.infinity

  /// The largest of the scaled three.
  var largest: Double {
    let r = max(stationarity / multiplierSize, max(violation, complementarity))
    return r.isNaN ? .infinity : r
  }

  /// A row that misses its side by this many units in the last place of the side holds.
  static let roundingUnits = 4.0

  /// The gap may be this many times the tolerance of optimality.
  static let gapFactor = 100.0

  init() {}

  /// - Parameters:
  ///   - sum: receives `∇f + Jᵀy`.
  /// - Complexity: O(n + m + entries of the Jacobian).
  init(_ problem: ScaledProblem, _ at: Iterate, _ y: Vector, sum: Vector) {
    let n = problem.n, m = problem.m
    sum.copy(from: at.gradient)
    if problem.hasJacobian {
      problem.jacobian.addTransposeProduct(at.jacobian.pointer, y.pointer, to: sum.pointer)
    } else {
      problem.addJacobianTransposeProduct(at: at.x.pointer, y.pointer, to: sum.pointer)
    }
    stationarity = 0
    violation = 0
    complementarity = 0
    unscaledViolation = 0
    gap = 0
    for j in 0..<n {
      let x = at.x[j]
      let moved = min(max(x - sum[j], problem.lower[j]), problem.upper[j])
      stationarity = KKTResiduals.largest(stationarity, abs(moved - x))
    }
    unscaledStationarity = stationarity / problem.objectiveScale
    var total = 0.0
    for i in 0..<m {
      let c = at.c[i], l = problem.rowLower[i], u = problem.rowUpper[i]
      let outside = max(0, max(l - c, c - u))
      violation = KKTResiduals.largest(violation, outside)
      let rounding = KKTResiduals.roundingUnits * Double.ulpOfOne * abs(l - c > 0 ? l : u)
      unscaledViolation = KKTResiduals.largest(
        unscaledViolation, outside > rounding ? outside / problem.rowScale[i] : 0)
      let modulus = abs(y[i])
      total += modulus
      if modulus > 0 {
        let distance = y[i] > 0 ? u - c : c - l
        complementarity = max(complementarity, min(modulus, distance))
        gap += modulus * abs(distance)
      }
    }
    gap /= max(1, abs(at.f))
    if m > 0 { multiplierSize = max(1, total / Double(m) / 100) }
  }

  /// The larger one, where not being a number is larger than all.
  private static func largest(_ a: Double, _ b: Double) -> Double { b <= a ? a : (b.isNaN ? .infinity : b) }

  func isWithin(_ optimality: Double, _ feasibility: Double) -> Bool {
    stationarity <= optimality * multiplierSize && complementarity <= max(optimality, feasibility)
      && violation <= feasibility && gap <= KKTResiduals.gapFactor * optimality * multiplierSize
  }

  func isWithinUnscaled(_ optimality: Double, _ feasibility: Double) -> Bool {
    unscaledStationarity <= optimality * multiplierSize && unscaledViolation <= feasibility
  }
}
