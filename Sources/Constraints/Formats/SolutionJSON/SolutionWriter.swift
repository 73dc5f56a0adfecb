/// Writes one solution file.
struct SolutionWriter {
  let solution: Solution
  let model: Model
  let isFlat: Bool
  private var out = JSONWriter()

  init(solution: Solution, model: Model, isFlat: Bool) {
    self.solution = solution
    self.model = model
    self.isFlat = isFlat
  }

  mutating func write(_ run: SolutionJSON.Run?) -> [UInt8] {
    out.beginObject()
    out.member("format", "solution")
    out.member("version", 1)
    out.key("model")
    out.beginObject(inline: true)
    out.member("name", model.name)
    out.member("fingerprint", model.fingerprint)
    out.end()
    out.member("outcome", solution.outcome.rawValue)
    writeProof()
    out.key("termination")
    out.beginObject(inline: true)
    out.member("reason", solution.termination.reason.rawValue)
    out.member("detail", solution.termination.detail)
    out.member("seconds", solution.termination.seconds)
    out.end()
    out.key("objective")
    out.beginObject(inline: true)
    out.member("sense", solution.sense.rawValue)
    optional("value", solution.objective)
    optional("bound", solution.bound)
    out.end()
    writePoints()
    writeDuals()
    writeCertificate()
    writeStatistics()
    out.key("plan")
    out.beginArray()
    for step in solution.plan {
      out.beginObject(inline: true)
      out.member("constraint", step.constraint)
      out.member("bridge", step.bridge)
      if !step.detail.isEmpty { out.member("detail", step.detail) }
      out.end()
    }
    out.end()
    out.key("warnings")
    out.beginArray()
    for warning in solution.warnings {
      out.beginObject(inline: true)
      out.member("code", warning.code.id)
      out.member("message", warning.message)
      out.end()
    }
    out.end()
    if let run { write(run) }
    if let check = solution.check { write(check) }
    out.end()
    return out.bytes
  }

  private mutating func optional(_ name: String, _ value: Double?) {
    out.key(name)
    if let value { out.number(value) } else { out.null() }
  }

  private mutating func writeProof() {
    out.key("proof")
    out.beginObject(inline: true)
    out.member("kind", solution.proof.name)
    switch solution.proof {
    case .tolerance(let tolerance): out.member("tolerance", tolerance)
    case .bound(let gap): out.member("relative_gap", gap)
    default: break
    }
    out.end()
  }

  private mutating func writePoints() {
    out.key("solutions")
    out.beginArray()
    let names = FamilyTree(model.variableNames)
    if solution.hasPoint, solution.values.count == model.variableCount {
      write(solution.values, solution.objective, solution.source, isFirst: true, names)
    }
    for point in solution.pool.dropFirst() where point.values.count == model.variableCount {
      write(point.values, point.objective, point.source, isFirst: false, violation: point.violation, names)
    }
    out.end()
    if !solution.poolDetail.isEmpty { out.member("pool", solution.poolDetail) }
    guard !solution.starts.isEmpty else { return }
    out.key("starts")
    out.beginArray()
    for start in solution.starts {
      out.beginObject(inline: true)
      out.member("name", start.name)
      out.member("fate", start.fate.rawValue)
      out.member("reason", start.reason)
      optional("objective", start.objective)
      out.end()
    }
    out.end()
  }

  private mutating func write(
    _ values: [Double], _ objective: Double?, _ source: String, isFirst: Bool, violation: Double? = nil, _ names: FamilyTree
  ) {
    out.beginObject()
    optional("objective", objective)
    out.member("source", source)
    if isFirst, let check = solution.check {
      out.key("violation")
      out.beginObject(inline: true)
      out.member("max", check.largestAbsolute)
      out.key("worst")
      if let worst = check.violations.first { out.string(worst.name) } else { out.null() }
      out.end()
    } else if let violation {
      out.key("violation")
      out.beginObject(inline: true)
      out.member("max", violation)
      out.end()
    }
    out.key("variables")
    out.beginObject()
    names.write(to: &out, flat: isFlat) { $1.number(values[$0]) }
    out.end()
    out.end()
  }

  private mutating func writeDuals() {
    out.key("duals")
    out.beginObject()
    out.member("status", solution.dualStatus.rawValue)
    if solution.rowDuals.isEmpty && solution.reducedCosts.isEmpty {
      if let reason = solution.dualReason { out.member("reason", reason) }
    } else {
      out.member("convention", "derivative of the optimal objective by the right-hand side, in the sense of the objective")
      let duals = solution.rowDuals
      if duals.count == model.rows.count {
        out.key("rows")
        out.beginObject()
        var taken: Set<String> = []
        for i in 0..<model.rows.count {
          // Two rows may share a name; a key may not occur twice.
          var name = model.rowNames[i]
          if !taken.insert(name).inserted {
            name += " #\(i + 1)"
            taken.insert(name)
          }
          out.member(name, duals[i])
        }
        out.end()
      }
      writeGeneral(solution.generalDuals)
      let costs = solution.reducedCosts
      if costs.count == model.variableCount {
        out.key("reduced_costs")
        out.beginObject()
        FamilyTree(model.variableNames).write(to: &out, flat: isFlat) { $1.number(costs[$0]) }
        out.end()
      }
    }
    out.end()
  }

