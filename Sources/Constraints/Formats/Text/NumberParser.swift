/// Decimal numbers from bytes: correctly rounded, independent of the locale, without a string for each token.
///
/// A number is an optional sign, digits with at most one point (`1`, `1.`, `.5`), and an optional exponent. Unlike the
/// prefix parsers of the C library nothing is guessed: ``parse(_:from:to:notation:)`` takes the whole range or nothing.
public enum NumberParser {
  /// What is accepted beside plain decimal numbers.
  public struct Notation: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `D` and `d` mark an exponent as `E` does, as Fortran programs write it.
    public static let fortranExponent = Notation(rawValue: 1)
    /// The words `inf` and `infinity` in any case, with or without a sign.
    public static let infinity = Notation(rawValue: 2)
  }

  /// The number that fills `from..<to` completely, or nil. A number too large for `Double` gives infinity.
  @inline(__always)
  public static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, notation: Notation = []
  ) -> Double? {
    guard let (value, stop) = scan(bytes, from: start, to: end, notation: notation), stop == end else { return nil }
    return value
  }

  /// The longest number that begins at `start` and ends at or before `end`, with the position after it; nil when none
  /// begins there.
  ///
  /// An exponent mark without digits behind it is not part of the number: `3e` is 3 followed by `e`.
  /// - Precondition: `0 <= start <= end <= bytes.count`.
  /// - Complexity: O(length).
  public static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, notation: Notation = []
  ) -> (value: Double, end: Int)? {
    var at = start
    var isNegative = false
    if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
      isNegative = bytes[at] == UInt8(ascii: "-")
      at += 1
    }
    let firstDigit = at
    var mantissa: UInt64 = 0
    var digits = 0  // significant digits taken into the mantissa
    var dropped = 0  // digits before the point that did not fit
    var isTruncated = false
    while at < end {
      let digit = bytes[at] &- 48
      if digit > 9 { break }
      if digits < 19 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if mantissa != 0 { digits += 1 }
      } else {
        dropped += 1
        if digit != 0 { isTruncated = true }
      }
      at += 1
    }
    var hasDigits = at > firstDigit
    var exponent = dropped
    if at < end, bytes[at] == UInt8(ascii: ".") {
      let point = at
      at += 1
      while at < end {
        let digit = bytes[at] &- 48
        if digit > 9 { break }
        if digits < 19 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if mantissa != 0 { digits += 1 }
          exponent -= 1
        } else if digit != 0 {
          isTruncated = true
        }
        at += 1
      }
      if at > point + 1 { hasDigits = true }
    }
    guard hasDigits else {
      guard notation.contains(.infinity), let after = infinityWord(bytes, from: firstDigit, to: end) else { return nil }
      return (isNegative ? -.infinity : .infinity, after)
    }
    if at < end, isExponentMark(bytes[at], notation) {
      var look = at + 1
      var isDown = false
      if look < end, bytes[look] == UInt8(ascii: "-") || bytes[look] == UInt8(ascii: "+") {
        isDown = bytes[look] == UInt8(ascii: "-")
        look += 1
      }
      let first = look
      var written = 0
      while look < end, bytes[look] &- 48 <= 9 {
        if written < 1_000_000 { written = written * 10 + Int(bytes[look] &- 48) }
        look += 1
      }
      if look > first {
        exponent += isDown ? -written : written
        at = look
      }
    }
    let magnitude: Double
    if mantissa == 0 {
      magnitude = 0
    } else if isTruncated {
      magnitude = slowValue(bytes, from: firstDigit, to: at)
    } else if mantissa < 9_007_199_254_740_992, exponent >= -22, exponent <= 22 {
      // Both factors are exact doubles, so one operation rounds once (Clinger, "How to read floating point numbers
      // accurately", PLDI 1990).
      magnitude =
        exponent < 0 ? Double(mantissa) / exactPower(-exponent) : Double(mantissa) * exactPower(exponent)
    } else if exponent >= -19, exponent <= 19 {
      magnitude = wideValue(mantissa, exponent)
    } else {
      magnitude = slowValue(bytes, from: firstDigit, to: at)
    }
    return (isNegative ? -magnitude : magnitude, at)
  }

  /// Whether the text is `nan`, with or without a sign, for a message that says so.
  static func isNaN(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
    var at = start
    if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") { at += 1 }
    return end - at == 3 && matches("nan", bytes, at: at, to: end)
  }

  @inline(__always)
  private static func isExponentMark(_ byte: UInt8, _ notation: Notation) -> Bool {
    let lower = byte | 0x20
    return lower == UInt8(ascii: "e") || (lower == UInt8(ascii: "d") && notation.contains(.fortranExponent))
  }

  private static func infinityWord(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
    if matches("infinity", bytes, at: start, to: end) { return start + 8 }
    if matches("inf", bytes, at: start, to: end) { return start + 3 }
    return nil
  }

  private static func matches(
    _ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, to end: Int
  ) -> Bool {
    guard end - start >= word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { letters in
      for i in 0..<letters.count where bytes[start + i] | 0x20 != letters[i] { return false }
      return true
    }
  }

  /// 10 to the power `k`, exact for 0...22.
  @inline(__always)
  private static func exactPower(_ k: Int) -> Double { exactPowers[k] }

  private static let exactPowers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  private static let wholePowers: [UInt64] = (0...19).map { k in (0..<k).reduce(UInt64(1)) { power, _ in power * 10 } }

  /// `mantissa * 10^exponent` for exponents in -19...19, rounded once: the product or quotient is formed in 128 bits,
  /// the bits below 63 leading ones are folded into one sticky bit, and the conversion to `Double` rounds.
  private static func wideValue(_ mantissa: UInt64, _ exponent: Int) -> Double {
    if exponent >= 0 {
      let product = mantissa.multipliedFullWidth(by: wholePowers[exponent])
      if product.high == 0 { return Double(product.low) }
      let shift = product.high.leadingZeroBitCount
      var top = shift == 0 ? product.high : product.high << shift | product.low >> (64 - shift)
      if product.low << shift != 0 { top |= 1 }
      return Double(sign: .plus, exponent: 64 - shift, significand: Double(top))
    }
    let power = wholePowers[-exponent]
    let mantissaShift = mantissa.leadingZeroBitCount
    let powerShift = power.leadingZeroBitCount
    let numerator = mantissa << mantissaShift
    let (quotient, remainder) = (power << powerShift).dividingFullWidth((numerator >> 1, numerator << 63))
    let sticky = remainder == 0 ? quotient : quotient | 1
    return Double(sign: .plus, exponent: powerShift - mantissaShift - 63, significand: Double(sticky))
  }

  /// Numbers with more than 19 digits or far exponents, through the standard library; the text is already validated.
  @inline(never)
  private static func slowValue(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Double {
    var text: [UInt8] = []
    text.reserveCapacity(end - start + 2)
    for i in start..<end {
      let byte = bytes[i]
      text.append(byte | 0x20 == UInt8(ascii: "d") ? UInt8(ascii: "e") : byte)
    }
    if text.first == UInt8(ascii: ".") { text.insert(UInt8(ascii: "0"), at: 0) }
    if text.last == UInt8(ascii: ".") { text.append(UInt8(ascii: "0")) }
    let string = String(decoding: text, as: UTF8.self)
    if let value = Double(string) { return value }
    // A point directly before the exponent is not the standard library's grammar: 1.e5 becomes 1.0e5.
    guard let point = text.firstIndex(of: UInt8(ascii: ".")) else { return .infinity }
    text.insert(UInt8(ascii: "0"), at: point + 1)
    return Double(String(decoding: text, as: UTF8.self)) ?? .infinity
  }
}
