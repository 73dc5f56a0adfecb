import Foundation
import Learn2Opt
import LinearAlgebra
import Solvers

// Learns a graph from a table of samples by one configuration of the continuous methods, and prints a line of JSON with the
// weights of the path, scores and CPU seconds of the learning, the moments included and the reading left out.
//
//     dag-benchmark X.csv METHOD PENALTY [--standardize]
//
// METHOD is exponential, polynomial or logDeterminant for the augmented Lagrangian, or central-path.

func fail(_ text: String) -> Never {
  FileHandle.standardError.write(Data((text + "\n").utf8))
  exit(2)
}

let arguments = CommandLine.arguments
guard arguments.count >= 4, let penalty = Double(arguments[3]) else {
  fail("usage: dag-benchmark X.csv exponential|polynomial|logDeterminant|central-path PENALTY [--standardize]")
}
guard let text = try? String(contentsOfFile: arguments[1], encoding: .utf8) else { fail("cannot read \(arguments[1])") }
let lines = text.split(whereSeparator: \.isNewline)
let names = (lines.first ?? "").split(separator: ",").map(String.init)
let rows = lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
guard rows.allSatisfy({ $0.count == names.count }) else { fail("\(arguments[1]) has rows of different lengths") }
let table = SampleTable(
  names: names, values: DenseMatrix(rowCount: rows.count, columnCount: names.count) { rows[$0][$1] })

var options = ContinuousOptions()
options.penalty = penalty
if arguments[2] == "central-path" {
  options.path = .centralPath(CentralPathSchedule())
} else if let kind = AcyclicityFunction.Kind(rawValue: arguments[2]) {
  options.acyclicity = kind
} else {
  fail("no method \(arguments[2])")
}

struct Report: Encodable {
  var end: String
  var weights: [[Double]]
  var completed: [[Double]]
  var rounds: Int
  var iterations: Int
  var evaluations: Int
  var seconds: Double
}

let start = clock()
var covariance = SampleCovariance(table)
if arguments.contains("--standardize") { covariance = covariance.standardized }
let result = try ContinuousLearner(options).learn(covariance)
let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)

func entries(_ matrix: DenseMatrix) -> [[Double]] {
  (0..<matrix.rowCount).map { i in (0..<matrix.columnCount).map { matrix[i, $0] } }
}
let report = Report(
  end: result.end.rawValue, weights: entries(result.path.graph.weights),
  completed: entries((result.completion ?? result.path).graph.weights), rounds: result.rounds,
  iterations: result.iterations, evaluations: result.evaluations, seconds: seconds)
print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
