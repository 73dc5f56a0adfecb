import Constraints

/// An answer in words, for people.
struct AnswerReport {
  let solution: Solution
  let model: Model

  init(_ solution: Solution, _ model: Model) {
    self.solution = solution
    self.model = model
  }

  private var outcomeWords: String {
    switch solution.outcome {
    case .optimal: "optimal"
    case .locallyOptimal: "locally optimal"
    case .feasible: "feasible"
    case .infeasible: "infeasible"
    case .locallyInfeasible: "locally infeasible"
    case .unbounded: "unbounded"
    case .infeasibleOrUnbounded: "infeasible or unbounded"
    case .unknown: "no verdict"
    }
  }

  private var reasonWords: String {
    switch solution.termination.reason {
    case .proved: "proved"
    case .converged: "converged"
    case .timeLimit: "stopped at the time limit"
    case .iterationLimit: "stopped at the iteration limit"
    case .nodeLimit: "stopped at the node limit"
    case .memoryLimit: "stopped at the memory limit"
    case .solutionLimit: "stopped at the solution limit"
    case .objectiveLimit: "stopped at the objective limit"
    case .interrupted: "interrupted"
    case .stalled: "stalled"
    case .numericalFailure: "numerical failure"
    case .invalidModel: "the model was refused"
    case .solverError: "the solver failed"
    }
  }

  /// The last lines of the log: what was found, how much work it took, and the check.
  var closing: String {
    let s = solution
    var text = "\n" + pad(outcomeWords, 14)
    if let objective = s.objective, s.outcome != .unbounded { text += "objective \(number(objective))   " }
    if let bound = s.bound {
      text += "bound \(number(bound))   "
      if s.objective != nil { text += "gap \(percent(s.gap))   " }
    }
    var work: [String] = []
    if s.statistics.nodes > 0 { work.append("\(s.statistics.nodes) node\(s.statistics.nodes == 1 ? "" : "s")") }
    if s.statistics.iterations > 0 { work.append("\(s.statistics.iterations) iteration\(s.statistics.iterations == 1 ? "" : "s")") }
    work.append(secondsText(s.termination.seconds))
    text += work.joined(separator: ", ")
    let detail = s.termination.detail.isEmpty ? "" : ": \(s.termination.detail)"
    text += "\nended         \(reasonWords)\(detail)"
    for h in s.statistics.heuristics where h.calls > 0 {
      text += "\nheuristic     \(h.name): asked \(h.calls), proposed \(h.proposed), feasible \(h.feasible), improved \(h.improved), \(secondsText(h.seconds))"
      if let reason = h.disabled { text += "; \(reason)" }
    }
    text += "\n" + checkLine
    if s.outcome == .locallyInfeasible, let violations = s.check?.violations, !violations.isEmpty {
      let worst = violations.prefix(5).map { "'\($0.name)' by \(short($0.absolute))" }
      text += "\nviolated      most: \(worst.joined(separator: ", ")); a different start may find a feasible point"
    }
    return text
  }

  private var checkLine: String {
    guard let check = solution.check else { return "check         none" }
    var parts: [String] = []
    if solution.hasPoint {
      parts.append("largest violation \(short(check.largestAbsolute))")
      if model.domains.contains(where: { $0.isIntegral }) { parts.append("integrality \(short(check.integrality))") }
    }
    if let gap = check.dualityGap { parts.append("duality gap \(short(gap))") }
    if check.certificateMargin != nil, solution.certificate != nil {
      if case .farkas = solution.certificate { parts.append("infeasibility re-proved from its Farkas multipliers") } else {
        parts.append("unbounded ray confirmed")
      }
    }
    switch check.verdict {
    case .confirmed: parts.append("confirmed")
    case .refuted(let reason): parts.append("REFUTED: \(reason)")
    case .unchecked: parts.append("nothing to check independently")
    }
    return "check         " + parts.joined(separator: ", ")
  }

  /// Numbers for people have twelve digits; JSON and solution files have all of them.
  private func number(_ x: Double) -> String { significant(x, 12).text }

  /// The answer itself: outcome, objective and variables; zeros only with `all`, prices with `duals`.
  func text(all: Bool, duals: Bool) -> String {
    var text = "status     \(outcomeWords)\n"
    if let objective = solution.objective, !model.objectives.isEmpty, solution.outcome != .unbounded {
      text += "objective  \(number(objective))\n"
    }
    if solution.outcome == .feasible, let bound = solution.bound { text += "bound      \(number(bound))\n" }
    text += certificate
    if [.infeasible, .locallyInfeasible, .unbounded].contains(solution.outcome) { text += why }
    guard solution.hasPoint, solution.outcome != .unbounded else { return text }
    if model.objectives.count > 1 {
      for (i, objective) in model.objectives.enumerated() {
        let name = objective.name.isEmpty ? "objective \(i + 1)" : objective.name
        text += "  \(pad(name, 20)) \(number(Checker().value(of: objective.function, at: solution.values, in: model)))\n"
      }
    }
    text += "\n" + table(solution.values, all: all) + pool
    if duals { text += prices }
    return text
  }

