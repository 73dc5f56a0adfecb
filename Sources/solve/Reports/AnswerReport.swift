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
    if let objective = s.objective { text += "objective \(objective.text)   " }
    if let bound = s.bound {
      text += "bound \(bound.text)   "
      if s.objective != nil { text += "gap \(short(s.gap * 100)) %   " }
    }
    var work: [String] = []
    if s.statistics.nodes > 0 { work.append("\(s.statistics.nodes) nodes") }
    if s.statistics.iterations > 0 { work.append("\(s.statistics.iterations) iterations") }
    work.append("\(short((s.termination.seconds * 1000).rounded() / 1000)) s")
    text += work.joined(separator: ", ")
    let detail = s.termination.detail.isEmpty ? "" : ": \(s.termination.detail)"
    text += "\nended         \(reasonWords)\(detail)"
    for h in s.statistics.heuristics where h.calls > 0 {
      text += "\nheuristic     \(h.name): asked \(h.calls), proposed \(h.proposed), feasible \(h.feasible), improved \(h.improved), \(short((h.seconds * 100).rounded() / 100)) s"
      if let reason = h.disabled { text += "; \(reason)" }
    }
    text += "\n" + checkLine
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

  /// The answer itself: outcome, objective and variables; zeros only with `all`.
  func text(all: Bool) -> String {
    var text = "status     \(outcomeWords)\n"
    if let objective = solution.objective, !model.objectives.isEmpty { text += "objective  \(objective.text)\n" }
    if solution.outcome == .feasible, let bound = solution.bound { text += "bound      \(bound.text)\n" }
    guard solution.hasPoint else { return text }
    if model.objectives.count > 1 {
      for (i, objective) in model.objectives.enumerated() {
        let name = objective.name.isEmpty ? "objective \(i + 1)" : objective.name
        text += "  \(pad(name, 20)) \(Checker().value(of: objective.function, at: solution.values, in: model).text)\n"
      }
    }
    text += "\n"
    var zeros = 0
    var lastBase = ""
    var shown = 0
    let width = min(40, (0..<min(model.variableCount, 2000)).map { label(of: $0).count }.max() ?? 0)
    for j in 0..<model.variableCount {
      let value = solution.values[j]
      if value == 0 && !all {
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
      text += pad(label(of: j), width + 1) + " " + value.text + "\n"
      shown += 1
    }
    if zeros > 0 { text += "(\(zeros) zero\(zeros == 1 ? "" : "s") not listed; --all lists them)\n" }
    return text
  }

  private func label(of j: Int) -> String {
    if let (_, keys) = model.variableNames.familyAndKeys(j) {
      return "  " + keys.map(\.description).joined(separator: ",")
    }
    return model.variableNames[j]
  }
}
