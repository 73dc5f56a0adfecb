import ArgumentParser
import Constraints

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Translate a model between formats.",
    discussion: """
      What the target cannot carry is refused by name; what had to be renamed is reported.

      Examples:
        solve convert plan.json plan.mps
        solve convert old.lp new.mof.json.gz
        solve convert plan.mps - --to lp
      """)

  @OptionGroup var input: InputOptions
  @Argument(help: "The new file, or - for standard output.") var output: String
  @Option(name: .customLong("to"), help: "Format to write, when the name does not tell.") var target: String?
  @Flag(help: "Write a maximization to MPS as the minimization of the negated objective.") var negate = false
  @Flag(help: "Write MPS in fixed columns.") var fixed = false

  func run() throws {
    let model = try input.read().model
    var options = WriteOptions()
    options.negateMaximization = negate
    options.fixedColumns = fixed
    do throws(ConstraintsError) {
      try model.requireValid()
      let result = try ModelFormats.write(model, to: output, format: try InputOptions.type(named: target), options: options)
      input.report(result.warnings)
      for (old, new) in result.renamed.prefix(20) { Terminal.log("renamed       '\(old)' is '\(new)'") }
      if result.renamed.count > 20 { Terminal.log("              and \(result.renamed.count - 20) more") }
    } catch {
      throw input.failure(error)
    }
  }
}
