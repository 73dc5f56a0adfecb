import Testing

@testable import Constraints

private let example = """
  "A comment, and another
  * of the other kind
    2 = mDIM
    3 = nBLOCKS
    (2, -2, 1) = bLOCKsTRUCT
  {1.5, -2}
  0 1 1 1 -3
  1 1 1 2 2
  2 1 2 2 1e0
  0 2 2 2 +4
  1 2 1 1 1
  2 3 1 1 5
  """

private let free = "x[1] [-inf, inf]; x[2] [-inf, inf]"

private let sdpaCases: [DialectCase] = [
  DialectCase(
    "comments, brackets, text after the numbers, diagonal blocks", example,
    .model(
      "min 1.5 x[1] + -2 x[2]; block[2,1]: x[1] in [0, inf]; block[2,2]: 0 in [4, inf]; block[3,1]: 5 x[2] in [0, inf]; "
        + "block[1]: (3, 2 x[1], x[2]) in PositiveSemidefiniteConeTriangle; " + free, [])),
  DialectCase(
    "an entry below the diagonal", "1\n1\n2\n1\n1 1 2 1 3\n",
    .model("min x[1]; block[1]: (0, 3 x[1], 0) in PositiveSemidefiniteConeTriangle; x[1] [-inf, inf]", [])),
  DialectCase(
    "costs over several lines", "2\r\n1\r\n-1\r\n1\r\n2\r\n1 1 1 1 1\r\n",
    .model("min x[1] + 2 x[2]; block[1,1]: x[1] in [0, inf]; " + free, [])),
  // Refused.
  DialectCase("nothing at all", "* only a comment\n", .error("F115", line: 2)),
  DialectCase("no number of variables", "many\n1\n2\n", .error("F110", line: 1)),
  DialectCase("half a block", "1\n1.5\n2\n", .error("F110", line: 2)),
  DialectCase("a size left out", "1\n2\n3\n", .error("F115", line: 4)),
  DialectCase("a cost left out", "2\n1\n2\n1\n", .error("F115", line: 5)),
  DialectCase("a cost that is no number", "2\n1\n2\n1 x\n", .error("F110", line: 4)),
  DialectCase("an infinite value", "1\n1\n2\n1\n1 1 1 1 1e999\n", .error("F110", line: 5)),
  DialectCase("four numbers in an entry", "1\n1\n2\n1\n1 1 1 1\n", .error("F111", line: 5)),
  DialectCase("a matrix that does not exist", "1\n1\n2\n1\n2 1 1 1 1\n", .error("F110", line: 5)),
  DialectCase("a block that does not exist", "1\n1\n2\n1\n1 2 1 1 1\n", .error("F110", line: 5)),
  DialectCase("a row outside its block", "1\n1\n2\n1\n1 1 3 3 1\n", .error("F110", line: 5)),
  DialectCase("an entry off the diagonal of a diagonal block", "1\n1\n-2\n1\n1 1 1 2 1\n", .error("F110", line: 5)),
  DialectCase("an entry and its mirror image", "1\n1\n2\n1\n1 1 1 2 1\n1 1 2 1 1\n", .error("F130", line: 6)),
  DialectCase("whole variables", "1\n1\n2\n1\n1 1 1 1 1\n*INTEGER\n*1\n", .error("F113", line: 6)),
  DialectCase("absurdly many variables", "99999999999999999999\n1\n2\n", .error("F110", line: 1)),
  DialectCase("absurdly large blocks", "1\n2\n9999 9999\n1\n", .error("F104", line: 3)),
]

@Suite struct SDPATests {
  @Test(arguments: ReadOptions.Mode.allCases) func `files read as they are meant`(mode: ReadOptions.Mode) {
    for item in sdpaCases {
      let failure = item.failure(reading: SDPAFormat.self, mode: mode)
      #expect(failure == nil, "\(item.name): \(failure ?? "")")
    }
  }

  @Test func `an error points at the word`() {
    do {
      _ = try SDPAFormat.read(SourceText(file: "t.dat-s", "1\n1\n2\n1\n1 1 1 3 1\n"), options: ReadOptions())
      Issue.record("read")
    } catch {
      guard case .invalid(let diagnostics) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(diagnostics.map { $0.location?.file } == ["t.dat-s"])
      #expect(diagnostics.map { $0.location?.line } == [5])
      #expect(diagnostics.map { $0.location?.column } == [7])
    }
  }

  @Test func `files cut off anywhere end in a model or a diagnostic`() {
    let text = Array(example.utf8)
    for end in 0..<text.count {
      do {
        _ = try SDPAFormat.read(SourceText(file: "t", bytes: Array(text[..<end])), options: ReadOptions())
      } catch {
        guard case .invalid(let diagnostics) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(diagnostics.allSatisfy { $0.location != nil })
      }
    }
  }

  @Test func `files are recognized by their content, and others are not taken for them`() throws {
    #expect(ModelFormats.format(ofText: SourceText(example)) == SDPAFormat.self)
    for text in ["VER\n3\n", "* comment\nNAME x\nROWS\n", "min: x;\n", "3\n", "", "{\"a\": 1}", "Minimize\n obj: x\nEnd\n"] {
      #expect(!SDPAFormat.recognizes(Array(text.utf8)[...]), "\(text)")
    }
    #expect(ModelFormats.format(ofPath: "a/theta1.dat-s.gz") == SDPAFormat.self)
  }

  @Test func `writing is refused with a way out`() throws {
    let model = try SDPAFormat.read(SourceText(example), options: ReadOptions()).model
    #expect(throws: ConstraintsError.self) { try SDPAFormat.write(model, options: WriteOptions()) }
  }
}
