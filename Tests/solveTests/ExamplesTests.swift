#if GLPK
  import Constraints
  import Solvers
  import Testing

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

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
      let solution = try readExample(known.file).model.solve()
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
      guard case .farkas(let multipliers)? = solution.certificate else {
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

    @Test func aParameterChangesTheAnswerAsItShould() throws {
      var options = ReadOptions()
      options.parameters = [(name: "target", value: 95)]
      let path = root.appendingPathComponent("Examples/bakery.json").path
      // At least 95 pieces and at most 90: the two sides cross.
      let solution = try? ModelFormats.read(path: path, options: options).model.solve()
      #expect(solution == nil || solution?.outcome == .infeasible)
    }
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
