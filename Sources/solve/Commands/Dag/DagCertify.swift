import ArgumentParser
import Constraints
import Learn2Opt

/// Says how good a given graph can be at most.
struct DagCertify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Say how far a given graph is from the best for some data.",
    discussion: """
      Takes any graph, from whatever method, fits it to the data, and prints its score beside a bound that holds for every \
      graph, beside the best graph that a search finds, and beside the simple answers. Up to 24 variables the best least \
      squares score is proven; beyond, the bound says how much could be gained at most.

      BIC judges the graph itself. Under least squares every further edge lowers the score: the graph is judged by the \
      best order of the nodes that its edges allow, and what its edges alone leave above that is said beside it.

      Exit code 0 if no better graph was found, 1 if one was.

      Examples:
        solve dag certify data.csv found.csv
        solve dag certify data.csv found.csv --score bic
        solve dag certify --covariance cov.csv --samples 500 found.csv
      """)

  @OptionGroup var input: DagData
  @Argument(help: ArgumentHelp("The graph to judge: an edge list.", valueName: "edges")) var graph: String?
  @Option(help: ArgumentHelp("What to judge by: ls (least squares) or bic.", valueName: "ls|bic")) var score: ScoreName = .ls
  @Option(help: ArgumentHelp("Factor of the penalty log(n)/(2n) of an edge under BIC.", valueName: "factor")) var penalty = 2.0
  @Option(help: ArgumentHelp("A score within this part of the best counts as equal.", valueName: "share")) var tolerance = 1e-6
  @Option(help: "Seed of the search.") var seed: UInt64 = 1
  @Option(parsing: .unconditional, help: .entry("time-limit")) var timeLimit: String?
  @Flag(help: "Print the judgement as JSON.") var json = false

  enum ScoreName: String, ExpressibleByArgument, CaseIterable { case ls, bic }

  /// Most variables for which the optimum is proven.
  private static let exactLimit = 24
  private static let exactLimitOfBIC = 20

  /// The edge list: the only file beside a covariance, the second one beside samples.
  private var edges: String? { input.covariance == nil ? graph : input.data }

  func validate() throws {
    if edges == nil { throw ValidationError("Give the edge list of the graph to judge.") }
    if input.covariance != nil && graph != nil { throw ValidationError("Give samples or --covariance, not both.") }
  }

  func run() throws {
    let limit = try DagRun.timeLimit(timeLimit)
    let data = try input.read()
    let isJSON = input.errors == .json
    let given: WeightedGraph
    do throws(ConstraintsError) {
      given = try EdgeList(path: edges ?? "-").graph(names: data.covariance.names, mustBeAcyclic: true)
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
    let run = DagRun(timeLimit: limit, isQuiet: false)
    let judged: LearnedStructure
    let best: LearnedStructure
    do throws(StructureLearningError) {
      var options = StructureLearner.Options()
      options.score = score == .ls ? .leastSquares : .bic
      let limit = score == .ls ? DagCertify.exactLimit : DagCertify.exactLimitOfBIC
      options.exactness = data.covariance.variableCount <= limit ? .always : .never
      options.penaltyDiscount = penalty
      options.seed = seed
      options.start = given.topologicalOrder
      var order: [Int]?
      if score == .ls {
        var within = options
        within.knowledge.required = Set(given.edges.map { .init(from: $0.from, to: $0.to) })
        order = try StructureLearner(within).learn(data.covariance, shouldStop: run.shouldStop).order
      }
      judged = try LearnedStructure(
        judging: given, order: order, by: score == .ls ? .leastSquares : .bic, covariance: data.covariance,
        method: "given", penaltyDiscount: penalty)
      options.start = judged.order
      best = try StructureLearner(options).learn(data.covariance, shouldStop: run.shouldStop)
    } catch { throw DagFailure.report(error, asJSON: isJSON) }
    // The zero of BIC depends on the units of the columns: its differences count, not its ratios.
    let difference = judged.value - best.value
    let excess = score == .bic ? difference : difference / max(best.value, 1e-300)
    let bound = max(judged.bound, best.bound)
    let isBest = excess <= tolerance
    if json {
      Terminal.write(
        "{\"score\": \(Terminal.quoted(judged.score.rawValue)), \"value\": \(judged.value.text), \"refitted\": \(judged.refittedValue.text), "
          + "\"best_found\": \(best.value.text), \"bound\": \(bound.text), \"proof\": \(Terminal.quoted(best.proof.rawValue)), "
          + "\"excess\": \(excess.text), \"is_best_found\": \(isBest)}\n")
    } else {
      Terminal.write(text(data, judged, best, bound, excess, isBest))
    }
    if !isBest { throw ExitCode(1) }
  }

  private func text(
    _ data: DagData.Dataset, _ judged: LearnedStructure, _ best: LearnedStructure, _ bound: Double, _ excess: Double, _ isBest: Bool
  ) -> String {
    func number(_ x: Double) -> String { significant(x, 7).text }
    func size(_ x: Double) -> String { judged.score == .bic ? number(max(0, x)) : percent(max(0, x)) }
    let refitted = judged.score == .leastSquares ? " along its best order, \(number(judged.refittedValue)) with its edges alone" : ""
    var verdict: String
    let what = judged.score == .bic ? "graph" : "order"
    switch (isBest, best.proof) {
    case (true, .optimal): verdict = "no \(what) has a lower score"
    case (true, _):
      let gap = judged.score == .bic ? judged.value - bound : (judged.value - bound) / max(bound, 1e-300)
      verdict = "no better \(what) was found; it is at most \(size(gap)) above the optimum"
    case (false, .optimal): verdict = "\(size(excess)) above the optimum"
    case (false, _): verdict = "\(size(excess)) above the best \(what) that was found"
    }
    if judged.score == .leastSquares {
      verdict += "; its edges alone are \(size(judged.refittedValue / max(judged.value, 1e-300) - 1)) above that order"
    }
    var lines = [
      pad("data", 18) + "\(data.name): \(data.covariance.sampleCount) samples of \(data.covariance.variableCount) variables",
      pad("given graph", 18) + "\(judged.graph.edgeCount) edges, \(judged.score.rawValue) \(number(judged.value))\(refitted)",
      pad("best found", 18) + "\(number(best.value)), by \(best.method)",
      pad("bound", 18) + number(bound),
    ]
    for baseline in best.baselines { lines.append(pad(baseline.name, 18) + number(baseline.score)) }
    lines.append(pad("verdict", 18) + verdict)
    return lines.joined(separator: "\n") + "\n"
  }
}
