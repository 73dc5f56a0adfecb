import Constraints
import Solvers

/// An explanation in words, for people.
struct ExplanationReport {
  let explanation: Explanation
  let model: Model

  /// Members, sums and changes up to which they are listed.
  static let listLength = 60
  /// Characters of a constraint's text.
  static let textLength = 100

  init(_ explanation: Explanation, _ model: Model) {
    self.explanation = explanation
    self.model = model
  }

  var text: String {
    var text = "status        \(status)\n"
    text += "checks        \(explanation.checkCount) feasibility check\(explanation.checkCount == 1 ? "" : "s")"
    if explanation.undecidedCount > 0 { text += ", \(explanation.undecidedCount) undecided" }
    text += ", \(secondsText(explanation.termination.seconds))"
    switch explanation.termination.reason {
    case .timeLimit: text += "; stopped at the time limit"
    case .interrupted: text += "; interrupted"
    default: break
    }
    text += "\n"
    for (i, conflict) in explanation.conflicts.enumerated() { text += describe(conflict, number: i) }
    text += corrections + relaxation + ray
    return text
  }

  private var status: String {
    switch explanation.verdict {
    case .infeasible: "infeasible"
    case .locallyInfeasible: "locally infeasible: no feasible point was found near the starts; there may be one elsewhere"
    case .feasible: "feasible: there is nothing to explain"
    case .unbounded: "unbounded"
    case .unknown: "no verdict"
    }
  }

  // MARK: - Conflicts

  private func describe(_ conflict: Conflict, number: Int) -> String {
    let count = conflict.members.count
    let title = explanation.conflicts.count > 1 ? "conflict \(number + 1)" : "conflict"
    let minimal =
      conflict.isIrreducible == true
      ? "none can be left out" : conflict.evidence == .local ? "as far as a local method sees" : "minimal: unknown"
    var text = "\n\(pad(title, 14))\(count) requirement\(count == 1 ? "" : "s") that cannot hold together; \(minimal)\n"
    if conflict.needsIntegrality { text += pad("", 14) + "(if fractions were allowed, they could hold together)\n" }
    let width = min(30, conflict.members.map { model.name(of: $0).count }.max() ?? 0)
    for member in conflict.members.prefix(ExplanationReport.listLength) {
      text += "  \(pad(model.name(of: member), width + 1)) \(pad(words(member), 7)) \(cut(model.text(of: member)))\n"
    }
    if count > ExplanationReport.listLength { text += "  and \(count - ExplanationReport.listLength) more; --json lists all\n" }
    if !conflict.chain.isEmpty {
      text += "\nbecause\n"
      for line in conflict.chain { text += "  \(line)\n" }
    }
    if let proof = conflict.proof, conflict.chain.count != 1, proof.terms.count <= ExplanationReport.listLength {
      text += sums(proof)
    }
    return text
  }

  private func words(_ requirement: Requirement) -> String {
    switch requirement {
    case .rowLower, .rowUpper, .generalLower, .generalUpper: requirement.side.rawValue
    case .general: "set"
    case .variableLower, .variableUpper: "bound"
    case .integrality: "whole"
    }
  }

  private func cut(_ text: String) -> String {
    text.count > ExplanationReport.textLength ? String(text.prefix(ExplanationReport.textLength)) + " ..." : text
  }

  /// The members times their weights, all turned to "at least", and what they add up to.
  private func sums(_ proof: FarkasProof) -> String {
    var text = "\nproof: each line times its weight, all added up\n"
    let weights = proof.terms.map { number($0.weight) }
    let width = min(16, weights.map(\.count).max() ?? 0)
    let nameWidth = min(30, proof.terms.map { model.name(of: $0.requirement).count }.max() ?? 0)
    for (term, weight) in zip(proof.terms, weights) {
      let line = term.coordinates.isEmpty ? atLeast(term.requirement) : "coordinates weighted \(list(term.coordinates)), at least 0"
      text += "  \(left(weight, width + 1)) x \(pad(model.name(of: term.requirement) + ":", nameWidth + 2)) \(cut(line))\n"
    }
    text += "  sum: 0 >= \(number(proof.margin)), which cannot be\n"
    let largest = proof.terms.map(\.weight).max() ?? 1
    if proof.residual > 1e-12 * largest {
      text += "  (rounding leaves a coefficient of \(number(proof.residual)) in the sum)\n"
    }
    return text
  }

