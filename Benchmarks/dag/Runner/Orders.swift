import Foundation
import Learn2Opt
import LinearAlgebra

/// What a search over orders ended with.
private struct OrderReport: Encodable {
  /// Weights of the graph that was selected; for one search, of the whole order.
  var weights: [[Double]]
  var order: [Int]
  /// What was minimized, and its value.
  var measure: String
  var score: Double
  var bound: Double?
  var seconds: Double
}

/// Runs a search over orders and prints its report.
func runOrders(_ method: String, _ order: [Int], _ covariance: () -> SampleCovariance) throws {
  let start = clock()
  let moments = covariance()
  var report: OrderReport
  switch method {
  case "topo":
    let outcome = try TopologicalSwaps().leastSquares(moments, from: order)
    report = OrderReport(
      weights: entries(outcome.weights), order: outcome.order, measure: "least squares", score: outcome.score, seconds: 0)
  default:
    var options = StructureLearner.Options()
    if method == "insertion" {
      options.score = .leastSquares
      options.exactness = .never
      options.restarts = 0
      options.shakesPerVariable = 0
      options.start = order
    }
    let learned = try StructureLearner(options).learn(moments)
    report = OrderReport(
      weights: entries(learned.graph.weights), order: learned.order, measure: learned.score.rawValue,
      score: learned.value, bound: learned.bound, seconds: 0)
  }
  report.seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
  print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
}
