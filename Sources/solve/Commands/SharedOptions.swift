import ArgumentParser
import Constraints
import Solvers

/// Options of every command that reads a model.
struct InputOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The model: a file, or - for standard input.", valueName: "model"))
  var input: String

  @Option(help: "Format of the model, when its name does not tell: \(ModelFormats.all.map { $0.name }.joined(separator: ", ")).")
  var format: String?

  @Flag(help: "Refuse whatever readers of the format disagree about.")
  var strict = false

  @Flag(help: "Also accept known slips of dialects.")
  var lenient = false

  @Option(help: ArgumentHelp("Dialect of MPS files: \(ReadOptions.Dialect.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var dialect: ReadOptions.Dialect = .cplex

  @Option(name: .customLong("param"), help: ArgumentHelp("Value for a parameter of the model; may be given often.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(name: .customLong("data"), help: ArgumentHelp("Folder that data files are read from (default: that of the model).", valueName: "folder"))
  var dataFolder: String?

  @Option(help: ArgumentHelp("How errors are printed: text, or json for one object a line.", valueName: "text|json"))
  var errors: ErrorStyle = .text

  enum ErrorStyle: String, ExpressibleByArgument, CaseIterable { case text, json }

  /// Reads the model, printing warnings.
  /// - Throws: an exit code, after printing what is wrong.
  func read() throws -> ReadResult {
    var options = ReadOptions()
    options.mode = strict ? .strict : lenient ? .lenient : .standard
    options.dialect = dialect
    options.dataFolder = dataFolder
    for parameter in parameters {
      let sides = parameter.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let value = Double(sides[1]), value.isFinite else {
        report([Diagnostic(.badOptionValue, "--param takes name=number, not '\(parameter)'", mend: "write --param capacity=40")])
        throw ExitCodes.badInput
      }
      options.parameters.append((sides[0], value))
    }
    do throws(ConstraintsError) {
      let result = try ModelFormats.read(path: input, format: try Self.type(named: format), options: options)
      report(result.warnings)
      return result
    } catch {
      throw failure(error)
    }
  }

  /// The format of this name.
  static func type(named name: String?) throws(ConstraintsError) -> (any ModelFormat.Type)? {
    guard let name else { return nil }
    if let type = ModelFormats.named(name) { return type }
    let names = ModelFormats.all.map { $0.name }
    throw .invalid([
      Diagnostic(
        .badOptionValue, "there is no format called '\(name)'",
        mend: didYouMean(name, in: names) ?? "formats: \(names.joined(separator: ", "))")
    ])
  }

  /// Reads a point of the model from a solution file of any kind, printing warnings; NaN where the file says nothing.
  func readPoint(_ path: String, for model: Model) throws(ConstraintsError) -> [Double] {
    let source = try SourceText.read(path: path)
    if SolutionJSON.recognizes(source.bytes.prefix(500)) {
      let point = try SolutionJSON.readPoint(source, for: model)
      report(point.warnings)
      return point.values
    }
    let point = try SolutionFiles.readPoint(source, for: model)
    report(point.warnings)
    return point.values
  }

  /// Prints diagnostics; those of a model without a place get that of the first mention of their subject.
  func report(_ diagnostics: [Diagnostic]) {
    var diagnostics = diagnostics
    if input != "-", diagnostics.contains(where: { $0.location == nil && $0.subject != nil }),
      let source = try? SourceText.read(path: input)
    {
      diagnostics = diagnostics.map { $0.located(in: source) }
    }
    for diagnostic in diagnostics { Terminal.log(diagnostic, asJSON: errors == .json) }
  }

  /// Prints an error and gives its exit code.
  func failure(_ error: ConstraintsError) -> ExitCode {
    switch error {
    case .unreadable(let path, let reason):
      Terminal.log("error: cannot read \(path): \(reason)")
      return ExitCodes.unreadable
    case .unwritable(let path, let reason):
      Terminal.log("error: cannot write \(path): \(reason)")
      return ExitCodes.cannotWrite
    case .invalid(let diagnostics):
      report(diagnostics)
      let count = diagnostics.filter { $0.severity == .error }.count
      if errors == .text, count > 1 { Terminal.log("\(count) errors") }
      return ExitCodes.badInput
    }
  }

  /// Prints an error of a solve and gives its exit code.
  func failure(_ error: SolverError) -> ExitCode {
    switch error {
    case .refused(let diagnostics):
      report(diagnostics)
      return diagnostics.contains { $0.code == .solverMissing || $0.code == .unknownSolver }
        ? ExitCodes.solverUnavailable : ExitCodes.badInput
    case .failed, .outOfMemory:
      Terminal.log(error.rendered)
      return ExitCodes.noVerdict
    }
  }
}

extension ReadOptions.Dialect: ExpressibleByArgument {}

/// The options of ``OptionTable`` on the command line: names, help and validation come from the table; a property here
/// makes an entry known to the parser.
struct SolveFlags: ParsableArguments {
  @Option(parsing: .unconditional, help: .entry("solver")) var solver: String?
  @Option(parsing: .unconditional, help: .entry("method")) var method: String?
  @Option(parsing: .unconditional, help: .entry("time-limit")) var timeLimit: String?
  @Option(parsing: .unconditional, help: .entry("gap")) var gap: String?
  @Option(parsing: .unconditional, help: .entry("absolute-gap")) var absoluteGap: String?
  @Option(parsing: .unconditional, help: .entry("node-limit")) var nodeLimit: String?
  @Option(parsing: .unconditional, help: .entry("iteration-limit")) var iterationLimit: String?
  @Option(parsing: .unconditional, help: .entry("solution-limit")) var solutionLimit: String?
  @Option(parsing: .unconditional, help: .entry("memory-limit")) var memoryLimit: String?
  @Option(parsing: .unconditional, help: .entry("feasibility")) var feasibility: String?
  @Option(parsing: .unconditional, help: .entry("optimality")) var optimality: String?
  @Option(parsing: .unconditional, help: .entry("integrality")) var integrality: String?
  @Option(parsing: .unconditional, help: .entry("seed")) var seed: String?
  @Option(parsing: .unconditional, help: .entry("multistart")) var multistart: String?
  @Option(parsing: .unconditional, help: .entry("acyclicity")) var acyclicity: String?
  @Option(parsing: .unconditional, help: .entry("threads")) var threads: String?
  @Flag(inversion: .prefixedNo, help: .entry("presolve")) var presolve: Bool?
  @Option(parsing: .unconditional, help: .entry("heuristics")) var heuristics: String?
  @Flag(name: .customLong("no-heuristics"), help: "The same as --heuristics off.") var noHeuristics = false
  @Option(parsing: .unconditionalSingleValue, help: .entry("heuristic")) var heuristic: [String] = []
  @Option(parsing: .unconditional, help: .entry("cuts")) var cuts: String?
  @Option(parsing: .unconditional, help: .entry("branching")) var branching: String?
  @Option(parsing: .unconditional, help: .entry("node-selection")) var nodeSelection: String?
  @Option(parsing: .unconditional, help: .entry("pool")) var pool: String?
  @Option(parsing: .unconditional, help: .entry("pool-gap")) var poolGap: String?
  @Option(parsing: .unconditional, help: .entry("pool-diversity")) var poolDiversity: String?
  @Option(parsing: .unconditional, help: .entry("start-limit")) var startLimit: String?
  @Flag(inversion: .prefixedNo, help: .entry("crossover")) var crossover: Bool?
  @Flag(inversion: .prefixedNo, help: .entry("duals")) var duals: Bool?

  /// Names and values that were given, in the order of the table.
  var given: [(name: String, value: String)] {
    let texts: [(String, String?)] = [
      ("solver", solver), ("method", method), ("time-limit", timeLimit), ("gap", gap), ("absolute-gap", absoluteGap),
      ("node-limit", nodeLimit), ("iteration-limit", iterationLimit), ("solution-limit", solutionLimit),
      ("memory-limit", memoryLimit), ("feasibility", feasibility), ("optimality", optimality),
      ("integrality", integrality), ("seed", seed), ("multistart", multistart), ("acyclicity", acyclicity), ("threads", threads),
      ("presolve", presolve.map { "\($0)" }),
      ("heuristics", noHeuristics ? "off" : heuristics), ("heuristic", heuristic.isEmpty ? nil : heuristic.joined(separator: ",")),
      ("cuts", cuts), ("branching", branching), ("node-selection", nodeSelection),
      ("pool", pool), ("pool-gap", poolGap), ("pool-diversity", poolDiversity), ("start-limit", startLimit),
      ("crossover", crossover.map { "\($0)" }), ("duals", duals.map { "\($0)" }),
    ]
    return texts.compactMap { name, value in value.map { (name, $0) } }
  }

  /// The options of the model file, then those of the command line.
  /// - Throws: ``ConstraintsError/invalid(_:)`` for values that an option cannot take.
  func options(over file: [ReadResult.FileOption]) throws(ConstraintsError) -> SolveOptions {
    var options = SolveOptions()
    var problems: [Diagnostic] = []
    for option in file {
      let text: String
      switch option.value {
      case .number(let value): text = value.text
      case .text(let value): text = value
      case .flag(let value): text = value ? "true" : "false"
      }
      do {
        try OptionTable.set(option.name, to: text, in: &options)
      } catch {
        var diagnostic = error.diagnostic
        diagnostic.location = option.location
        problems.append(diagnostic)
      }
    }
    for (name, value) in given {
      do { try OptionTable.set(name, to: value, in: &options) } catch {
        var diagnostic = error.diagnostic
        diagnostic.message = "--\(name) cannot be '\(value)'"
        problems.append(diagnostic)
      }
    }
    if !problems.isEmpty { throw .invalid(problems) }
    return options
  }
}

extension ArgumentHelp {
  /// Help of an entry of the option table.
  static func entry(_ name: String) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: OptionTable.help(name)).with(valueName: OptionTable.entry(name)?.valueName)
  }

  private func with(valueName: String?) -> ArgumentHelp {
    var copy = self
    copy.valueName = valueName
    return copy
  }
}
