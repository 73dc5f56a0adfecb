import Foundation
import Learn2Opt
import LinearAlgebra
import Solvers

// Learns a graph from a table of samples by one method, and prints a line of JSON with weights, scores and CPU seconds of
// the learning, the moments included and the reading left out.
//
//     dag-benchmark X.csv METHOD PENALTY [--standardize] [--start 2,0,1]
//
// METHOD is exponential, polynomial or logDeterminant for the augmented Lagrangian, central-path, or for the search over
// orders: learn (what the learner does by itself), topo and insertion (one search from the start).

func fail(_ text: String) -> Never {
  FileHandle.standardError.write(Data((text + "\n").utf8))
  exit(2)
}

let arguments = CommandLine.arguments
guard arguments.count >= 4, let penalty = Double(arguments[3]) else {
  fail("usage: dag-benchmark X.csv METHOD PENALTY [--standardize] [--start 2,0,1]")
}
guard let text = try? String(contentsOfFile: arguments[1], encoding: .utf8) else { fail("cannot read \(arguments[1])") }
let lines = text.split(whereSeparator: \.isNewline)
let names = (lines.first ?? "").split(separator: ",").map(String.init)
let rows = lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
guard rows.allSatisfy({ $0.count == names.count }) else { fail("\(arguments[1]) has rows of different lengths") }
let table = SampleTable(
  names: names, values: DenseMatrix(rowCount: rows.count, columnCount: names.count) { rows[$0][$1] })

let isStandardized = arguments.contains("--standardize")
let startOrder = arguments.firstIndex(of: "--start").flatMap { k in
  k + 1 < arguments.count ? arguments[k + 1].split(separator: ",").compactMap { Int($0) } : nil
}

func covariance() -> SampleCovariance {
  let moments = SampleCovariance(table)
  return isStandardized ? moments.standardized : moments
}

switch arguments[2] {
case "learn", "topo", "insertion":
  try runOrders(arguments[2], startOrder ?? Array(0..<names.count), covariance)
default:
  try runContinuous(arguments[2], penalty, covariance)
}
