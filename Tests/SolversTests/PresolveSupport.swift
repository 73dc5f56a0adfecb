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
    var outcome = try GLPKSolver().solve(.linear(form), options: options, context: SolveContext(basis: basis))
    if outcome.outcome == .optimal && outcome.basis == nil && form.rowCount == 0 {
      // Without rows GLPK is not asked; every column is at a bound.
      outcome.basis = Basis(columns: outcome.reducedCosts.map { $0 * form.sense.sign >= 0 ? .atLower : .atUpper }, rows: [])
    }
    return outcome
  }

  extension FormOutcome {
    var answer: Postsolve.Answer {
      Postsolve.Answer(point: point, rowDuals: rowDuals, reducedCosts: reducedCosts, basis: basis)
    }
  }
#endif

/// The form as a model, for the checker.
func model(of form: LinearForm) -> Model {
  var model = Model()
  for j in 0..<form.columnCount {
    model.addVariable(
      "x\(j)", lower: form.columnLower[j], upper: form.columnUpper[j], domain: form.isInteger[j] != 0 ? .integer : .real)
  }
  for i in 0..<form.rowCount {
    let terms = (form.starts[i]..<form.starts[i + 1]).map { LinearTerm(form.entryValues[$0], form.entryColumns[$0]) }
    model.addRow(.name("c\(i)"), terms, lower: form.rowLower[i], upper: form.rowUpper[i])
  }
  let terms = form.objective.enumerated().map { LinearTerm($1, Int32($0)) }
  model.setObjective(form.sense, ScalarFunction(constant: form.constant, linear: terms))
  return model
}