  private func list(_ numbers: [Double]) -> String {
    let shown = numbers.prefix(6).map(number).joined(separator: ", ")
    return "(\(shown)\(numbers.count > 6 ? ", ..." : ""))"
  }

  /// A requirement as a function that is at least a number.
  private func atLeast(_ requirement: Requirement) -> String {
    guard requirement.side == .upper, let function = model.function(of: requirement), let limit = model.limit(of: requirement)
    else { return model.text(of: requirement) }
    let turned = ScalarFunction(linear: function.linear.map { LinearTerm(-$0.coefficient, $0.variable) })
    return "\(model.text(of: turned, limit: 400)) >= \((0 - limit).text)"
  }

  // MARK: - Corrections and relaxations

  private var corrections: String {
    if explanation.conflicts.count <= 1 && explanation.corrections.isEmpty { return "" }
    var text = "\n"
    for (i, correction) in explanation.corrections.enumerated() {
      let names = correction.map { "\(model.name(of: $0)) (\(words($0)))" }
      text += "\(pad(i == 0 ? "feasible" : "or", 14))without \(names.joined(separator: ", "))\n"
    }
    return text + pad("complete", 14) + (explanation.isComplete ? "yes: there are no other conflicts\n" : "no: there may be more\n")
  }

  private var relaxation: String {
    if let reason = explanation.relaxationReason { return "\nrelaxation    none: \(reason)\n" }
    guard let relaxation = explanation.relaxation else { return "" }
    let goal =
      switch relaxation.goal {
      case .sum: "the least change in all"
      case .count: "the fewest limits changed"
      case .largest: "the least largest change"
      }
    var text = "\nrelaxation    feasible with \(goal)\(relaxation.isProved ? "" : " found"):\n"
    for change in relaxation.changes.prefix(ExplanationReport.listLength) { text += "  relax \(describe(change))\n" }
    if relaxation.changes.count > ExplanationReport.listLength {
      text += "  and \(relaxation.changes.count - ExplanationReport.listLength) more; --json lists all\n"
    }
    if let objective = relaxation.objective {
      text += "  then the objective \(relaxation.isObjectiveProved ? "reaches" : "can be") \(number(objective))\n"
    }
    if !explanation.alternatives.isEmpty && !(explanation.alternatives.count == 1 && relaxation.changes.count == 1) {
      text += "\neach alone   would do as well:\n"
      for change in explanation.alternatives { text += "  relax \(describe(change))\n" }
    }
    return text
  }

  private func describe(_ change: Relaxation.Change) -> String {
    var text = "\(model.name(of: change.requirement)) by \(number(change.amount))"
    if let from = change.from, let to = change.to {
      text += ", \(change.requirement.side == .lower ? "at least" : "at most") \(number(to)) in place of \(number(from))"
    }
    return text
  }

  // MARK: - Rays

  private var ray: String {
    guard let ray = explanation.ray else { return "" }
    var text = "\nway out       the objective improves without limit when these change in proportion:\n"
    let used = ray.direction.indices.filter { ray.direction[$0] != 0 }
    for j in used.prefix(ExplanationReport.listLength) {
      text += "  \(pad(model.variableNames[j], 28)) \(ray.direction[j] > 0 ? "+" : "")\(number(ray.direction[j]))\n"
    }
    if used.count > ExplanationReport.listLength { text += "  and \(used.count - ExplanationReport.listLength) more; --json lists all\n" }
    if let rate = ray.rate { text += "  each such step improves the objective by \(number(rate))\n" }
    let enough = ray.stops.filter(\.suffices)
    if !enough.isEmpty {
      text += "\nstopped by    any one of these bounds:\n"
      for bound in enough { text += "  \(missing(bound))\n" }
    } else if !ray.together.isEmpty {
      text += "\nstopped by    these bounds together:\n"
      for bound in ray.together { text += "  \(missing(bound))\n" }
    }
    return text
  }

  private func missing(_ bound: UnboundedRay.MissingBound) -> String {
    "\(bound.isUpper ? "an upper" : "a lower") bound on \(model.variableNames[bound.variable])"
  }

  /// Nine significant digits.
  private func number(_ x: Double) -> String { significant(x, 9).text }
}
