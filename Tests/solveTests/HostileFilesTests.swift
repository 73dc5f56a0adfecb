import Foundation
import Testing

/// Files that no sound program should fall over: each is refused with exit code 65 and a located message, at once.
@Suite("Hostile files")
struct HostileFilesTests {
  struct File {
    var name: String
    var bytes: [UInt8]
    init(_ name: String, _ text: String) {
      self.name = name
      bytes = Array(text.utf8)
    }
    init(_ name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  private static let json = """
    {"format": "algebraic", "version": 1,
     "sets": {"P": ["a", "b"]},
     "data": {"c": {"a": 1, "b": 2}},
     "variables": {"x": {"over": "p in P", "lower": 0, "upper": 9}, "z": "binary"},
     "objective": {"maximize": "sum(c[p] * x[p] for p in P)"},
     "constraints": {"k": "sum(x[p] for p in P) <= 10", "l": "z == 1 => x['a'] <= 3"}}
    """
  private static let mof = """
    {"version": {"major": 1, "minor": 7}, "variables": [{"name": "x"}, {"name": "y"}],
     "objective": {"sense": "min", "function": {"type": "ScalarAffineFunction", "terms": [{"coefficient": 1, "variable": "x"}], "constant": 0}},
     "constraints": [{"name": "c", "function": {"type": "Variable", "name": "x"}, "set": {"type": "GreaterThan", "lower": 1}}]}
    """
  private static let mps = "NAME t\nROWS\n N o\n L a\n G b\nCOLUMNS\n x o 1 a 2\n x b 3\n y o 1 a 4\nRHS\n r a 5 b 6\nBOUNDS\n UP n x 4\nENDATA\n"
  private static let lp = "minimize\n obj: 3 x + 2 y\nsubject to\n c1: x + y >= 4\n c2: x - y <= 3\nbounds\n x <= 5\ngeneral\n x\nend\n"

  /// The text with each of the given pieces replaced.
  private static func variants(_ base: String, _ ending: String, _ changes: [(String, String)]) -> [File] {
    changes.enumerated().map { i, change in
      precondition(base.contains(change.0), "\(change.0) is not in the text")
      return File("variant\(i).\(ending)", base.replacingOccurrences(of: change.0, with: change.1))
    }
  }

  static let files: [File] = {
    var list: [File] = []
    // Truncated: whatever is missing matters to JSON; for MPS and LP a cut inside the rows does.
    for (base, ending) in [(json, "json"), (mof, "mof.json")] {
      let bytes = Array(base.utf8)
      for k in 0..<70 { list.append(File("cut\(k).\(ending)", bytes: Array(bytes.prefix(k * (bytes.count - 2) / 70)))) }
    }
    for k in 1..<9 { list.append(File("cut\(k).mps", bytes: Array(Array(mps.utf8).prefix(k * 9)))) }
    // Nesting, sizes, encodings.
    for ending in ["json", "mof.json"] {
      list += [
        File("deep-list.\(ending)", String(repeating: "[", count: 200_000)),
        File("deep-object.\(ending)", String(repeating: "{\"a\":", count: 100_000)),
        File("bare.\(ending)", "17"), File("list.\(ending)", "[]"), File("null.\(ending)", "null"), File("empty.\(ending)", ""),
        File("blank.\(ending)", "  \n\t "), File("object.\(ending)", "{}"), File("text.\(ending)", "\"format\""),
        File("nul.\(ending)", bytes: Array("{\"format\": \"algebraic\"".utf8) + [0] + Array("}".utf8)),
        File("utf8.\(ending)", bytes: Array("{\"format\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)),
        File("overlong.\(ending)", bytes: Array("{\"a\": \"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)),
        File("surrogate.\(ending)", "{\"a\": \"\\ud800\"}"), File("escape.\(ending)", "{\"a\": \"\\q\"}"),
        File("control.\(ending)", "{\"a\": \"\u{01}\"}"), File("twice.\(ending)", "{\"version\": 1, \"version\": 1}"),
        File("huge.\(ending)", "{\"version\": 1e999}"), File("zeros.\(ending)", "{\"version\": 007}"),
        File("utf16.\(ending)", bytes: [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]),
        File("trailing.\(ending)", "{} {}"), File("minus.\(ending)", "{\"version\": -}"),
        File("single.\(ending)", "{'version': 1}"), File("bytes.\(ending)", bytes: [UInt8](repeating: 0x80, count: 1000)),
      ]
    }
    list += variants(
      json, "json",
      [
        ("\"version\": 1", "\"version\": 99"), ("\"version\": 1", "\"version\": \"one\""), ("\"algebraic\"", "\"algebra\""),
        ("\"sets\": {", "\"set\": {"), ("[\"a\", \"b\"]", "[\"a\", \"a\"]"), ("[\"a\", \"b\"]", "\"a\""), ("[\"a\", \"b\"]", "[1, \"b\", null]"),
        ("[\"a\", \"b\"]", "{\"range\": [1]}"), ("[\"a\", \"b\"]", "{\"range\": [1, 1e18]}"), ("[\"a\", \"b\"]", "{\"range\": [1.5, 3]}"),
        ("[\"a\", \"b\"]", "\"{ p for p in P }\""), ("[\"a\", \"b\"]", "true"), ("\"a\": 1, ", ""), ("\"a\": 1", "\"a\": \"one\""),
        ("\"a\": 1", "\"q\": 1"), ("\"a\": 1", "\"a\": null"), ("\"a\": 1", "\"a\": [1]"), ("\"b\": 2", "\"a\": 2"),
        ("\"binary\"", "\"binery\""), ("\"binary\"", "17"), ("\"binary\"", "[]"), ("\"binary\"", "{\"lower\": 3, \"upper\": 2}"),
        ("\"binary\"", "{\"lower\": \"lots\"}"), ("\"binary\"", "{\"lowr\": 0}"), ("\"binary\"", "{\"lower\": \"0/0\"}"),
        ("\"binary\"", "{\"over\": \"p in Q\"}"), ("\"binary\"", "{\"over\": \"p\"}"), ("\"binary\"", "{\"over\": 4}"),
        ("\"binary\"", "{\"domain\": \"integers\"}"), ("\"binary\"", "{\"lower\": \"inf\"}"),
        ("\"lower\": 0", "\"lower\": 10"), ("p in P\", \"lower\"", "p in P, p in P\", \"lower\""), ("\"maximize\"", "\"maximise_it\""),
        ("\"maximize\"", "\"minimize\": \"0\", \"maximize\""), ("sum(c[p] * x[p] for p in P)", ""), ("sum(c[p] * x[p] for p in P)", "sum(c[p] * x[p] for p in"),
        ("sum(c[p] * x[p] for p in P)", "sum(c[p] * x[p])"), ("sum(c[p] * x[p] for p in P)", "sum(cc[p] * x[p] for p in P)"),
        ("sum(c[p] * x[p] for p in P)", "2x"), ("sum(c[p] * x[p] for p in P)", "x"), ("sum(c[p] * x[p] for p in P)", "x['c']"),
        ("sum(c[p] * x[p] for p in P)", "x['a','b']"), ("sum(c[p] * x[p] for p in P)", "x[1/2]"), ("sum(c[p] * x[p] for p in P)", "(x['a']"),
        ("sum(c[p] * x[p] for p in P)", "x['a'] + + * 2"), ("sum(c[p] * x[p] for p in P)", "1/0"), ("sum(c[p] * x[p] for p in P)", "frobnicate(z)"),
        ("sum(c[p] * x[p] for p in P)", "sin()"), ("sum(c[p] * x[p] for p in P)", "sin(z, z)"), ("sum(c[p] * x[p] for p in P)", "z <= 1"),
        ("sum(c[p] * x[p] for p in P)", "sum(z for z in P)"), ("sum(c[p] * x[p] for p in P)", "sum(x[x] for x in P)"),
        ("sum(c[p] * x[p] for p in P)", "'text'"), ("sum(c[p] * x[p] for p in P)", "z @ 2"), ("sum(c[p] * x[p] for p in P)", "1e999 * z"),
        ("sum(c[p] * x[p] for p in P)", String(repeating: "(", count: 100_000)), ("sum(c[p] * x[p] for p in P)", String(repeating: "-", count: 100_000) + "z"),
        ("sum(c[p] * x[p] for p in P)", "z" + String(repeating: "^z", count: 50_000)), ("sum(c[p] * x[p] for p in P)", "`z"),
        ("<= 10", "<= <= 10"), ("<= 10", ""), ("<= 10", "<= 0/0"), ("<= 10", ">= 1 <= 3"), ("<= 10", "<= 10 >= 3"), ("<= 10", "!== 10"),
        ("<= 10", "=> 10"), ("<= 10", "<= 'ten'"), ("<= 10", "<= inf - inf"), ("<= 10", "<= 10 <= 11 <= 12"), ("z == 1 =>", "x['a'] = => 1"),
        ("z == 1 =>", "z == 1 =>>"), ("z == 1 =>", "=>"), ("z == 1 => x['a'] <= 3", "z == 1 =>"), ("\"k\":", "\"\":"), ("\"k\": \"sum", "\"k\": 3, \"m\": \"sum"),
        ("\"constraints\": {", "\"constraints\": [[], "), ("\"constraints\"", "\"constraint\""), ("\"objective\": {", "\"objective\": 3, \"more\": {"),
        ("\"data\": {", "\"data\": {\"d\": {\"csv\": \"missing.csv\", \"keys\": [\"P\"], \"value\": \"v\"}, "),
        ("\"data\": {", "\"data\": {\"d\": {\"csv\": \"\"}, "), ("\"data\": {", "\"expressions\": {\"e\": \"f\", \"f\": \"e\"}, \"data\": {"),
        ("\"data\": {", "\"parameters\": {\"k\": \"v\"}, \"data\": {"), ("\"data\": {", "\"uncertainty\": {\"u\": {}}, \"data\": {"),
        ("\"data\": {", "\"parameters\": {\"x\": 3}, \"data\": {"), ("\"data\": {", "\"solve\": {\"gap\": \"small\"}, \"data\": {"),
        ("\"data\": {", "\"solve\": {\"gapp\": 0.1}, \"data\": {"), ("\"data\": {", "\"solve\": [], \"data\": {"), ("\"data\": {", "\"solve\": {\"gap\": -1}, \"data\": {"),
      ])
    list += variants(
      mof, "mof.json",
      [
        ("\"major\": 1", "\"major\": 7"), ("\"major\": 1", "\"major\": \"1\""), ("\"minor\": 7", "\"minor\": -7"), ("\"name\": \"y\"", "\"name\": \"x\""),
        ("\"name\": \"y\"", "\"name\": \"\""), ("\"name\": \"y\"", "\"nam\": \"y\""), ("\"sense\": \"min\"", "\"sense\": \"least\""),
        ("\"variable\": \"x\"", "\"variable\": \"w\""), ("\"variable\": \"x\"", "\"variable\": 3"), ("\"coefficient\": 1", "\"coefficient\": \"1\""),
        ("\"coefficient\": 1", "\"coefficient\": NaN"), ("\"constant\": 0", "\"constant\": 1e400"), ("\"ScalarAffineFunction\"", "\"ScalarAffinFunction\""),
        ("\"GreaterThan\"", "\"GreterThan\""), ("\"lower\": 1", "\"lowr\": 1"), ("\"lower\": 1", "\"lower\": null"), ("\"lower\": 1", "\"lower\": \"1\""),
        ("{\"type\": \"GreaterThan\", \"lower\": 1}", "{\"type\": \"SecondOrderCone\", \"dimension\": 1}"),
        ("{\"type\": \"GreaterThan\", \"lower\": 1}", "{\"type\": \"SOS1\", \"weights\": [1, 1]}"),
        ("{\"type\": \"GreaterThan\", \"lower\": 1}", "{\"type\": \"Interval\", \"lower\": 3, \"upper\": 2}"),
        ("{\"type\": \"GreaterThan\", \"lower\": 1}", "\"Integer\""), ("{\"type\": \"Variable\", \"name\": \"x\"}", "{}"),
        ("{\"type\": \"Variable\", \"name\": \"x\"}", "[]"), ("\"terms\": [{", "\"terms\": [4, {"),
        ("{\"type\": \"Variable\", \"name\": \"x\"}", "{\"type\": \"ScalarNonlinearFunction\", \"root\": {\"type\": \"node\", \"index\": 1}, \"node_list\": [{\"type\": \"exp\", \"args\": [{\"type\": \"node\", \"index\": 1}]}]}"),
        ("{\"type\": \"Variable\", \"name\": \"x\"}", "{\"type\": \"ScalarNonlinearFunction\", \"root\": {\"type\": \"node\", \"index\": 9}, \"node_list\": []}"),
        ("{\"type\": \"Variable\", \"name\": \"x\"}", "{\"type\": \"ScalarNonlinearFunction\", \"root\": {\"type\": \"airyai\", \"args\": [\"x\"]}, \"node_list\": []}"),
        ("{\"type\": \"Variable\", \"name\": \"x\"}", "{\"type\": \"ScalarNonlinearFunction\", \"root\": {\"type\": \"sin\", \"args\": []}, \"node_list\": []}"),
        ("{\"type\": \"Variable\", \"name\": \"x\"}", "{\"type\": \"VectorOfVariables\", \"variables\": [\"x\"]}"),
      ])
    list += variants(
      mps, "mps",
      [
        ("ROWS", "ROWZ"), (" N o\n", ""), (" L a", " Q a"), (" G b", " G a"), (" x o 1 a 2", " x o one a 2"), (" x o 1 a 2", " x o nan a 2"),
        (" x o 1 a 2", " x o 1e999 a 2"), (" x o 1 a 2", " x q 1 a 2"), (" x o 1 a 2", " x o 1.5junk a 2"), ("RHS\n r a 5", "RHS\n r q 5"),
        (" UP n x 4", " UP n w 4"), (" UP n x 4", " XX n x 4"), (" UP n x 4", " UP n x"), (" UP n x 4", " LO n x 9\n UP n x 4"),
        ("RHS\n", "RHS\n r a inf\n"), ("BOUNDS", "RANGES\n r a nan\nBOUNDS"), ("BOUNDS", "GENCONS\n MAX g\nBOUNDS"), ("COLUMNS", "COLUMNS\n x"),
        ("BOUNDS", "QUADOBJ\n x w 1\nBOUNDS"), ("BOUNDS", "INDICATORS\n IF q x 1\nBOUNDS"), ("BOUNDS", "OBJSENSE\n SIDEWAYS\nBOUNDS"),
        (" y o 1 a 4\n", " y o 1 a 4\n x a 7\n"),
      ])
    list += variants(
      lp, "lp",
      [
        ("minimize", "minimise please"), ("minimize", ""), ("subject to", "subject"), ("3 x", "3 3 x"), ("3 x", "3 x ^"), (">= 4", ">= "),
        (">= 4", ">= y >= 4 >= 5"), (">= 4", "4"), (">= 4", ">= 1e999"), ("c1:", "c1: c1:"), ("x <= 5", "x <= "),
        ("x <= 5", "x <= nan"), ("2 y", "2e y"), ("3 x + 2 y", "[ x * y"), ("3 x + 2 y", "[ x * y ]"), ("c1: x", "c1: [ x ^ 3 ] + x"),
        ("3 x", "3e2"), ("subject to\n", "subject to\n s: S3 :: x:1\n"), ("subject to\n", "subject to\n i: z = 2 -> x <= 1\n"),
        ("minimize\n obj: 3 x + 2 y\nsubject to", "max: 3x+2y;\n"), ("x + y", "x + + * y"), ("x + y", "\u{1}x + y"),
      ])
    for (ending, text) in [("mps", mps), ("lp", lp)] {
      list += [
        File("empty.\(ending)", ""), File("nul.\(ending)", bytes: Array(text.utf8.prefix(30)) + [0] + Array(text.utf8.dropFirst(30))),
        File("utf8.\(ending)", bytes: Array(text.utf8.prefix(30)) + [0xFF, 0xC0] + Array(text.utf8.dropFirst(30))),
        File("binary.\(ending)", bytes: (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }),
        File("gzip.\(ending).gz", bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
        File("magic.\(ending).gz", bytes: [0x1F, 0x8B]),
      ]
    }
    return list
  }()

  @Test func thereAreAtLeastThreeHundred() { #expect(Self.files.count >= 300) }

  @Test func eachIsRefusedWithAPlaceAtOnce() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (i, file) in Self.files.enumerated() {
      let path = folder.appendingPathComponent("\(i)-\(file.name)")
      try Data(file.bytes).write(to: path)
      let result = try Command.run([path.path], limit: 10)
      let text = String(decoding: file.bytes.prefix(2000), as: UTF8.self)
      #expect(result.status == 65, "\(file.name): \(result.status)\n\(text)\n\(result.errors.prefix(600))")
      #expect(result.errors.contains("error["), "\(file.name)\n\(text)\n\(result.errors.prefix(600))")
      #expect(result.errors.contains("\(file.name):"), "\(file.name) has no place\n\(text)\n\(result.errors.prefix(600))")
      #expect(result.seconds < 1, "\(file.name): \(result.seconds) s")
      try? FileManager.default.removeItem(at: path)
    }
  }
}
