import ArgumentParser
import Constraints
import Solvers

struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report numbers that may cause trouble.",
    discussion: """
      Ranges of coefficients, rows and columns whose entries differ by many orders of magnitude, large big-M \
      coefficients, near-parallel rows, and the scaling that would help most.
      """)

  @OptionGroup var input: InputOptions
  @Option(help: "How many rows and columns to list in each part.") var list = 5

  func validate() throws {
    guard list >= 0 else { throw ValidationError("--list must be at least 0") }
  }

  func run() throws {
    let model = try input.read().model
    let report = NumericsReport(model, listLength: list)
    Terminal.write(ModelSummary(model).header + "\n")
    Terminal.write(report.text)
  }
}
