/// MPS, fixed and free, with the common extensions: ranges, sense, integer markers, ordered sets, quadratic parts,
/// indicators, lazy constraints and the cones of MOSEK.
public enum MPSFormat: ModelFormat {
  public static let name = "mps"
  public static let extensions = ["mps", "qps", "fmps", "fixed.mps", "free.mps"]
  public static let summary = "MPS, fixed or free, with RANGES, SOS, QUADOBJ, QCMATRIX, INDICATORS, CSECTION"

  /// Name of the objective row of a model without an objective.
  static let noObjective = "NO-OBJ"

  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    var lines = head.split(omittingEmptySubsequences: true) { $0 == 10 || $0 == 13 }[...]
    while let line = lines.popFirst() {
      if line.first == UInt8(ascii: "*") { continue }
      let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
      guard let word = words.first?.split(separator: "\t").first else { continue }
      return ["NAME", "ROWS", "OBJSENSE", "OBJNAME", "OBJECT"].contains(word.uppercased())
        && !(word.uppercased() == "NAME" && words.count > 1 && words[1].hasPrefix(":"))
    }
    return false
  }

  /// Reads MPS of either form.
  ///
  /// Words separated by blanks are tried first. At the first line that makes no sense so, such as one with a name that
  /// holds a blank, the text is read again by fixed columns, if it fits them.
  public static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    if let diagnostic = source.encodingError() { throw .invalid([diagnostic]) }
    return try source.bytes.withUnsafeBufferPointer { bytes throws(ConstraintsError) -> ReadResult in
      var reader = MPSReader(source, bytes, options: options, isFixed: false, mayGiveUp: true)
      reader.readLines()
      if reader.looksFixed {
        var fixed = MPSReader(source, bytes, options: options, isFixed: true, mayGiveUp: false)
        fixed.readLines()
        if !fixed.hasMisfit {
          fixed.note(
            "fixed", .readAsFixed, .note, "the file is read by fixed columns", at: MPSReader.Token(start: 0, end: 0))
          return try fixed.result()
        }
        reader = MPSReader(source, bytes, options: options, isFixed: false, mayGiveUp: false)
        reader.readLines()
      }
      return try reader.result()
    }
  }

  public static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult {
    var writer = MPSWriter(model, options: options)
    return try writer.write()
  }
}

extension MPSReader {
  /// The model with what was noticed.
  mutating func result() throws(ConstraintsError) -> ReadResult {
    try found.throwIfErrors()
    let model = assemble()
    try found.throwIfErrors()
    return ReadResult(model: model, warnings: found.finish())
  }
}
