import Testing

@testable import Constraints

@Suite("Solution JSON")
struct SolutionJSONTests {
  static func example() throws -> (Model, Solution) {
    let model = try readAlgebraic(bakeryText).model
    var solution = Solution(
      outcome: .optimal, proof: .bound(gap: 0), termination: Termination(.proved, detail: "tree empty", seconds: 0.041), sense: .maximize)
    solution.values = [12, 24, 40, 1, 0]
    solution.primalStatus = .feasible
    solution.objective = 291
    solution.bound = 291
    solution.source = "branch-and-bound"
    solution.dualReason = "integer model"
    solution.plan = [PlanStep(constraint: "door", bridge: "indicator-to-bigM", detail: "M = 120")]
    return (model, solution)
  }

  @Test func keysAndNesting() throws {
    let (model, solution) = try Self.example()
    let run = SolutionJSON.Run(version: "0.1.0", seed: 1, threads: 1, isDeterministic: true, options: [("gap", .number(1e-4))])
    let document = try JSONDocument(SourceText(file: "s", bytes: SolutionJSON.write(solution, of: model, run: run)))
    func at(_ path: String...) -> JSONNode? {
      var node: JSONNode? = document.root
      for part in path {
        if let i = Int(part), let n = node { node = document.elements(n).dropFirst(i).first { _ in true } } else { node = node.flatMap { document.member($0, part) } }
      }
      return node
    }
    #expect(at("solutions", "0", "variables", "make", "cake").flatMap { document.number($0) } == 24)
    #expect(at("proof", "kind").flatMap { document.text($0) } == "bound")
    #expect(at("termination", "reason").flatMap { document.text($0) } == "proved")
    #expect(at("objective", "sense").flatMap { document.text($0) } == "max")
    #expect(at("model", "fingerprint").flatMap { document.text($0) } == model.fingerprint)
    #expect(at("duals", "reason").flatMap { document.text($0) } == "integer model")
    #expect(at("run", "options", "gap").flatMap { document.number($0) } == 1e-4)
    let flat = try JSONDocument(SourceText(file: "s", bytes: SolutionJSON.write(solution, of: model, flat: true)))
    let text = String(decoding: flat.source.bytes, as: UTF8.self)
    #expect(text.contains("\"make[bread]\": 12"))
  }

  @Test(arguments: [false, true]) func readBack(_ flat: Bool) throws {
    let (model, solution) = try Self.example()
    let bytes = SolutionJSON.write(solution, of: model, flat: flat)
    let point = try SolutionJSON.readPoint(SourceText(file: "s", bytes: bytes), for: model)
    #expect(point.values == solution.values && point.isSameModel == true && point.outcome == .optimal && point.objective == 291)
    #expect(point.warnings.isEmpty)
  }

  @Test func wrongNamesAndMissingValues() throws {
    let (model, _) = try Self.example()
    let partial = try SolutionJSON.readPoint(SourceText(#"{"variables": {"make": {"bread": 3}, "slack": "inf"}}"#), for: model)
    #expect(partial.values[0] == 3 && partial.values[1].isNaN && partial.values[4] == .infinity && partial.warnings.count == 1)
    let error = firstError { _ = try SolutionJSON.readPoint(SourceText(#"{"variables": {"make": {"bred": 3}}}"#), for: model) }
    #expect(error?.code == "N201" && error?.text.contains("make[bread]") ?? false)
    for text in ["{}", "[]", #"{"solutions": []}"#, #"{"solutions": [{"variables": {"open": "x"}}]}"#, #"{"format": "mps"}"#] {
      #expect(firstError { _ = try SolutionJSON.readPoint(SourceText(text), for: model) } != nil)
    }
  }

  @Test func fingerprintTellsModelsApart() throws {
    let (model, _) = try Self.example()
    #expect(try readAlgebraic(bakeryText).model.fingerprint == model.fingerprint)
    #expect(try readAlgebraic(bakeryText.replacing("120", with: "121")).model.fingerprint != model.fingerprint)
  }
}
