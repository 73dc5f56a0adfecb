/// Fields of a CSV text (RFC 4180): quotes, doubled quotes, line breaks in quotes, LF or CRLF. Empty lines are skipped,
/// and blanks around fields are no part of them.
public struct CSVTable: Sendable {
  /// Why a text is no table.
  public enum Failure: Error, Sendable, Equatable {
    /// A quote is not closed; where it opens.
    case unclosedQuote(offset: Int)
    case notUTF8
  }

  private let bytes: [UInt8]
  /// Bytes of the file before ``bytes``: a byte order mark.
  private let skipped: Int
  /// Start and end of each field, row by row.
  private var fields: [(start: Int, end: Int)] = []
  private var rowStarts: [Int] = [0]
  private var lines: [Int] = []

  /// - Parameter separator: by default a comma, or a semicolon or tab when the first line has no comma. After a blank as
  ///   separator any number of blanks count as one.
  /// - Complexity: O(size).
  public init(_ bytes: [UInt8], separator given: UInt8? = nil) throws(Failure) {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    skipped = bytes.count - text.count
    self.bytes = text
    guard String(validating: text, as: UTF8.self) != nil else { throw .notUTF8 }
    let firstLine = text.prefix { $0 != 10 && $0 != 13 }
    var separator = given ?? UInt8(ascii: ",")
    if given == nil, !firstLine.contains(separator) {
      if firstLine.contains(UInt8(ascii: ";")) { separator = UInt8(ascii: ";") } else if firstLine.contains(9) { separator = 9 }
    }
    let unclosed = text.withUnsafeBufferPointer { split($0, separator) }
    if let unclosed { throw .unclosedQuote(offset: unclosed + skipped) }
  }

  /// Finds the fields; where a quote opens that is not closed, or nil.
  private mutating func split(_ text: UnsafeBufferPointer<UInt8>, _ separator: UInt8) -> Int? {
    var i = 0
    var line = 1
    while i < text.count {
      if text[i] == 10 || text[i] == 13 {
        if text[i] == 10 || i + 1 >= text.count || text[i + 1] != 10 { line += 1 }
        i += 1
        continue
      }
      lines.append(line)
      while true {
        while i < text.count, text[i] == 32 { i += 1 }
        // Blanks at the end of a line separate nothing.
        if separator == 32, i >= text.count || text[i] == 10 || text[i] == 13 { break }
        if i < text.count, text[i] == UInt8(ascii: "\"") {
          let start = i
          i += 1
          while i < text.count, text[i] != UInt8(ascii: "\"") || (i + 1 < text.count && text[i + 1] == UInt8(ascii: "\"")) {
            if text[i] == 10 { line += 1 }
            i += text[i] == UInt8(ascii: "\"") ? 2 : 1
          }
          guard i < text.count else { return start }
          i += 1
          fields.append((start, i))
          while i < text.count, text[i] != separator, text[i] != 10, text[i] != 13 { i += 1 }
        } else {
          let start = i
          while i < text.count, text[i] != separator, text[i] != 10, text[i] != 13 { i += 1 }
          var end = i
          while end > start, text[end - 1] == 32 || text[end - 1] == 9 { end -= 1 }
          fields.append((start, end))
        }
        guard i < text.count, text[i] == separator else { break }
        i += 1
      }
      if fields.count > rowStarts[rowStarts.count - 1] { rowStarts.append(fields.count) } else { lines.removeLast() }
    }
    return nil
  }

  public var rowCount: Int { rowStarts.count - 1 }
  public func columnCount(_ row: Int) -> Int { row < rowCount ? rowStarts[row + 1] - rowStarts[row] : 0 }
  /// The line of a row in the file, from 1.
  public func line(_ row: Int) -> Int { row < lines.count ? lines[row] : 1 }

  /// The bytes of a field in the file.
  public func range(_ row: Int, _ column: Int) -> Range<Int> {
    let field = fields[rowStarts[row] + column]
    return (field.start + skipped)..<(field.end + skipped)
  }

  /// A field without its quotes.
  public func text(_ row: Int, _ column: Int) -> String {
    let field = fields[rowStarts[row] + column]
    if field.end > field.start + 1, bytes[field.start] == UInt8(ascii: "\"") {
      return AlgebraicLexer.text(bytes, field.start, field.end)
    }
    return String(decoding: bytes[field.start..<field.end], as: UTF8.self)
  }

  /// The finite number that a field without quotes holds in plain decimal notation; nil for anything else.
  @inline(__always)
  public func number(_ row: Int, _ column: Int) -> Double? {
    let field = fields[rowStarts[row] + column]
    let value = bytes.withUnsafeBufferPointer { NumberParser.parse($0, from: field.start, to: field.end) }
    guard let value, value.isFinite else { return nil }
    return value
  }

  /// The number that a field holds, also `inf`; nil for anything else.
  public static func number(_ field: String) -> Double? {
    switch field.lowercased() {
    case "inf", "+inf", "infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default:
      guard let first = field.utf8.first, first &- 48 < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: "."),
        !field.utf8.contains(UInt8(ascii: "x")), !field.utf8.contains(UInt8(ascii: "X"))
      else { return nil }
      guard let value = Double(field), value.isFinite else { return nil }
      return value
    }
  }

  /// Whether a field is a number but for a decimal comma.
  public static func hasDecimalComma(_ field: String) -> Bool {
    let parts = field.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[1].isEmpty && parts[1].utf8.allSatisfy { $0 &- 48 < 10 }
      && number(parts[0] + "." + parts[1]) != nil
  }
}
