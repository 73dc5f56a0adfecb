/// One step of a JSON text: the beginning or end of a container, a key, or a value.
struct JSONToken {
  enum Kind: UInt8 { case beginObject, endObject, beginArray, endArray, key, string, number, yes, no, null, end }
  var kind: Kind
  /// Bytes of the token; for strings and keys without the quotes.
  var start: Int
  var end: Int
}

/// Why a text is not JSON, and where.
struct JSONSyntaxError: Error {
  var code: DiagnosticCode
  var message: String
  var offset: Int
  var length = 1
  var mend: String?
}

/// A pull parser for JSON over UTF-8 bytes (RFC 8259): each call of ``next()`` gives one token.
///
/// Strict: duplicate commas, leading zeros, raw control characters, lone surrogates, invalid UTF-8, numbers beyond the
/// range of `Double` and anything after the document are errors with an offset. Comments and trailing commas are
/// accepted on request. Nothing recurses and nothing is allocated per token; strings are decoded only when asked for.
///
/// The buffer must outlive the parser.
struct JSONParser {
  struct Options {
    var allowsComments = false
    var allowsTrailingCommas = false
    var depthLimit = 512
  }

  private enum Expectation { case value, valueOrEnd, keyOrEnd, key, commaOrEnd, nothing }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let options: Options
  private var at = 0
  private var expectation = Expectation.value
  /// Whether the last token was a key, so that its value is still to come.
  private(set) var isAfterKey = false
  /// Offset of each open container's bracket.
  private(set) var open: [Int] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>, options: Options = Options()) {
    self.bytes = bytes
    self.options = options
  }

  mutating func next() throws(JSONSyntaxError) -> JSONToken {
    while true {
      try skipBlanks()
      guard at < bytes.count else { return try atEnd() }
      let c = bytes[at]
      switch expectation {
      case .nothing:
        throw unexpected("after the end of the document")
      case .commaOrEnd:
        let isObject = bytes[open[open.count - 1]] == UInt8(ascii: "{")
        if c == UInt8(ascii: ",") {
          at += 1
          if options.allowsTrailingCommas {
            expectation = isObject ? .keyOrEnd : .valueOrEnd
          } else {
            expectation = isObject ? .key : .value
          }
          continue
        }
        if c == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return close(isObject) }
        throw unexpected(isObject ? "where ',' or '}' should be" : "where ',' or ']' should be")
      case .keyOrEnd where c == UInt8(ascii: "}"): return close(true)
      case .valueOrEnd where c == UInt8(ascii: "]"): return close(false)
      case .keyOrEnd, .key: return try key(c)
      case .valueOrEnd, .value:
        let token = try value(c)
        isAfterKey = false
        return token
      }
    }
  }

  private func atEnd() throws(JSONSyntaxError) -> JSONToken {
    if case .nothing = expectation { return JSONToken(kind: .end, start: at, end: at) }
    if let last = open.last {
      throw JSONSyntaxError(
        code: .truncatedJSON, message: "the text ends inside \(bytes[last] == UInt8(ascii: "{") ? "an object" : "an array")",
        offset: bytes.count, mend: "close what is open")
    }
    throw JSONSyntaxError(
      code: .truncatedJSON, message: "the text is empty", offset: bytes.count, mend: "write a JSON object")
  }

  private mutating func close(_ isObject: Bool) -> JSONToken {
    at += 1
    open.removeLast()
    expectation = open.isEmpty ? .nothing : .commaOrEnd
    return JSONToken(kind: isObject ? .endObject : .endArray, start: at - 1, end: at)
  }

  private mutating func key(_ c: UInt8) throws(JSONSyntaxError) -> JSONToken {
    guard c == UInt8(ascii: "\"") else {
      if c == UInt8(ascii: "}") { throw unexpected("after a comma", mend: "remove the comma") }
      throw unexpected("where a key in double quotes should be")
    }
    let (start, end) = try string()
    try skipBlanks()
    guard at < bytes.count else { return try atEnd() }
    guard bytes[at] == UInt8(ascii: ":") else { throw unexpected("where ':' should be") }
    at += 1
    expectation = .value
    isAfterKey = true
    return JSONToken(kind: .key, start: start, end: end)
  }

  private mutating func value(_ c: UInt8) throws(JSONSyntaxError) -> JSONToken {
    let start = at
    switch c {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard open.count < options.depthLimit else {
        throw JSONSyntaxError(
          code: .tooDeep, message: "containers are nested more than \(options.depthLimit) deep", offset: at)
      }
      open.append(at)
      at += 1
      expectation = c == UInt8(ascii: "{") ? .keyOrEnd : .valueOrEnd
      return JSONToken(kind: c == UInt8(ascii: "{") ? .beginObject : .beginArray, start: start, end: at)
    case UInt8(ascii: "\""):
      let (first, end) = try string()
      finishValue()
      return JSONToken(kind: .string, start: first, end: end)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try number()
      finishValue()
      return JSONToken(kind: .number, start: start, end: at)
    case UInt8(ascii: "t"): return try word("true", .yes)
    case UInt8(ascii: "f"): return try word("false", .no)
    case UInt8(ascii: "n"): return try word("null", .null)
    default:
      if c == UInt8(ascii: "]") { throw unexpected("after a comma", mend: "remove the comma") }
      throw unexpected("where a value should be")
    }
  }

  private mutating func finishValue() { expectation = open.isEmpty ? .nothing : .commaOrEnd }

  private mutating func word(_ text: StaticString, _ kind: JSONToken.Kind) throws(JSONSyntaxError) -> JSONToken {
    let start = at
    let count = text.utf8CodeUnitCount
    var same = 0
    while same < count, at + same < bytes.count, bytes[at + same] == text.utf8Start[same] { same += 1 }
    guard same == count else {
      if at + same == bytes.count {
        throw JSONSyntaxError(code: .truncatedJSON, message: "the text ends inside a word", offset: bytes.count)
      }
      throw unexpected("where a value should be", mend: "text goes in double quotes")
    }
    at += count
    finishValue()
    return JSONToken(kind: kind, start: start, end: at)
  }

  private func unexpected(_ place: String, mend: String? = nil) -> JSONSyntaxError {
    let c = bytes[at]
    let shown: String
    switch c {
    case 33...126: shown = "'\(Character(UnicodeScalar(c)))'"
    case 0: shown = "a NUL byte"
    default: shown = c < 128 ? "a control character" : "a character outside ASCII"
    }
    if c == UInt8(ascii: "/"), !options.allowsComments, at + 1 < bytes.count,
      bytes[at + 1] == UInt8(ascii: "/") || bytes[at + 1] == UInt8(ascii: "*")
    {
      return JSONSyntaxError(
        code: .unexpectedCharacter, message: "comments are not allowed in this format", offset: at, length: 2,
        mend: "remove the comment")
    }
    return JSONSyntaxError(code: .unexpectedCharacter, message: "unexpected \(shown) \(place)", offset: at, mend: mend)
  }

  // MARK: - Blanks and comments

  @inline(__always)
  private mutating func skipBlanks() throws(JSONSyntaxError) {
    while at < bytes.count {
      let c = bytes[at]
      if c == 32 || c == 10 || c == 13 || c == 9 {
        at += 1
      } else if c == UInt8(ascii: "/") && options.allowsComments {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(JSONSyntaxError) {
    let start = at
    guard at + 1 < bytes.count else { throw unexpected("where a comment should begin") }
    if bytes[at + 1] == UInt8(ascii: "/") {
      while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
    } else if bytes[at + 1] == UInt8(ascii: "*") {
      at += 2
      while at + 1 < bytes.count, !(bytes[at] == UInt8(ascii: "*") && bytes[at + 1] == UInt8(ascii: "/")) { at += 1 }
      guard at + 1 < bytes.count else {
        throw JSONSyntaxError(
          code: .truncatedJSON, message: "a comment is not closed", offset: start, length: 2, mend: "close it with */")
      }
      at += 2
    } else {
      throw unexpected("where a comment should begin")
    }
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONSyntaxError) {
    let start = at
    func isDigit(_ i: Int) -> Bool { i < bytes.count && bytes[i] &- 48 < 10 }
    func fail(_ message: String) -> JSONSyntaxError {
      JSONSyntaxError(
        code: at < bytes.count ? .badJSONNumber : .truncatedJSON,
        message: at < bytes.count ? message : "the text ends inside a number", offset: start, length: max(1, at - start))
    }
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    guard isDigit(at) else { throw fail("a minus sign without a digit") }
    if bytes[at] == UInt8(ascii: "0") {
      at += 1
      if isDigit(at) {
        at += 1
        throw fail("a number begins with a needless zero")
      }
    } else {
      while isDigit(at) { at += 1 }
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      guard isDigit(at) else { throw fail("a decimal point without a digit after it") }
      while isDigit(at) { at += 1 }
    }
    var mayOverflow = at - start > 300
    if at < bytes.count, bytes[at] | 32 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      guard isDigit(at) else { throw fail("an exponent without a digit") }
      while isDigit(at) { at += 1 }
      mayOverflow = true
    }
    if mayOverflow, !JSONNumber.value(bytes, start, at).isFinite {
      throw JSONSyntaxError(
        code: .numberRange, message: "the number is too large for double precision", offset: start, length: at - start,
        mend: "write \"inf\" for no bound")
    }
  }

  // MARK: - Strings

  /// Scans a string from its opening quote; returns its bytes without quotes.
  @inline(__always)
  private mutating func string() throws(JSONSyntaxError) -> (Int, Int) {
    let start = at + 1
    var i = start
    let count = bytes.count
    while i < count {
      let c = bytes[i]
      if c == UInt8(ascii: "\"") {
        at = i + 1
        return (start, i)
      }
      if c == UInt8(ascii: "\\") {
        i = try escape(i)
      } else if c < 0x20 {
        throw JSONSyntaxError(
          code: .controlCharacter, message: "a raw control character in a string", offset: i,
          mend: c == 10 || c == 13 ? "close the string, or write \\n" : "write \\u00\(c < 16 ? "0" : "")\(String(c, radix: 16))")
      } else if c < 0x80 {
        i += 1
      } else {
        i = try multibyte(i)
      }
    }
    throw JSONSyntaxError(
      code: .truncatedJSON, message: "a string is not closed", offset: start - 1, mend: "close it with a double quote")
  }

  /// Checks the escape at `i`; returns the offset after it.
  private func escape(_ i: Int) throws(JSONSyntaxError) -> Int {
    guard i + 1 < bytes.count else {
      throw JSONSyntaxError(code: .truncatedJSON, message: "the text ends inside a string", offset: bytes.count)
    }
    switch bytes[i + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return i + 2
    case UInt8(ascii: "u"):
      let unit = try hex(i)
      if unit & 0xFC00 == 0xDC00 { throw loneSurrogate(i) }
      if unit & 0xFC00 == 0xD800 {
        guard i + 7 < bytes.count, bytes[i + 6] == UInt8(ascii: "\\"), bytes[i + 7] == UInt8(ascii: "u"),
          try hex(i + 6) & 0xFC00 == 0xDC00
        else { throw loneSurrogate(i) }
        return i + 12
      }
      return i + 6
    default:
      throw JSONSyntaxError(
        code: .badEscape, message: "an unknown escape in a string", offset: i, length: 2,
        mend: "write \\\\ for a backslash")
    }
  }

  private func hex(_ i: Int) throws(JSONSyntaxError) -> UInt32 {
    guard let unit = JSONText.hex(bytes, i + 2) else {
      throw JSONSyntaxError(
        code: .badEscape, message: "\\u needs four hexadecimal digits", offset: i, length: 2)
    }
    return unit
  }

  private func loneSurrogate(_ i: Int) -> JSONSyntaxError {
    JSONSyntaxError(
      code: .badEscape, message: "half of a surrogate pair stands alone", offset: i, length: 6,
      mend: "write the character itself, or both halves")
  }

  /// Checks the UTF-8 sequence at `i` (Unicode Standard, table 3-7); returns the offset after it.
  private func multibyte(_ i: Int) throws(JSONSyntaxError) -> Int {
    let length = JSONText.sequenceLength(bytes, i)
    guard length > 0 else {
      throw JSONSyntaxError(code: .invalidUTF8, message: "the bytes are not valid UTF-8", offset: i, mend: "save the file as UTF-8")
    }
    return i + length
  }
}
