import Testing

@testable import Constraints

/// A file with these sections after the version.
private func cbf(_ sections: String...) -> String { "VER\n3\n\nOBJSENSE\nMIN\n" + sections.joined(separator: "\n") }

private let cbfCases: [DialectCase] = [
  DialectCase("an empty problem", cbf(), .model("", [])),
  DialectCase("maximize a constant", "VER\n1\nOBJSENSE\nMAX\nOBJBCOORD\n2.5\n", .model("max 2.5", [])),
  DialectCase(
    "domains of variables", cbf("VAR", "7 4", "F 2", "L+ 2", "L- 2", "L= 1", "OBJACOORD", "2", "0 1.5", "6 -1"),
    .model("min 1.5 x[0] + -1 x[6]; x[0] [-inf, inf]; x[1] [-inf, inf]; x[4] [-inf, 0]; x[5] [-inf, 0]; x[6] [0, 0]", [])),
  DialectCase(
    "domains of rows",
    cbf("VAR", "1 1", "L+ 1", "CON", "4 4", "L= 1", "L+ 1", "L- 1", "F 1", "ACOORD", "4", "0 0 1", "1 0 2", "2 0 3", "3 0 4", "BCOORD", "2", "0 -5", "2 6"),
    .model("c[0]: x[0] in [5, 5]; c[1]: 2 x[0] in [0, inf]; c[2]: 3 x[0] in [-inf, -6]; c[3]: 4 x[0] in [-inf, inf]", [])),
  DialectCase(
    "entries of one place add up", cbf("VAR", "1 1", "L+ 1", "CON", "1 1", "L+ 1", "ACOORD", "2", "0 0 1", "0 0 2"),
    .model("c[0]: 3 x[0] in [0, inf]", [])),
  DialectCase(
    "quadratic cones of variables and rows",
    cbf("VAR", "3 1", "Q 3", "CON", "3 1", "QR 3", "ACOORD", "2", "0 0 1", "2 1 2", "BCOORD", "1", "1 0.5"),
    .model(
      "cone[0]: (x[0], x[1], x[2]) in SecondOrderCone; c[0]: (x[0], 0.5, 2 x[1]) in RotatedSecondOrderCone; x[0] [-inf, inf]; x[1] [-inf, inf]; x[2] [-inf, inf]",
      [])),
  DialectCase(
    "exponential cones are listed the other way round", cbf("VAR", "6 2", "EXP 3", "EXP* 3"),
    .model(
      "cone[0]: (x[2], x[1], x[0]) in ExponentialCone; cone[3]: (x[5], x[4], x[3]) in DualExponentialCone; "
        + (0..<6).map { "x[\($0)] [-inf, inf]" }.joined(separator: "; "), [])),
  DialectCase(
    "integers and comments", "# first\nVER\n2\n\n# second\nVAR\n# third\n2 1\nL+ 2\nINT\n1\n1\n",
    .model("x[1] integer [0, inf]", [])),
  DialectCase(
    "a matrix variable",
    cbf("PSDVAR", "1", "2", "CON", "1 1", "L= 1", "FCOORD", "2", "0 0 0 0 1", "0 0 1 0 2", "BCOORD", "1", "0 -1", "OBJFCOORD", "1", "0 0 1 3"),
    .model(
      "min 6 X[0,0,1]; c[0]: X[0,0,0] + 4 X[0,0,1] in [1, 1]; psd[0]: (X[0,0,0], X[0,0,1], X[0,1,1]) in PositiveSemidefiniteConeTriangle; X[0,0,0] [-inf, inf]; X[0,0,1] [-inf, inf]; X[0,1,1] [-inf, inf]",
      [])),
  DialectCase(
    "a matrix inequality",
    cbf("VAR", "1 1", "L+ 1", "PSDCON", "1", "2", "HCOORD", "2", "0 0 0 0 1", "0 0 1 1 1", "DCOORD", "1", "0 1 0 -2"),
    .model("lmi[0]: (x[0], -2, x[0]) in PositiveSemidefiniteConeTriangle", [])),
  DialectCase("changes", cbf("VAR", "1 1", "L+ 1", "CHANGE", "OBJACOORD", "1", "0 2"), .model("", ["F116"])),
  DialectCase("carriage returns", "VER\r\n3\r\nVAR\r\n1 1\r\nL- 1\r\n", .model("x[0] [-inf, 0]", [])),
  // Refused.
  DialectCase("no version", "VAR\n1 1\nL+ 1\n", .error("F112", line: 1)),
  DialectCase("nothing at all", "\n# only a comment\n", .error("F115", line: 1)),
  DialectCase("a later version", "VER\n9\n", .error("F113", line: 2)),
  DialectCase("an unknown section", cbf("VARS", "1 1"), .error("F112", line: 6)),
  DialectCase("an unknown sense", "VER\n3\nOBJSENSE\nmin\n", .error("F114", line: 4)),
  DialectCase("an unknown domain", cbf("VAR", "1 1", "L 1"), .error("F114", line: 8)),
  DialectCase("an exponential cone of four", cbf("VAR", "4 1", "EXP 4"), .error("F141", line: 8)),
  DialectCase("an empty second-order cone", cbf("VAR", "0 1", "Q 0"), .error("F141", line: 8)),
  DialectCase("blocks that are too short", cbf("VAR", "3 1", "L+ 2"), .error("F111", line: 7)),
  DialectCase("more blocks than announced", cbf("VAR", "3 1", "L+ 3", "L+ 2"), .error("F111", line: 9)),
  DialectCase("too few words", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "1", "0"), .error("F111", line: 11)),
  DialectCase("a variable that does not exist", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "1", "1 2"), .error("F110", line: 11)),
  DialectCase("a negative index", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "1", "-1 2"), .error("F110", line: 11)),
  DialectCase("a row without rows", cbf("VAR", "1 1", "L+ 1", "BCOORD", "1", "0 2"), .error("F110", line: 11)),
  DialectCase("not a number", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "1", "0 1,5"), .error("F110", line: 11)),
  DialectCase("an infinite number", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "1", "0 1e999"), .error("F110", line: 11)),
  DialectCase("an entry outside its matrix", cbf("PSDVAR", "1", "2", "OBJFCOORD", "1", "0 2 0 1"), .error("F110", line: 11)),
  DialectCase("more entries than lines", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "2", "0 1"), .error("F115", line: 11)),
  DialectCase("a count beyond the file", cbf("VAR", "1 1", "L+ 1", "OBJACOORD", "999999", "0 1"), .error("F110", line: 10)),
  DialectCase("absurdly many variables", cbf("VAR", "99999999999999999999 1"), .error("F110", line: 7)),
  DialectCase("absurdly large matrices", cbf("PSDVAR", "2", "9999", "9999"), .error("F104", line: 9)),
  DialectCase("weights that are not listed", cbf("VAR", "3 1", "@0:POW 3"), .error("F141", line: 8)),
  DialectCase("a power cone of three weights", cbf("POWCONES", "1 3", "3", "1", "1", "1", "VAR", "4 1", "@0:POW 4"), .error("F113", line: 14)),
  DialectCase("a weight of zero", cbf("POWCONES", "1 2", "2", "1", "0"), .error("F141", line: 10)),
]

