/// A token of an expression.
struct AlgebraicToken: Sendable {
  enum Kind: UInt8, Sendable {
    case number, string, name
    case plus, minus, times, divide, power
    case lessOrEqual, greaterOrEqual, equal, notEqual, less, greater
    case implies, equivalent
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace, comma
    case `for`, `in`, `where`, and, or, not, `default`, perpendicular
    case end
  }
  var kind: Kind
  var start: Int
  var end: Int
  var value = 0.0
}

/// Something wrong with the text of an expression; offsets count bytes of the decoded string.
struct ExpressionError: Error {
  var code: DiagnosticCode
  var message: String
  var range: Range<Int>
  var mend: String?
}

/// Splits the text of an expression into tokens.
struct AlgebraicLexer {
  let text: [UInt8]
  private var at = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func next() throws(ExpressionError) -> AlgebraicToken {
    while at < text.count, text[at] == 32 || text[at] == 9 || text[at] == 10 || text[at] == 13 { at += 1 }
    let start = at
    guard at < text.count else { return AlgebraicToken(kind: .end, start: start, end: start) }
    let c = text[at]
    if isDigit(c) || (c == UInt8(ascii: ".") && at + 1 < text.count && isDigit(text[at + 1])) { return try number() }
    if isLetter(c) { return name() }
    func token(_ kind: AlgebraicToken.Kind, _ length: Int) -> AlgebraicToken {
      at += length
      return AlgebraicToken(kind: kind, start: start, end: at)
    }
    let d = at + 1 < text.count ? text[at + 1] : 0
    let e = at + 2 < text.count ? text[at + 2] : 0
    switch c {
    case UInt8(ascii: "+"): return token(.plus, 1)
    case UInt8(ascii: "-"): return token(.minus, 1)
    case UInt8(ascii: "*"): return d == c ? token(.power, 2) : token(.times, 1)
    case UInt8(ascii: "/"): return token(.divide, 1)
    case UInt8(ascii: "^"): return token(.power, 1)
    case UInt8(ascii: "("): return token(.leftParenthesis, 1)
    case UInt8(ascii: ")"): return token(.rightParenthesis, 1)
    case UInt8(ascii: "["): return token(.leftBracket, 1)
    case UInt8(ascii: "]"): return token(.rightBracket, 1)
    case UInt8(ascii: "{"): return token(.leftBrace, 1)
    case UInt8(ascii: "}"): return token(.rightBrace, 1)
    case UInt8(ascii: ","): return token(.comma, 1)
    case UInt8(ascii: "<"):
      if d == UInt8(ascii: "="), e == UInt8(ascii: ">") { return token(.equivalent, 3) }
      return d == UInt8(ascii: "=") ? token(.lessOrEqual, 2) : token(.less, 1)
    case UInt8(ascii: ">"): return d == UInt8(ascii: "=") ? token(.greaterOrEqual, 2) : token(.greater, 1)
    case UInt8(ascii: "="):
      if d == UInt8(ascii: ">") { return token(.implies, 2) }
      if d == UInt8(ascii: "<") {
        throw ExpressionError(
          code: .syntax, message: "'=<' is not an operator", range: at..<(at + 2), mend: "write <=")
      }
      return d == UInt8(ascii: "=") ? token(.equal, 2) : token(.equal, 1)
    case UInt8(ascii: "!"):
      if d == UInt8(ascii: "=") { return token(.notEqual, 2) }
      throw ExpressionError(code: .syntax, message: "'!' is not an operator", range: at..<(at + 1), mend: "write not")
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): return try quoted(c)
    case UInt8(ascii: "&"), UInt8(ascii: "|"):
      throw ExpressionError(
        code: .syntax, message: "'\(d == c ? "\(ch(c))\(ch(c))" : ch(c))' is not an operator",
        range: at..<(at + (d == c ? 2 : 1)), mend: c == UInt8(ascii: "&") ? "write and" : "write or")
    default:
      var end = at + 1
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      let shown = String(decoding: text[at..<end], as: UTF8.self)
      throw ExpressionError(
        code: .syntax, message: "unexpected character '\(shown)'", range: at..<end,
        mend: c >= 0x80 ? "put names with such characters in back-quotes" : nil)
    }
  }

  private func ch(_ c: UInt8) -> String { String(UnicodeScalar(c)) }
  private func isDigit(_ c: UInt8) -> Bool { c &- 48 < 10 }
  private func isLetter(_ c: UInt8) -> Bool { (c | 32) &- 97 < 26 || c == UInt8(ascii: "_") }

  private mutating func number() throws(ExpressionError) -> AlgebraicToken {
    let start = at
    while at < text.count, isDigit(text[at]) { at += 1 }
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      while at < text.count, isDigit(text[at]) { at += 1 }
    }
    if at < text.count, text[at] | 32 == UInt8(ascii: "e") {
      var end = at + 1
      if end < text.count, text[end] == UInt8(ascii: "+") || text[end] == UInt8(ascii: "-") { end += 1 }
      if end < text.count, isDigit(text[end]) {
        while end < text.count, isDigit(text[end]) { end += 1 }
        at = end
      }
    }
    if at < text.count, isLetter(text[at]) || text[at] == UInt8(ascii: "`") {
      let digits = String(decoding: text[start..<at], as: UTF8.self)
      let wordStart = at
      while at < text.count, isLetter(text[at]) || isDigit(text[at]) { at += 1 }
      let word = String(decoding: text[wordStart..<at], as: UTF8.self)
      throw ExpressionError(
        code: .implicitProduct, message: "a product needs '*' between number and name", range: start..<max(at, wordStart + 1),
        mend: "write \(digits)*\(word)")
    }
    let value = text.withUnsafeBufferPointer { JSONNumber.value($0, start, at) }
    guard value.isFinite else {
      throw ExpressionError(
        code: .numberRange, message: "the number is too large for double precision", range: start..<at, mend: "write inf")
    }
    return AlgebraicToken(kind: .number, start: start, end: at, value: value)
  }

  private mutating func name() -> AlgebraicToken {
    let start = at
    while at < text.count, isLetter(text[at]) || isDigit(text[at]) { at += 1 }
    let kind: AlgebraicToken.Kind
    switch at - start {
    case 2: kind = isWord("in", start) ? .in : isWord("or", start) ? .or : isWord("if", start) ? .where : .name
    case 3: kind = isWord("for", start) ? .for : isWord("and", start) ? .and : isWord("not", start) ? .not : .name
    case 4: kind = isWord("perp", start) ? .perpendicular : .name
    case 5: kind = isWord("where", start) ? .where : .name
    case 7: kind = isWord("default", start) ? .default : .name
    default: kind = .name
    }
    return AlgebraicToken(kind: kind, start: start, end: at)
  }

  private func isWord(_ word: StaticString, _ start: Int) -> Bool {
    for k in 0..<word.utf8CodeUnitCount where text[start + k] != word.utf8Start[k] { return false }
    return true
  }

  private mutating func quoted(_ quote: UInt8) throws(ExpressionError) -> AlgebraicToken {
    let start = at
    at += 1
    while at < text.count {
      if text[at] == quote {
        // A doubled quote stands for itself.
        guard at + 1 < text.count, text[at + 1] == quote else { break }
        at += 1
      }
      at += 1
    }
    guard at < text.count else {
      throw ExpressionError(
        code: .syntax, message: "a quote is not closed", range: start..<text.count, mend: "close it with \(ch(quote))")
    }
    at += 1
    return AlgebraicToken(kind: quote == UInt8(ascii: "`") ? .name : .string, start: start, end: at)
  }

  /// The text of a name or string token, without its quotes.
  static func text(_ text: [UInt8], _ start: Int, _ end: Int) -> String {
    guard end > start else { return "" }
    let quote = text[start]
    if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`") {
      let inner = text[(start + 1)..<(end - 1)]
      guard inner.contains(quote) else { return String(decoding: inner, as: UTF8.self) }
      var result: [UInt8] = []
      var i = inner.startIndex
      while i < inner.endIndex {
        result.append(inner[i])
        i += inner[i] == quote ? 2 : 1
      }
      return String(decoding: result, as: UTF8.self)
    }
    return String(decoding: text[start..<end], as: UTF8.self)
  }
}
