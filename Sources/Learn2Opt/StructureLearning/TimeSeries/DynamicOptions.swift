import LinearAlgebra
import Solvers

/// Options of ``DynamicLearner``.
public struct DynamicOptions: Sendable {
  /// How the effects within a time step are found.
  public enum Search: Sendable {
    /// DYNOTEARS: all weights together, by the augmented Lagrangian or the central path.
    case continuous(ContinuousOptions.Path)
    /// An order of the variables by ``StructureLearner`` on the moments given the past, then the effects along that
    /// order, present and past together, whose |t| reaches the critical value of these options; thresholds are not read.
    /// Among d variables with p lags, d (d - 1) / 2 + p d² effects are tested. Knowledge in these options is not read;
    /// ``DynamicOptions/knowledge`` is.
    case orders(StructureLearner.Options)
  }

  /// An effect of an earlier time step.
  public struct LaggedPair: Sendable, Hashable {
    /// 1 for the step before.
    public var lag: Int
    public var from: Int
    public var to: Int
    public init(lag: Int, from: Int, to: Int) {
      self.lag = lag
      self.from = from
      self.to = to
    }
  }

  /// p: earlier time steps that have effects. Default 1.
  public var lagCount = 1
  public var search = Search.continuous(.augmentedLagrangian(AugmentedLagrangianSchedule()))
  /// λ of effects within a time step. Default 0.1.
  public var penalty = 0.1
  /// λ of effects of earlier steps. Default 0.1.
  public var laggedPenalty = 0.1
  public var acyclicity = AcyclicityFunction.Kind.logDeterminant
  public var minimization = BoundConstrainedMinimizer.Options()
  /// Relative decrease at which the convex problem of the order ends. Default 1e-12.
  public var completionDecrease = 1e-12
  /// Of the continuous search: effects below these in modulus are cut, within a step and of earlier ones. Defaults 0.3
  /// and 0.1.
  public var threshold = 0.3
  public var laggedThreshold = 0.1
  /// Of the effects within a time step; roots and leaves too.
  public var knowledge = PriorKnowledge()
  /// As ``ContinuousOptions/requiredWeight``. Default 0.3.
  public var requiredWeight = 0.3
  /// Effects of earlier steps that may not be there. Those of a variable on itself are allowed unless named here.
  public var forbiddenLagged: Set<LaggedPair> = []

  public init() {}
}
