/// The sparse SDPA format for semidefinite programs:
///
///     minimize cᵀx   subject to   x₁F₁ + … + xₘFₘ - F₀ positive semidefinite,
///
/// all matrices in the same diagonal blocks. A block of negative size is diagonal: its entries are inequalities.
///
/// K. Fujisawa, M. Kojima, K. Nakata and M. Yamashita, "SDPA user's manual" (2002), section 5; B. Borchers, "SDPLIB 1.2",
/// Optimization Methods and Software 11 (1999). The format has no names: variable i is `x[i]`, block k `block[k]`, entry i
/// of a diagonal block `block[k,i]`, all from 1 as in the file. The format is only read.
public enum SDPAFormat: ModelFormat {
  public static let name = "sdpa"
  public static let extensions = ["dat-s"]
  public static let summary = "sparse SDPA format: semidefinite programs (read only)"

  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    // Two numbers, each first on a line of its own, then as many sizes as the second says.
    let bytes = Array(head)
    return bytes.withUnsafeBufferPointer { bytes in
      var reader = SDPAReader(SourceText(file: "", bytes: []), bytes)
      return (try? reader.readSizes()) != nil
    }
  }

  public static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    if let diagnostic = source.encodingError() { throw .invalid([diagnostic]) }
    return try source.bytes.withUnsafeBufferPointer { bytes throws(ConstraintsError) -> ReadResult in
      var reader = SDPAReader(source, bytes)
      try reader.readSizes()
      try reader.readCosts()
      try reader.readEntries()
      return ReadResult(model: reader.assemble())
    }
  }

  public static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult {
    throw .invalid([
      Diagnostic(
        .cannotCarry, "the sparse SDPA format is only read", mend: "choose the conic benchmark format (.cbf)")
    ])
  }
}
