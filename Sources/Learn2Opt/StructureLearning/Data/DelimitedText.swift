import Constraints

/// What separates the fields of a table.
public enum Delimiter: Sendable, Hashable {
  /// Found in the first lines.
  case detect
  case character(UInt8)
}

/// Whether the first line of a table names the columns.
public enum TableHeader: String, Sendable, Hashable, CaseIterable {
  /// It does if one of its fields is neither a number nor a mark of a missing value.
  case detect
  case present
  case absent
}

/// A table of fields with what messages need to point into it.
struct DelimitedText {
  let source: SourceText
  let fields: CSVTable

  /// - Throws: ``ConstraintsError/invalid(_:)`` for text that is not UTF-8, an open quote, or no line at all.
  init(_ source: SourceText, delimiter: Delimiter) throws(ConstraintsError) {
    if let error = source.encodingError() { throw .invalid([error]) }
    self.source = source
    let separator: UInt8
    switch delimiter {
    case .detect: separator = DelimitedText.separator(of: source.bytes)
    case .character(let byte): separator = byte
    }
    do throws(CSVTable.Failure) {
      fields = try CSVTable(source.bytes, separator: separator)
    } catch {
      switch error {
      case .notUTF8: throw .invalid([Diagnostic(.notText, "the file is not UTF-8 text", at: source.location(at: 0))])
      case .unclosedQuote(let offset):
        throw .invalid([
          Diagnostic(.unreadableData, "this quote is not closed", at: source.location(at: offset), mend: "close it with \"")
        ])
      }
    }
    if fields.rowCount == 0 {
      throw .invalid([
        Diagnostic(.unreadableData, "the file has no lines with text", at: source.location(at: 0), mend: "is it the right file?")
      ])
    }
  }

  func diagnostic(
    _ code: DiagnosticCode, _ message: String, row: Int, column: Int, severity: Diagnostic.Severity = .error,
    mend: String? = nil
  ) -> Diagnostic {
    guard column < fields.columnCount(row) else {
      return Diagnostic(code, severity, message, at: SourceLocation(file: source.file, line: fields.line(row), column: 1), mend: mend)
    }
    let range = fields.range(row, column)
    let length = source.bytes[range].count { $0 & 0xC0 != 0x80 }
    return Diagnostic(code, severity, message, at: source.location(at: range.lowerBound, length: length), mend: mend)
  }

  /// Whether a field stands for an unknown number: empty, or a word that programs write for it.
  func isMissing(_ row: Int, _ column: Int) -> Bool {
    let range = fields.range(row, column)
    if range.isEmpty { return true }
    if range.count > 6 { return false }
    return DelimitedText.missingWords.contains(fields.text(row, column).lowercased())
  }

  private static let missingWords: Set<String> = ["", "na", "n/a", "nan", "-nan", "null", "none", "?", "."]

  /// The character that separates the same number of fields in all of the first lines; by default a comma.
  ///
  /// Tabs, semicolons, commas and bars are tried in this order, so that a comma inside numbers does not count when a
  /// semicolon will do; blanks only when there is none of these.
  static func separator(of bytes: [UInt8]) -> UInt8 {
    let lineCount = 20
    let candidates = [9, UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "|")]
    var counts: [[Int]] = []
    var current = [0, 0, 0, 0]
    var isQuoted = false, hasText = false, hasBlankInside = false, sawBlank = false
    for byte in bytes.prefix(1 << 20) {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 10 || byte == 13, !isQuoted {
        if hasText { counts.append(current) }
        current = [0, 0, 0, 0]
        hasText = false
        sawBlank = false
        if counts.count == lineCount { break }
      } else if !isQuoted {
        if let k = candidates.firstIndex(of: byte) { current[k] += 1 }
        if byte == 32 {
          if hasText { sawBlank = true }
        } else {
          if sawBlank { hasBlankInside = true }
          hasText = true
        }
      } else {
        hasText = true
      }
    }
    if hasText, counts.count < lineCount { counts.append(current) }
    guard let first = counts.first else { return UInt8(ascii: ",") }
    for k in candidates.indices where first[k] > 0 && counts.allSatisfy({ $0[k] == first[k] }) { return candidates[k] }
    // Lines of different lengths: the error will say so, by the separator of the first line.
    for k in [2, 1, 0, 3] where first[k] > 0 { return candidates[k] }
    return hasBlankInside ? 32 : UInt8(ascii: ",")
  }
}
