#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Testing

@testable import Constraints

@Suite("Files and gzip")
struct GzipTests {
  static let text = "NAME t\nROWS\n N obj\n G c1\nCOLUMNS\n x obj 1 c1 1\nRHS\n R c1 1\nENDATA\n"

  /// A path of its own in the system's folder for temporary files.
  static func temporary(_ name: String) -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return "\(folder)/swift-solve-\(getpid())-\(UInt32.random(in: 0 ... .max))-\(name)"
  }

  private func codes(_ body: () throws -> Void) -> [String] {
    do {
      try body()
      return []
    } catch {
      guard case .invalid(let diagnostics)? = error as? ConstraintsError else { return ["\(error)"] }
      return diagnostics.map(\.code.id)
    }
  }

  @Test func writesAndReadsCompressedFiles() throws {
    let model = try MPSFormat.read(SourceText(Self.text), options: ReadOptions()).model
    for ending in ["mps", "mps.gz", "lp", "lp.gz"] {
      let path = Self.temporary("model.\(ending)")
      defer { unlink(path) }
      let written = try ModelFormats.write(model, to: path)
      let again = try ModelFormats.read(path: path).model
      if ending.hasPrefix("mps") { #expect(again.difference(from: model) == nil) } else { #expect(again.rows.count == 1) }
      let raw = try FileBytes.read(path: path, limit: 1 << 20)
      #expect(Gzip.isCompressed(raw) == ending.hasSuffix(".gz"))
      if !ending.hasSuffix(".gz") { #expect(raw == written.bytes) }
    }
  }

  @Test func concatenatedMembersAreOneText() throws {
    let bytes = Array(Self.text.utf8)
    let two = try Gzip.compress(Array(bytes[..<20])) + Gzip.compress(Array(bytes[20...])) + [0, 0, 0]
    #expect(try Gzip.decompress(two, limits: InputLimits()) == bytes)
  }

  @Test func everyTruncationIsReported() throws {
    let whole = try Gzip.compress(Array(Self.text.utf8))
    for length in 2..<whole.count {
      #expect(throws: Gzip.Failure.self) { try Gzip.decompress(Array(whole[..<length]), limits: InputLimits()) }
    }
  }

  @Test func damageAndJunkAreReported() throws {
    var damaged = try Gzip.compress(Array(Self.text.utf8))
    damaged[damaged.count - 6] ^= 0xFF  // in the checksum
    #expect(throws: Gzip.Failure.self) { try Gzip.decompress(damaged, limits: InputLimits()) }
    let junk = try Gzip.compress(Array(Self.text.utf8)) + [1, 2, 3]
    #expect(throws: Gzip.Failure.trailingBytes(at: junk.count - 3)) { try Gzip.decompress(junk, limits: InputLimits()) }
  }

  @Test func bombsStopAtTheLimits() throws {
    let bomb = try Gzip.compress([UInt8](repeating: 32, count: 2 << 20))
    var limits = InputLimits()
    limits.ratioFrom = 1 << 20
    #expect(throws: Gzip.Failure.tooLarge(.ratio)) { try Gzip.decompress(bomb, limits: limits) }
    limits.ratioFrom = .max
    limits.largestSize = 1 << 20
    #expect(throws: Gzip.Failure.tooLarge(.size)) { try Gzip.decompress(bomb, limits: limits) }
    let path = Self.temporary("bomb.mps.gz")
    defer { unlink(path) }
    try FileBytes.write(bomb, path: path)
    #expect(codes { _ = try ModelFormats.read(path: path, limits: limits) } == ["F104"])
  }

  @Test func missingFilesAndFoldersAreNamed() {
    for path in ["/nonexistent/model.mps", "/"] {
      #expect {
        try ModelFormats.read(path: path)
      } throws: { error in
        guard case .unreadable(let named, let reason)? = error as? ConstraintsError else { return false }
        return named == path && !reason.isEmpty
      }
    }
    #expect {
      try FileBytes.write([1], path: "/nonexistent/folder/out.mps")
    } throws: { error in
      guard case .unwritable? = error as? ConstraintsError else { return false }
      return true
    }
  }

  @Test func aWriteReplacesTheFileAsAWhole() throws {
    let path = Self.temporary("out.txt")
    defer { unlink(path) }
    try FileBytes.write(Array("first".utf8), path: path)
    try FileBytes.write(Array("second".utf8), path: path)
    #expect(try FileBytes.read(path: path, limit: 100) == Array("second".utf8))
  }

  @Test func formatsAreDetected() throws {
    #expect(ModelFormats.format(ofPath: "a/b.MPS.gz")?.name == "mps")
    #expect(ModelFormats.format(ofPath: "model.qps")?.name == "mps")
    #expect(ModelFormats.format(ofPath: "model.lp")?.name == "lp")
    #expect(ModelFormats.format(ofPath: "model.txt")?.name == nil)
    #expect(ModelFormats.format(ofText: SourceText("* comment\n" + Self.text))?.name == "mps")
    #expect(ModelFormats.format(ofText: SourceText("\\ comment\nMinimize\n obj: x\n"))?.name == "lp")
    #expect(codes { _ = try ModelFormats.read(SourceText(file: "a.txt", "hello")) } == ["F101"])
    let mismatch = try ModelFormats.detect(SourceText(file: "a.lp", Self.text))
    #expect(mismatch.format.name == "lp")
    #expect(mismatch.mismatch?.code == .formatMismatch)
    #expect(codes { _ = try ModelFormats.read(SourceText(file: "a.lp", Self.text)) }.first == "F102")
  }

  @Test func textMustBeUTF8() {
    func offset(_ bytes: [UInt8]) -> Int? {
      SourceText(file: "t", bytes: Array("abc\n".utf8) + bytes).encodingError()?.location?.line
    }
    #expect(offset(Array("äöü € 𝛼".utf8)) == nil)
    for bad: [UInt8] in [[0], [0xC3], [0xE9, 0x20], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] {
      #expect(offset(bad) == 2, "\(bad)")
    }
    #expect(SourceText(file: "t", bytes: [0xFF, 0xFE, 65, 0]).encodingError()?.message.contains("UTF-16") == true)
  }
}

