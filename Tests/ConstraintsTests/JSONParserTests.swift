import Testing

@testable import Constraints

/// The first error of reading, as code, line and column.
func firstError(_ body: () throws -> Void) -> (code: String, line: Int, column: Int, text: String)? {
  do {
    try body()
    return nil
  } catch ConstraintsError.invalid(let found) {
    guard let error = found.first(where: { $0.severity == .error }) else { return ("none", 0, 0, "") }
    return (error.code.id, error.location?.line ?? 0, error.location?.column ?? 0, error.rendered())
  } catch {
    return ("other", 0, 0, "\(error)")
  }
}

/// A reproducible stream of numbers (SplitMix64; G. Steele, D. Lea, C. Flood, OOPSLA 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("JSON parser")
struct JSONParserTests {
  @Test(arguments: [
    ("", "J002", 1, 1), ("   ", "J002", 1, 4), ("{", "J002", 1, 2), ("[1,", "J002", 1, 4), ("{\"a\" 1}", "J001", 1, 6),
    ("{\"a\":1,}", "J001", 1, 8), ("[1,]", "J001", 1, 4), ("[1 2]", "J001", 1, 4), ("{a:1}", "J001", 1, 2),
    ("[01]", "J004", 1, 2), ("[-]", "J004", 1, 2), ("[1.]", "J004", 1, 2), ("[1e]", "J004", 1, 2), ("[+1]", "J001", 1, 2),
    ("[.5]", "J001", 1, 2), ("[1e999]", "J005", 1, 2), ("[-1e999]", "J005", 1, 2), ("[\"\\x\"]", "J006", 1, 3),
    ("[\"\\u12\"]", "J006", 1, 3), ("[\"\\ud800\"]", "J006", 1, 3), ("[\"\\udc00\"]", "J006", 1, 3),
    ("[\"a\nb\"]", "J007", 1, 4), ("[\"abc", "J002", 1, 2), ("[nul]", "J001", 1, 2), ("[NaN]", "J001", 1, 2),
    ("{\"a\":1,\"a\":2}", "J003", 1, 8), ("{\"a\":1,\"\\u0061\":2}", "J003", 1, 8), ("[1] 2", "J001", 1, 5),
    ("[1] // x", "J001", 1, 5), ("[\n\n  }", "J001", 3, 3), ("\"\u{1}\"", "J007", 1, 2),
  ])
  func refuses(_ text: String, _ code: String, _ line: Int, _ column: Int) {
    let error = firstError { _ = try JSONDocument(SourceText(text)) }
    #expect(error?.code == code && error?.line == line && error?.column == column, "\(text): \(error?.text ?? "accepted")")
  }

  @Test func invalidUTF8() {
    for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3]] {
      let text = [0x5B, 0x22] + bytes + [0x22, 0x5D]
      #expect(firstError { _ = try JSONDocument(SourceText(file: "x", bytes: text)) }?.code == "J008")
    }
  }

  @Test func depth() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(firstError { _ = try JSONDocument(SourceText(deep)) }?.code == "J009")
    let fine = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(throws: Never.self) { try JSONDocument(SourceText(fine)) }
  }

  @Test func values() throws {
    let document = try JSONDocument(
      SourceText(#"{"a": [1, -2.5e-3, 123456789012345678901234567890, 0.1], "t\"é": {"x/y~": "\ud83d\ude00\n"}, "n": null}"#))
    let a = try #require(document.member(document.root, "a"))
    #expect(document.elements(a).map { document.number($0) } == [1, -2.5e-3, 123456789012345678901234567890, 0.1])
    let t = try #require(document.member(document.root, "t\"é"))
    let x = try #require(document.member(t, "x/y~"))
    #expect(document.text(x) == "😀\n")
    #expect(document.pointer(x) == "/t\"é/x~1y~0")
    #expect(document.count(document.root) == 3)
    #expect(document.location(x).column == 78 || document.location(x).line == 1)
  }

  @Test func comments() throws {
    var options = JSONParser.Options()
    options.allowsComments = true
    options.allowsTrailingCommas = true
    let document = try JSONDocument(SourceText("// a\n{ /* b */ \"x\": [1, 2, ], } // c"), options: options)
    #expect(document.count(document.root) == 1)
    #expect(firstError { _ = try JSONDocument(SourceText("[1, /* 2"), options: options) }?.code == "J002")
    #expect(firstError { _ = try JSONDocument(SourceText("[,]"), options: options) }?.code == "J001")
  }

  @Test func writerRoundTrip() throws {
    var writer = JSONWriter()
    writer.beginArray()
    let numbers = [0, -0.0, 1e300, 0.1, 5e-324, 1.7976931348623157e308, 123456.789, 9007199254740993]
    for number in numbers { writer.number(number) }
    writer.string("a\"\\\n\t\u{1}é😀")
    writer.end()
    let document = try JSONDocument(SourceText(file: "x", bytes: writer.bytes))
    let elements = Array(document.elements(document.root))
    #expect(elements.dropLast().map { document.number($0) } == numbers)
    #expect(document.text(elements[numbers.count]) == "a\"\\\n\t\u{1}é😀")
  }

  @Test func truncationsAndFlipsNeverTrap() {
    let bytes = Array(bakeryText.utf8)
    for n in 0..<bytes.count {
      _ = try? JSONDocument(SourceText(file: "x", bytes: Array(bytes[..<n])))
    }
    var random = SplitMix(state: 1)
    for _ in 0..<3000 {
      var copy = bytes
      copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      _ = try? JSONDocument(SourceText(file: "x", bytes: copy))
    }
  }

  @Test func speed() throws {
    var text = "{\"terms\": ["
    for i in 0..<300_000 { text += "\(i > 0 ? "," : "")\n  {\"coefficient\": \(Double(i) * 0.37), \"variable\": \"x[\(i)]\"}" }
    text += "]}"
    let source = SourceText(text)
    let clock = ContinuousClock()
    var document: JSONDocument?
    let parse = try clock.measure { document = try JSONDocument(source) }
    let seconds = Double(parse.components.attoseconds) * 1e-18 + Double(parse.components.seconds)
    print("JSON: \(source.bytes.count / 1_000_000) MB in \(seconds) s, \(Double(source.bytes.count) / 1e6 / seconds) MB/s, \(document?.tape.count ?? 0) tape entries")
    #expect(seconds < 5)
  }
}
