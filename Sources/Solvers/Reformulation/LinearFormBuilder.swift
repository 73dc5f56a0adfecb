import Constraints

/// A form under construction, with what bridges need to know: bounds that are proven, and how added columns follow from
/// a point of the model.
struct LinearFormBuilder {
  private(set) var form = LinearForm()
  private(set) var plan: [PlanStep] = []
  private(set) var derived: [@Sendable ([Double]) -> Double] = []
  let model: Model
  /// Bounds tightened by propagation, computed when the first bridge asks.
  private var proven: BoundPropagation?

  init(_ model: Model) throws(SolverError) {
    self.model = model
    let objective = try LinearFormBuilder.objective(of: model)
    form.sense = model.sense
    form.constant = objective.constant
    form.objective = [Double](repeating: 0, count: model.variableCount)
    for term in objective.linear { form.objective[Int(term.variable)] = term.coefficient }
    form.columnLower = model.lower
    form.columnUpper = model.upper
    form.isInteger = model.domains.map { $0.isIntegral ? 1 : 0 }
    for j in 0..<model.variableCount where model.domains[j].isIntegral {
      form.columnLower[j] = (model.lower[j] - 1e-9).rounded(.up)
      form.columnUpper[j] = (model.upper[j] + 1e-9).rounded(.down)
    }
    form.starts = model.rows.starts
    form.entryColumns = model.rows.columns
    form.entryValues = model.rows.values
    form.rowLower = model.rows.lower
    form.rowUpper = model.rows.upper
    for j in 0..<model.variableCount where model.domains[j].isSemi {
      try SemicontinuousBridge.apply(variable: j, to: &self)
    }
  }

  /// The objective of highest priority: the weighted sum of its members, in the sense of the first objective.
  private static func objective(of model: Model) throws(SolverError) -> ScalarFunction {
    guard let first = model.leadingObjectives.first else { return ScalarFunction() }
    var sum = ScalarFunction()
    let members = model.leadingObjectives
    for objective in members {
      let f = objective.function
      if f.kind > .linear {
        let name = objective.name.isEmpty ? "the objective" : "objective '\(objective.name)'"
        throw .refused([
          Diagnostic(
            .unsupported,
            "\(name) is \(f.kind == .quadratic ? "quadratic" : "nonlinear"), which no solver of this build takes",
            mend: "use a linear objective")
        ])
      }
      let isOnly = members.count == 1
      let weight = isOnly ? 1 : objective.weight * (objective.sense == first.sense ? 1 : -1)
      sum.constant += weight * f.constant
      sum.linear += f.linear.map { LinearTerm(weight * $0.coefficient, $0.variable) }
    }
    sum.canonicalize()
    return sum
  }

  // MARK: - For bridges

  mutating func note(_ constraint: String, _ bridge: String, _ detail: String = "") {
    plan.append(PlanStep(constraint: constraint, bridge: bridge, detail: detail))
  }

  /// Adds a column whose value follows from the model's variables.
  mutating func addColumn(
    lower: Double, upper: Double, isInteger: Bool = false, value: @escaping @Sendable ([Double]) -> Double
  ) -> Int {
    derived.append(value)
    return form.addColumn(lower: lower, upper: upper, isInteger: isInteger)
  }

  /// Adds `lower <= terms + extra <= upper`; repeated columns are added up.
  mutating func addRow(_ terms: [LinearTerm], _ extra: [(Int, Double)] = [], lower: Double, upper: Double) {
    var all = terms.map { (Int($0.variable), $0.coefficient) } + extra
    all.sort { $0.0 < $1.0 }
    var merged: [(Int, Double)] = []
    for (column, value) in all {
      if let last = merged.last, last.0 == column { merged[merged.count - 1].1 += value } else { merged.append((column, value)) }
    }
    form.addRow(merged, lower: lower, upper: upper)
  }

  mutating func setColumnBounds(_ j: Int, lower: Double, upper: Double) {
    form.columnLower[j] = lower
    form.columnUpper[j] = upper
  }

  mutating func setInteger(_ j: Int, _ isInteger: Bool) { form.isInteger[j] = isInteger ? 1 : 0 }

  /// Bounds of a variable that hold in every feasible point, from propagation over the rows.
  mutating func provenBounds(of j: Int) -> (lower: Double, upper: Double) {
    if proven == nil {
      var propagation = BoundPropagation(model: model)
      _ = propagation.propagateAll(rounds: 5)
      proven = propagation
    }
    guard let proven, !proven.isInfeasible else { return (model.lower[j], model.upper[j]) }
    return (proven.lower[j], proven.upper[j])
  }

  /// Smallest and largest value that a linear function can take, and a variable that makes one of them infinite.
  mutating func range(of function: ScalarFunction) -> (least: Double, most: Double, openBelow: Int?, openAbove: Int?) {
    var least = function.constant
    var most = function.constant
    var openBelow: Int?
    var openAbove: Int?
    for term in function.linear where term.coefficient != 0 {
      let j = Int(term.variable)
      let (low, high) = provenBounds(of: j)
      let a = term.coefficient
      let (x, y) = a > 0 ? (a * low, a * high) : (a * high, a * low)
      least += x
      most += y
      if !x.isFinite { openBelow = openBelow ?? j }
      if !y.isFinite { openAbove = openAbove ?? j }
    }
    return (least, most, openBelow, openAbove)
  }

  /// The error for a variable that lacks the bound a big number must come from.
  func needsBound(_ constraint: String, variable j: Int, _ side: String) -> SolverError {
    .refused([
      Diagnostic(
        .unboundedForReformulation,
        "constraint '\(constraint)' needs \(side) bound on variable '\(model.variableNames[j])' to be written with linear rows",
        mend: "give '\(model.variableNames[j])' \(side) bound")
    ])
  }
}
