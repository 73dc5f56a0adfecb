import Testing

@testable import Constraints

@Suite("Solution files")
struct SolutionFileTests {
  /// Variables x, y (integer) and z, rows c1 and c2.
  private func model() throws -> Model {
    try LPFormat.read(
      SourceText("Minimize\n obj: x + 2 y + 3 z\nSubject To\n c1: x + y >= 2\n c2: y - z <= 4\nGeneral\n y\nEnd\n"),
      options: ReadOptions()
    ).model
  }

  private func read(_ text: String, file: String = "a.sol", format: SolutionFileFormat? = nil) throws -> PointFile {
    try SolutionFiles.readPoint(SourceText(file: file, text), for: model(), format: format)
  }

  private func expect(_ point: PointFile, _ values: [Double], sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    let same = zip(point.values, values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    #expect(same && point.values.count == values.count, "\(point.values)", sourceLocation: sourceLocation)
  }

  @Test func miplib() throws {
    let point = try read("=obj= 5\nx 1\ny 2\n")
    #expect(point.format == .miplib)
    #expect(point.objective == 5)
    expect(point, [1, 2, 0])
  }

  @Test func scip() throws {
    let point = try read("solution status: optimal\nobjective value:   5\nx    1 \t(obj:1)\ny  2 (obj:2)\n")
    #expect(point.format == .scip)
    #expect(point.objective == 5)
    #expect(point.status == "optimal")
    expect(point, [1, 2, 0])
    expect(try read("no solution available\n"), [.nan, .nan, .nan])
  }

  @Test func gurobi() throws {
    let point = try read("# Solution for model t\n# Objective value = 5\nx 1\ny 2\n")
    #expect(point.format == .gurobi)
    #expect(point.objective == 5)
    expect(point, [1, 2, 0])
  }

  @Test func aStartSaysNothingAboutOthers() throws {
    expect(try read("# MIP start\nx 1\n", file: "a.mst"), [1, .nan, .nan])
  }

  @Test func highs() throws {
    let text = "Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 5\n# Columns 3\nx 1\ny 2\nz 0.5\n"
      + "# Rows 2\nc1 3\nc2 2\n\n# Dual solution values\nFeasible\n# Columns 3\nx 9\ny 9\nz 9\n# Rows 2\nc1 0\nc2 0\n\n# Basis\nHiGHS_basis_file v2\nNone\n"
    let point = try read(text)
    #expect(point.format == .highs)
    #expect(point.status == "Optimal")
    #expect(point.objective == 5)
    expect(point, [1, 2, 0.5])
    let sparse = try read("Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 5\n# Columns -1\ny 2 1\n# Rows 2\n")
    expect(sparse, [0, 2, 0])
    #expect(throws: ConstraintsError.self) { try read("Model status\nOptimal\n\n# Primal solution values\nFeasible\n# Columns 3\nx 1\n") }
  }

  @Test func glpk() throws {
    let point = try read("c Problem: t\ns mip 2 3 o 5\ni 1 3\ni 2 2\nj 1 1\nj 2 2\nj 3 0.5\ne o f\n")
    #expect(point.format == .glpk)
    expect(point, [1, 2, 0.5])
    expect(try read("s bas 2 3 f f 5\ni 1 b 3 0\ni 2 b 2 0\nj 1 b 1 0\nj 2 l 2 1\ne o f\n"), [1, 2, .nan])
    #expect(throws: ConstraintsError.self) { try read("s mip 2 4 o 5\nj 1 1\ne o f\n") }
  }

  @Test func cbc() throws {
    let point = try read("Optimal - objective value 5.00000000\n      0 x   1   0\n**    1 y   2   0\n")
    #expect(point.format == .cbc)
    #expect(point.objective == 5)
    #expect(point.status == "Optimal")
    expect(point, [1, 2, 0])
  }

  @Test func unknownNamesAreOneWarning() throws {
    let point = try read("x 1\nyy 2\nzz 3\n")
    #expect(point.warnings.count == 1)
    #expect(point.warnings[0].message.contains("2 names"))
    #expect(point.warnings[0].location?.line == 2)
  }

  @Test func badLinesAreLocated() throws {
    for (text, code) in [("x\n", "F160"), ("x one\n", "F110"), ("x nan\n", "F110"), ("x 1 2 3\n", "F160")] {
      do {
        _ = try read(text)
        Issue.record("\(text) was read")
      } catch {
        guard case .invalid(let diagnostics)? = error as? ConstraintsError else { continue }
        #expect(diagnostics[0].code.id == code)
        #expect(diagnostics[0].location?.line == 1)
      }
    }
  }

  @Test(arguments: SolutionFileFormat.allCases)
  func writtenPointsReadBack(format: SolutionFileFormat) throws {
    var solution = Solution(outcome: .optimal, termination: Termination(.proved))
    solution.values = [1, 2, 0.1]
    solution.objective = 5.3
    solution.primalStatus = .feasible
    guard format.isWritable else {
      #expect(throws: ConstraintsError.self) { try SolutionFiles.text(of: solution, of: model(), format: format) }
      return
    }
    let text = try SolutionFiles.text(of: solution, of: model(), format: format)
    let point = try SolutionFiles.readPoint(SourceText(file: "a.sol", bytes: text), for: model())
    #expect(point.format == format)
    #expect(point.values == solution.values)
    #expect(point.objective == 5.3)
  }
}
