/// The distribution of the noise of simulated variables.
public struct NoiseModel: Sendable, Equatable {
  public enum Distribution: String, Sendable, Hashable, CaseIterable {
    /// Normal, mean 0, variance 1.
    case gaussian
    /// Exponential with rate 1: mean 1, variance 1.
    case exponential
    /// Gumbel with location 0 and scale 1: mean 0.5772, variance π²/6.
    case gumbel
    /// Uniform on [-1, 1]: mean 0, variance 1/3.
    case uniform

    /// Variance before scaling.
    public var variance: Double {
      switch self {
      case .gaussian, .exponential: return 1
      case .gumbel: return Double.pi * Double.pi / 6
      case .uniform: return 1.0 / 3
      }
    }

    /// One number; two draws for the normal distribution, one for the others.
    @inline(__always)
    func draw(_ stream: inout SimulationStream) -> Double {
      switch self {
      case .gaussian: return stream.normal()
      case .exponential: return stream.exponential()
      case .gumbel: return stream.gumbel()
      case .uniform: return stream.uniform(in: -1...1)
      }
    }
  }

  /// What the noise of a node is multiplied with.
  public enum Scale: Sendable, Equatable {
    /// The same for all nodes: equal variances.
    case equal(Double)
    /// Drawn for each node, uniform on a range: unequal variances.
    case perNode(ClosedRange<Double>)
  }

  public var distribution: Distribution
  public var scale: Scale

  public init(_ distribution: Distribution = .gaussian, scale: Scale = .equal(1)) {
    self.distribution = distribution
    self.scale = scale
  }

  /// Standard normal noise for all nodes.
  public static let gaussianEqualVariances = NoiseModel()
  /// Normal noise with a standard deviation uniform on [1, 2] for each node.
  public static let gaussianUnequalVariances = NoiseModel(.gaussian, scale: .perNode(1...2))

  /// The factor of each node; one draw a node when they differ, none when they are equal.
  func factors(_ count: Int, from stream: inout SimulationStream) throws(StructureLearningError) -> [Double] {
    func check(_ value: Double) throws(StructureLearningError) {
      if !(value > 0 && value < 1e100) {
        throw .badOption(name: "the scale of the noise", value: "\(value)", mend: "use a positive number")
      }
    }
    switch scale {
    case .equal(let factor):
      try check(factor)
      return [Double](repeating: factor, count: count)
    case .perNode(let range):
      try check(range.lowerBound)
      try check(range.upperBound)
      return (0..<count).map { _ in stream.uniform(in: range) }
    }
  }
}
