import ArgumentParser
import Constraints
import Solvers

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the route from a model to a solver without solving it.",
    discussion: """
      Which constraints are rewritten, how and at what cost, the form that comes out, what presolve leaves of it, and \
      which solvers take it. Exits with 0 when some solver takes the model, 65 when none does.

      Examples:
        solve plan portfolio.json
        solve plan network.mps --no-presolve --json
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var flags: SolveFlags
  @Option(help: "How many rewritten constraints to list.") var list = 20
  @Flag(help: "Print the plan as JSON, with every constraint that is rewritten.") var json = false

  func validate() throws {
    guard list >= 0 else { throw ValidationError("--list must be at least 0") }
  }

  func run() throws {
    let read = try input.read()
    let diagnostics = read.model.validate()
    input.report(diagnostics.filter { $0.severity == .error })
    if diagnostics.contains(where: { $0.severity == .error }) { throw ExitCodes.badInput }
    let options: SolveOptions
    do throws(ConstraintsError) { options = try flags.options(over: read.options) } catch { throw input.failure(error) }
    let report: PlanReport
    do throws(SolverError) { report = try PlanReport(read.model, options) } catch { throw input.failure(error) }
    Terminal.write(json ? report.json + "\n" : report.text(list: list))
    if !report.isSolvable { throw ExitCodes.badInput }
  }
}