  /// The further points by what distinguishes them from the best.
  private var pool: String {
    if solution.poolDetail.isEmpty { return "" }
    var text = "\npool       \(solution.poolDetail)\n"
    for (i, point) in solution.pool.enumerated() {
      text += left(String(i + 1), 6) + "  objective \(number(point.objective))"
      let different = point.values.indices.filter { abs(point.values[$0] - solution.values[$0]) > 1e-6 * max(1, abs(point.values[$0])) }
      let changes = different.prefix(5).map { "\(model.variableNames[$0]) \(number(point.values[$0]))" }
      if !changes.isEmpty { text += "  with \(changes.joined(separator: ", "))" }
      if different.count > changes.count { text += " and \(different.count - changes.count) more" }
      text += "\n"
    }
    return text
  }

  /// Values of the variables, family by family.
  private func table(_ values: [Double], all: Bool) -> String {
    var text = ""
    var zeros = 0
    var lastBase = ""
    let width = min(40, (0..<min(model.variableCount, 2000)).map { label(of: $0).count }.max() ?? 0)
    for j in 0..<model.variableCount {
      if values[j] == 0 && !all {
        zeros += 1
        continue
      }
      if let (base, _) = model.variableNames.familyAndKeys(j) {
        if base != lastBase {
          text += base + "\n"
          lastBase = base
        }
      } else {
        lastBase = ""
      }
      text += pad(label(of: j), width + 1) + " " + number(values[j]) + "\n"
    }
    if zeros > 0 { text += "(\(zeros) zero\(zeros == 1 ? "" : "s") not listed; --all lists them)\n" }
    return text
  }

  /// Why there is no answer: the rows that contradict each other, or the direction without end.
  private var certificate: String {
    guard solution.check?.certificateMargin != nil else { return "" }
    switch solution.certificate {
    case .farkas(let multipliers, let general) where solution.outcome == .infeasible:
      let used = multipliers.indices.filter { multipliers[$0] != 0 }.sorted { abs(multipliers[$0]) > abs(multipliers[$1]) }
      var text = "\nThese constraints, added up with their weights, contradict the bounds of the variables:\n"
      for i in used.prefix(20) {
        text += "  \(pad(model.rowNames[i], 28)) \(number(multipliers[i]))\n"
      }
      if used.count > 20 { text += "  and \(used.count - 20) more; --json lists all\n" }
      text += list(general)
      return text
    case .ray(let direction) where solution.outcome == .unbounded:
      let used = direction.indices.filter { direction[$0] != 0 }.sorted { abs(direction[$0]) > abs(direction[$1]) }
      var text = "\nThe objective improves without limit when these variables change in proportion:\n"
      for j in used.prefix(20) { text += "  \(pad(model.variableNames[j], 28)) \(number(direction[j]))\n" }
      if used.count > 20 { text += "  and \(used.count - 20) more; --json lists all\n" }
      return text
    default: return ""
    }
  }

  /// Where the rest of the story is.
  private var why: String {
    solution.outcome == .unbounded
      ? "\n`solve why` shows which bounds would stop it.\n"
      : "\n`solve why` names the smallest set of constraints that conflict, and what to change.\n"
  }

  /// Duals and reduced costs that are not zero.
  private var prices: String {
    guard !solution.rowDuals.isEmpty || !solution.reducedCosts.isEmpty else {
      return "\nno duals: \(solution.dualReason ?? "the solve ended without them")\n"
    }
    var text = "\nduals (change of the objective for one more on the right-hand side)\n"
    if let reason = solution.dualReason { text += "  \(reason)\n" }
    for i in solution.rowDuals.indices where abs(solution.rowDuals[i]) > 1e-11 {
      text += "  \(pad(model.rowNames[i], 28)) \(number(solution.rowDuals[i]))\n"
    }
    text += list(solution.generalDuals)
    text += "reduced costs\n"
    for j in solution.reducedCosts.indices where abs(solution.reducedCosts[j]) > 1e-11 {
      text += "  \(pad(model.variableNames[j], 28)) \(number(solution.reducedCosts[j]))\n"
    }
    return text
  }

  /// Multipliers of the constraints that are not linear rows, at most 20 coordinates of each.
  private func list(_ multipliers: [[Double]]) -> String {
    var text = ""
    for i in multipliers.indices where multipliers[i].contains(where: { abs($0) > 1e-11 }) {
      let shown = multipliers[i].prefix(20).map(number).joined(separator: ", ")
      let list = multipliers[i].count == 1 ? shown : "(\(shown)\(multipliers[i].count > 20 ? ", ..." : ""))"
      text += "  \(pad(model.generalNames[i], 28)) \(list)\n"
    }
    return text
  }

  private func label(of j: Int) -> String {
    if let (_, keys) = model.variableNames.familyAndKeys(j) {
      return "  " + keys.map(\.description).joined(separator: ",")
    }
    return model.variableNames[j]
  }
}
