import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct TimeSeriesSimulatorTests {
  @Test func `A process has as many lags as asked for, weights that decay and an acyclic present`() throws {
    var options = TimeSeriesSimulator.Options()
    options.lagCount = 3
    options.decay = 2
    let sample = try TimeSeriesSimulator(options).draw()
    #expect(sample.graph.lagCount == 3)
    #expect(sample.graph.contemporaneous.isAcyclic)
    #expect(sample.graph.contemporaneous.edgeCount == 10)
    #expect(sample.spectralRadius < 1)
    for (lag, matrix) in sample.graph.lagged.enumerated() {
      let factor = [1, 0.5, 0.25][lag]
      let weights = matrix.values.filter { $0 != 0 }.map(abs)
      #expect(!weights.isEmpty)
      #expect(weights.allSatisfy { $0 >= 0.3 * factor && $0 <= 0.5 * factor })
    }
    #expect(sample.graph.unrolled.nodeCount == 40)
    #expect(sample.graph.unrolled.isAcyclic)
    #expect(sample.graph.unrolled.names[10] == "x0(t-1)")
  }

  @Test func `The first lag is recovered by regression on the past`() throws {
    var options = TimeSeriesSimulator.Options()
    options.nodeCount = 3
    options.edgesPerNode = 0
    options.sampleCount = 40_000
    options.burnIn = 100
    let sample = try TimeSeriesSimulator(options).draw()
    let x = sample.series[0].values
    let n = x.rowCount - 1
    let past = DenseMatrix(rowCount: n, columnCount: 3) { i, j in x[i, j] }
    let now = DenseMatrix(rowCount: n, columnCount: 3) { i, j in x[i + 1, j] }
    var estimate = past.transposed * now
    let factor = try #require(Cholesky(past.transposed * past))
    factor.solve(&estimate)
    for i in 0..<3 {
      for j in 0..<3 { #expect(abs(estimate[i, j] - sample.graph.lagged[0][i, j]) < 0.03) }
    }
  }

  @Test func `The spectral radius of one variable is the size of its weight`() throws {
    var options = TimeSeriesSimulator.Options()
    options.nodeCount = 1
    options.edgesPerNode = 0
    let sample = try TimeSeriesSimulator(options).draw()
    let weight = sample.graph.lagged[0][0, 0]
    #expect(abs(sample.spectralRadius - abs(weight)) < 1e-9)
  }

  @Test func `Variances do not grow with time`() throws {
    var options = TimeSeriesSimulator.Options()
    options.seriesCount = 200
    options.sampleCount = 40
    options.nodeCount = 4
    options.lagCount = 2
    let sample = try TimeSeriesSimulator(options).draw()
    func meanSquare(at t: Int) -> Double {
      sample.series.reduce(0) { sum, table in sum + (0..<4).reduce(0) { $0 + table.values[t, $1] * table.values[t, $1] } }
    }
    let early = (0..<5).reduce(0) { $0 + meanSquare(at: $1) }, late = (35..<40).reduce(0) { $0 + meanSquare(at: $1) }
    #expect(abs(late / early - 1) < 0.3)
  }

  @Test func `A process that cannot be stationary is refused with the mend`() {
    var options = TimeSeriesSimulator.Options()
    options.laggedWeights = 3...4
    options.laggedEdgesPerNode = 10
    options.attemptLimit = 5
    do {
      _ = try TimeSeriesSimulator(options).draw()
      Issue.record("a process was drawn")
    } catch {
      guard case .notStationary(5, let radius) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(radius > 1)
      #expect(error.description.contains("lower the weights"))
    }
  }
}