@Suite struct CBFTests {
  @Test(arguments: ReadOptions.Mode.allCases) func `files read as they are meant`(mode: ReadOptions.Mode) {
    for item in cbfCases {
      let failure = item.failure(reading: CBFFormat.self, mode: mode)
      #expect(failure == nil, "\(item.name): \(failure ?? "")")
    }
  }

  @Test func `weights of power cones are normalized`() throws {
    let text = cbf("POWCONES", "1 2", "2", "3", "1", "POW*CONES", "1 2", "2", "1", "1", "VAR", "6 2", "@0:POW 3", "@0:POW* 3")
    let model = try CBFFormat.read(SourceText(text), options: ReadOptions()).model
    let sets = model.generalConstraints.map { constraint -> Double? in
      guard case .vector(_, let set) = constraint.body else { return nil }
      return (set as? PowerCone)?.exponent ?? (set as? DualPowerCone)?.exponent
    }
    #expect(sets == [0.75, 0.5])
  }

  @Test func `files cut off anywhere end in a model or a diagnostic`() {
    let text = Array(everything.utf8)
    for end in 0..<text.count {
      do {
        _ = try CBFFormat.read(SourceText(file: "t", bytes: Array(text[..<end])), options: ReadOptions())
      } catch {
        guard case .invalid(let diagnostics) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(diagnostics.allSatisfy { $0.location != nil })
      }
    }
  }

