/// The conic benchmark format: linear objective, affine functions in cones, whole variables, matrix variables.
///
/// H. A. Friberg, "CBLIB 2014: a benchmark library for conic mixed-integer and continuous optimization", Mathematical
/// Programming Computation 8 (2016). Versions 1 to 3. The format has no names: variable j is `x[j]`, row i `c[i]`, entry
/// (i, j) of matrix variable k `X[k,i,j]`. Of a file with changes (`CHANGE`) the first problem is read.
public enum CBFFormat: ModelFormat {
  public static let name = "cbf"
  public static let extensions = ["cbf"]
  public static let summary = "conic benchmark format: second-order, exponential, power and semidefinite cones, whole variables"

  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    for line in head.split(omittingEmptySubsequences: true, whereSeparator: { $0 == 10 || $0 == 13 }) {
      if line.first == UInt8(ascii: "#") { continue }
      return String(decoding: line.prefix(4), as: UTF8.self).trimmingBlanks == "VER"
    }
    return false
  }

  public static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    if let diagnostic = source.encodingError() { throw .invalid([diagnostic]) }
    return try source.bytes.withUnsafeBufferPointer { bytes throws(ConstraintsError) -> ReadResult in
      var reader = CBFReader(source, bytes)
      try reader.readSections()
      return try reader.assemble()
    }
  }

  public static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult {
    var writer = CBFWriter(model)
    return try writer.write()
  }
}

extension String {
  /// Without blanks and tabs at the ends.
  fileprivate var trimmingBlanks: Substring {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let front = drop(while: isBlank)
    return front.lastIndex { !isBlank($0) }.map { front[...$0] } ?? ""
  }
}
