import ArgumentParser
import Constraints
import Solvers

struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain why a model has no feasible point, or no optimum.",
    discussion: """
      For an infeasible model: a conflict - constraints and bounds, each side for itself, that cannot hold together and \
      none of which can be left out -, the contradiction in numbers, and the least change of limits that makes the model \
      feasible, with the objective it then reaches. Whole values are named where they are part of the reason. For an \
      unbounded model: the way along which the objective improves for ever, and the bounds that would stop it.

      The explanation goes to standard output, progress to standard error. Ctrl-C stops with the smallest conflict so far. \
      A check that takes longer than --check-limit counts as feasible; the conflict is then not called irreducible. With \
      nonlinear functions that are not convex, "infeasible" means: no feasible point found near the starts.

      Limits that move cost 1 / max(1, |limit|) for each unit, so changes are compared as shares of the limits. --weight \
      makes some dearer, --lock keeps them where they are; both take names of constraints, variables or families, and * \
      for any characters.

      Exits with 3 when the model is infeasible, 4 when unbounded, 0 when neither, 6 when stopped before anything was \
      known.

      Examples:
        solve why plan.json
        solve why plan.json --lock 'budget*' --weight overtime=10
        solve why plan.json --all --limit 50 --suggest count
        solve why plan.mps --json > why.json
        solve why plan.mps --write-model core.lp
      """)

  @OptionGroup var input: InputOptions

  @Flag(help: "Look for all conflicts, and for all minimal sets whose removal makes the model feasible.") var all = false
  @Option(help: ArgumentHelp("With --all, how many conflicts and how many such sets to look for at most.", valueName: "count"))
  var limit = 20
  @Option(
    help: ArgumentHelp(
      "What the change of limits makes small: the weighted sum (l1), the number of limits that move, the largest change; or none.",
      valueName: "l1|count|max|none"))
  var suggest: Suggestion = .l1
  @Option(name: .customLong("lock"), help: ArgumentHelp("Keep the limits of this constraint or variable; may be given often.", valueName: "name"))
  var locks: [String] = []
  @Option(
    name: .customLong("weight"),
    help: ArgumentHelp("How many times dearer than usual it is to move these limits; may be given often.", valueName: "name=factor"))
  var weights: [String] = []
  @Flag(help: "Let bounds of variables move too; without, they move only where constraints alone do not help.")
  var relaxBounds = false
  @Option(help: ArgumentHelp("Time for one feasibility check: 90s, 5m, 500ms, or seconds.", valueName: "duration")) var checkLimit = "10s"
  @Option(help: ArgumentHelp("Write the conflict as a model of its own; the format follows from the name.", valueName: "file"))
  var writeModel: String?
  @Flag(help: "Print the explanation as JSON.") var json = false
  @Flag(name: [.short, .long], help: "Print the explanation only.") var quiet = false
  @Flag(help: "Exit with 0 whatever the outcome, unless the input was wrong.") var exitZero = false

  @OptionGroup(title: "Solving") var solving: SolveFlags

  enum Suggestion: String, ExpressibleByArgument, CaseIterable {
    case l1, count, max, none

    var goal: Relaxation.Goal? { Relaxation.Goal(rawValue: rawValue) }
  }

  func validate() throws {
    guard limit >= 1 else { throw ValidationError("--limit must be at least 1") }
    guard OptionTable.duration(checkLimit).map({ $0 > 0 }) ?? false else {
      throw ValidationError("--check-limit takes a duration such as 10s or 500ms, not '\(checkLimit)'")
    }
  }

  func run() throws {
    let read = try input.read()
    let model = read.model
    var solve: SolveOptions
    do throws(ConstraintsError) { solve = try solving.options(over: read.options) } catch { throw input.failure(error) }
    var options = Explainer.Options()
    options.timeLimit = solve.timeLimit
    solve.timeLimit = nil
    options.checkLimit = OptionTable.duration(checkLimit) ?? options.checkLimit
    options.findsAll = all
    options.conflictLimit = limit
    options.goal = suggest.goal
    options.locks = locks
    options.weights = try weights.map(weight)
    options.relaxesBounds = relaxBounds
    if !quiet { Terminal.log(ModelSummary(model).header) }
    Interrupt.install()
    let progress = ExplanationProgress(isQuiet: quiet)
    let explainer = Explainer(
      options: options, solving: solve, cancellation: Interrupt.cancellation, report: { progress.receive($0) })
    let explanation: Explanation
    do throws(SolverError) { explanation = try explainer.explain(model) } catch { throw input.failure(error) }
    input.report(explanation.warnings)
    if let writeModel, let conflict = explanation.conflicts.first {
      let part = model.keeping(conflict.members, names: true).model
      do throws(ConstraintsError) { input.report(try ModelFormats.write(part, to: writeModel).warnings) } catch { throw input.failure(error) }
    }
    Terminal.write(json ? ExplanationJSON(explanation, model).text : ExplanationReport(explanation, model).text)
    let code = ExitCodes.code(for: explanation)
    if code != ExitCodes.solved && !(exitZero && code.rawValue <= 7) { throw code }
  }

  private func weight(_ text: String) throws -> (name: String, factor: Double) {
    if let sign = text.lastIndex(of: "="), let factor = Double(text[text.index(after: sign)...]), factor > 0, factor.isFinite {
      return (String(text[..<sign]), factor)
    }
    input.report([
      Diagnostic(.badOptionValue, "--weight takes name=factor with a factor above 0, not '\(text)'", mend: "write --weight energy=10")
    ])
    throw ExitCodes.badInput
  }
}
