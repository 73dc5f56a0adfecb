import LinearAlgebra
import Solvers

/// Options of ``ContinuousLearner``.
public struct ContinuousOptions: Sendable {
  /// The sequence of minimizations.
  public enum Path: Sendable, Equatable {
    /// NOTEARS.
    case augmentedLagrangian(AugmentedLagrangianSchedule)
    /// DAGMA; takes the logarithm of the determinant, whatever ``ContinuousOptions/acyclicity`` says.
    case centralPath(CentralPathSchedule)
  }

  public var loss = StructureLoss.leastSquares
  /// λ of the penalty `λ Σ |W|`, at least 0. Default 0.1.
  public var penalty = 0.1
  public var path = Path.augmentedLagrangian(AugmentedLagrangianSchedule())
  /// h of the augmented Lagrangian. Default the logarithm of the determinant, the cheapest; the program of the authors of
  /// NOTEARS has the exponential.
  public var acyclicity = AcyclicityFunction.Kind.logDeterminant
  /// Whether Gaussian likelihoods have the term `-log |det(I - W)|`, which is 0 on acyclic graphs. Default true.
  public var hasDeterminant = true
  /// The minimizations. Defaults of ``BoundConstrainedMinimizer/Options``, which are those of the authors' program.
  public var minimization = BoundConstrainedMinimizer.Options()
  /// Whether the problem that remains when the order of the nodes is fixed, which is convex, is solved in the end: that
  /// frees the weights from what is left of the penalty of cycles, and makes h exactly 0. Default true.
  public var completesOrder = true
  /// Relative decrease at which that ends. Default 1e-12.
  public var completionDecrease = 1e-12
  /// Edges with a weight below this in modulus are cut, in units of the child over those of the parent. Default 0.3.
  public var threshold = 0.3
  public var knowledge = PriorKnowledge()
  /// An entry of the matrix whose cycles count is the square of the weight, and for required edges the square of this
  /// more: other edges may not close cycles with a required one however small its own weight. Default 0.3.
  public var requiredWeight = 0.3
  /// Where to start; nil for the empty graph. Cycles are allowed.
  public var start: WeightedGraph?

  public init() {}
}