  /// Multipliers of the constraints that are not linear rows, as lists by name; nothing when there are none.
  private mutating func writeGeneral(_ multipliers: [[Double]]) {
    if multipliers.isEmpty { return }
    out.key("constraints")
    out.beginObject()
    var taken: Set<String> = []
    for i in multipliers.indices where i < model.generalConstraints.count {
      var name = model.generalNames[i]
      if !taken.insert(name).inserted {
        name += " #\(i + 1)"
        taken.insert(name)
      }
      out.key(name)
      out.beginArray(inline: true)
      for value in multipliers[i] { out.number(value) }
      out.end()
    }
    out.end()
  }

  private mutating func writeCertificate() {
    guard let certificate = solution.certificate else { return }
    out.key("certificate")
    out.beginObject()
    switch certificate {
    case .farkas(let rows, let general):
      out.member("kind", "farkas")
      out.key("rows")
      out.beginObject()
      var taken: Set<String> = []
      for i in rows.indices where rows[i] != 0 && i < model.rows.count {
        var name = model.rowNames[i]
        if !taken.insert(name).inserted { name += " #\(i + 1)" }
        out.member(name, rows[i])
      }
      out.end()
      writeGeneral(general)
    case .ray(let direction):
      out.member("kind", "ray")
      out.key("variables")
      out.beginObject()
      for j in direction.indices where direction[j] != 0 && j < model.variableCount {
        out.member(model.variableNames[j], direction[j])
      }
      out.end()
    }
    out.end()
  }

  private mutating func writeStatistics() {
    let statistics = solution.statistics
    out.key("statistics")
    out.beginObject()
    out.member("solver", statistics.solver)
    out.member("iterations", statistics.iterations)
    out.member("nodes", statistics.nodes)
    if statistics.functionEvaluations > 0 { out.member("function_evaluations", statistics.functionEvaluations) }
    out.member("rows", statistics.rows)
    out.member("columns", statistics.columns)
    out.member("entries", statistics.entries)
    if !statistics.heuristics.isEmpty {
      out.key("heuristics")
      out.beginArray()
      for heuristic in statistics.heuristics {
        out.beginObject(inline: true)
        out.member("name", heuristic.name)
        out.member("calls", heuristic.calls)
        out.member("proposed", heuristic.proposed)
        out.member("feasible", heuristic.feasible)
        out.member("improved", heuristic.improved)
        out.member("seconds", heuristic.seconds)
        if let reason = heuristic.disabled { out.member("disabled", reason) }
        out.end()
      }
      out.end()
    }
    out.end()
  }

  private mutating func write(_ run: SolutionJSON.Run) {
    out.key("run")
    out.beginObject(inline: true)
    out.member("version", run.version)
    if let seed = run.seed {
      out.key("seed")
      if let small = Int(exactly: seed) { out.integer(small) } else { out.string(String(seed)) }
    }
    if let threads = run.threads { out.member("threads", threads) }
    if let isDeterministic = run.isDeterministic { out.member("deterministic", isDeterministic) }
    out.key("options")
    out.beginObject(inline: true)
    for (name, value) in run.options {
      switch value {
      case .number(let number): out.member(name, number)
      case .text(let text): out.member(name, text)
      case .flag(let flag): out.member(name, flag)
      }
    }
    out.end()
    out.end()
  }

  private mutating func write(_ check: CheckReport) {
    out.key("check")
    out.beginObject()
    switch check.verdict {
    case .confirmed: out.member("verdict", "confirmed")
    case .unchecked: out.member("verdict", "unchecked")
    case .refuted(let reason):
      out.member("verdict", "refuted")
      out.member("reason", reason)
    }
    optional("objective", check.objective)
    out.member("largest_absolute", check.largestAbsolute)
    out.member("largest_scaled", check.largestScaled)
    out.member("integrality", check.integrality)
    out.member("violations", check.violationCount)
    if let value = check.dualResidual { out.member("dual_residual", value) }
    if let value = check.dualityGap { out.member("duality_gap", value) }
    if let value = check.certificateMargin { out.member("certificate_margin", value) }
    if !check.violations.isEmpty {
      out.key("worst")
      out.beginArray()
      for violation in check.violations {
        out.beginObject(inline: true)
        out.member("kind", violation.kind.rawValue)
        out.member("name", violation.name)
        out.member("absolute", violation.absolute)
        out.member("scaled", violation.scaled)
        out.end()
      }
      out.end()
    }
    out.end()
  }
}
