extension SolutionFiles {
  /// Writes the point of a solution; compressed when the path ends in `.gz`, standard output for `-`.
  /// - Throws: ``ConstraintsError/invalid(_:)`` when the format is only read, or there is no point and the format
  ///   cannot say so.
  public static func write(
    _ solution: Solution, of model: Model, format: SolutionFileFormat = .miplib, to path: String
  ) throws(ConstraintsError) {
    try ModelFormats.writeFile(text(of: solution, of: model, format: format), to: path)
  }

  /// The text of a solution file.
  public static func text(
    of solution: Solution, of model: Model, format: SolutionFileFormat = .miplib
  ) throws(ConstraintsError) -> [UInt8] {
    if !solution.values.isEmpty, solution.values.count != model.variableCount {
      throw .invalid([
        Diagnostic(
          .wrongSolutionSize,
          "the solution has \(solution.values.count) values, the model \(model.variableCount) variables",
          mend: "use the solution of this model")
      ])
    }
    switch format {
    case .miplib: return miplib(solution, model)
    case .highs: return highs(solution, model)
    case .glpk: return glpk(solution, model)
    case .scip, .cbc, .gurobi:
      throw .invalid([
        Diagnostic(
          .cannotCarry, "solution files of the flavour \(format.rawValue) are only read",
          mend: "write " + SolutionFileFormat.allCases.filter(\.isWritable).map(\.rawValue).joined(separator: ", "))
      ])
    }
  }

  /// The activity of every linear row.
  private static func activities(_ model: Model, _ values: [Double]) -> [Double] {
    (0..<model.rows.count).map { i in
      model.rows.range(i).reduce(0) { $0 + model.rows.values[$1] * values[Int(model.rows.columns[$1])] }
    }
  }

  private static func miplib(_ solution: Solution, _ model: Model) -> [UInt8] {
    var out: [UInt8] = []
    if solution.values.isEmpty {
      out.put(solution.outcome == .infeasible ? "=infeas=\n" : solution.outcome == .unbounded ? "=unbd=\n" : "=unkn=\n")
      if model.variableCount > 0 { return out }
    }
    if let objective = solution.objective { out.put("=obj= \(objective.text)\n") }
    for (j, value) in solution.values.enumerated() { out.put("\(model.variableNames[j]) \(value.text)\n") }
    return out
  }

  // MARK: - HiGHS

  private static func highsStatus(_ outcome: OutcomeStatus) -> String {
    switch outcome {
    case .optimal, .locallyOptimal: "Optimal"
    case .infeasible, .locallyInfeasible: "Infeasible"
    case .unbounded: "Unbounded"
    case .infeasibleOrUnbounded: "Primal infeasible or unbounded"
    case .feasible, .unknown: "Unknown"
    }
  }

  private static func highs(_ solution: Solution, _ model: Model) -> [UInt8] {
    var out: [UInt8] = []
    out.put("Model status\n\(highsStatus(solution.outcome))\n\n# Primal solution values\n")
    if solution.values.isEmpty && model.variableCount > 0 {
      out.put("None\n")
    } else {
      out.put(solution.primalStatus == .infeasible ? "Infeasible\n" : "Feasible\n")
      out.put("Objective \((solution.objective ?? 0).text)\n")
      out.put("# Columns \(model.variableCount)\n")
      for (j, value) in solution.values.enumerated() { out.put("\(model.variableNames[j]) \(value.text)\n") }
      out.put("# Rows \(model.rows.count)\n")
      for (i, value) in activities(model, solution.values).enumerated() { out.put("\(model.rowNames[i]) \(value.text)\n") }
    }
    out.put("\n# Dual solution values\n")
    if solution.reducedCosts.count == model.variableCount, solution.rowDuals.count == model.rows.count,
      model.variableCount > 0
    {
      out.put(solution.dualStatus == .infeasible ? "Infeasible\n" : "Feasible\n")
      out.put("# Columns \(model.variableCount)\n")
      for (j, value) in solution.reducedCosts.enumerated() { out.put("\(model.variableNames[j]) \(value.text)\n") }
      out.put("# Rows \(model.rows.count)\n")
      for (i, value) in solution.rowDuals.enumerated() { out.put("\(model.rowNames[i]) \(value.text)\n") }
    } else {
      out.put("None\n")
    }
    out.put("\n# Basis\nHiGHS_basis_file v2\n")
    if let basis = solution.basis, basis.columns.count == model.variableCount, basis.rows.count == model.rows.count {
      out.put("Valid\n# Columns \(basis.columns.count)\n")
      out.put(basis.columns.map { String(highsCode($0)) }.joined(separator: " ") + "\n")
      out.put("# Rows \(basis.rows.count)\n")
      out.put(basis.rows.map { String(highsCode($0)) }.joined(separator: " ") + "\n")
    } else {
      out.put("None\n")
    }
    return out
  }