  @Test func `what is written reads back as the same model`() throws {
    for item in cbfCases.map(\.text) + [everything] {
      guard let model = try? CBFFormat.read(SourceText(item), options: ReadOptions()).model else { continue }
      let first = try CBFFormat.write(model, options: WriteOptions())
      let again = try CBFFormat.read(SourceText(first.bytes.text), options: ReadOptions()).model
      let second = try CBFFormat.write(again, options: WriteOptions())
      #expect(first.bytes == second.bytes)
      #expect(again.variableCount == model.variableCount && again.constraintCount >= model.constraintCount)
    }
  }

  @Test func `sides and bounds that no domain states become rows`() throws {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 4)
    let y = model.addVariable("y", lower: -1, upper: 2)
    let z = model.addVariable("z", domain: .binary)
    model.addRow(.name("r"), [LinearTerm(1, x.index), LinearTerm(2, y.index)], lower: 1, upper: 3)
    model.addConstraint(
      .name("p"), [ScalarFunction(linear: [LinearTerm(1, x.index)]), ScalarFunction(linear: [LinearTerm(1, y.index)]),
        ScalarFunction(constant: 1)], in: Scaled(PositiveSemidefiniteConeTriangle(sideDimension: 2)))
    _ = z
    let result = try CBFFormat.write(model, options: WriteOptions())
    let again = try CBFFormat.read(SourceText(result.bytes.text), options: ReadOptions()).model
    #expect(
      again.dump == """
        c[0]: x[0] + 2 x[1] in [1, inf]; c[1]: x[0] + 2 x[1] in [-inf, 3]; c[2]: x[0] in [-inf, 4]; \
        c[3]: x[1] in [-1, inf]; c[4]: x[1] in [-inf, 2]; c[5]: x[2] in [-inf, 1]; \
        lmi[0]: (x[0], \(0.5.squareRoot().text) x[1], 1) in PositiveSemidefiniteConeTriangle; \
        x[1] [-inf, inf]; x[2] integer [0, inf]
        """)
    #expect(result.warnings.map(\.code.id) == ["F152"])
  }

  @Test func `what the format cannot hold is refused by name`() {
    var model = Model()
    let x = model.addVariable("x", lower: 0, upper: 4, domain: .semicontinuous)
    model.setObjective(.minimize, ScalarFunction(quadratic: [QuadraticTerm(1, x.index, x.index)]))
    model.addConstraint(.name("n"), [ScalarFunction(), ScalarFunction()], in: NormOneCone(dimension: 2))
    do {
      _ = try CBFFormat.write(model, options: WriteOptions())
      Issue.record("written")
    } catch {
      guard case .invalid(let diagnostics) = error else { return }
      #expect(diagnostics.map(\.code.id) == ["F150", "F150", "F150"])
      #expect(diagnostics.contains { $0.message.contains("'n'") } && diagnostics.contains { $0.message.contains("'x'") })
    }
  }

  @Test func `the format is known by its first line`() {
    #expect(ModelFormats.format(ofText: SourceText("# c\n\nVER\n3\n"))?.name == "cbf")
    #expect(ModelFormats.format(ofText: SourceText("VERY\n"))?.name != "cbf")
    #expect(ModelFormats.format(ofPath: "a.cbf.gz")?.name == "cbf")
  }

  private let everything = """
    VER
    3
    OBJSENSE
    MAX
    POWCONES
    1 2
    2
    0.25
    0.75
    POW*CONES
    1 2
    2
    0.5
    0.5
    PSDVAR
    1
    2
    VAR
    16 7
    F 1
    L+ 2
    Q 3
    QR 2
    EXP 3
    @0:POW 3
    L- 2
    INT
    1
    2
    PSDCON
    1
    2
    CON
    8 4
    L= 1
    L+ 1
    EXP* 3
    @0:POW* 3
    OBJFCOORD
    1
    0 1 0 0.5
    OBJACOORD
    2
    0 1
    3 -2.5
    OBJBCOORD
    7
    FCOORD
    1
    1 0 1 1 2
    ACOORD
    4
    0 0 1
    1 1 -1
    2 2 3
    7 15 1e-3
    BCOORD
    2
    0 -1
    5 2
    HCOORD
    2
    0 1 0 0 1
    0 2 1 0 -1
    DCOORD
    1
    0 1 1 4

    """
}
