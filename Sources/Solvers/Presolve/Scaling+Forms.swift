import LinearAlgebra

extension Scaling {
  /// The scaled form.
  /// - Complexity: O(size of the form).
  public func apply(_ form: ConicForm) -> ConicForm {
    var scaled = form
    let n = form.linear.columnCount
    scaled.linear.constant = objective * form.linear.constant
    for j in 0..<n {
      scaled.linear.objective[j] = objective * columns[j] * form.linear.objective[j]
      scaled.linear.columnLower[j] = form.linear.columnLower[j] / columns[j]
      scaled.linear.columnUpper[j] = form.linear.columnUpper[j] / columns[j]
    }
    for i in 0..<form.linear.rowCount {
      scaled.linear.rowLower[i] = rows[i] * form.linear.rowLower[i]
      scaled.linear.rowUpper[i] = rows[i] * form.linear.rowUpper[i]
      for k in form.linear.starts[i]..<form.linear.starts[i + 1] {
        scaled.linear.entryValues[k] *= rows[i] * columns[Int(form.linear.entryColumns[k])]
      }
    }
    for j in 0..<n {
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        scaled.hessian.values[k] *= objective * columns[j] * columns[Int(form.hessian.rowIndices[k])]
      }
    }
    for g in 0..<form.coneRowCount {
      scaled.coneOffsets[g] *= coneRows[g]
      for k in form.coneStarts[g]..<form.coneStarts[g + 1] {
        scaled.coneValues[k] *= coneRows[g] * columns[Int(form.coneColumns[k])]
      }
    }
    return scaled
  }

  /// An answer of the scaled form as one of the original.
  public func lift(_ answer: Postsolve.Answer) -> Postsolve.Answer {
    var result = answer
    for j in answer.point.indices { result.point[j] *= columns[j] }
    for i in answer.rowDuals.indices { result.rowDuals[i] *= rows[i] / objective }
    for g in answer.coneDuals.indices { result.coneDuals[g] *= coneRows[g] / objective }
    for j in answer.reducedCosts.indices { result.reducedCosts[j] /= columns[j] * objective }
    return result
  }

  /// A point of the original as one of the scaled form.
  public func restrict(point: [Double]) -> [Double] { zip(point, columns).map { $0 / $1 } }

  /// Multipliers that prove the scaled form infeasible as ones of the original.
  public func liftFarkas(_ multipliers: [Double]) -> [Double] { zip(multipliers, rows).map { $0 * $1 } }

  /// A direction of the scaled form as one of the original.
  public func liftRay(_ direction: [Double]) -> [Double] { zip(direction, columns).map { $0 * $1 } }
}
