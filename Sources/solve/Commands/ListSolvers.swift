import ArgumentParser
import Constraints
import Solvers

struct ListSolvers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solvers", abstract: "List the solvers and heuristics of this build and what they take.")

  func run() throws {
    for solver in Solvers.all {
      let c = solver.capabilities
      let kinds = [
        ("linear", c.linear), ("integer", c.integer), ("convex quadratic", c.convexQuadratic), ("conic", c.conic),
        ("nonlinear", c.nonlinear),
      ].filter(\.1).map(\.0)
      Terminal.write("\(pad(solver.name, 12)) \(solver.version): \(solver.summary)\n")
      Terminal.write("             takes  \(kinds.joined(separator: ", "))\n")
      Terminal.write("             has    \(c.features.map(\.rawValue).joined(separator: ", "))\n")
    }
    for missing in Solvers.missing {
      Terminal.write("\(pad(missing.name, 12)) left out of this build; build with the trait \(missing.trait)\n")
    }
    Terminal.write("\nheuristics\n")
    for heuristic in SolvePipeline.builtInHeuristics {
      let moments = heuristic.moments.map(\.rawValue).sorted().joined(separator: ", ")
      Terminal.write("\(pad(heuristic.name, 12)) asked: \(moments)\n")
    }
    Terminal.write("\(pad("start", 12)) asked: before the search, with --start FILE\n")
  }
}
