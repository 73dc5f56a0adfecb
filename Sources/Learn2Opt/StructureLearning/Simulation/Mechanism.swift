import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How a simulated variable depends on its parents x and its noise e.
public enum Mechanism: String, Sendable, Hashable, CaseIterable {
  /// x · w + e.
  case linear
  /// 0 or 1, the latter with probability 1 / (1 + exp(-x · w)).
  case logistic
  /// A count with mean exp(x · w), cut off at ``StructureSimulator/Options/largestRate``.
  case poisson
  /// A random network with one hidden layer of sigmoid units plus e; all weights uniform on ±[0.5, 2]
  /// (Zheng, Dan, Aragam, Ravikumar, Xing, "Learning sparse nonparametric DAGs", 2020, section 5).
  case multilayerPerceptron = "mlp"
  /// tanh(x · u) + cos(x · v) + sin(x · w) + e with u, v, w uniform on ±[0.5, 2] (same source).
  case indexModel = "index"
  /// f(x) + e for one draw f of a Gaussian process over all parents with covariance exp(-|x - y|² / 2).
  case gaussianProcess = "gp"
  /// Σ f_i(x_i) + e with one draw f_i of such a process for each parent.
  case additiveGaussianProcess = "additive-gp"

  /// Whether edges have weights of their own.
  public var hasWeights: Bool { self == .linear || self == .logistic || self == .poisson }
  /// Whether noise is added; otherwise the variable itself is drawn.
  public var hasNoise: Bool { self != .logistic && self != .poisson }
}

extension StructureSimulator {
  /// Turns column j from noise into samples, given the columns of its parents.
  func fill(_ j: Int, of graph: WeightedGraph, in values: inout DenseMatrix, from stream: inout SimulationStream) {
    let n = values.rowCount
    let parents = graph.parents(of: j)
    if parents.isEmpty && options.mechanism.hasNoise { return }
    values.values.withUnsafeMutableBufferPointer { x in
      let column = x.baseAddress! + j * n
      func parent(_ i: Int) -> UnsafePointer<Double> { UnsafePointer(x.baseAddress! + i * n) }
      switch options.mechanism {
      case .linear:
        for i in parents { VectorKernels.add(n, graph.weights[i, j], parent(i), to: column) }
      case .logistic:
        for i in parents { VectorKernels.add(n, graph.weights[i, j], parent(i), to: column) }
        for k in 0..<n { column[k] = stream.uniform() < 1 / (1 + exp(-column[k])) ? 1 : 0 }
      case .poisson:
        for i in parents { VectorKernels.add(n, graph.weights[i, j], parent(i), to: column) }
        for k in 0..<n { column[k] = Double(stream.poisson(rate: min(options.largestRate, exp(column[k])))) }
      case .multilayerPerceptron:
        addNetwork(of: parents.map(parent), n, to: column, from: &stream)
      case .indexModel:
        for function in [tanh, cos, sin] as [(Double) -> Double] {
          var projection = [Double](repeating: 0, count: n)
          for i in parents {
            VectorKernels.add(n, stream.weight(magnitude: Self.networkWeights), parent(i), to: &projection)
          }
          for k in 0..<n { column[k] += function(projection[k]) }
        }
      case .gaussianProcess:
        addProcess(over: parents.map(parent), n, to: column, from: &stream)
      case .additiveGaussianProcess:
        for i in parents { addProcess(over: [parent(i)], n, to: column, from: &stream) }
      }
    }
  }

  /// Magnitudes of the weights of networks and projections.
  private static let networkWeights = 0.5...2.0

  private func addNetwork(
    of inputs: [UnsafePointer<Double>], _ n: Int, to column: UnsafeMutablePointer<Double>,
    from stream: inout SimulationStream
  ) {
    var hidden = [Double](repeating: 0, count: n)
    for _ in 0..<options.hiddenUnitCount {
      for k in 0..<n { hidden[k] = 0 }
      for input in inputs { VectorKernels.add(n, stream.weight(magnitude: Self.networkWeights), input, to: &hidden) }
      let weight = stream.weight(magnitude: Self.networkWeights)
      for k in 0..<n { column[k] += weight / (1 + exp(-hidden[k])) }
    }
  }

  /// Adds `Σ_m a_m cos(ω_m · x) + b_m sin(ω_m · x)` with normal ω, a, b: given the frequencies ω a Gaussian process, whose
  /// covariance tends to exp(-|x - y|² / 2) with their number (Rahimi, Recht, "Random features for large-scale kernel
  /// machines", 2007). Costs O(n) a frequency where an exact draw costs O(n³).
  private func addProcess(
    over inputs: [UnsafePointer<Double>], _ n: Int, to column: UnsafeMutablePointer<Double>,
    from stream: inout SimulationStream
  ) {
    let scale = 1 / Double(options.frequencyCount).squareRoot()
    var phase = [Double](repeating: 0, count: n)
    for _ in 0..<options.frequencyCount {
      for k in 0..<n { phase[k] = 0 }
      for input in inputs { VectorKernels.add(n, stream.normal(), input, to: &phase) }
      let a = scale * stream.normal()
      let b = scale * stream.normal()
      for k in 0..<n { column[k] += a * cos(phase[k]) + b * sin(phase[k]) }
    }
  }
}
