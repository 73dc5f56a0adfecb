/// Fields of a CSV text (RFC 4180): quotes, doubled quotes, line breaks in quotes, LF or CRLF. Empty lines are skipped.
struct CSVTable {
  private let bytes: [UInt8]
  /// Bytes of the file before ``bytes``: a byte order mark.
  private let skipped: Int
  /// Start and end of each field, row by row.
  private var fields: [(start: Int, end: Int)] = []
  private var rowStarts: [Int] = [0]
  private var lines: [Int] = []

  /// - Parameter separator: by default a comma, or a semicolon or tab when the first line has no comma.
  /// - Returns: nil when a quote is not closed or the text is not UTF-8.
  init?(_ bytes: [UInt8], separator given: UInt8? = nil) {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    skipped = bytes.count - text.count
    self.bytes = text
    guard String(validating: text, as: UTF8.self) != nil else { return nil }
    let firstLine = text.prefix { $0 != 10 && $0 != 13 }
    var separator = given ?? UInt8(ascii: ",")
    if given == nil, !firstLine.contains(separator) {
      if firstLine.contains(UInt8(ascii: ";")) { separator = UInt8(ascii: ";") } else if firstLine.contains(9) { separator = 9 }
    }
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
        if i < text.count, text[i] == UInt8(ascii: "\"") {
          let start = i
          i += 1
          while i < text.count, text[i] != UInt8(ascii: "\"") || (i + 1 < text.count && text[i + 1] == UInt8(ascii: "\"")) {
            if text[i] == 10 { line += 1 }
            i += text[i] == UInt8(ascii: "\"") ? 2 : 1
          }
          guard i < text.count else { return nil }
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
      rowStarts.append(fields.count)
    }
  }

  var rowCount: Int { rowStarts.count - 1 }
  func columnCount(_ row: Int) -> Int { row < rowCount ? rowStarts[row + 1] - rowStarts[row] : 0 }
  /// The line of a row in the file, from 1.
  func line(_ row: Int) -> Int { row < lines.count ? lines[row] : 1 }

  /// The bytes of a field in the file.
  func range(_ row: Int, _ column: Int) -> Range<Int> {
    let field = fields[rowStarts[row] + column]
    return (field.start + skipped)..<(field.end + skipped)
  }

  func text(_ row: Int, _ column: Int) -> String {
    let field = fields[rowStarts[row] + column]
    if field.end > field.start + 1, bytes[field.start] == UInt8(ascii: "\"") {
      return AlgebraicLexer.text(bytes, field.start, field.end)
    }
    return String(decoding: bytes[field.start..<field.end], as: UTF8.self)
  }

  /// The number that a field holds, also `inf`; nil for anything else.
  static func number(_ field: String) -> Double? {
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
  static func hasDecimalComma(_ field: String) -> Bool {
    let parts = field.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[1].isEmpty && parts[1].utf8.allSatisfy { $0 &- 48 < 10 }
      && number(parts[0] + "." + parts[1]) != nil
  }
}
