import Constraints
import Solvers

/// Writes an answer to a file, in the format that the ending of its name asks for.
enum AnswerFile {
  static func write(
    _ solution: Solution, of model: Model, options: SolveOptions, flat: Bool, to path: String
  ) throws(ConstraintsError) {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    if name.hasSuffix(".csv") {
      try ModelFormats.writeFile(csv(solution, model), to: path)
    } else if name.hasSuffix(".sol") || name.hasSuffix(".mst") {
      try SolutionFiles.write(solution, of: model, to: path)
    } else {
      try ModelFormats.writeFile(json(solution, of: model, options: options, flat: flat), to: path)
    }
  }

  /// The solution as JSON, with the options in force.
  static func json(_ solution: Solution, of model: Model, options: SolveOptions, flat: Bool) -> [UInt8] {
    func tolerance(_ asked: Double?) -> ReadResult.FileOption.Value { asked.map { .number($0) } ?? .text("default") }
    let given: [(name: String, value: ReadResult.FileOption.Value)] = [
      ("method", .text(options.method.rawValue)),
      ("time_limit", options.timeLimit.map { .number($0.seconds) } ?? .text("none")),
      ("gap", .number(options.gap)), ("absolute_gap", .number(options.absoluteGap)),
      ("feasibility", tolerance(options.feasibilityTolerance)), ("optimality", tolerance(options.optimalityTolerance)),
      ("integrality", .number(options.integralityTolerance)),
      ("presolve", .flag(options.presolve)), ("heuristics", .text(options.heuristicEffort.rawValue)),
    ]
    // The same run gives the same answer unless the clock had a say in it.
    let isTimed =
      solution.termination.reason == .timeLimit || solution.termination.reason == .interrupted
      || solution.statistics.heuristics.contains { $0.skipped > 0 || $0.disabled != nil }
    let run = SolutionJSON.Run(
      version: version, seed: options.seed, threads: options.threads ?? 1, isDeterministic: !isTimed, options: given)
    return SolutionJSON.write(solution, of: model, flat: flat, run: run)
  }

  /// One line a variable: name, value, and reduced cost where there is one.
  private static func csv(_ solution: Solution, _ model: Model) -> [UInt8] {
    var text = "variable,value,reduced_cost\n"
    for j in 0..<min(model.variableCount, solution.values.count) {
      let cost = j < solution.reducedCosts.count ? solution.reducedCosts[j].text : ""
      text += "\(quoted(model.variableNames[j])),\(solution.values[j].text),\(cost)\n"
    }
    return Array(text.utf8)
  }

  private static func quoted(_ name: String) -> String {
    guard name.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
