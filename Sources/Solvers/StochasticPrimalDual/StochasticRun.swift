import Constraints

/// What a stochastic method found.
public struct StochasticRun: Sendable {
  /// The last iterate.
  public var point: [Double] = []
  /// The mean of the last iterates, ``StochasticPrimalDual/Options/averagedShare`` of them; empty if none were.
  public var average: [Double] = []
  /// The last multipliers, of the Lagrangian `f + λᵀg`: at least 0 for inequalities.
  public var multipliers: [Double] = []
  public var records: [StochasticRecord] = []
  /// Steps taken.
  public var steps = 0
  /// Why it ended: `iterationLimit` after all steps.
  public var termination = Termination(.iterationLimit)
}

/// Progress over some steps.
public struct StochasticRecord: Sendable, Hashable {
  /// Steps taken so far.
  public var step: Int
  /// Mean of the estimates of f since the last record.
  public var objective: Double
  /// The largest violation of a constraint, by the mean of its estimates since the last record, and which it is; -1 for
  /// none.
  public var violation: Double
  public var worst: Int
  /// Share of the constraints seen since the last record whose means are violated.
  public var violatedShare: Double
  /// Euclidean norm and largest modulus of the multipliers.
  public var dualNorm: Double
  public var largestDual: Double
  /// Euclidean norm of the last estimate of the Lagrangian's gradient.
  public var gradientNorm: Double
  /// Seconds since the start.
  public var seconds: Double
}