/// A small linear form in which most rules of a presolve find something: few entries a row, repeated and scaled rows
/// and columns, equations, columns without cost, free and fixed ones; feasible or not, bounded or not.
func randomReducibleForm(seed: UInt64, integers: Bool = false) -> LinearForm {
  var random = Random(seed: seed)
  var form = LinearForm()
  form.sense = random.chance(0.5) ? .minimize : .maximize
  form.constant = Double(random.below(5))
  let n = 1 + random.below(random.chance(0.3) ? 24 : 9)
  let m = random.below(random.chance(0.3) ? 24 : 9)
  let isSolvable = random.chance(0.7)
  let hasFreeColumns = random.chance(0.5)
  let isPositive = random.chance(0.4)
  let isScaled = random.chance(0.15)
  func scale() -> Double { isScaled ? [1e-3, 0.1, 1, 10, 1e3][random.below(5)] : 1 }
  for _ in 0..<n {
    let low = isPositive ? 0 : Double(random.below(7) - 3)
    let bounds: (Double, Double) =
      switch random.below(hasFreeColumns ? 8 : 6) {
      case 0: (low, low)
      case 1: (-.infinity, low)
      case 2, 3: (low, .infinity)
      case 4, 5: (low, low + Double(1 + random.below(6)))
      default: (-.infinity, .infinity)
      }
    let whole = integers && random.chance(0.6)
    _ = form.addColumn(
      lower: whole && bounds.0 == -.infinity ? -5 : bounds.0, upper: whole && bounds.1 == .infinity ? 6 : bounds.1,
      objective: random.chance(0.6) ? Double(random.below(11) - 4) : 0, isInteger: whole)
  }
  // Columns that repeat another one, up to a factor, in every row.
  var copies: [(of: Int, factor: Double)?] = (0..<n).map { _ in nil }
  for j in 1..<max(1, n) where random.chance(0.2) {
    let factor = [1.0, -1, 2, -0.5][random.below(4)]
    let source = random.below(j)
    if copies[source] == nil {
      copies[j] = (source, factor)
      if random.chance(0.6) { form.objective[j] = factor * form.objective[source] }
    }
  }
  var rows: [[Double]] = []
  let point = (0..<n).map { j -> Double in
    let (low, high) = (form.columnLower[j], form.columnUpper[j])
    return low.isFinite ? low + (high.isFinite && random.chance(0.5) ? high - low : Double(random.below(3))) : min(high, 1)
  }
  for i in 0..<m {
    var row = [Double](repeating: 0, count: n)
    if i > 0 && random.chance(0.2) {
      let factor = [1.0, -1, 3, -0.5][random.below(4)]
      row = rows[random.below(i)].map { factor * $0 }
    } else {
      let wanted = 1 + random.below(random.chance(0.3) ? n : min(n, 3))
      let s = scale()
      for _ in 0..<wanted { row[random.below(n)] = s * Double(random.below(9) - 4) }
      if isPositive { row = row.map { abs($0) } }
      for j in 0..<n { if let copy = copies[j] { row[j] = copy.factor * row[copy.of] } }
    }
    rows.append(row)
    // Mostly sides that a certain point satisfies, tightly.
    let value = zip(row, point).reduce(0) { $0 + $1.0 * $1.1 }
    let side = isSolvable || random.chance(0.75) ? value : Double(random.below(21) - 8)
    let (low, high): (Double, Double) =
      switch random.below(6) {
      case 0, 1: (side, side)
      case 2: (side, .infinity)
      case 3: (side - Double(random.below(4)), side + Double(1 + random.below(3)))
      case 4: (-.infinity, side + (random.chance(0.3) ? 20 : 0))
      default: (-.infinity, side)
      }
    form.addRow(row.enumerated().map { ($0.offset, $0.element) }, lower: low, upper: high)
  }
  if isSolvable {
    // Costs that multipliers of the right signs price out: there is a dual point, so there is an optimum.
    func multiplier(_ low: Double, _ high: Double) -> Double {
      let size = random.chance(0.5) ? 0 : Double(1 + random.below(3))
      return low == -.infinity && high == .infinity ? 0 : low == -.infinity || (high.isFinite && random.chance(0.5)) ? -size : size
    }
    let sense = form.sense.sign
    let y = (0..<m).map { multiplier(form.rowLower[$0], form.rowUpper[$0]) }
    for j in 0..<n {
      let z = multiplier(form.columnLower[j], form.columnUpper[j])
      form.objective[j] = sense * (0..<m).reduce(z) { $0 + rows[$1][j] * y[$1] }
    }
  }
  return form
}

