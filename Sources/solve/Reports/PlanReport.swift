import Constraints
import Solvers

/// The route from a model to a solver.
struct PlanReport {
  private let model: Model
  private let route: Route
  private let presolve: Presolve?
  /// What presolve leaves; nil when it decides the model.
  private let solved: ConicForm?
  /// Solvers of this build that take the form.
  private let takers: [any Solver]
  /// The solvers that would be tried, in order; or why there is none.
  private let choices: [SolverChoice]
  private let refusal: [Diagnostic]
  /// What the interior-point method would factorize; nil when it does not take the form.
  private let factor: FactorEstimate?

  /// - Throws: ``SolverError/refused(_:)`` when the model cannot be rewritten.
  init(_ model: Model, _ options: SolveOptions) throws(SolverError) {
    self.model = model
    let route = try Route(model, options: options)
    self.route = route
    let kind = route.kind
    var presolve: Presolve?
    var left: ConicForm?
    if case .convex(let reformulation) = route {
      left = reformulation.conicForm
      if options.presolve {
        let run = Presolve.run(reformulation.conicForm)
        if case .reduced(let form, _) = run.result { left = form } else { left = nil }
        presolve = run
      }
    }
    self.presolve = presolve
    solved = left
    let takers = Solvers.all.filter { kind.isTaken(by: $0.capabilities) }
    self.takers = takers
    factor = takers.contains { $0.name == "interior" } ? left.map { FactorEstimate($0) } : nil
    do throws(SolverError) {
      choices = try SolverChoice.candidates(for: route, options: options)
      refusal = []
    } catch {
      guard case .refused(let diagnostics) = error else { throw error }
      choices = []
      refusal = diagnostics
    }
  }

  /// What was rewritten.
  private var steps: [PlanStep] {
    switch route {
    case .convex(let reformulation): reformulation.plan
    case .nonlinear(let nonlinear): nonlinear.plan
    }
  }

  var isSolvable: Bool { !choices.isEmpty }

  // MARK: - Text

  func text(list limit: Int) -> String {
    var text = ModelSummary(model).header + "\n"
    let steps = steps
    text += "rewritten     " + (steps.isEmpty ? "nothing\n" : "")
    for (k, step) in steps.prefix(limit).enumerated() { text += (k == 0 ? "" : pad("", 14)) + line(step) + "\n" }
    if steps.count > limit {
      let rest = steps.dropFirst(limit)
      text += "\(limit == 0 ? "" : pad("", 14))\(limit == 0 ? "" : "and ")\(rest.count) \(limit == 0 ? "constraints" : "more"): \(PlanReport.sum(Array(rest)).cost)\n"
    }
    text += "form          \(route.kind.rawValue): \(size)\n"
    if case .convex = route { text += "presolve      \(presolve.map { PresolveText(presolve: $0).text } ?? "off")\n" }
    for (k, choice) in choices.enumerated() {
      text += k == 0 ? "solver        " : "              if it gives no checked answer, "
      text += "\(choice.solver.name): \(choice.reason)\n"
    }
    let others = takers.map(\.name).filter { name in !choices.contains { $0.solver.name == name } }
    if !others.isEmpty { text += "              also taken by \(others.joined(separator: ", "))\n" }
    for (k, cost) in costs.enumerated() { text += "\(pad(k == 0 ? "costs" : "", 14))\(cost)\n" }
    for diagnostic in refusal { text += "solver        none: \(diagnostic.message)\n" }
    return text
  }