  /// The numbers of HiGHS' basis file: at lower, basic, at upper, free.
  private static func highsCode(_ status: Basis.Status) -> Int {
    switch status {
    case .atLower, .fixed: 0
    case .basic: 1
    case .atUpper: 2
    case .free: 3
    }
  }

  // MARK: - GLPK

  private static func glpk(_ solution: Solution, _ model: Model) -> [UInt8] {
    var out: [UInt8] = []
    let (m, n) = (model.rows.count, model.variableCount)
    let objective = (solution.objective ?? 0).text
    let values = solution.values.isEmpty ? [Double](repeating: 0, count: n) : solution.values
    let activity = activities(model, values)
    out.put("c Problem:    \(model.name)\nc Rows:       \(m)\nc Columns:    \(n)\n")
    if model.domains.contains(where: \.isIntegral) {
      out.put("s mip \(m) \(n) \(glpkStatus(solution)) \(objective)\n")
      for (i, value) in activity.enumerated() { out.put("i \(i + 1) \(value.text)\n") }
      for (j, value) in values.enumerated() { out.put("j \(j + 1) \(value.text)\n") }
      out.put("e o f\n")
      return out
    }
    let duals = solution.rowDuals.count == m ? solution.rowDuals : [Double](repeating: 0, count: m)
    let costs = solution.reducedCosts.count == n ? solution.reducedCosts : [Double](repeating: 0, count: n)
    let hasDuals = solution.rowDuals.count == m && solution.reducedCosts.count == n
    if let basis = solution.basis, basis.rows.count == m, basis.columns.count == n {
      let primal = solution.outcome == .optimal || solution.outcome == .feasible ? "f" : solution.outcome == .infeasible ? "n" : "u"
      out.put("s bas \(m) \(n) \(primal) \(hasDuals && solution.outcome == .optimal ? "f" : "u") \(objective)\n")
      for i in 0..<m { out.put("i \(i + 1) \(glpkCode(basis.rows[i])) \(activity[i].text) \(duals[i].text)\n") }
      for j in 0..<n { out.put("j \(j + 1) \(glpkCode(basis.columns[j])) \(values[j].text) \(costs[j].text)\n") }
    } else {
      out.put("s ipt \(m) \(n) \(glpkStatus(solution)) \(objective)\n")
      for i in 0..<m { out.put("i \(i + 1) \(activity[i].text) \(duals[i].text)\n") }
      for j in 0..<n { out.put("j \(j + 1) \(values[j].text) \(costs[j].text)\n") }
    }
    out.put("e o f\n")
    return out
  }

  private static func glpkStatus(_ solution: Solution) -> String {
    switch solution.outcome {
    case .optimal: "o"
    case .feasible, .locallyOptimal: "f"
    case .infeasible: "n"
    default: "u"
    }
  }

  private static func glpkCode(_ status: Basis.Status) -> String {
    switch status {
    case .basic: "b"
    case .atLower: "l"
    case .atUpper: "u"
    case .free: "f"
    case .fixed: "s"
    }
  }
}
