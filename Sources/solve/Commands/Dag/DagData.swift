import ArgumentParser
import Constraints
import Learn2Opt

/// Options of the commands that read samples or a covariance.
struct DagData: ParsableArguments {
  @Argument(help: ArgumentHelp("Samples: a CSV file with one line a sample, also .gz, or - for standard input.", valueName: "data"))
  var data: String?

  @Option(help: ArgumentHelp("Read a covariance matrix instead of samples; needs --samples.", valueName: "file"))
  var covariance: String?
  @Option(help: ArgumentHelp("Number of samples behind the covariance.", valueName: "n")) var samples: Int?
  @Flag(inversion: .prefixedNo, help: "Whether the first line names the columns (default: found out).") var header: Bool?
  @Option(parsing: .unconditional, help: ArgumentHelp("What separates the fields: tab, space, or a character (default: found out).", valueName: "character"))
  var delimiter: DelimiterArgument?
  @Option(help: ArgumentHelp("Cells without a value: refuse, drop (leave the row out) or mean (of the column).", valueName: "refuse|drop|mean"))
  var missing: SampleTable.ReadOptions.MissingValues = .refuse
  @Option(help: ArgumentHelp("Leave out a column; may be given often.", valueName: "column")) var without: [String] = []
  @Flag(help: "Take logarithms of all values, which must be positive.") var log = false
  @Flag(help: "Scale all columns to variance 1. Least squares then loses what it tells directions by.") var standardize = false
  @Option(help: ArgumentHelp("How errors are printed: text, or json for one object a line.", valueName: "text|json"))
  var errors: InputOptions.ErrorStyle = .text

  /// What was read.
  struct Dataset {
    var name: String
    /// nil for a covariance.
    var table: SampleTable?
    var covariance: SampleCovariance
    /// Series of each row, where a column tells it.
    var groups: [String] = []
    /// What was done to the values, in words.
    var preparation: [String] = []
    /// How the rows were made of time series, where they were.
    var stacking: Stacking?
  }

  /// Rows of the present with its lags beside it.
  struct Stacking {
    var lagCount: Int
    var seriesCount: Int
  }

  func validate() throws {
    if data == nil && covariance == nil { throw ValidationError("Give a file of samples, or --covariance.") }
    if covariance != nil {
      guard let samples, samples > 0 else { throw ValidationError("--covariance needs --samples, the number of samples behind it.") }
      if log { throw ValidationError("--log needs samples, not a covariance.") }
      if missing != .refuse { throw ValidationError("--missing needs samples; a covariance has no missing cells to fill.") }
    } else if samples != nil {
      throw ValidationError("--samples goes with --covariance; a file of samples tells its number.")
    }
  }

  /// Reads the data, printing warnings.
  /// - Throws: an exit code, after printing what is wrong.
  func read(groupColumn: String? = nil) throws -> Dataset {
    let headerChoice: TableHeader = header.map { $0 ? .present : .absent } ?? .detect
    let separator: Delimiter = delimiter.map { .character($0.byte) } ?? .detect
    do throws(ConstraintsError) {
      if let covariance {
        let read = try SampleCovariance.read(path: covariance, sampleCount: samples ?? 0, delimiter: separator, header: headerChoice)
        return finish(Dataset(name: covariance, table: nil, covariance: try leaveOut(read)))
      }
      var options = SampleTable.ReadOptions()
      options.header = headerChoice
      options.delimiter = separator
      options.missing = missing
      options.excludedColumns = without
      options.groupColumn = groupColumn
      let path = data ?? "-"
      let reading = try SampleTable.read(path: path, options: options)
      for warning in reading.warnings { Terminal.log(warning, asJSON: errors == .json) }
      var table = reading.table
      var preparation: [String] = []
      if log {
        table = try logarithms(table, path)
        preparation.append("logarithms")
      }
      var dataset = Dataset(name: path, table: table, covariance: SampleCovariance(table), groups: reading.groups)
      dataset.preparation = preparation
      return finish(dataset)
    } catch { throw DagFailure.report(error, asJSON: errors == .json) }
  }

