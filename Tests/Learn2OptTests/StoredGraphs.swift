import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

/// The stored data sets with known graphs, in the folder that `SOLVE_DATA` names.
enum StoredGraphs {
  static let folder = (ProcessInfo.processInfo.environment["SOLVE_DATA"] ?? "../shared/data") + "/dag"
  static let areThere = FileManager.default.fileExists(atPath: folder)
  static let absence: Comment = "data sets of graphs are not there"

  /// Second moments of 1000 samples, from the samples where they are stored.
  static func covariance(_ name: String) throws -> SampleCovariance {
    let samples = "\(folder)/\(name)_X.csv"
    if FileManager.default.fileExists(atPath: samples) {
      let rows = try numbers(samples, skippingLines: 1)
      let values = DenseMatrix(rowCount: rows.count, columnCount: rows[0].count) { rows[$0][$1] }
      return SampleCovariance(SampleTable(names: nodeNames(rows[0].count), values: values))
    }
    let rows = try numbers("\(folder)/\(name)_cov.csv", skippingLines: 0)
    let matrix = DenseMatrix(rowCount: rows.count, columnCount: rows.count) { rows[$0][$1] }
    return SampleCovariance(names: nodeNames(rows.count), matrix: matrix, sampleCount: 1000)
  }

  static func truth(_ name: String, nodeCount: Int) throws -> WeightedGraph {
    let rows = try numbers("\(folder)/\(name)_edges.csv", skippingLines: 1)
    return WeightedGraph(
      names: nodeNames(nodeCount), edges: rows.map { .init(from: Int($0[0]), to: Int($0[1]), weight: $0[2]) })
  }

  private static func nodeNames(_ d: Int) -> [String] { (0..<d).map { "x\($0)" } }

  private static func numbers(_ path: String, skippingLines count: Int) throws -> [[Double]] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst(count).map { line in
      line.split(separator: ",").map { Double($0)! }
    }
  }
}
