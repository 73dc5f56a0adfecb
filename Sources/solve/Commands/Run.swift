import ArgumentParser
import Constraints
import Solvers

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Solve a model (the default command).",
    discussion: """
      Reads the model, solves it, checks the answer against the model with code that shares nothing with the solver, \
      and prints it on standard output; progress goes to standard error. The options of the solve may also stand in \
      the model's "solve" block, with _ for -; the command line wins.

      Ctrl-C stops with the best answer so far; a second one ends at once.

      Examples:
        solve bakery.json
        solve plan.mps.gz --time-limit 60s --gap 0.01 -o plan.sol
        solve plan.json --param budget=500 --json > answer.json
        solve plan.lp --start yesterday.sol --progress json
      """)

  @OptionGroup var input: InputOptions

  @Option(name: [.short, .long], help: ArgumentHelp("Write the answer to a file: .json, .sol or .csv, also .gz.", valueName: "file"))
  var output: String?
  @Flag(help: "Print the whole answer as JSON on standard output.") var json = false
  @Flag(help: "In JSON, name variables as \"make[bread]\" instead of nesting by index.") var flat = false
  @Flag(help: "List all variables, zeros too.") var all = false
  @Option(help: ArgumentHelp("Start from the point in this file; may be given often. JSON may leave variables out; .sol files leave out zeros.", valueName: "file"))
  var start: [String] = []
  @Option(help: ArgumentHelp("Progress on standard error.", valueName: "auto|table|json|none")) var progress: ProgressLog.Style = .auto
  @Flag(name: [.short, .long], help: "Print the answer only.") var quiet = false
  @Flag(name: [.short, .long], help: "Print the solver's log, heuristics and options in force, too.") var verbose = false
  @Flag(help: "Compare the derivatives of nonlinear functions with differences at the start, and say where they differ.")
  var checkDerivatives = false
  @Flag(help: "Read and check everything, but do not solve.") var dryRun = false
  @Flag(help: "Exit with 0 whatever the outcome, unless the input was wrong.") var exitZero = false

  @OptionGroup(title: "Solving") var solving: SolveFlags

  func run() throws {
    let read = try input.read()
    let model = read.model
    let options: SolveOptions
    do throws(ConstraintsError) { options = try solving.options(over: read.options) } catch { throw input.failure(error) }
    if !quiet { Terminal.log(ModelSummary(model).header) }
    if verbose { for entry in solving.given { Terminal.log("option        \(entry.name) = \(entry.value)") } }
    let starts = try start.map { try startPoint($0, model) }
    let names = Set((SolvePipeline.builtInHeuristics + starts).map(\.name))
    for name in options.heuristicBudgets.keys.sorted() + options.disabledHeuristics.sorted()
    where !names.contains(name) && name != "start values" {
      input.report([
        Diagnostic(
          .unknownOption, .warning, "there is no heuristic called '\(name)'",
          mend: didYouMean(name, in: names.sorted()) ?? "`solve solvers` lists them")
      ])
    }
    if !starts.isEmpty && !isStartUsed(model, options) {
      input.report([
        Diagnostic(
          .conflictingOptions, .warning, "--start is not used: \(options.heuristics ? "the model has no whole numbers" : "heuristics are off")")
      ])
    }
    if checkDerivatives {
      let given = try start.first.map { try input.readPoint($0, for: model) } ?? []
      Terminal.log(model.checkDerivatives(at: NonlinearReformulation.start(model, given)).description)
    }
    if dryRun {
      do throws(ConstraintsError) { try model.requireValid() } catch { throw input.failure(error) }
      return
    }
    Interrupt.install()
    let style: ProgressLog.Style = quiet && progress == .auto ? .none : progress
    let log = ProgressLog(style: style, isVerbose: verbose)
    let pipeline = SolvePipeline(
      options: options, heuristics: starts, cancellation: Interrupt.cancellation, report: { log.receive($0) })
    let solution: Solution
    do throws(SolverError) { solution = try pipeline.solve(model) } catch { throw input.failure(error) }
    input.report(solution.warnings.filter { $0.severity >= .warning })
    if !quiet { Terminal.log(AnswerReport(solution, model).closing) }
    do throws(ConstraintsError) {
      if let output {
        try AnswerFile.write(solution, of: model, options: options, flat: flat, to: output)
      }
    } catch { throw input.failure(error) }
    if json {
      Terminal.write(AnswerFile.json(solution, of: model, options: options, flat: flat))
    } else if output == nil {
      Terminal.write(AnswerReport(solution, model).text(all: all, duals: options.duals))
    }
    let code = ExitCodes.code(for: solution)
    if code != ExitCodes.solved && !(exitZero && code.rawValue <= 7) { throw code }
  }

  /// Whether a start point has a reader: the search for whole numbers, or a nonlinear solve.
  private func isStartUsed(_ model: Model, _ options: SolveOptions) -> Bool {
    if options.heuristics && model.domains.contains(where: { $0 != .real }) { return true }
    return (try? Route(model, options: options))?.kind == .nonlinear
  }

  private func startPoint(_ path: String, _ model: Model) throws -> any Heuristic {
    do throws(ConstraintsError) {
      let values = try input.readPoint(path, for: model)
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return StartPoint(name: "start \(name)", points: [values])
    } catch {
      throw input.failure(error)
    }
  }
}

extension ProgressLog.Style: ExpressibleByArgument {}
