import Constraints

/// A primal and a dual point in the units of the form, and what they are worth there; minimization throughout.
///
/// Everything is computed from the form itself, so that neither scaling nor sorting can hide an error.
struct OriginalPoint {
  let x: [Double]
  /// Multipliers of the rows for minimization; zero where they would lean on a missing side.
  let y: [Double]
  /// c - Aᵀy for minimization.
  let reducedCosts: [Double]
  let residuals: FirstOrder.Residuals
  /// Largest violation of a row, absolute or relative to the largest number that enters it, whichever is smaller.
  let rowViolation: Double
  /// Largest reduced cost that leans on a missing bound, relative to the largest number that enters it or 1.
  let costViolation: Double
  /// A lower bound of the optimum that the multipliers prove by weak duality; nil when a reduced cost leans on a
  /// missing bound.
  let bound: Double?

  /// - Complexity: O(rows + columns + entries).
  init(_ form: LinearForm, x point: [Double], y multipliers: [Double]) {
    let sign = form.sense.sign
    var (x, y) = (point, multipliers)
    for j in x.indices { x[j] = max(form.columnLower[j], min(form.columnUpper[j], x[j])) }
    var reduced = form.objective
    var size = form.objective
    for j in reduced.indices {
      reduced[j] *= sign
      size[j] = abs(size[j])
    }
    var (primal, dual, dualObjective) = (0.0, 0.0, sign * form.constant)
    var (rowViolation, costViolation) = (0.0, 0.0)
    for i in 0..<form.rowCount {
      let (low, high) = (form.rowLower[i], form.rowUpper[i])
      if y[i] > 0 ? !low.isFinite : !high.isFinite { y[i] = 0 }
      if y[i] != 0 { dualObjective += y[i] * (y[i] > 0 ? low : high) }
      var activity = 0.0
      var largest = 1.0
      for k in form.starts[i]..<form.starts[i + 1] {
        let j = Int(form.entryColumns[k])
        let term = form.entryValues[k] * x[j]
        activity += term
        largest = max(largest, abs(term))
        let price = form.entryValues[k] * y[i]
        reduced[j] -= price
        size[j] = max(size[j], abs(price))
      }
      let violation = max(low - activity, activity - high, 0)
      primal += violation * violation
      let side = activity < low ? low : high
      rowViolation = max(rowViolation, violation / max(largest, side.isFinite ? abs(side) : 0))
    }
    var value = sign * form.constant
    var isProved = true
    for j in x.indices {
      value += sign * form.objective[j] * x[j]
      let side = reduced[j] > 0 ? form.columnLower[j] : form.columnUpper[j]
      if reduced[j] == 0 { continue }
      if side.isFinite {
        dualObjective += reduced[j] * side
      } else {
        isProved = false
        dual += reduced[j] * reduced[j]
        costViolation = max(costViolation, abs(reduced[j]) / max(1, size[j]))
      }
    }
    self.x = x
    self.y = y
    reducedCosts = reduced
    residuals = FirstOrder.Residuals(
      primalObjective: value, dualObjective: dualObjective, primal: primal.squareRoot(), dual: dual.squareRoot())
    self.rowViolation = rowViolation
    self.costViolation = costViolation
    bound = isProved ? dualObjective : nil
  }
}

extension HalpernIteration {
  /// The mapped point in the units of the form.
  func originalPoint() -> OriginalPoint { problem.original(x: mappedX, y: mappedY) }
}
