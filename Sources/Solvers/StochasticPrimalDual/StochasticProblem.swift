/// A problem whose functions are known by estimates only:
///
///     minimize    E f(x)
///     subject to  E gᵢ(x) <= 0 or E gᵢ(x) = 0,  lower <= x <= upper or x = project(x)
///
/// The estimates come from a ``StochasticOracle``. There may be one constraint for each of many samples; an estimate may
/// then be of a few of them only, and only their multipliers are used and moved.
public struct StochasticProblem {
  /// What a constraint says of its function.
  public enum Sense: UInt8, Sendable { case atMostZero, zero }

  /// Where to start; its length is that of x.
  public var start: [Double]
  /// One for each constraint.
  public var senses: [Sense]
  /// Bounds of x; empty for none, or as long as x, infinite where there is none.
  public var lower: [Double]
  public var upper: [Double]
  /// Replaces a point by the nearest one of a convex set, after the bounds; nil for none.
  public var project: ((UnsafeMutablePointer<Double>) -> Void)?
  /// Multipliers to start from; empty for 0.
  public var startMultipliers: [Double] = []

  public init(
    start: [Double], senses: [Sense], lower: [Double] = [], upper: [Double] = [],
    project: ((UnsafeMutablePointer<Double>) -> Void)? = nil
  ) {
    self.start = start
    self.senses = senses
    self.lower = lower
    self.upper = upper
    self.project = project
  }
}

/// Estimates of the functions of a ``StochasticProblem`` from minibatches.
///
/// Each step calls ``estimate(at:draw:into:)`` once and ``gradient(at:weights:into:)`` once after it, for the same
/// minibatch, so that one forward and one backward pass do.
public protocol StochasticOracle: AnyObject {
  /// Draws a minibatch and fills in what it says at x.
  /// - Parameter draw: the number of the step and a number at random; with no other source of randomness in the oracle, a
  ///   run can be repeated from its seed.
  func estimate(at x: UnsafePointer<Double>, draw: StochasticDraw, into estimate: inout StochasticEstimate)

  /// `result = ∇f(x) + Σ weights[k] ∇g(x)`, the sum over the constraints of the last estimate in their order, with
  /// unbiased estimates of the gradients from its minibatch.
  func gradient(at x: UnsafePointer<Double>, weights: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>)
}

/// Which minibatch to draw.
public struct StochasticDraw: Sendable {
  /// From 0.
  public var step: Int
  /// Seeds the minibatch; a function of the run's seed and the step alone.
  public var seed: UInt64
}

/// What an oracle fills in.
public struct StochasticEstimate {
  /// An estimate of f(x); 0 where there is no objective.
  public var objective = 0.0
  /// How many constraints this minibatch sees; by default all.
  public var count: Int
  /// Their numbers, none twice. Not read when all are seen: then they are in their order.
  public let constraints: UnsafeMutablePointer<Int32>
  /// Estimates of their values g(x), which move the multipliers.
  public let values: UnsafeMutablePointer<Double>
}
