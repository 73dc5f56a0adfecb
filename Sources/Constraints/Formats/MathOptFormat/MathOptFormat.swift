/// MathOptFormat 1: JSON with one entry a constraint, a function in a set.
///
/// B. Legat, O. Dowson, J. D. Garcia, M. Lubin, "MathOptInterface: a data structure for mathematical optimization
/// problems", INFORMS Journal on Computing 34, 2022.
public enum MathOptFormat: ModelFormat {
  public static let name = "mof"
  public static let extensions = ["mof.json", "mof"]
  public static let summary = "MathOptFormat 1.x JSON"

  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: head, as: UTF8.self)
    return text.contains("{") && text.contains("\"version\"") && text.contains("\"major\"")
  }

  public static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    try MathOptReader.read(source, options: options)
  }

  public static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult {
    try MathOptWriter.write(model)
  }

  /// Operations by their name in the format. `-` and `atan` depend on the number of operands.
  static let operations: [String: Operation] = {
    var table: [String: Operation] = [:]
    for operation in Operation.allCases where operation != .negate && operation != .atan2 {
      if let name = operation.formatName { table[name] = operation }
    }
    return table
  }()

  /// The newest minor version of the format that we read.
  static let newestMinor = 9
}
