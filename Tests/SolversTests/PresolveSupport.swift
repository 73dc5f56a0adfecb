import Constraints

@testable import Solvers

/// How far an answer is from satisfying the conditions of optimality of a form, in the form's own numbers; each part is
/// relative to the numbers that enter it, where those are above 1.
struct OptimalityGap {
  /// Violation of rows and bounds.
  var primal = 0.0
  /// `c + Px - Aᵀy - Gᵀz` against the reduced costs.
  var stationarity = 0.0
  /// Multipliers and reduced costs that lean on an infinite side or bound.
  var sign = 0.0
  /// Multipliers times distances from the sides and bounds they lean on.
  var complementarity = 0.0

  var largest: Double { max(primal, stationarity, sign, complementarity) }

  init(_ answer: Postsolve.Answer, of form: ConicForm) {
    let linear = form.linear
    let sense = linear.sense.sign
    let (x, y, z) = (answer.point, answer.rowDuals, answer.reducedCosts)
    precondition(x.count == linear.columnCount && y.count == linear.rowCount && z.count == linear.columnCount)
    var gradient = linear.objective
    var size = linear.objective.map { abs($0) }
    func add(_ term: Double, _ j: Int) {
      gradient[j] += term
      size[j] = max(size[j], abs(term))
    }
    for j in 0..<linear.columnCount {
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        let i = Int(form.hessian.rowIndices[k])
        add(form.hessian.values[k] * x[j], i)
        if i != j { add(form.hessian.values[k] * x[i], j) }
      }
    }
    for g in 0..<form.coneRowCount where !answer.coneDuals.isEmpty {
      for k in form.coneStarts[g]..<form.coneStarts[g + 1] {
        add(-form.coneValues[k] * answer.coneDuals[g], Int(form.coneColumns[k]))
      }
    }
    let objective = abs(linear.value(at: x))
    for i in 0..<linear.rowCount {
      var activity = 0.0
      var entering = 0.0
      for k in linear.starts[i]..<linear.starts[i + 1] {
        let j = Int(linear.entryColumns[k])
        let term = linear.entryValues[k] * x[j]
        activity += term
        entering = max(entering, abs(term))
        add(-linear.entryValues[k] * y[i], j)
      }
      judge(activity, linear.rowLower[i], linear.rowUpper[i], sense * y[i], entering, abs(y[i]), objective)
    }
    for j in 0..<linear.columnCount {
      stationarity = max(stationarity, abs(gradient[j] - z[j]) / max(1, size[j]))
      judge(x[j], linear.columnLower[j], linear.columnUpper[j], sense * z[j], abs(x[j]), size[j], objective)
    }
  }

  private mutating func judge(
    _ value: Double, _ low: Double, _ high: Double, _ multiplier: Double, _ entering: Double, _ dualSize: Double,
    _ objective: Double
  ) {
    let outside = max(low - value, value - high, 0)
    let bound = outside == low - value ? low : high
    primal = max(primal, outside / max(1, entering, bound.isFinite ? abs(bound) : 0))
    if multiplier == 0 { return }
    let active = multiplier > 0 ? low : high
    if active.isFinite {
      complementarity = max(complementarity, abs(multiplier * (value - active)) / max(1, objective))
    } else {
      sign = max(sign, abs(multiplier) / max(1, dualSize))
    }
  }
}

extension Basis {
  /// Whether there are as many basic items as rows.
  var isComplete: Bool {
    columns.filter { $0 == .basic }.count + rows.filter { $0 == .basic }.count == rows.count
  }
}

#if GLPK
  /// Solves a linear form by the simplex method; the pipeline, its presolve and the checker stay out of it.
  func simplex(_ form: LinearForm, basis: Basis? = nil, primal: Bool = false) throws -> FormOutcome {
    var options = SolveOptions()
    options.method = primal ? .primal : .auto
    options.presolve = false
    options.feasibilityTolerance = 1e-9
    options.optimalityTolerance = 1e-9
    return try GLPKSolver().solve(.linear(form), options: options, context: SolveContext(basis: basis))
  }

  extension FormOutcome {
    var answer: Postsolve.Answer {
      Postsolve.Answer(point: point, rowDuals: rowDuals, reducedCosts: reducedCosts, basis: basis)
    }
  }
#endif
