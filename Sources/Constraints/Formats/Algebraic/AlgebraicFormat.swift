/// Our algebraic JSON: sets, data, indexed variables, and constraints written as expressions.
public enum AlgebraicFormat: ModelFormat {
  public static let name = "json"
  public static let extensions = ["json", "jsonc"]
  public static let summary = "algebraic JSON: sets, data, indexed variables, expressions"

  /// An object that is not MathOptFormat.
  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    var i = head.startIndex
    while i < head.endIndex, head[i] == 32 || head[i] == 10 || head[i] == 13 || head[i] == 9 { i += 1 }
    guard i < head.endIndex, head[i] == UInt8(ascii: "{") || head[i] == UInt8(ascii: "/") else { return false }
    let text = String(decoding: head, as: UTF8.self)
    if text.contains("\"algebraic\"") { return true }
    return !text.contains("\"major\"") && !text.contains("\"solution\"")
  }

  public static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    try AlgebraicReader.read(source, options: options)
  }

  public static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult {
    try AlgebraicWriter.write(model)
  }
}
