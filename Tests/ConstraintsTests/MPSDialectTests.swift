import Testing

@testable import Constraints

/// The head of a file with rows `obj` (N) and c1, c2, c3 (G, L, E).
private func mps(rows: String = " N obj\n G c1\n L c2\n E c3\n", _ rest: String, end: String = "ENDATA\n") -> String {
  "NAME t\nROWS\n\(rows)\(rest)\(end)"
}

/// One variable, one row `x >= 1`, and a BOUNDS section.
private func bounds(_ lines: String, isInteger: Bool = false) -> String {
  let column = isInteger
    ? " M1 'MARKER' 'INTORG'\n x obj 1 c1 1\n M2 'MARKER' 'INTEND'\n" : " x obj 1 c1 1\n"
  return mps(rows: " N obj\n G c1\n", "COLUMNS\n\(column)RHS\n RHS c1 1\n\(lines.isEmpty ? "" : "BOUNDS\n\(lines)")")
}

private let row = "min x; c1: x in [1, inf]"

private let mpsCases: [DialectCase] = [
  // Bounds, type by type.
  DialectCase("LO", bounds(" LO B x 2\n"), .model("\(row); x [2, inf]", [])),
  DialectCase("UP", bounds(" UP B x 2\n"), .model("\(row); x [0, 2]", [])),
  DialectCase("FX", bounds(" FX B x 2\n"), .model("\(row); x [2, 2]", [])),
  DialectCase("FR", bounds(" FR B x\n"), .model("\(row); x [-inf, inf]", [])),
  DialectCase("MI keeps the upper bound", bounds(" MI B x\n"), .model("\(row); x [-inf, inf]", [])),
  DialectCase("PL", bounds(" UP B x 3\n PL B x\n"), .model(row, ["F130"]), strict: .error("F130", line: 11)),
  DialectCase("BV", bounds(" BV B x\n"), .model("\(row); x binary [0, 1]", [])),
  DialectCase("LI", bounds(" LI B x 2\n"), .model("\(row); x integer [2, inf]", [])),
  DialectCase("UI", bounds(" UI B x 2\n"), .model("\(row); x integer [0, 2]", [])),
  DialectCase("SC", bounds(" SC B x 5\n"), .model("\(row); x semicontinuous [0, 5]", [])),
  DialectCase("LO after SC", bounds(" SC B x 5\n LO B x 2\n"), .model("\(row); x semicontinuous [2, 5]", [])),
  DialectCase("LO before SC", bounds(" LO B x 2\n SC B x 5\n"), .model("\(row); x semicontinuous [2, 5]", [])),
  DialectCase("SI", bounds(" SI B x 5\n"), .model("\(row); x semiinteger [0, 5]", [])),
  DialectCase("SC without value", bounds(" SC B x\n"), .model("\(row); x semicontinuous [0, inf]", ["F140"]), strict: .error("F140", line: 10)),
  DialectCase("value after FR", bounds(" FR B x 7\n"), .model("\(row); x [-inf, inf]", ["F132"])),
  DialectCase("value after BV without set", bounds(" BV x 7\n"), .model("\(row); x binary [0, 1]", ["F132"])),
  DialectCase("no set", bounds(" UP x 4\n"), .model("\(row); x [0, 4]", [])),
  DialectCase("two sets", bounds(" UP B x 4\n UP C x 5\n"), .model("\(row); x [0, 4]", ["F132"]), strict: .error("F132", line: 11)),
  DialectCase("unknown type", bounds(" XX B x 4\n"), .error("F114", line: 10)),
  DialectCase("unknown column", bounds(" UP B xx 4\n"), .error("N201", line: 10)),
  DialectCase("missing value", bounds(" UP B x\n"), .error("N201", line: 10)),
  // Signs and sizes of bounds.
  DialectCase(
    "negative UP", bounds(" UP B x -1\n"), .model("\(row); x [-inf, -1]", ["F133"]), strict: .error("F133", line: 10)),
  DialectCase(
    "negative UP for MOSEK", bounds(" UP B x -1\n"), .model("\(row); x [0, -1]", ["F133"]),
    strict: .error("F133", line: 10), dialect: .mosek),
  DialectCase("negative UP with LO", bounds(" LO B x -3\n UP B x -1\n"), .model("\(row); x [-3, -1]", [])),
  DialectCase("negative UP before LO", bounds(" UP B x -1\n LO B x -3\n"), .model("\(row); x [-3, -1]", [])),
  DialectCase("UP 0", bounds(" UP B x 0\n"), .model("\(row); x [0, 0]", ["F134"])),
  DialectCase("1e30 is infinite", bounds(" UP B x 1e30\n"), .model(row, [])),
  DialectCase("Infinity as text", bounds(" UP B x Infinity\n LO B x -INF\n"), .model("\(row); x [-inf, inf]", [])),
  DialectCase("1e20 is finite", bounds(" UP B x 1e20\n"), .model("\(row); x [0, 1e+20]", ["F135"])),
  DialectCase("NaN", bounds(" UP B x nan\n"), .error("F110", line: 10)),
  DialectCase("Fortran exponent", bounds(" UP B x 1.0D+01\n"), .model("\(row); x [0, 10]", [])),
  DialectCase("junk after a number", bounds(" UP B x 1.0q\n"), .error("F110", line: 10)),
  DialectCase("decimal comma", bounds(" UP B x 1,5\n"), .error("F110", line: 10)),
  DialectCase("LO inf", bounds(" LO B x inf\n"), .error("F136", line: 10)),
  DialectCase("LO twice", bounds(" LO B x 1\n LO B x 2\n"), .model("\(row); x [2, inf]", ["F130"]), strict: .error("F130", line: 11)),
  // Integer markers.
  DialectCase("integer without bounds", bounds("", isInteger: true), .model("\(row); x binary [0, 1]", ["F137"])),
  DialectCase("integer with LO 0", bounds(" LO B x 0\n", isInteger: true), .model("\(row); x integer [0, inf]", [])),
  DialectCase("integer with MI", bounds(" MI B x\n", isInteger: true), .model("\(row); x integer [-inf, inf]", [])),
  DialectCase("integer with PL", bounds(" PL B x\n", isInteger: true), .model("\(row); x integer [0, inf]", [])),
  DialectCase("BV and UP 5", bounds(" BV B x\n UP B x 5\n"), .model("\(row); x binary [0, 1]", ["F143"]), strict: .error("F143", line: 6)),
  DialectCase(
    "back-quoted marker",
    mps(rows: " N obj\n G c1\n", "COLUMNS\n M `MARKER' `INTORG'\n x obj 1 c1 1\n M `MARKER' `INTEND'\nRHS\nBOUNDS\n UP B x 3\n"),
    .model("min x; c1: x in [0, inf]; x integer [0, 3]", [])),
  DialectCase(
    "unknown marker", mps("COLUMNS\n M 'MARKER' 'FOO'\n x obj 1\nRHS\n"), .error("F114", line: 8)),
  // Columns.
  DialectCase(
    "split column", mps("COLUMNS\n x c1 1\n y c1 1\n x c2 1\nRHS\n"), .error("F131", line: 10),
    lenient: .model("min 0; c1: x + y in [0, inf]; c2: x in [-inf, 0]; c3: 0 in [0, 0]", ["F131"])),
  DialectCase(
    "duplicate entry", mps("COLUMNS\n x c1 1 c1 2\nRHS\n"),
    .model("min 0; c1: 3 x in [0, inf]; c2: 0 in [-inf, 0]; c3: 0 in [0, 0]", ["F130"]), strict: .error("F130", line: 8)),
  DialectCase("undeclared row", mps("COLUMNS\n x c9 1\nRHS\n"), .error("N201", line: 8)),
  DialectCase(
    "column without entries", mps("COLUMNS\n x obj 0\nRHS\n"),
    .model("min 0; c1: 0 in [0, inf]; c2: 0 in [-inf, 0]; c3: 0 in [0, 0]", [])),
  DialectCase("missing number", mps("COLUMNS\n x c1\nRHS\n"), .error("F111", line: 8)),
  DialectCase("comment in field 3", mps(rows: " N obj\n G c1\n", "COLUMNS\n x c1 1 $ note\nRHS\n"), .model("min 0; c1: x in [0, inf]", [])),
  DialectCase("infinite coefficient", mps("COLUMNS\n x c1 inf\nRHS\n"), .error("F136", line: 8)),
  DialectCase("tabs", "NAME\tt\nROWS\n\tN\tobj\n\tG\tc1\nCOLUMNS\n\tx\tobj\t1\tc1\t1\nRHS\n\tRHS\tc1\t1\nENDATA\n", .model(row, [])),
  DialectCase("carriage returns", "NAME t\r\nROWS\r\n N obj\r\n G c1\r\nCOLUMNS\r\n x obj 1 c1 1\r\nRHS\r\n RHS c1 1\r\nENDATA\r\n", .model(row, [])),
  DialectCase("old line ends", "NAME t\rROWS\r N obj\r G c1\rCOLUMNS\r x obj 1 c1 1\rRHS\r RHS c1 1\rENDATA\r", .model(row, [])),
  // Rows.
  DialectCase("duplicate row", mps(rows: " N obj\n G c1\n L c1\n", "COLUMNS\nRHS\n"), .error("N202", line: 5)),
  DialectCase("unknown row type", mps(rows: " N obj\n X c1\n", "COLUMNS\nRHS\n"), .error("F114", line: 4)),
  DialectCase(
    "words after a row", mps(rows: " N obj\n G c1 extra\n", "COLUMNS\n x obj 1 c1 1\nRHS\n"),
    .model("min x; c1: x in [0, inf]", ["F111"]), strict: .error("F111", line: 4)),
  DialectCase(
    "two free rows", mps(rows: " N obj\n N other\n G c1\n", "COLUMNS\n x obj 1 other 2\n x c1 1\nRHS\n"),
    .model("min x; c1: x in [0, inf]; other = 2 x", [])),
  DialectCase(
    "OBJNAME", "NAME t\nOBJNAME\n other\nROWS\n N obj\n N other\nCOLUMNS\n x obj 1 other 2\nRHS\nENDATA\n",
    .model("min 2 x; obj = x", [])),
  DialectCase("OBJNAME without row", "NAME t\nOBJNAME zz\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .error("F148", line: 2)),
  DialectCase(
    "LAZYCONS is no row", "NAME t\nROWS\n N obj\nLAZYCONS\n G c1\nCOLUMNS\n x obj 1 c1 1\nRHS\nENDATA\n",
    .model("min x; c1: x in [0, inf] lazy", [])),
  DialectCase(
    "USERCUTS are left out", "NAME t\nROWS\n N obj\n G c1\nUSERCUTS\n L u\nCOLUMNS\n x obj 1 c1 1\n x u 1\nRHS\n RHS c1 1\nENDATA\n",
    .model(row, ["F142"])),
  DialectCase("no rows", "NAME t\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .model("min x", [])),
  // Right-hand sides.
  DialectCase(
    "RHS on the objective is minus the constant", mps(rows: " N obj\n", "COLUMNS\n x obj 1\nRHS\n RHS obj -7\n"),
    .model("min x + 7", [])),
  DialectCase(
    "RHS on another free row", mps(rows: " N obj\n N o2\n", "COLUMNS\n x obj 1 o2 1\nRHS\n RHS o2 5\n"),
    .model("min x; o2 = x", ["F132"]), strict: .error("F132", line: 8)),
  DialectCase("RHS without set", mps(rows: " N obj\n G c1\n", "COLUMNS\n x obj 1 c1 1\nRHS\n c1 1\n"), .model(row, [])),
  DialectCase("RHS set named like a row", mps(rows: " N obj\n G c1\n", "COLUMNS\n x obj 1 c1 1\nRHS\n c1 c1 1\n"), .model(row, [])),
  DialectCase(
    "second RHS set", mps(rows: " N obj\n G c1\n", "COLUMNS\n x obj 1 c1 1\nRHS\n A c1 1\n B c1 2\n"), .model(row, ["F132"]),
    strict: .error("F132", line: 9)),
  DialectCase(
    "RHS twice", mps(rows: " N obj\n G c1\n", "COLUMNS\n x obj 1 c1 1\nRHS\n A c1 2\n A c1 1\n"), .error("F130", line: 9),
    lenient: .model(row, ["F130"])),
  DialectCase("a column called RHS", mps(rows: " N obj\n G c1\n", "COLUMNS\n RHS obj 1 c1 1\nRHS\n RHS c1 1\n"), .model("min RHS; c1: RHS in [1, inf]", [])),
  // Ranges.
  DialectCase(
    "ranges", mps("COLUMNS\n x c1 1 c2 1\n x c3 1\nRHS\n R c1 6 c2 6\n R c3 6\nRANGES\n R c1 -5 c2 5\n R c3 5\n"),
    .model("min 0; c1: x in [6, 11]; c2: x in [1, 6]; c3: x in [6, 11]", [])),
  DialectCase(
    "negative range of E", mps(rows: " N obj\n E c3\n", "COLUMNS\n x c3 1\nRHS\n R c3 6\nRANGES\n R c3 -5\n"),
    .model("min 0; c3: x in [1, 6]", [])),
  DialectCase(
    "zero range of E", mps(rows: " N obj\n E c3\n", "COLUMNS\n x c3 1\nRHS\n R c3 6\nRANGES\n R c3 0\n"),
    .model("min 0; c3: x in [6, 6]", [])),
  DialectCase(
    "RANGES before RHS", mps(rows: " N obj\n G c1\n", "COLUMNS\n x c1 1\nRANGES\n R c1 5\nRHS\n R c1 6\n"),
    .model("min 0; c1: x in [6, 11]", [])),
  DialectCase(
    "range of a free row", mps(rows: " N obj\n", "COLUMNS\n x obj 1\nRHS\nRANGES\n R obj 5\n"), .model("min x", ["F132"]),
    strict: .error("F132", line: 8)),
  // Sense, sections, end.
  DialectCase("OBJSENSE on one line", "NAME t\nOBJSENSE MAX\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .model("max x", [])),
  DialectCase("OBJSENSE on two lines", "NAME t\nOBJSENSE\n MAXIMIZE\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .model("max x", [])),
  DialectCase("OBJSENSE in the first column", "NAME t\nOBJSENSE\nMAX\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .model("max x", [])),
  DialectCase("OBJSENSE unknown", "NAME t\nOBJSENSE\n UP\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .error("F114", line: 3)),
  DialectCase("lower case", "name t\nrows\n n obj\n g c1\ncolumns\n x obj 1 c1 1\nrhs\n r c1 1\nendata\n", .model(row, ["F112"])),
  DialectCase(
    "no ENDATA", mps(rows: " N obj\n G c1\n", "COLUMNS\n x obj 1 c1 1\nRHS\n R c1 1\n", end: ""), .error("F115", line: 9),
    lenient: .model(row, ["F115"])),
  DialectCase("text after ENDATA", mps(rows: " N obj\n G c1\n", "COLUMNS\n x obj 1 c1 1\nRHS\n R c1 1\n", end: "ENDATA\nmore\n"), .model(row, ["F116"])),
  DialectCase("unknown section", "NAME t\nROWS\n N obj\nCOLUMS\n x obj 1\nENDATA\n", .error("F112", line: 4)),
  DialectCase("GENCONS", mps("COLUMNS\n x obj 1\nRHS\nGENCONS\n MAX g\n"), .error("F113", line: 10)),
  DialectCase("PWLOBJ", mps("COLUMNS\n x obj 1\nRHS\nPWLOBJ\n x 0 0\n"), .error("F113", line: 10)),
  DialectCase("FREE on the NAME line", "NAME t FREE\nROWS\n N obj\nCOLUMNS\n x obj 1\nRHS\nENDATA\n", .model("min x", [])),
  DialectCase(
    "indented header", "NAME t\n ROWS\n N obj\n COLUMNS\n x obj 1\n RHS\n ENDATA\n", .model("min x", [])),
  DialectCase(
    "data in the first column", "NAME t\nROWS\nN obj\nG c1\nCOLUMNS\nx obj 1 c1 1\nRHS\nr c1 1\nENDATA\n", .model(row, ["F111"]),
    strict: .error("F111", line: 3)),
  DialectCase("NUL", "NAME t\nROWS\n N o\u{0}bj\n", .error("F105", line: 3)),
  DialectCase("empty", "", .error("F115", line: 1), lenient: .model("", ["F115", "F148"])),
  // Quadratic parts.
  DialectCase(
    "QUADOBJ", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nQUADOBJ\n x x 2\n x y 3\n"),
    .model("min x + y + x^2 + 3 x*y", [])),
  DialectCase(
    "QUADOBJ with both triangles", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nQUADOBJ\n x y 3\n y x 3\n"),
    .model("min x + y + 6 x*y", ["F139"]), strict: .error("F139", line: 9)),
  DialectCase(
    "QMATRIX", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nQMATRIX\n x x 2\n x y 3\n y x 3\n"),
    .model("min x + y + x^2 + 3 x*y", [])),
  DialectCase(
    "QMATRIX asymmetric", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nQMATRIX\n x y 4\n"),
    .model("min x + y + 2 x*y", ["F139"]), strict: .error("F139", line: 9)),
  DialectCase(
    "QCMATRIX", mps(rows: " N obj\n L c2\n", "COLUMNS\n x obj 1 c2 1\n y obj 1\nRHS\n R c2 4\nQCMATRIX c2\n x x 2\n x y 3\n y x 3\n"),
    .model("min x + y; c2: x + 2 x^2 + 6 x*y in [-inf, 4]", ["F138"])),
  DialectCase(
    "QCMATRIX for MOSEK", mps(rows: " N obj\n L c2\n", "COLUMNS\n x obj 1 c2 1\nRHS\n R c2 4\nQCMATRIX c2\n x x 2\n"),
    .model("min x; c2: x + x^2 in [-inf, 4]", ["F138"]), dialect: .mosek),
  DialectCase(
    "QSECTION", mps(rows: " N obj\n L c2\n", "COLUMNS\n x obj 1 c2 1\nRHS\n R c2 4\nQSECTION c2\n x x 2\n"),
    .model("min x; c2: x + x^2 in [-inf, 4]", [])),
  // Sets, indicators, cones.
  DialectCase(
    "SOS in the short layout", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nSOS\n S1 s\n x 1\n y 2\n"),
    .model("min x + y; s: (x, y) in SOS1(1 2)", [])),
  DialectCase(
    "SOS in the long layout", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nSOS\n S2 SOS s 1\n SOS x 1\n SOS y 2\n"),
    .model("min x + y; s: (x, y) in SOS2(1 2)", ["F152"])),
  DialectCase(
    "SOS with equal weights", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\nRHS\nSOS\n S1 s\n x 1\n y 1\n"),
    .error("F141", line: 9)),
  DialectCase(
    "indicator", mps(rows: " N obj\n L c2\n", "COLUMNS\n x obj 1 c2 1\n z obj 1\nRHS\n R c2 4\nBOUNDS\n BV B z\nINDICATORS\n IF c2 z 0\n"),
    .model("min x + z; c2: z, x if 0 in [-inf, 4]; z binary [0, 1]", [])),
  DialectCase(
    "indicator on a continuous column", mps(rows: " N obj\n L c2\n", "COLUMNS\n x obj 1 c2 1\n z obj 1\nRHS\nINDICATORS\n IF c2 z 1\n"),
    .error("F141", line: 7)),
  DialectCase(
    "CSECTION", mps(rows: " N obj\n", "COLUMNS\n x obj 1\n y obj 1\n z obj 1\nRHS\nCSECTION k 0.0 QUAD\n x\n y\nCSECTION e 0 PEXP\n x\n y\n z\n"),
    .model("min x + y + z; k: (x, y) in SecondOrderCone; e: (z, y, x) in ExponentialCone", [])),
  DialectCase("CSECTION unknown", mps(rows: " N obj\n", "COLUMNS\n x obj 1\nRHS\nCSECTION k 0.0 FOO\n x\n"), .error("F114", line: 7)),
  // Fixed columns.
  DialectCase(
    "names with blanks",
    "NAME          FIXED\nROWS\n N  COST\n G  ROW 1\nCOLUMNS\n    X 1       COST               1.0   ROW 1              2.0\nRHS\n    RHS       ROW 1              4.0\nBOUNDS\n UP BND       X 1               10.0\nENDATA\n",
    .model("min X 1; ROW 1: 2 X 1 in [4, inf]; X 1 [0, 10]", ["F117"])),
]

@Suite("MPS dialects")
struct MPSDialectTests {
  @Test(arguments: ReadOptions.Mode.allCases)
  func filesReadAsTheyAreMeant(mode: ReadOptions.Mode) {
    for item in mpsCases {
      let failure = item.failure(reading: MPSFormat.self, mode: mode)
      #expect(failure == nil, "\(item.name) in \(mode.rawValue) mode: \(failure ?? "")")
    }
  }

  @Test func everyAcceptedCaseSurvivesWriting() throws {
    for item in mpsCases where !item.name.contains("MOSEK") {
      guard let read = try? MPSFormat.read(SourceText(item.text), options: ReadOptions()) else { continue }
      guard let written = try? MPSFormat.write(read.model, options: WriteOptions()) else {
        Issue.record("\(item.name) cannot be written")
        continue
      }
      if !written.renamed.isEmpty { continue }
      let again = try MPSFormat.read(SourceText(written.bytes.text), options: ReadOptions()).model
      #expect(again.difference(from: read.model) == nil, "\(item.name)")
    }
  }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}
