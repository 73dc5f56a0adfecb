extension SourceText {
  /// The first byte that text cannot contain: a control character, or one that is not UTF-8.
  ///
  /// Readers call this once before they look at tokens.
  /// - Complexity: O(size).
  public func encodingError() -> Diagnostic? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return Diagnostic(
        .notText, "the file is UTF-16, not UTF-8", at: location(at: 0), mend: "save it as UTF-8")
    }
    guard let offset = bytes.withUnsafeBufferPointer({ SourceText.firstBadByte($0) }) else { return nil }
    if bytes[offset] < 32 && bytes[offset] > 0 {
      return Diagnostic(
        .notText, "there is a control character (code \(bytes[offset])) in the text", at: location(at: offset),
        mend: "remove it")
    }
    if bytes[offset] == 0 {
      return Diagnostic(.notText, "there is a NUL byte in the text", at: location(at: offset), mend: "is this a binary file?")
    }
    return Diagnostic(
      .notText, "byte \(String(bytes[offset], radix: 16, uppercase: true)) (hexadecimal) is not UTF-8",
      at: location(at: offset), mend: "save the file as UTF-8")
  }

  private static func firstBadByte(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let raw = UnsafeRawBufferPointer(bytes)
    var at = 0
    while at < bytes.count {
      // Eight bytes at once while all are ASCII and none is zero.
      if at + 8 <= bytes.count {
        let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        // A byte below 32 borrows into its high bit; line ends and tabs do too and are looked at one by one.
        let low = (word &- 0x2020_2020_2020_2020) & ~word
        if (word | low) & 0x8080_8080_8080_8080 == 0 {
          at += 8
          continue
        }
      }
      let byte = bytes[at]
      // Tab, line feed, form feed, carriage return, and the end-of-file mark of old systems.
      if byte < 32, byte != 9, byte != 10, byte != 12, byte != 13, byte != 26 { return at }
      if byte < 0x80 {
        at += 1
        continue
      }
      guard let length = scalarLength(bytes, at) else { return at }
      at += length
    }
    return nil
  }

  /// Length of the well-formed UTF-8 sequence at `at`, by table 3-7 of the Unicode standard.
  private static func scalarLength(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
    let first = bytes[at]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { return nil }
    for k in 2..<max(2, length) where bytes[at + k] & 0xC0 != 0x80 { return nil }
    return length
  }
}