  private func line(_ step: PlanStep) -> String {
    ["\(step.constraint): \(step.bridge)", step.cost, step.detail].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The steps together.
  private static func sum(_ steps: [PlanStep]) -> PlanStep {
    var total = PlanStep(constraint: "", bridge: "")
    for step in steps {
      total.rows += step.rows
      total.columns += step.columns
      total.integers += step.integers
      total.cones += step.cones
      total.coneRows += step.coneRows
    }
    return total
  }

  private var size: String {
    switch route {
    case .convex(let reformulation): return size(reformulation.conicForm)
    case .nonlinear(let nonlinear):
      let functions = nonlinear.form.makeEvaluator()
      return "\(functions.constraintCount) functions, \(functions.variableCount) variables, "
        + "Jacobian of \(functions.jacobianPattern.entryCount) entries, "
        + "Hessian of \(functions.hessianPattern.entryCount) entries"
    }
  }

  private func size(_ form: ConicForm) -> String {
    var parts = [
      "\(form.linear.rowCount) rows", "\(form.linear.columnCount) columns", "\(form.linear.entryCount) entries",
    ]
    if form.linear.hasIntegers { parts[1] += " (\(form.linear.isInteger.count { $0 != 0 }) whole)" }
    if form.hessian.entryCount > 0 { parts.append("Hessian of \(form.hessian.entryCount) entries") }
    if !form.cones.isEmpty { parts.append("\(form.cones.count) cones of \(form.coneRowCount) rows (\(cones(form)))") }
    return parts.joined(separator: ", ")
  }

  /// Kinds of cones with their number.
  private func cones(_ form: ConicForm) -> String {
    var counts: [(name: String, count: Int)] = []
    for cone in form.cones {
      let name =
        switch cone {
        case .secondOrder: "second-order"
        case .rotatedSecondOrder: "rotated"
        case .exponential: "exponential"
        case .power: "power"
        case .semidefinite: "semidefinite"
        }
      if let k = counts.firstIndex(where: { $0.name == name }) { counts[k].count += 1 } else { counts.append((name, 1)) }
    }
    return counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
  }

  /// What a step of each method costs on what presolve leaves.
  private var costs: [String] {
    guard let form = solved else { return [] }
    let entries = form.linear.entryCount
    return takers.compactMap { solver in
      switch solver.name {
      case "interior":
        factor.map {
          "interior: each iteration a factor of \($0.entryCount) entries, "
            + "\(significant($0.flopCount, 2).text) operations"
        }
      case "pdhg": "pdhg: each iteration two products with \(entries) entries; many iterations"
      case "glpk": "glpk: each iteration solves with a basis of order \(form.linear.rowCount); gives a vertex"
      default: nil
      }
    }
  }

  // MARK: - JSON

  private var sizeFields: String {
    switch route {
    case .convex(let reformulation):
      let form = reformulation.conicForm
      return "\"rows\":\(form.linear.rowCount),"
        + "\"columns\":\(form.linear.columnCount),\"whole\":\(form.linear.isInteger.count { $0 != 0 }),"
        + "\"entries\":\(form.linear.entryCount),\"hessian_entries\":\(form.hessian.entryCount),"
        + "\"cones\":\(form.cones.count),\"cone_rows\":\(form.coneRowCount)"
    case .nonlinear(let nonlinear):
      let functions = nonlinear.form.makeEvaluator()
      return "\"rows\":\(functions.constraintCount),\"columns\":\(functions.variableCount),"
        + "\"entries\":\(functions.jacobianPattern.entryCount),\"hessian_entries\":\(functions.hessianPattern.entryCount)"
    }
  }

  var json: String {
    let steps = steps.map { step in
      var fields = [
        "\"constraint\":\(Terminal.quoted(step.constraint))", "\"bridge\":\(Terminal.quoted(step.bridge))",
        "\"rows\":\(step.rows)", "\"columns\":\(step.columns)", "\"whole\":\(step.integers)", "\"cones\":\(step.cones)",
        "\"cone_rows\":\(step.coneRows)",
      ]
      if !step.detail.isEmpty { fields.append("\"detail\":\(Terminal.quoted(step.detail))") }
      return "{\(fields.joined(separator: ","))}"
    }
    var fields = [
      "\"format\":\"plan\"", "\"model\":\(Terminal.quoted(model.name))", "\"steps\":[\(steps.joined(separator: ","))]",
      "\"form\":{\"kind\":\(Terminal.quoted(route.kind.rawValue)),\(sizeFields)}",
    ]
    if let presolve { fields.append("\"presolve\":\(PresolveText(presolve: presolve).json)") }
    if let factor {
      fields.append("\"factor\":{\"entries\":\(factor.entryCount),\"operations\":\(factor.flopCount.text)}")
    }
    fields.append("\"takers\":[\(takers.map { Terminal.quoted($0.name) }.joined(separator: ","))]")
    let order = choices.map {
      "{\"solver\":\(Terminal.quoted($0.solver.name)),\"reason\":\(Terminal.quoted($0.reason))}"
    }
    fields.append("\"order\":[\(order.joined(separator: ","))]")
    return "{\(fields.joined(separator: ","))}"
  }
}
