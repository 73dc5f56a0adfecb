import ArgumentParser
import Constraints
import Solvers

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a model in ordinary algebra.",
    discussion: """
      Every constraint by name, with data filled in.

      Examples:
        solve show plan.json
        solve show plan.mps --match 'cap*'
        solve show plan.json --reformulated
      """)

  @OptionGroup var input: InputOptions
  @Option(help: "Only constraints and variables whose name matches, with * for any text.") var match: String?
  @Option(help: "At most this many constraints, and as many variables.") var limit = 1000
  @Flag(help: "Also list what is rewritten on the way to the solver.") var reformulated = false

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit must be at least 0") }
  }

  func run() throws {
    let model = try input.read().model
    input.report(model.validate().filter { $0.severity == .error })
    let pattern = match.map { Array($0) }
    func wanted(_ name: String) -> Bool { pattern.map { Show.matches(Array(name), $0) } ?? true }
    for objective in model.objectives where pattern == nil {
      let name = objective.name.isEmpty ? "" : " \(objective.name)"
      let rank = model.objectives.count > 1 ? "   (priority \(objective.priority), weight \(objective.weight.text))" : ""
      Terminal.write("\(objective.sense == .minimize ? "minimize" : "maximize")\(name)\n  \(model.text(of: objective.function))\(rank)\n")
    }
    if pattern == nil { Terminal.write("subject to\n") }
    let chosen = model.constraints.filter { wanted(model.name(of: $0)) }
    for constraint in chosen.prefix(limit) {
      Terminal.write("  \(model.name(of: constraint)): \(model.text(of: constraint))\n")
    }
    if chosen.count > limit { Terminal.write("  ... \(chosen.count - limit) more; --limit shows them\n") }
    if pattern == nil { Terminal.write("variables\n") }
    let variables = (0..<model.variableCount).filter { wanted(model.variableNames[$0]) }
    for j in variables.prefix(limit) { Terminal.write("  \(Show.text(of: j, in: model))\n") }
    if variables.count > limit { Terminal.write("  ... \(variables.count - limit) more; --limit shows them\n") }
    if reformulated {
      do throws(SolverError) {
        guard case .convex(let reformulation) = try Route(model, options: SolveOptions()) else {
          Terminal.write("rewritten\n  nothing: solved as the nonlinear functions that it has\n")
          return
        }
        Terminal.write("rewritten\n")
        for step in reformulation.plan { Terminal.write("  \(step.constraint): \(step.bridge)\(step.detail.isEmpty ? "" : ", \(step.detail)")\n") }
        let form = reformulation.conicForm
        let cones = form.cones.isEmpty ? "" : ", \(form.cones.count) cones"
        Terminal.write("  solved as \(form.linear.rowCount) rows, \(form.linear.columnCount) columns, \(form.linear.entryCount) entries\(cones)\n")
      } catch { throw input.failure(error) }
    }
  }

  private static func text(of j: Int, in model: Model) -> String {
    let (low, high) = (model.lower[j], model.upper[j])
    let name = model.variableNames[j]
    let range: String
    if low == high {
      range = "\(name) == \(low.text)"
    } else if low == -.infinity {
      range = high == .infinity ? "\(name) free" : "\(name) <= \(high.text)"
    } else {
      range = high == .infinity ? "\(name) >= \(low.text)" : "\(low.text) <= \(name) <= \(high.text)"
    }
    let domain = model.domains[j]
    return domain == .real ? range : "\(range), \(domain.name)"
  }

  /// Whether a name matches a pattern with `*` for any text. O(length of both) for each star.
  static func matches(_ name: [Character], _ pattern: [Character]) -> Bool {
    var n = 0
    var p = 0
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let (sp, sn) = star {
        p = sp + 1
        n = sn + 1
        star = (sp, sn + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
