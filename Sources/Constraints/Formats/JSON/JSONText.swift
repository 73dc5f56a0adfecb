/// Strings of JSON, between their quotes and their meaning.
enum JSONText {
  /// The value of four hexadecimal digits.
  static func hex(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
    guard at + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for k in at..<(at + 4) {
      let c = bytes[k]
      switch c {
      case 48...57: value = value << 4 | UInt32(c - 48)
      case 65...70: value = value << 4 | UInt32(c - 55)
      case 97...102: value = value << 4 | UInt32(c - 87)
      default: return nil
      }
    }
    return value
  }

  /// Length of the well-formed UTF-8 sequence at `i`, or 0 (Unicode Standard, table 3-7).
  static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, _ i: Int) -> Int {
    let c = bytes[i]
    func isContinuation(_ k: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      k < bytes.count && range.contains(bytes[k])
    }
    switch c {
    case 0..<0x80: return 1
    case 0xC2...0xDF: return isContinuation(i + 1) ? 2 : 0
    case 0xE0...0xEF:
      let second: ClosedRange<UInt8> = c == 0xE0 ? 0xA0...0xBF : c == 0xED ? 0x80...0x9F : 0x80...0xBF
      return isContinuation(i + 1, second) && isContinuation(i + 2) ? 3 : 0
    case 0xF0...0xF4:
      let second: ClosedRange<UInt8> = c == 0xF0 ? 0x90...0xBF : c == 0xF4 ? 0x80...0x8F : 0x80...0xBF
      return isContinuation(i + 1, second) && isContinuation(i + 2) && isContinuation(i + 3) ? 4 : 0
    default: return 0
    }
  }

  /// The meaning of a string whose syntax was checked, and for each decoded byte nothing more; see ``sourceOffset``.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(end - start)
    var i = start
    while i < end { i = step(bytes, i) { result.append($0) } }
    return result
  }

  /// The offset in the text of decoded byte number `target` of the string that begins at `start`.
  static func sourceOffset(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, target: Int) -> Int {
    var i = start
    var decoded = 0
    while i < end, decoded < target { i = step(bytes, i) { _ in decoded += 1 } }
    return i
  }

  /// Decodes one byte or one escape at `i`; returns the offset after it.
  @inline(__always)
  private static func step(_ bytes: UnsafeBufferPointer<UInt8>, _ i: Int, _ emit: (UInt8) -> Void) -> Int {
    guard bytes[i] == UInt8(ascii: "\\"), i + 1 < bytes.count else {
      emit(bytes[i])
      return i + 1
    }
    switch bytes[i + 1] {
    case UInt8(ascii: "b"): emit(8)
    case UInt8(ascii: "f"): emit(12)
    case UInt8(ascii: "n"): emit(10)
    case UInt8(ascii: "r"): emit(13)
    case UInt8(ascii: "t"): emit(9)
    case UInt8(ascii: "u"):
      var scalar = hex(bytes, i + 2) ?? 0xFFFD
      var next = i + 6
      if scalar & 0xFC00 == 0xD800, let low = hex(bytes, i + 8) {
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
        next = i + 12
      }
      for unit in String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8 { emit(unit) }
      return next
    default: emit(bytes[i + 1])
    }
    return i + 2
  }
}

/// Numbers of JSON whose syntax was checked.
enum JSONNumber {
  /// The nearest `Double`; infinite when it is out of range.
  @inline(__always)
  static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Double {
    NumberParser.parse(bytes, from: start, to: end) ?? .infinity
  }
}
