import Testing

@testable import Constraints

/// A file with objective `x` and these constraints and sections.
private func lp(_ constraints: String, _ rest: String = "", end: String = "End\n") -> String {
  "Minimize\n obj: x\nSubject To\n\(constraints)\n\(rest)\(end)"
}

private let lpCases: [DialectCase] = [
  // The table of hard input, wrong answers of others first.
  DialectCase("constant on the left", lp(" c: 2 x + 3 >= 9"), .model("min x; c: 2 x in [6, inf]", ["F145"])),
  DialectCase("variables on both sides", lp(" c: x >= y"), .model("min x; c: x + -1 y in [0, inf]", [])),
  DialectCase("3e2 as a product", lp(" c: x + 3e2 >= 2"), .error("F120", line: 4), lenient: .model("min x; c: x in [-298, inf]", ["F120", "F145"])),
  DialectCase("lp_solve", "max: 3x + 2y;\nc1: x + y <= 4;\n", .error("F121", line: 1)),
  DialectCase("lp_solve with comment", "/* objective */\nmax: 3x;\nc1: x <= 4;\n", .error("F121", line: 2)),
  DialectCase("a variable called bin", lp(" c: bin + x >= 2"), .model("min x; c: x + bin in [2, inf]", ["F147"])),
  DialectCase("a variable called free", lp(" c: x + free >= 2", "Bounds\n free <= 4\n"), .model("min x; c: x + free in [2, inf]; free [0, 4]", ["F147"])),
  DialectCase("double relation", lp(" c: 3 <= x + y <= 8"), .model("min x; c: x + y in [3, 8]", [])),
  DialectCase("double relation downwards", lp(" c: 8 >= x + y >= 3"), .model("min x; c: x + y in [3, 8]", [])),
  DialectCase("double relation that turns", lp(" c: 3 <= x + y >= 8"), .error("F120", line: 4)),
  DialectCase("repeated variable", lp(" c: x + x >= 4"), .model("min x; c: 2 x in [4, inf]", ["F146"])),
  DialectCase("product sign", lp(" c: 2 * x >= 4"), .model("min x; c: 2 x in [4, inf]", [])),
  DialectCase("no blank after a number", lp(" c: 2x + 3y >= 4"), .model("min x; c: 2 x + 3 y in [4, inf]", [])),
  DialectCase("no end", lp(" c: x >= 4", end: ""), .model("min x; c: x in [4, inf]", ["F115"]), strict: .error("F115", line: 5)),
  DialectCase("strict relations", lp(" a: x < 1\n b: x =< 4\n c: x => 2\n d: x == 3"),
    .model("min x; a: x in [-inf, 1]; b: x in [-inf, 4]; c: x in [2, inf]; d: x in [3, 3]", [])),
  DialectCase("duplicate constraint names", lp(" c: x >= 1\n c: x >= 2"), .model("min x; c: x in [1, inf]; c: x in [2, inf]", ["N202"]), strict: .error("N202", line: 5)),
  DialectCase("quadratic constraint", lp(" c: x + [ x ^ 2 + 3 x * y ] <= 4"), .model("min x; c: x + x^2 + 3 x*y in [-inf, 4]", [])),
  DialectCase("indicator", lp(" c: z = 1 -> x + y <= 3", "Binary\n z\n"), .model("min x; c: z, x + y if 1 in [-inf, 3]; z binary [0, 1]", [])),
  DialectCase("indicator on a continuous variable", lp(" c: z = 1 -> x <= 3"), .error("F141", line: 4)),
  DialectCase("equivalence", lp(" c: z = 1 <-> x <= 3", "Binary\n z\n"), .error("F113", line: 4)),
  DialectCase("ordered sets", lp(" c: x + y >= 1", "SOS\n s: S1:: x:1 y:2\n t: S2:: x:2 y:1\n"),
    .model("min x; c: x + y in [1, inf]; s: (x, y) in SOS1(1 2); t: (x, y) in SOS2(2 1)", [])),
  DialectCase("ordered set of unknown kind", lp(" c: x + y >= 1", "SOS\n s: S3:: x:1 y:2\n"), .error("F114", line: 6)),
  DialectCase("equal weights", lp(" c: x + y >= 1", "SOS\n s: S1:: x:1 y:1\n"), .error("F141", line: 6)),
  DialectCase("lazy constraints", lp(" c: x >= 1", "Lazy Constraints\n l: x >= 2\n"), .model("min x; c: x in [1, inf]; l: x in [2, inf] lazy", [])),
  DialectCase("user cuts", lp(" c: x >= 1", "User Cuts\n l: x >= 2\n"), .model("min x; c: x in [1, inf]", ["F142"])),
  // Objectives.
  DialectCase("objective constant", "Max\n obj: x + 5\nst\n c: x <= 1\nend\n", .model("max x + 5; c: x in [-inf, 1]", [])),
  DialectCase("quadratic objective", "Minimize\n obj: x + [ 2 x ^ 2 + 4 x * y ] / 2\nSubject To\nEnd\n", .model("min x + x^2 + 2 x*y", [])),
  DialectCase("sign before the bracket", "Minimize\n obj: x - [ 2 x ^ 2 ] / 2\nSubject To\nEnd\n", .model("min x + -1 x^2", [])),
  DialectCase("number before the bracket", "Minimize\n obj: 3 [ 2 x ^ 2 ] / 2\nSubject To\nEnd\n", .model("min 3 x^2", [])),
  DialectCase("objective without / 2", "Minimize\n obj: [ x ^ 2 ]\nSubject To\nEnd\n", .error("F120", line: 2), lenient: .model("min x^2", ["F120"])),
  DialectCase("constraint with / 2", lp(" c: [ x ^ 2 ] / 2 <= 4"), .error("F120", line: 4), lenient: .model("min x; c: 0.5 x^2 in [-inf, 4]", ["F120"])),
  DialectCase("cube", lp(" c: [ x ^ 3 ] <= 4"), .error("F120", line: 4)),
  DialectCase("product outside brackets", lp(" c: x * y <= 4"), .error("F120", line: 4)),
  DialectCase("no objective", "Minimize\nSubject To\n c: x >= 1\nEnd\n", .model("c: x in [1, inf]", [])),
  DialectCase("several objectives", "Minimize multi-objectives\n o1: x\nSubject To\nEnd\n", .error("F113", line: 1)),
  DialectCase("no sense", "obj: x\nSubject To\nEnd\n", .error("F120", line: 1)),
  // Layout.
  DialectCase("one line", "Minimize obj: x Subject To c1: x + y <= 4 c2: x >= 1 Bounds x <= 3 General y End",
    .model("min x; c1: x + y in [-inf, 4]; c2: x in [1, inf]; x [0, 3]; y integer [0, inf]", [])),
  DialectCase("unnamed constraints", lp(" x + y <= 4\n x - y >= 2\n - x + y <= 1"),
    .model("min x; c1: x + y in [-inf, 4]; c2: x + -1 y in [2, inf]; c3: -1 x + y in [-inf, 1]", [])),
  DialectCase("expression over lines", lp(" c:\n x\n + y\n >=\n 4"), .model("min x; c: x + y in [4, inf]", [])),
  DialectCase("comments", "\\ first\nMinimize \\ sense\n obj: x /* inner */\nSubject To\n c: x >= 1 \\ last\nEnd\n", .model("min x; c: x in [1, inf]", [])),
  DialectCase("name of the problem", "\\Problem name: p\nMinimize\n obj: x\nSubject To\n c: x >= 1\nEnd\n", .model("min x; c: x in [1, inf]", [])),
  DialectCase("upper case keywords", "MINIMIZE\nobj: x\nSUBJECT TO\nc: x >= 1\nEND\n", .model("min x; c: x in [1, inf]", [])),
  DialectCase("such that", "min\nobj: x\nsuch that\nc: x >= 1\nend\n", .model("min x; c: x in [1, inf]", [])),
  DialectCase("text after end", lp(" c: x >= 1", end: "End\nmore\n"), .model("min x; c: x in [1, inf]", ["F116"])),
  DialectCase("brackets in names", lp(" c: x[1,2] >= 1"), .error("F120", line: 4), lenient: .model("min x; c: x[1,2] in [1, inf]", [])),
  DialectCase("brackets for Gurobi", lp(" c: x[1,2] >= 1"), .model("min x; c: x[1,2] in [1, inf]", []), dialect: .gurobi),
  DialectCase("general constraints", lp(" c: x >= 1", "General Constraints\n g: y = MAX ( x , 3 )\n"), .error("F113", line: 5)),
  DialectCase("missing operand", lp(" c: x + <= 4"), .error("F120", line: 4)),
  DialectCase("missing relation", lp(" c: x + y\n d: x >= 1"), .error("F120", line: 5)),
  DialectCase("missing side", lp(" c: x >=\n d: x >= 1"), .error("F120", line: 5)),
  DialectCase("NaN", lp(" c: nan x >= 1"), .error("F110", line: 4)),
  DialectCase("infinite coefficient", lp(" c: inf x >= 1"), .error("F136", line: 4)),
  DialectCase("free row", lp(" c: x >= -inf"), .model("min x; c: x in [-inf, inf]", [])),
  // Bounds and domains.
  DialectCase("bounds", lp(" c: x + y + z + w >= 1", "Bounds\n 2 <= x <= 8\n y free\n -inf <= z <= 5\n w = 3\n"),
    .model("min x; c: x + y + z + w in [1, inf]; x [2, 8]; y [-inf, inf]; z [-inf, 5]; w [3, 3]", [])),
  DialectCase("bounds downwards", lp(" c: x >= 1", "Bounds\n 8 >= x >= 2\n"), .model("min x; c: x in [1, inf]; x [2, 8]", [])),
  DialectCase("last bound wins", lp(" c: x >= 1", "Bounds\n x <= 4\n x <= 9\n"), .model("min x; c: x in [1, inf]; x [0, 9]", [])),
  DialectCase("negative upper bound", lp(" c: x >= -5", "Bounds\n x <= -1\n"), .model("min x; c: x in [-5, inf]; x [0, -1]", ["F133"]), strict: .error("F133", line: 6)),
  DialectCase("1e30", lp(" c: x >= 1", "Bounds\n x <= 1e30\n"), .model("min x; c: x in [1, inf]", [])),
  DialectCase("lower bound +inf", lp(" c: x >= 1", "Bounds\n x >= inf\n"), .error("F136", line: 6)),
  DialectCase("bound with a coefficient", lp(" c: x >= 1", "Bounds\n 2 x <= 4\n"), .error("F120", line: 6)),
  DialectCase("bound NaN", lp(" c: x >= 1", "Bounds\n x <= nan\n"), .error("F110", line: 6)),
  DialectCase("unknown name in bounds", lp(" c: x >= 1", "Bounds\n xx <= 4\n"), .model("min x; c: x in [1, inf]; xx [0, 4]", ["F144"]), strict: .error("F144", line: 6)),
  DialectCase("general", lp(" c: x + y >= 1", "General\n x y\n"), .model("min x; c: x + y in [1, inf]; x integer [0, inf]; y integer [0, inf]", [])),
  DialectCase("binary and bounds", lp(" c: x >= 1", "Bounds\n x <= 5\nBinary\n x\n"), .model("min x; c: x in [1, inf]; x binary [0, 1]", ["F143"]), strict: .error("F143", line: 2)),
  DialectCase("semicontinuous", lp(" c: x >= 1", "Bounds\n 2 <= x <= 8\nSemi-Continuous\n x\n"), .model("min x; c: x in [1, inf]; x semicontinuous [2, 8]", [])),
  DialectCase("semicontinuous without upper bound", lp(" c: x >= 1", "Semis\n x\n"), .model("min x; c: x in [1, inf]; x semicontinuous [0, inf]", ["F140"]), strict: .error("F140", line: 2)),
  DialectCase("semi-integer", lp(" c: x >= 1", "Bounds\n x <= 8\nGeneral\n x\nSemi\n x\n"), .model("min x; c: x in [1, inf]; x semiinteger [0, 8]", [])),
  DialectCase("empty", "", .error("F120", line: 1)),
]

@Suite("LP dialects")
struct LPDialectTests {
  @Test(arguments: ReadOptions.Mode.allCases)
  func filesReadAsTheyAreMeant(mode: ReadOptions.Mode) {
    for item in lpCases {
      let failure = item.failure(reading: LPFormat.self, mode: mode)
      #expect(failure == nil, "\(item.name) in \(mode.rawValue) mode: \(failure ?? "")")
    }
  }

  @Test func everyAcceptedCaseSurvivesWriting() throws {
    for item in lpCases {
      guard let read = try? LPFormat.read(SourceText(item.text), options: ReadOptions()) else { continue }
      guard let written = try? LPFormat.write(read.model, options: WriteOptions()) else {
        Issue.record("\(item.name) cannot be written")
        continue
      }
      if !written.renamed.isEmpty { continue }
      let again = try LPFormat.read(SourceText(written.bytes.text), options: ReadOptions()).model
      #expect(again.difference(from: read.model) == nil, "\(item.name): \(written.bytes.text)")
    }
  }
}
