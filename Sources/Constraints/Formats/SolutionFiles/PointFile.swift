/// Flavours of solution files.
public enum SolutionFileFormat: String, Sendable, CaseIterable {
  /// `=obj= value`, then a name and a value a line; what MIPLIB publishes.
  case miplib
  /// `objective value:` and lines with the objective coefficient in parentheses; zeros are left out.
  case scip
  /// The sections of HiGHS (`--solution_style 0`) with rows and columns by name.
  case highs
  /// `i` and `j` lines by number, as `glpsol --write` makes them.
  case glpk
  /// The report of CBC: number, name, value, reduced cost.
  case cbc
  /// Names and values below `#` comments: Gurobi's `.sol` and `.mst`.
  case gurobi

  /// Whether a variable that the file does not name is 0, rather than unknown. A Gurobi start (`.mst`) says nothing
  /// about the others.
  public var omitsZeros: Bool {
    switch self {
    case .miplib, .scip, .gurobi, .cbc: true
    case .highs, .glpk: false
    }
  }

  /// Whether ``SolutionFiles/write(_:of:format:to:)`` can make it.
  public var isWritable: Bool { self == .miplib || self == .highs || self == .glpk }
}

/// A point as read from a solution file, in the variables of a model.
public struct PointFile: Sendable {
  public var format: SolutionFileFormat
  /// One value a variable; NaN where the file says nothing, which is no hint.
  public var values: [Double]
  /// The objective that the file states, not checked.
  public var objective: Double?
  /// The status that the file states, in its words.
  public var status: String?
  public var warnings: [Diagnostic]

  public init(format: SolutionFileFormat, values: [Double]) {
    self.format = format
    self.values = values
    warnings = []
  }

  /// How many variables have a value.
  public var givenCount: Int { values.reduce(0) { $0 + ($1.isNaN ? 0 : 1) } }
}

/// Reading and writing of solution files.
public enum SolutionFiles {
  /// Reads a point for a model from a file; `-` is standard input, gzip is expanded.
  ///
  /// Variables are found by name, in GLPK's files by number. Names that the model does not have are collected into one
  /// warning. Nothing is checked against the constraints.
  /// - Parameter format: nil to tell by the content.
  /// - Throws: ``ConstraintsError`` with the place of what makes no sense.
  public static func readPoint(
    path: String, for model: Model, format: SolutionFileFormat? = nil
  ) throws(ConstraintsError) -> PointFile {
    try readPoint(SourceText.read(path: path), for: model, format: format)
  }

  /// Reads a point for a model from a text.
  public static func readPoint(
    _ source: SourceText, for model: Model, format: SolutionFileFormat? = nil
  ) throws(ConstraintsError) -> PointFile {
    if let diagnostic = source.encodingError() { throw .invalid([diagnostic]) }
    let isStart = source.file.hasSuffix(".mst") || source.file.hasSuffix(".mst.gz")
    let format = format ?? detect(source, isStart: isStart)
    var reader = PointReader(source, model, format: format, omitsZeros: format.omitsZeros && !isStart)
    return try reader.read()
  }

  /// The flavour of a text by its first lines.
  static func detect(_ source: SourceText, isStart: Bool = false) -> SolutionFileFormat {
    let head = String(decoding: source.bytes.prefix(2000), as: UTF8.self)
    for line in head.split(whereSeparator: \.isNewline) {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let first = words.first else { continue }
      switch first {
      case "=obj=": return .miplib
      case "Model" where words.count > 1 && words[1] == "status": return .highs
      case "c" where words.count == 1 || line.contains(":"), "s" where words.count > 3: return .glpk
      case "objective" where line.hasPrefix("objective value:"), "solution" where line.hasPrefix("solution status:"): return .scip
      case "no" where line.hasPrefix("no solution"): return .scip
      case "Optimal", "Infeasible", "Unbounded", "Stopped", "Status": if line.contains(" - ") { return .cbc }
      case _ where first.hasPrefix("#"): return .gurobi
      default: return isStart ? .gurobi : .miplib
      }
    }
    return isStart ? .gurobi : .miplib
  }
}