@Suite("Numbers")
struct NumberParserTests {
  private func parse(_ text: String, _ notation: NumberParser.Notation = [.infinity]) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { NumberParser.parse($0, from: 0, to: $0.count, notation: notation) }
  }

  @Test func writtenNumbersReadBack() {
    var state: UInt64 = 1
    for _ in 0..<200_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state ^ state >> 29)
      if !value.isFinite { continue }
      #expect(parse(value.text) == value, "\(value)")
      let small = Double(Int64(bitPattern: state) >> 20) / 4096
      if parse(small.text) != small { Issue.record("\(small)") }
    }
  }

  @Test func agreesWithTheStandardLibrary() {
    var state: UInt64 = 7
    for _ in 0..<200_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let digits = String(state >> 3)
      let exponent = Int(state % 47) - 23
      let text = "\(digits.prefix(Int(state % 19) + 1))e\(exponent)"
      if parse(text) != Double(text) { Issue.record("\(text)") }
    }
  }

  @Test(arguments: [
    ("1", 1), ("1.", 1), (".5", 0.5), ("+2", 2), ("-0", 0), ("1e5", 1e5), ("1E+5", 1e5), ("1.e2", 100), ("inf", .infinity),
    ("-Infinity", -.infinity), ("9007199254740993", 9_007_199_254_740_992), ("0.1", 0.1), ("1e-400", 0), ("1e400", .infinity),
    ("123456789012345678901234567890", 123456789012345678901234567890.0), ("4.9e-324", 4.9e-324), ("1e99999999999999999999", .infinity),
    ("0.000000000000000000000000000000000001", 1e-36), ("179769313486231570000000000000e279", 1.7976931348623157e308),
    ("2.2250738585072011e-308", 2.2250738585072011e-308), ("8.5", 8.5),
  ] as [(String, Double)])
  func readsNumbers(text: String, value: Double) { #expect(parse(text) == value) }

  @Test(arguments: ["", "+", ".", "e5", "1e", "1x", "1.0D+01", "nan", "0x10", "1,5", "--1", "1 ", "in", "infinit", "1.2.3"])
  func refusesOtherText(text: String) { #expect(parse(text) == nil) }

  @Test func fortranExponentsWhereAllowed() {
    #expect(parse("1.0D+01", .fortranExponent) == 10)
    #expect(parse("1.5d300", .fortranExponent) == 1.5e300)
  }
}
