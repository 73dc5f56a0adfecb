import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

/// The stored data sets of structure learning, in the folder that `SOLVE_DATA` names.
enum StructureData {
  static let folder = (ProcessInfo.processInfo.environment["SOLVE_DATA"] ?? "../shared/data") + "/dag"

  /// Names of files with an ending; empty, with a message, when the folder is missing.
  static func files(endingWith suffix: String) -> [String] {
    guard let all = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      print("skipped: no folder \(folder)")
      return []
    }
    return all.filter { $0.hasSuffix(suffix) }.sorted()
  }

  static func lines(_ file: String) throws -> [[Substring]] {
    try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",") }
  }

  /// The options that a name such as `ER2_d20_seed1_X.csv` stands for.
  static func options(_ file: String) -> StructureSimulator.Options? {
    let parts = file.split(separator: "_")
    guard parts.count == 4, let family = GraphFamily(rawValue: String(parts[0].prefix(2))),
      let k = Int(parts[0].dropFirst(2)), let d = Int(parts[1].dropFirst()), let seed = UInt64(parts[2].dropFirst(4))
    else { return nil }
    var options = StructureSimulator.Options()
    options.family = family
    options.edgesPerNode = k
    options.nodeCount = d
    options.seed = seed
    return options
  }
}

@Suite struct StructureSimulatorTests {
  private func options(
    _ mechanism: Mechanism, nodes: Int = 8, samples: Int = 4000, noise: NoiseModel = .gaussianEqualVariances
  ) -> StructureSimulator.Options {
    var options = StructureSimulator.Options()
    options.mechanism = mechanism
    options.nodeCount = nodes
    options.sampleCount = samples
    options.noise = noise
    return options
  }

