import ArgumentParser
import Constraints
import Solvers

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read and validate a model without solving it.",
    discussion: """
      Prints size, class, which objectives and constraints are convex and why the others are not, and which solvers take \
      the model. Exits with 0 when the model is sound, 65 when not.
      """)

  @OptionGroup var input: InputOptions
  @Flag(help: "Print the report as JSON.") var json = false

  func run() throws {
    let clock = ContinuousClock()
    let begin = clock.now
    let read = try input.read()
    let seconds = (clock.now - begin).seconds
    let diagnostics = read.model.validate() + read.model.domainWarnings()
    input.report(diagnostics.filter { $0.severity > .note || !json })
    do throws(ConstraintsError) { _ = try SolveFlags.parseNone().options(over: read.options) } catch { throw input.failure(error) }
    let summary = ModelSummary(read.model)
    let isSound = !diagnostics.contains { $0.severity == .error }
    var refusal: [Diagnostic] = []
    var takers: [String] = []
    var kind: FormKind?
    if isSound {
      do throws(SolverError) {
        let form = try Route(read.model, options: SolveOptions()).kind
        takers = Solvers.all.filter { form.isTaken(by: $0.capabilities) }.map(\.name)
        kind = form
      } catch {
        if case .refused(let list) = error { refusal = list }
      }
    }
    let curvature = isSound ? CurvatureText(read.model) : nil
    if json {
      Terminal.write(summary.json(readSeconds: seconds, solvers: takers, curvature: curvature?.json) + "\n")
    } else {
      Terminal.write(summary.header + "\n")
      if let curvature { Terminal.write(curvature.text) }
      let form = kind.map { "\($0.rawValue) form: " } ?? ""
      Terminal.write("solvers       \(form)\(takers.isEmpty ? "none of this build takes it" : takers.joined(separator: ", "))\n")
      for diagnostic in refusal { Terminal.write("              \(diagnostic.message)\n") }
    }
    if !isSound { throw ExitCodes.badInput }
  }
}

extension SolveFlags {
  /// The flags of an empty command line.
  static func parseNone() -> SolveFlags {
    (try? SolveFlags.parse([])) ?? SolveFlags()
  }
}
