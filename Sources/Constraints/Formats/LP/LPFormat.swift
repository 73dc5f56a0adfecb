/// The LP format of CPLEX, as most solvers read it.
public enum LPFormat: ModelFormat {
  public static let name = "lp"
  public static let extensions = ["lp", "cpxlp"]
  public static let summary = "CPLEX LP, with ranges, quadratic parts, indicators, SOS, semicontinuous variables, lazy constraints"

  /// Words that begin a section or mean something in one.
  static let keywords: Set<String> = [
    "max", "maximum", "maximize", "maximise", "min", "minimum", "minimize", "minimise", "subject", "such", "st", "s.t.",
    "st.", "to", "that", "lazy", "user", "bound", "bounds", "gen", "general", "generals", "int", "integer", "integers",
    "bin", "binary", "binaries", "semi", "semis", "sos", "sos1", "sos2", "pwlobj", "pwl", "gencons", "scenario",
    "scenarios", "end", "free", "inf", "infinity", "nan", "s1", "s2", "multi",
  ]

  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    for line in head.split(omittingEmptySubsequences: true, whereSeparator: { $0 == 10 || $0 == 13 }) {
      guard let word = line.split(omittingEmptySubsequences: true, whereSeparator: { $0 == 32 || $0 == 9 }).first else { continue }
      if word.first == UInt8(ascii: "\\") { continue }
      let text = String(decoding: word, as: UTF8.self).lowercased()
      let sense = text.prefix { $0 != ":" }
      return ["max", "maximum", "maximize", "maximise", "min", "minimum", "minimize", "minimise"].contains(String(sense))
    }
    return false
  }

  public static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    if let diagnostic = source.encodingError() { throw .invalid([diagnostic]) }
    return try source.bytes.withUnsafeBufferPointer { bytes throws(ConstraintsError) -> ReadResult in
      var reader = LPReader(source, bytes, options: options)
      return try reader.read()
    }
  }

  public static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult {
    var writer = LPWriter(model)
    return try writer.write()
  }
}
