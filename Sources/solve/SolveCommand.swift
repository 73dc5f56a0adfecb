import ArgumentParser

/// The version of the command and the libraries.
let version = "0.1.0"

@main
struct SolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Solve optimization models, with answers you can check.",
    usage: "solve [run] <model> [options]",
    discussion: """
      `solve model.json` reads a model, solves it, checks the answer against the model and prints it. The answer goes \
      to standard output, everything else to standard error.

      Formats: algebraic JSON, MathOptFormat, MPS and CPLEX LP, each also gzipped; `-` reads standard input.

      Exit codes: 0 solved; 2 stopped early with a feasible answer; 3 infeasible; 4 unbounded; 5 infeasible or \
      unbounded; 6 stopped early without an answer; 7 no verdict; 64 bad command line; 65 bad model, data or option; \
      66 unreadable input; 69 solver not available; 70 internal error; 73 cannot write; 130 interrupted without an answer.
      """,
    version: version,
    subcommands: [
      Run.self, Why.self, Check.self, Plan.self, Verify.self, Convert.self, Show.self, Analyze.self, Dag.self, ListSolvers.self,
      Explain.self, Manual.self,
    ],
    defaultSubcommand: Run.self)

  static func main() {
    Interrupt.ignoreClosedPipes()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}
