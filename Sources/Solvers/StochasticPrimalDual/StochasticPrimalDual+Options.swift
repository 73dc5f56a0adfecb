#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension StochasticPrimalDual {
  public struct Options: Sendable {
    /// Steps to take. Default 10000.
    public var steps = 10_000
    public var seed: UInt64 = 1
    /// How x moves along a gradient. Default plain.
    public var primal = Primal.plain(momentum: 0)
    /// Step size of x. Default 0.01.
    public var primalRate = Rate(0.01)
    /// Step size of the multipliers, for each time that a constraint is seen. Default 0.01.
    public var dualRate = Rate(0.01)
    /// Whether the primal step already uses the multipliers that this minibatch has moved. Default true.
    public var isDualFirst = true
    /// Price c of the quadratic penalty: constraint i enters the primal step with the weight of the augmented Lagrangian,
    /// `[λᵢ + c gᵢ]₊`, or `λᵢ + c gᵢ` for an equation. Damps oscillation and leaves the solution alone. With estimates that
    /// are noisy it biases inequalities, since the noise enters through `[·]₊`. Default 0.
    public var penalty = 0.0
    /// Gain κ of the change of a violation, which damps oscillation of the multipliers (a PI controller). Default 0.
    public var proportionalGain = 0.0
    /// Smoothing ν of the violations whose change is taken, in 0..<1. Default 0.
    public var smoothing = 0.0
    /// Whether the multiplier of an inequality is set to 0 when an estimate satisfies it. Against overshoot where estimates
    /// are exact; wrong where they are noisy. Default false.
    public var restartsDuals = false
    /// Multipliers are kept within this of 0. Default 1e9.
    public var largestMultiplier = 1e9
    /// Share of the steps, at the end, whose iterates are averaged. Default 0.5.
    public var averagedShare = 0.5
    /// Steps between two records. Default 1000.
    public var recordInterval = 1000

    public init() {}
  }

  /// How x moves along a gradient.
  public enum Primal: Sendable, Hashable {
    /// `v ← momentum · v + gradient`, `x ← x - rate · v`.
    case plain(momentum: Double)
    /// The direction of Adam: running means of the gradient over the root of those of its square, both without bias.
    case adam(meanDecay: Double = 0.9, squareDecay: Double = 0.999, epsilon: Double = 1e-8)
  }

  /// A step size `first / (1 + step / scale)^power`.
  public struct Rate: Sendable, Hashable {
    public var first: Double
    /// Default infinite: constant.
    public var scale: Double
    /// Default ½.
    public var power: Double

    public init(_ first: Double, scale: Double = .infinity, power: Double = 0.5) {
      self.first = first
      self.scale = scale
      self.power = power
    }

    func callAsFunction(_ step: Int) -> Double { first / pow(1 + Double(step) / scale, power) }
  }
}