#if GLPK
  /// What is wrong with the presolve of a linear form, judged by solving the form with and without it; empty when
  /// nothing is. `extraIterations` receives the simplex iterations from the lifted basis.
  func presolveFaults(
    _ form: LinearForm, options: Presolve.Options = Presolve.Options(), tolerance: Double = 1e-8,
    extraIterations: inout Int
  ) throws -> [String] {
    let reference = try simplex(form)
    let presolve = Presolve.run(form, options: options)
    var faults: [String] = []
    let original = model(of: form)
    switch presolve.result {
    case .infeasible(let farkas):
      if reference.outcome != .infeasible { faults.append("called infeasible, is \(reference.outcome)") }
      let isBoundConflict = zip(form.columnLower, form.columnUpper).contains { $0 > $1 }
      if !isBoundConflict, Checker().farkasMargin(multipliers: farkas, of: original) == nil {
        faults.append("infeasible with wrong multipliers \(farkas)")
      }
    case .infeasibleOrUnbounded(let ray):
      if reference.outcome == .optimal { faults.append("called infeasible or unbounded, is optimal") }
      if Checker().rayRate(direction: ray, of: original) == nil { faults.append("wrong ray \(ray)") }
    case .reduced(let reduced, let postsolve):
      let outcome = try simplex(reduced.linear)
      let other = try simplex(reduced.linear, primal: true)
      switch outcome.outcome {
      case .optimal:
        let answer = outcome.answer
        let lifted = postsolve.lift(answer)
        let value = form.value(at: lifted.point)
        if reference.outcome != .optimal {
          faults.append("optimal, was \(reference.outcome)")
        } else if abs(value - (reference.objective ?? .nan)) > 1e-7 * max(1, abs(value)) {
          faults.append("objective \(value), was \(reference.objective ?? .nan)")
        }
        let gap = OptimalityGap(lifted, of: ConicForm(form))
        if gap.largest > tolerance { faults.append("answer with a basis: \(gap)") }
        if let basis = lifted.basis {
          if !basis.isComplete { faults.append("basis is not complete: \(basis)") }
          if form.rowCount > 0 && form.columnCount > 0 {
            extraIterations += try simplex(form, basis: basis, primal: true).statistics.iterations
          }
        } else {
          faults.append("no basis")
        }
        // A point between two optimal ones, as an interior method has it.
        var middle = answer
        middle.basis = nil
        middle.point = zip(answer.point, other.point).map { 0.5 * ($0 + $1) }
        middle.rowDuals = zip(answer.rowDuals, other.rowDuals).map { 0.5 * ($0 + $1) }
        middle.reducedCosts = zip(answer.reducedCosts, other.reducedCosts).map { 0.5 * ($0 + $1) }
        let between = OptimalityGap(postsolve.lift(middle), of: ConicForm(form))
        if between.largest > tolerance { faults.append("answer without a basis: \(between)") }
      case .infeasible:
        if reference.outcome != .infeasible { faults.append("infeasible, was \(reference.outcome)") }
        if !outcome.farkas.isEmpty {
          let farkas = postsolve.liftFarkas(outcome.farkas)
          if Checker().farkasMargin(multipliers: farkas, of: original) == nil {
            faults.append("lifted to wrong multipliers \(farkas)")
          }
        }
      case .unbounded:
        if reference.outcome == .optimal { faults.append("unbounded, was optimal") }
        let ray = postsolve.liftRay(outcome.ray)
        if !outcome.ray.isEmpty, Checker().rayRate(direction: ray, of: original) == nil {
          faults.append("lifted to a wrong ray \(ray)")
        }
      default: break
      }
    }
    return faults
  }
#endif

#if GLPK
  /// What is wrong with the presolve of a form with whole columns; empty when nothing is.
  func integerPresolveFaults(_ form: LinearForm, options: Presolve.Options = Presolve.Options()) throws -> [String] {
    var plain = SolveOptions()
    plain.presolve = false
    plain.heuristics = false
    plain.cuts = .only([])
    plain.gap = 0
    let reference = try GLPKSolver().solve(.linear(form), options: plain, context: SolveContext())
    switch Presolve.run(form, options: options).result {
    case .infeasible:
      // The search may see no more than that the relaxation is unbounded.
      let isRight = reference.outcome == .infeasible || reference.outcome == .infeasibleOrUnbounded
      return isRight ? [] : ["called infeasible, is \(reference.outcome)"]
    case .infeasibleOrUnbounded:
      return reference.outcome == .optimal ? ["called infeasible or unbounded, is optimal"] : []
    case .reduced(let smaller, let postsolve):
      let outcome = try GLPKSolver().solve(.linear(smaller.linear), options: plain, context: SolveContext())
      guard outcome.outcome == .optimal, reference.outcome == .optimal else {
        let agree = outcome.outcome == reference.outcome || (outcome.outcome != .optimal && reference.outcome != .optimal)
        return agree ? [] : ["\(outcome.outcome), was \(reference.outcome)"]
      }
      let point = postsolve.lift(Postsolve.Answer(point: outcome.point)).point
      let report = Checker().check(point: point, of: model(of: form))
      var faults: [String] = []
      if report.verdict != .confirmed { faults.append("\(report.verdict): \(point)") }
      let (value, best) = (form.value(at: point), reference.objective ?? .nan)
      if abs(value - best) > 1e-6 * max(1, abs(best)) { faults.append("objective \(value), was \(best)") }
      return faults
    }
  }
#endif
