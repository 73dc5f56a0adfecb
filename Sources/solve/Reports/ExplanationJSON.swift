import Constraints
import Solvers

/// An explanation as JSON: one object, `"format": "explanation"`, whose keys are always there; null where there is nothing.
struct ExplanationJSON {
  let explanation: Explanation
  let model: Model

  init(_ explanation: Explanation, _ model: Model) {
    self.explanation = explanation
    self.model = model
  }

  var text: String {
    let e = explanation
    let fields: [(String, String)] = [
      ("format", "\"explanation\""), ("version", "1"), ("model", Terminal.quoted(model.name)),
      ("verdict", Terminal.quoted(e.verdict.rawValue)),
      ("termination", object([("reason", Terminal.quoted(e.termination.reason.rawValue)), ("seconds", number(e.termination.seconds))])),
      ("checks", object([("solved", "\(e.checkCount)"), ("undecided", "\(e.undecidedCount)")])),
      ("conflicts", lines(e.conflicts.map(conflict))), ("corrections", lines(e.corrections.map { array($0.map(requirement)) })),
      ("complete", "\(e.isComplete)"), ("relaxation", e.relaxation.map(relaxation) ?? "null"),
      ("relaxation_reason", e.relaxationReason.map(Terminal.quoted) ?? "null"),
      ("alternatives", lines(e.alternatives.map(change))), ("ray", e.ray.map(ray) ?? "null"),
      ("warnings", array(e.warnings.map { Terminal.quoted($0.message) })),
    ]
    return "{\n" + fields.map { "  \(Terminal.quoted($0.0)): \($0.1)" }.joined(separator: ",\n") + "\n}\n"
  }

  private func conflict(_ conflict: Conflict) -> String {
    object([
      ("members", array(conflict.members.map(requirement))),
      ("minimal", conflict.isIrreducible.map { "\($0)" } ?? "\"unknown\""),
      ("evidence", Terminal.quoted(conflict.evidence.rawValue)), ("needs_integrality", "\(conflict.needsIntegrality)"),
      ("chain", array(conflict.chain.map(Terminal.quoted))), ("proof", conflict.proof.map(proof) ?? "null"),
    ])
  }

  private func requirement(_ r: Requirement) -> String {
    let kind =
      switch r {
      case .rowLower, .rowUpper, .generalLower, .generalUpper, .general: "constraint"
      case .variableLower, .variableUpper: "bound"
      case .integrality: "integrality"
      }
    return object([
      ("kind", Terminal.quoted(kind)), ("name", Terminal.quoted(model.name(of: r))), ("side", Terminal.quoted(r.side.rawValue)),
      ("limit", model.limit(of: r).map(number) ?? "null"), ("text", Terminal.quoted(model.text(of: r))),
    ])
  }

  private func proof(_ proof: FarkasProof) -> String {
    let terms = proof.terms.map { term in
      object([
        ("name", Terminal.quoted(model.name(of: term.requirement))), ("side", Terminal.quoted(term.requirement.side.rawValue)),
        ("weight", number(term.weight)), ("coordinates", array(term.coordinates.map(number))),
      ])
    }
    return object([("terms", array(terms)), ("margin", number(proof.margin)), ("residual", number(proof.residual))])
  }

  private func relaxation(_ relaxation: Relaxation) -> String {
    object([
      ("goal", Terminal.quoted(relaxation.goal.rawValue)), ("changes", array(relaxation.changes.map(change))),
      ("total", number(relaxation.total)), ("proved", "\(relaxation.isProved)"),
      ("objective", relaxation.objective.map(number) ?? "null"), ("objective_proved", "\(relaxation.isObjectiveProved)"),
    ])
  }

  private func change(_ change: Relaxation.Change) -> String {
    object([
      ("name", Terminal.quoted(model.name(of: change.requirement))), ("side", Terminal.quoted(change.requirement.side.rawValue)),
      ("amount", number(change.amount)), ("from", change.from.map(number) ?? "null"), ("to", change.to.map(number) ?? "null"),
    ])
  }

  private func ray(_ ray: UnboundedRay) -> String {
    let used = ray.direction.indices.filter { ray.direction[$0] != 0 }
    func bound(_ bound: UnboundedRay.MissingBound) -> String {
      object([
        ("variable", Terminal.quoted(model.variableNames[bound.variable])), ("side", bound.isUpper ? "\"upper\"" : "\"lower\""),
        ("suffices", "\(bound.suffices)"),
      ])
    }
    return object([
      ("direction", object(used.map { (model.variableNames[$0], number(ray.direction[$0])) })),
      ("rate", ray.rate.map(number) ?? "null"), ("confirmed", "\(ray.isConfirmed)"), ("stops", array(ray.stops.map(bound))),
      ("together", array(ray.together.map(bound))),
    ])
  }

  private func number(_ x: Double) -> String { x.isNaN ? "null" : x.isFinite ? x.text : "\"\(x.text)\"" }
  private func array(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
  private func lines(_ items: [String]) -> String {
    items.isEmpty ? "[]" : "[\n" + items.map { "    \($0)" }.joined(separator: ",\n") + "\n  ]"
  }
  private func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(Terminal.quoted($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }
}
