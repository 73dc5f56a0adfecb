#if GLPK
  import Constraints
  import Foundation
  import Solvers
  import Testing

  @testable import EmbeddingApp

  /// The root of the package.
  private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// One line of `Examples/optima.csv`.
  struct KnownOptimum: Sendable, CustomTestStringConvertible {
    var file: String
    var objective: Double?
    var outcome: OutcomeStatus
    /// Relative to the size of the objective.
    var tolerance: Double

    var testDescription: String { file }

    static let all: [KnownOptimum] = {
      guard let lines = try? text("Examples/optima.csv").split(whereSeparator: \.isNewline) else { return [] }
      return lines.dropFirst().compactMap { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4, let outcome = OutcomeStatus(rawValue: fields[2]) else { return nil }
        return KnownOptimum(
          file: fields[0], objective: Double(fields[1]), outcome: outcome, tolerance: Double(fields[3]) ?? 1e-9)
      }
    }()
  }

  private func readExample(_ file: String) throws -> ReadResult {
    try ModelFormats.read(path: root.appendingPathComponent("Examples/" + file).path)
  }

  @Suite("Examples")
  struct ExamplesTests {
    @Test func everyExampleHasAKnownOptimum() throws {
      let models = try FileManager.default
        .contentsOfDirectory(atPath: root.appendingPathComponent("Examples").path)
        .filter { $0.hasSuffix(".json") }
      #expect(!models.isEmpty)
      #expect(Set(models) == Set(KnownOptimum.all.map(\.file)))
    }

    @Test(arguments: KnownOptimum.all)
    func readsWithoutWarnings(_ known: KnownOptimum) throws {
      #expect(try readExample(known.file).warnings.isEmpty)
    }

    @Test(arguments: KnownOptimum.all)
    func fitsOnAScreen(_ known: KnownOptimum) throws {
      #expect(try text("Examples/" + known.file).split(whereSeparator: \.isNewline).count <= 60)
    }

    @Test(arguments: KnownOptimum.all)
    func givesTheKnownOptimum(_ known: KnownOptimum) throws {
      let read = try readExample(known.file)
      var options = SolveOptions()
      for option in read.options {
        let value =
          switch option.value {
          case .number(let number): number.text
          case .text(let text): text
          case .flag(let flag): flag ? "true" : "false"
          }
        try OptionTable.set(option.name, to: value, in: &options)
      }
      let solution = try read.model.solve(options: options)
      #expect(solution.outcome == known.outcome)
      #expect(solution.check?.verdict == .confirmed)
      if let expected = known.objective {
        let objective = try #require(solution.objective)
        #expect(abs(objective - expected) <= known.tolerance * max(1, abs(expected)))
      } else {
        #expect(solution.objective == nil)
      }
    }

    /// Painting is the shift with too little time, so it takes part in the proof.
    @Test func theOverbookedWorkshopComesWithAProof() throws {
      let model = try readExample("overbooked.json").model
      let solution = try model.solve()
      #expect(solution.proof == .certificate)
      guard case .farkas(let multipliers, _)? = solution.certificate else {
        Issue.record("no Farkas multipliers")
        return
      }
      let painting = try #require((0..<model.rows.count).first { model.rowNames[$0] == "capacity[painting]" })
      #expect(multipliers[painting] < 0)
    }

    @Test func theSecondObjectiveIsBestAmongThePlansThatAreBestForTheFirst() throws {
      let model = try readExample("ambulances.json").model
      let solution = try model.solve()
      let cost = Checker().value(of: model.objectives[1].function, at: solution.values, in: model)
      #expect(abs(cost - 890) <= 1e-6)
    }

    /// With twice the freight the same shipments stay best, and only the part of the cost that is freight doubles.
    @Test func aParameterChangesTheAnswerAsItShould() throws {
      var options = ReadOptions()
      options.parameters = [(name: "freight", value: 16)]
      let path = root.appendingPathComponent("Examples/transport.json").path
      let solution = try ModelFormats.read(path: path, options: options).model.solve()
      let loading = 15.0 * 990
      let objective = try #require(solution.objective)
      #expect(abs(objective - (2 * (39314 - loading) + loading)) <= 1e-6)
    }
  }

  @Suite("The embedding app")
  struct EmbeddingAppTests {
    /// The app compares its answers with known ones and throws when they differ.
    @Test func findsItsKnownAnswers() async throws { try await EmbeddingApp.main() }
  }

  @Suite("The model in the README")
  struct ReadmeTests {
    /// The text of the first fenced block of a language that contains a word.
    private func block(_ language: String, containing word: String) throws -> String {
      for part in try text("README.md").components(separatedBy: "```" + language + "\n").dropFirst() {
        let body = part.components(separatedBy: "```")[0]
        if body.contains(word) { return body }
      }
      throw CocoaError(.fileReadCorruptFile)
    }

    @Test func givesTheObjectiveThatIsPrintedBelowIt() throws {
      let source = SourceText(file: "README.json", try block("json", containing: "\"format\""))
      let solution = try ModelFormats.read(source).model.solve()
      let printed = try block("text", containing: "objective")
        .split(whereSeparator: \.isNewline)
        .first { $0.hasPrefix("objective") }?
        .split(separator: " ").last
      #expect(solution.outcome == .optimal)
      #expect(solution.check?.verdict == .confirmed)
      #expect(solution.objective == printed.flatMap { Double($0) })
    }
  }
#endif
