/// Words, numbers and signs of an LP file, one at a time.
struct LPScanner {
  struct Token {
    enum Kind: UInt8 {
      case name, number, plus, minus, times, power, slash, less, greater, equal, colon, doubleColon, arrow, equivalence
      case open, close, bad, end
    }
    var kind: Kind
    var start: Int
    var end: Int
    /// Of a number; infinite for `inf` and `infinity`.
    var value: Double = 0
    /// Whether it is the first of its line.
    var isFirst: Bool

    var isRelation: Bool { kind == .less || kind == .greater || kind == .equal }
    var isSign: Bool { kind == .plus || kind == .minus }
  }

  let bytes: UnsafeBufferPointer<UInt8>
  /// Whether `x[1,2]` is one name.
  let allowsBrackets: Bool
  private var at = 0
  private var previous = Token.Kind.end
  private var previousEnd = -1

  init(_ bytes: UnsafeBufferPointer<UInt8>, allowsBrackets: Bool) {
    self.bytes = bytes
    self.allowsBrackets = allowsBrackets
  }

  /// Bytes that may stand in names: letters, digits, the signs of the format, and anything beyond ASCII.
  static let isNameByte: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { table[Int(byte)] = true }
    for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { table[Int(byte)] = true }
    for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { table[Int(byte)] = true }
    for byte in "!\"#$%&(),.;?@_'`{}|~/".utf8 { table[Int(byte)] = true }
    for byte in 128...255 { table[byte] = true }
    return table
  }()

  mutating func next() -> Token {
    let isFirst = skipBlanks()
    var token = scan()
    token.isFirst = isFirst
    previous = token.kind
    previousEnd = token.end
    return token
  }

  /// Skips blanks and comments.
  /// - Returns: whether a new line began.
  private mutating func skipBlanks() -> Bool {
    var isFirst = at == 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 10 || byte == 13 {
        isFirst = true
        at += 1
      } else if byte <= 32 || byte == 127 {
        at += 1
      } else if byte == UInt8(ascii: "\\") {
        while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
      } else if byte == UInt8(ascii: "/"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "*") {
        at += 2
        while at < bytes.count, !(bytes[at] == UInt8(ascii: "*") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "/")) {
          if bytes[at] == 10 { isFirst = true }
          at += 1
        }
        at = min(at + 2, bytes.count)
      } else {
        break
      }
    }
    return isFirst
  }

  private mutating func scan() -> Token {
    guard at < bytes.count else { return Token(kind: .end, start: bytes.count, end: bytes.count, isFirst: true) }
    let start = at
    func sign(_ kind: Token.Kind, _ length: Int) -> Token { Token(kind: kind, start: start, end: start + length, isFirst: false) }
    var token: Token
    switch bytes[at] {
    case UInt8(ascii: "+"): token = sign(.plus, 1)
    case UInt8(ascii: "-"): token = follows(UInt8(ascii: ">")) ? sign(.arrow, 2) : sign(.minus, 1)
    case UInt8(ascii: "*"): token = sign(.times, 1)
    case UInt8(ascii: "^"): token = sign(.power, 1)
    case UInt8(ascii: "["): token = sign(.open, 1)
    case UInt8(ascii: "]"): token = sign(.close, 1)
    case UInt8(ascii: ":"): token = follows(UInt8(ascii: ":")) ? sign(.doubleColon, 2) : sign(.colon, 1)
    case UInt8(ascii: "<"):
      if at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "-"), bytes[at + 2] == UInt8(ascii: ">") {
        token = sign(.equivalence, 3)
      } else {
        token = sign(.less, follows(UInt8(ascii: "=")) ? 2 : 1)
      }
    case UInt8(ascii: ">"): token = sign(.greater, follows(UInt8(ascii: "=")) ? 2 : 1)
    case UInt8(ascii: "="):
      if follows(UInt8(ascii: "<")) {
        token = sign(.less, 2)
      } else if follows(UInt8(ascii: ">")) {
        token = sign(.greater, 2)
      } else {
        token = sign(.equal, follows(UInt8(ascii: "=")) ? 2 : 1)
      }
    case UInt8(ascii: "/") where previous == .close: token = sign(.slash, 1)
    default: token = word()
    }
    at = token.end
    return token
  }

  private func follows(_ byte: UInt8) -> Bool { at + 1 < bytes.count && bytes[at + 1] == byte }

  private func word() -> Token {
    if let (value, end) = NumberParser.scan(bytes, from: at, to: bytes.count) {
      return Token(kind: .number, start: at, end: end, value: value, isFirst: false)
    }
    var end = at
    LPScanner.isNameByte.withUnsafeBufferPointer { isNameByte in
      while end < bytes.count {
        if isNameByte[Int(bytes[end])] {
          if bytes[end] == UInt8(ascii: "/"), end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "*") { break }
          end += 1
        } else if allowsBrackets, end > at, bytes[end] == UInt8(ascii: "[") {
          while end < bytes.count, bytes[end] > 32, bytes[end] != UInt8(ascii: "]") { end += 1 }
          if end < bytes.count, bytes[end] == UInt8(ascii: "]") { end += 1 }
        } else {
          break
        }
      }
    }
    if end == at { return Token(kind: .bad, start: at, end: at + 1, isFirst: false) }
    if end - at == 3 || end - at == 8, bytes[at] | 0x20 == UInt8(ascii: "i"),
      let (value, stop) = NumberParser.scan(bytes, from: at, to: end, notation: .infinity), stop == end
    {
      var look = end
      while look < bytes.count, bytes[look] == 32 || bytes[look] == 9 { look += 1 }
      if look >= bytes.count || bytes[look] != UInt8(ascii: ":") {
        return Token(kind: .number, start: at, end: end, value: value, isFirst: false)
      }
    }
    return Token(kind: .name, start: at, end: end, isFirst: false)
  }
}