  @Test func `The stored graphs are rebuilt to the last digit`() throws {
    for file in StructureData.files(endingWith: "_edges.csv") {
      let options = try #require(StructureData.options(file))
      let graph = try StructureSimulator(options).draw().graph
      let stored = try StructureData.lines(file).dropFirst().map { fields in
        WeightedGraph.Edge(
          from: try #require(Int(fields[0])), to: try #require(Int(fields[1])), weight: try #require(Double(fields[2])))
      }
      #expect(graph.edges == stored, "\(file)")
    }
  }

  @Test func `The stored samples are rebuilt to six digits`() throws {
    for file in StructureData.files(endingWith: "_X.csv") {
      let options = try #require(StructureData.options(file))
      let table = try StructureSimulator(options).draw().table
      let lines = try StructureData.lines(file)
      #expect(lines[0].map(String.init) == table.names)
      #expect(lines.count == table.sampleCount + 1)
      var differing = 0
      for (i, fields) in lines.dropFirst().enumerated() {
        for (j, field) in fields.enumerated() {
          let stored = try #require(Double(field))
          // Half a unit of the sixth digit, and a little for numbers next to a tie.
          if abs(stored - table.values[i, j]) > 5.001e-6 * max(abs(stored), 1e-4) { differing += 1 }
        }
      }
      #expect(differing == 0, "\(file)")
    }
  }

  @Test func `The stored covariances are rebuilt to eleven digits`() throws {
    for file in StructureData.files(endingWith: "_cov.csv") {
      let options = try #require(StructureData.options(file))
      let moments = SampleCovariance(try StructureSimulator(options).draw().table)
      var differing = 0
      for (i, fields) in try StructureData.lines(file).enumerated() {
        for (j, field) in fields.enumerated() {
          let stored = try #require(Double(field))
          let scale = (moments.matrix[i, i] * moments.matrix[j, j]).squareRoot()
          if abs(stored - moments.matrix[i, j]) > 1e-11 * scale { differing += 1 }
        }
      }
      #expect(differing == 0, "\(file)")
    }
  }

  @Test(arguments: [
    (GraphFamily.erdosRenyi, 2, 11_611_227_804_997_340_555 as UInt64, -252.09700118926182),
    (GraphFamily.scaleFree, 4, 416_923_703_554_440_393, 396.8168711484582),
  ])
  func `Graphs and samples keep their check sums`(_ family: GraphFamily, _ k: Int, _ hash: UInt64, _ sum: Double) throws {
    var options = StructureSimulator.Options()
    options.family = family
    options.edgesPerNode = k
    let sample = try StructureSimulator(options).draw()
    var h: UInt64 = 0xcbf2_9ce4_8422_2325
    for edge in sample.graph.edges {
      for part in [UInt64(edge.from), UInt64(edge.to), edge.weight.bitPattern] { h = (h ^ part) &* 0x100_0000_01b3 }
    }
    #expect(h == hash)
    let total = sample.table.values.values.reduce(0, +)
    #expect(abs(total - sum) < 1e-7)
  }

  @Test func `Graphs are acyclic and have the promised number of edges`() throws {
    for family in GraphFamily.allCases {
      for (d, k) in [(1, 0), (2, 0), (5, 2), (9, 4), (30, 1)] {
        for seed in 1...5 as ClosedRange<UInt64> {
          var options = options(.linear, nodes: d, samples: 2)
          options.family = family
          options.edgesPerNode = k
          options.seed = seed
          let graph = try StructureSimulator(options).draw().graph
          #expect(graph.isAcyclic)
          #expect(graph.edgeCount == family.edgeCount(nodeCount: d, edgesPerNode: k))
          #expect(graph.edges.allSatisfy { abs($0.weight) >= 0.5 && abs($0.weight) <= 2 })
        }
      }
    }
  }

  @Test func `Noise has the stated variance, also with a factor for each node`() throws {
    for distribution in NoiseModel.Distribution.allCases {
      for scale in [NoiseModel.Scale.equal(3), .perNode(1...2)] {
        var options = options(.linear, nodes: 6, samples: 40_000, noise: NoiseModel(distribution, scale: scale))
        options.edgesPerNode = 0
        let sample = try StructureSimulator(options).draw()
        let moments = SampleCovariance(sample.table)
        for j in 0..<6 {
          let ratio = moments.matrix[j, j] / sample.noiseVariances[j]
          #expect(abs(ratio - 1) < 0.06, "\(distribution) \(scale)")
        }
        if case .perNode = scale {
          let least = sample.noiseVariances.min()!, most = sample.noiseVariances.max()!
          #expect(least >= distribution.variance && most <= 4 * distribution.variance && most > 1.1 * least)
        }
      }
    }
  }

  @Test func `Binary variables are 0 or 1 with the odds of their parents`() throws {
    var options = options(.logistic, nodes: 2, samples: 60_000)
    options.edgesPerNode = 0
    let free = try StructureSimulator(options).draw().table
    #expect(Set(free.values.values) == [0, 1])
    let share = free.values.values.reduce(0, +) / 120_000
    #expect(abs(share - 0.5) < 0.01)

    options.family = .scaleFree
    options.edgesPerNode = 1
    let sample = try StructureSimulator(options).draw()
    let edge = try #require(sample.graph.edges.first)
    var ones = [0.0, 0.0], counts = [0.0, 0.0]
    for i in 0..<60_000 {
      let parent = Int(sample.table.values[i, edge.from])
      counts[parent] += 1
      ones[parent] += sample.table.values[i, edge.to]
    }
    let odds = log(ones[1] / (counts[1] - ones[1]))
    #expect(abs(ones[0] / counts[0] - 0.5) < 0.015)
    #expect(abs(odds - edge.weight) < 0.1)
  }

  @Test func `Counts are whole, bounded and follow their rate`() throws {
    var options = options(.poisson, nodes: 12, samples: 20_000)
    options.largestRate = 20
    let sample = try StructureSimulator(options).draw()
    #expect(sample.table.values.values.allSatisfy { $0 >= 0 && $0 == $0.rounded() && $0 < 60 })
    for j in 0..<12 where sample.graph.parents(of: j).isEmpty {
      let column = sample.table.values.values[j * 20_000..<(j + 1) * 20_000]
      let mean = column.reduce(0, +) / 20_000
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
      #expect(abs(mean - 1) < 0.03)
      #expect(abs(variance - 1) < 0.06)
    }
  }

  @Test(arguments: [Mechanism.multilayerPerceptron, .indexModel, .gaussianProcess, .additiveGaussianProcess])
  func `Children of nonlinear mechanisms depend on their parents`(_ mechanism: Mechanism) throws {
    var options = options(mechanism, nodes: 2, samples: 5000)
    options.family = .scaleFree
    options.edgesPerNode = 1
    let sample = try StructureSimulator(options).draw()
    let edge = try #require(sample.graph.edges.first)
    #expect(edge.weight == 1)
    // Means of the child within slices of the parent differ by more than noise would make them.
    let order = (0..<5000).sorted { sample.table.values[$0, edge.from] < sample.table.values[$1, edge.from] }
    let means = stride(from: 0, to: 5000, by: 250).map { start in
      order[start..<(start + 250)].reduce(0) { $0 + sample.table.values[$1, edge.to] } / 250
    }
    let centre = means.reduce(0, +) / Double(means.count)
    let spread = means.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(means.count)
    // Noise alone would give 1/250.
    #expect(spread > 0.02, "\(spread)")
    #expect(sample.table.values.values.allSatisfy { $0.isFinite })
  }

  @Test func `The same seed gives the same data and another seed other data`() throws {
    for mechanism in Mechanism.allCases {
      var options = options(mechanism, nodes: 5, samples: 50)
      let first = try StructureSimulator(options).draw()
      let again = try StructureSimulator(options).draw()
      options.seed = 2
      let other = try StructureSimulator(options).draw()
      #expect(first.table == again.table && first.graph == again.graph)
      #expect(first.table != other.table)
    }
  }

  @Test func `Sizes that do not fit are refused with a reason`() {
    func refusal(_ change: (inout StructureSimulator.Options) -> Void) -> StructureLearningError? {
      var options = options(.linear, samples: 10)
      change(&options)
      do {
        _ = try StructureSimulator(options).draw()
        return nil
      } catch { return error }
    }
    #expect(refusal { $0.edgesPerNode = 4 }?.description.contains("28 pairs; use at most 3") == true)
    #expect(refusal { $0.nodeCount = 0 } != nil)
    #expect(refusal { $0.nodeCount = -3 } != nil)
    #expect(refusal { $0.nodeCount = .max } != nil)
    #expect(refusal { $0.edgesPerNode = -1 } != nil)
    #expect(refusal { $0.sampleCount = 0 } != nil)
    #expect(refusal { $0.sampleCount = .max } != nil)
    #expect(refusal { $0.noise.scale = .equal(0) } != nil)
    #expect(refusal { $0.noise.scale = .perNode(0...1) } != nil)
    #expect(refusal { $0.weights = -1...1 } != nil)
    #expect(refusal { $0.largestRate = 501 } != nil)
  }
}
