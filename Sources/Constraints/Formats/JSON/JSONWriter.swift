/// Writes JSON into bytes, with indentation, in one pass.
///
/// Numbers are the shortest text that reads back to the same `Double`; non-finite ones are the strings `"inf"`,
/// `"-inf"`, and NaN is `null`. Containers opened with `inline: true` stay on one line.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private struct Level {
    var isInline: Bool
    var isEmpty = true
    var close: UInt8
  }
  private var levels: [Level] = []
  private var isAfterKey = false

  init() {}

  /// A writer without bytes that stands where `other` does, in its open containers and after its key's value.
  init(continuing other: JSONWriter) { levels = other.levels }

  private mutating func separate() {
    if isAfterKey {
      isAfterKey = false
      return
    }
    guard let last = levels.indices.last else { return }
    if !levels[last].isEmpty { bytes.append(UInt8(ascii: ",")) }
    if levels[last].isInline {
      if !levels[last].isEmpty { bytes.append(32) }
    } else {
      newline()
    }
    levels[last].isEmpty = false
  }

  private mutating func newline() {
    bytes.append(10)
    bytes.append(contentsOf: repeatElement(32, count: 2 * levels.count))
  }

  private mutating func begin(_ open: UInt8, _ close: UInt8, _ isInline: Bool) {
    separate()
    bytes.append(open)
    levels.append(Level(isInline: isInline || (levels.last?.isInline ?? false), close: close))
  }

  mutating func beginObject(inline: Bool = false) { begin(UInt8(ascii: "{"), UInt8(ascii: "}"), inline) }
  mutating func beginArray(inline: Bool = false) { begin(UInt8(ascii: "["), UInt8(ascii: "]"), inline) }

  /// Closes the innermost container.
  mutating func end() {
    guard let level = levels.popLast() else { return }
    if !level.isEmpty && !level.isInline { newline() }
    bytes.append(level.close)
    if levels.isEmpty { bytes.append(10) }
  }

  mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(32)
    isAfterKey = true
  }

  mutating func string(_ text: String) {
    separate()
    quote(text)
  }

  mutating func number(_ value: Double) {
    separate()
    if value.isFinite {
      bytes.append(contentsOf: value.text.utf8)
    } else {
      bytes.append(contentsOf: (value.isNaN ? "null" : value > 0 ? "\"inf\"" : "\"-inf\"").utf8)
    }
  }

  mutating func integer(_ value: Int) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func boolean(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  mutating func member(_ name: String, _ text: String) {
    key(name)
    string(text)
  }
  mutating func member(_ name: String, _ value: Double) {
    key(name)
    number(value)
  }
  mutating func member(_ name: String, _ value: Int) {
    key(name)
    integer(value)
  }
  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    boolean(value)
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for c in text.utf8 {
      switch c {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(c)
      case 10: bytes.append(contentsOf: "\\n".utf8)
      case 13: bytes.append(contentsOf: "\\r".utf8)
      case 9: bytes.append(contentsOf: "\\t".utf8)
      case 0..<32:
        let digits = String(c, radix: 16)
        bytes.append(contentsOf: ("\\u00" + (c < 16 ? "0" : "") + digits).utf8)
      default: bytes.append(c)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
