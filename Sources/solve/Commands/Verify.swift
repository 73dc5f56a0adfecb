import ArgumentParser
import Constraints

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a point against a model.",
    discussion: """
      Evaluates the objective and lists violated constraints, bounds and domains by name. Exits with 0 when the point \
      is feasible, 3 when not.

      Example:
        solve verify plan.mps plan.sol
      """)

  @OptionGroup var input: InputOptions
  @Argument(help: "The point: a solution file as written by `solve -o` or by another solver.") var solution: String
  @Option(help: "Largest violation that counts as none, absolute or relative.") var tolerance = 1e-6
  @Option(help: "How many violations to list.") var list = 20

  func validate() throws {
    guard tolerance >= 0, tolerance < 1 else { throw ValidationError("--tolerance must be from 0 to 1") }
    guard list >= 0 else { throw ValidationError("--list must be at least 0") }
  }

  func run() throws {
    let model = try input.read().model
    do throws(ConstraintsError) {
      try model.requireValid()
      let values = try input.readPoint(solution, for: model)
      let missing = values.indices.filter { values[$0].isNaN }
      if let first = missing.first {
        Terminal.log(
          "error: the point has no value for \(missing.count) of \(model.variableCount) variables, the first is '\(model.variableNames[first])'")
        throw ConstraintsError.invalid([])
      }
      try judge(values, model)
    } catch {
      if case .invalid(let list) = error, list.isEmpty { throw ExitCodes.badInput }
      throw input.failure(error)
    }
  }

  private func judge(_ values: [Double], _ model: Model) throws(ConstraintsError) {
    var options = Checker.Options()
    options.feasibility = tolerance
    options.integrality = max(tolerance, 1e-9)
    options.listLength = list
    let report = Checker(options: options).check(point: values, of: model)
    Terminal.write("objective     \((report.objective ?? .nan).text)\n")
    Terminal.write("violation     \(report.largestAbsolute.text) absolute, \(report.largestScaled.text) scaled (tolerance \(tolerance.text))\n")
    Terminal.write("integrality   \(report.integrality.text)\n")
    if report.violationCount == 0 {
      Terminal.write("feasible      yes\n")
      return
    }
    Terminal.write("feasible      no: \(report.violationCount) violated\n")
    for violation in report.violations where violation.scaled > tolerance {
      Terminal.write("  \(pad(violation.kind.rawValue, 8)) \(pad(violation.name, 28)) \(violation.absolute.text)\n")
    }
    SolveCommand.exit(withError: ExitCodes.infeasible)
  }
}