  /// A covariance without the variables of `--without`.
  private func leaveOut(_ covariance: SampleCovariance) throws(ConstraintsError) -> SampleCovariance {
    var left = Array(covariance.names.indices)
    for name in without {
      guard let place = covariance.names.firstIndex(of: name) else {
        let mend = didYouMean(name, in: covariance.names) ?? "variables: \(covariance.names.prefix(20).joined(separator: ", "))"
        throw .invalid([Diagnostic(.unknownName, "--without: there is no variable '\(name)'", mend: mend)])
      }
      left.removeAll { $0 == place }
    }
    return left.count == covariance.variableCount ? covariance : covariance.restricted(to: left)
  }

  private func finish(_ read: Dataset) -> Dataset {
    var dataset = read
    if standardize {
      dataset.covariance = dataset.covariance.standardized
      if let table = dataset.table { dataset.table = table.standardized }
      dataset.preparation.append("standardized")
    }
    return dataset
  }

  private func logarithms(_ table: SampleTable, _ path: String) throws(ConstraintsError) -> SampleTable {
    let n = table.sampleCount
    if let k = table.values.values.firstIndex(where: { $0 <= 0 }) {
      throw .invalid([
        Diagnostic(
          .badData, "column '\(table.names[k / n])' has the value \(table.values.values[k].text) in sample \(k % n + 1), which has no logarithm",
          mend: "leave the column out with --without, or read without --log")
      ])
    }
    return table.logarithms
  }
}

/// A separator on the command line.
struct DelimiterArgument: ExpressibleByArgument {
  var byte: UInt8

  init?(argument: String) {
    switch argument {
    case "tab", "\\t": byte = 9
    case "space": byte = 32
    case "comma": byte = UInt8(ascii: ",")
    case "semicolon": byte = UInt8(ascii: ";")
    default:
      guard argument.utf8.count == 1, let only = argument.utf8.first, only != 10, only != 13, only != 34 else { return nil }
      byte = only
    }
  }
}

extension SampleTable.ReadOptions.MissingValues: ExpressibleByArgument {}

/// Errors of the commands about graphs.
enum DagFailure {
  /// Prints an error and gives its exit code.
  static func report(_ error: ConstraintsError, asJSON: Bool) -> ExitCode {
    switch error {
    case .unreadable(let path, let reason):
      say("cannot read \(path): \(reason)", .unreadableData, asJSON)
      return ExitCodes.unreadable
    case .unwritable(let path, let reason):
      say("cannot write \(path): \(reason)", .unreadableData, asJSON)
      return ExitCodes.cannotWrite
    case .invalid(let diagnostics):
      for diagnostic in diagnostics { Terminal.log(diagnostic, asJSON: asJSON) }
      let count = diagnostics.count { $0.severity == .error }
      if !asJSON, count > 1 { Terminal.log("\(count) errors") }
      let isUsage = diagnostics.allSatisfy { $0.severity != .error || $0.code == .badOptionValue }
      return isUsage ? ExitCodes.usage : ExitCodes.badInput
    }
  }

  private static func say(_ text: String, _ code: DiagnosticCode, _ asJSON: Bool) {
    if asJSON { Terminal.log(Diagnostic(code, text), asJSON: true) } else { Terminal.log("error: \(text)") }
  }

  static func report(_ error: StructureLearningError, asJSON: Bool) -> ExitCode {
    let code: DiagnosticCode
    switch error {
    case .cyclicGraph, .contradictoryKnowledge, .requiredEdgeExcluded: code = .cyclicEdges
    case .badOption, .invalidOption, .tooManyNodes: code = .badOptionValue
    default: code = .badData
    }
    Terminal.log(Diagnostic(code, "\(error)"), asJSON: asJSON)
    return code == .badOptionValue ? ExitCodes.usage : ExitCodes.badInput
  }
}
