import Foundation
import Learn2Opt
import LinearAlgebra
import Solvers

/// What a continuous method ended with.
private struct ContinuousReport: Encodable {
  var end: String
  var weights: [[Double]]
  var completed: [[Double]]
  var rounds: Int
  var iterations: Int
  var evaluations: Int
  var seconds: Double
}

/// Runs a continuous method and prints its report.
func runContinuous(_ method: String, _ penalty: Double, _ covariance: () -> SampleCovariance) throws {
  var options = ContinuousOptions()
  options.penalty = penalty
  if method == "central-path" {
    options.path = .centralPath(CentralPathSchedule())
  } else if let kind = AcyclicityFunction.Kind(rawValue: method) {
    options.acyclicity = kind
  } else {
    fail("no method \(method)")
  }
  let start = clock()
  let result = try ContinuousLearner(options).learn(covariance())
  let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
  let report = ContinuousReport(
    end: result.end.rawValue, weights: entries(result.path.graph.weights),
    completed: entries((result.completion ?? result.path).graph.weights), rounds: result.rounds,
    iterations: result.iterations, evaluations: result.evaluations, seconds: seconds)
  print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
}

/// A matrix by rows.
func entries(_ matrix: DenseMatrix) -> [[Double]] {
  (0..<matrix.rowCount).map { i in (0..<matrix.columnCount).map { matrix[i, $0] } }
}
