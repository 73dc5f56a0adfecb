/// Options of the augmented-Lagrangian method, with the defaults that ``AugmentedLagrangianSolver`` uses.
public struct AugmentedLagrangianOptions: Sendable {
  /// How the augmented Lagrangian is minimized within the bounds.
  public enum Inner: String, Sendable, CaseIterable {
    /// `newton` where the sparse Jacobian and Hessian exist, else `trustRegion` where Hessian products do, else `lbfgs`.
    case auto
    /// Newton steps from one factorization of the augmented system each. Needs the sparse Jacobian and Hessian.
    case newton
    /// Truncated Newton with a trust region. Needs products with the Hessian, and the sparse Jacobian if there are rows.
    case trustRegion = "trust-region"
    /// Limited-memory quasi-Newton. Needs gradients and products with the transposed Jacobian only.
    case lbfgs
  }

  public var inner = Inner.auto
  /// Whether objective and rows are divided by the size of their gradients at the start, where that is above
  /// `scalingThreshold`. Default true.
  public var scaling = true
  /// Gradients up to this size, in the largest entry, are left as they are. Default 100.
  public var scalingThreshold = 100.0
  /// Scale factors are not below this. Default 1e-8.
  public var leastScale = 1e-8
  /// Scaled and unscaled, the residuals of optimality must not be above this. Default 1e-8.
  public var optimalityTolerance = 1e-8
  /// Scaled and unscaled, rows must not be violated by more than this. Default 1e-8.
  public var feasibilityTolerance = 1e-8
  /// Where no step improves the point in floating-point arithmetic, residuals of optimality up to this many times the
  /// tolerance count as converged, and the outcome says so. Rows hold to their tolerance all the same. Default 100.
  public var acceptableFactor = 100.0
  /// Subproblems in a row that end at the limit of rounding with acceptable residuals, after which the solve ends there.
  /// Default 5.
  public var stallLimit = 5
  /// Steps of the inner methods, together. Default 3000 for `newton`, 10 000 for `trustRegion`, 100 000 for `lbfgs`.
  public var iterationLimit: Int?
  /// Subproblems at most. Default 100.
  public var outerLimit = 100
  /// Steps of the inner method in one subproblem at most. Default 100 for `newton`, 500 for `trustRegion`, 2000 for
  /// `lbfgs`.
  public var innerLimit: Int?
  /// The first subproblem is solved to this tolerance in the projected gradient, relative to its size at the start.
  /// Default 0.1.
  public var firstTolerance = 0.1
  /// The tolerance of a subproblem is multiplied by this when the rows are nearly satisfied. Default 0.1.
  public var toleranceDecrease = 0.1
  /// Penalties at the start lie between these. Defaults 1e-2 and 1e4; `penalty` replaces the rule.
  public var leastPenalty = 1e-2
  public var largestFirstPenalty = 1e4
  /// The penalty of every row at the start; nil for `10 max(1, |f|) / max(1, ½ ‖violation‖²)`.
  public var penalty: Double?
  /// A row whose violation did not fall below this part of the one before has its penalty raised. Default
  /// 0.3 for `lbfgs`, where a subproblem costs more than a worse condition, and 0.5 for the others.
  public var sufficientDecrease: Double?
  /// By this factor. Default 10.
  public var penaltyIncrease = 10.0
  /// Penalties stay below this, divided by the square of a row's largest derivative where that is below 1. Default 1e11:
  /// beyond it rounding of the rows shows in the gradient.
  public var largestPenalty = 1e11
  /// Multipliers of a subproblem are cut to this modulus. Default 1e10.
  public var largestMultiplier = 1e10
  /// Whether Newton steps on the optimality conditions are tried between subproblems, where second derivatives exist.
  /// Default true.
  public var acceleration = true
  /// Whether linear equations are satisfied from the first step on, by `newton` only: the start is moved onto them, and
  /// no step leaves them. Where no such point is found near the start they are treated as other rows. Default false.
  public var keepsLinearEquations = false
  /// Corrections kept by `lbfgs`. Default 10.
  public var memory = 10
  /// With a feasible point below this value the problem counts as unbounded. Default -1e20.
  public var objectiveLimit = -1e20
  /// Subproblems in a row without progress in feasibility after which a minimum of the violation is sought. Default 4.
  public var stagnationLimit = 4
  /// A stationary point of the violation above this is reported as infeasible. Default 1e-4.
  public var infeasibilityThreshold = 1e-4
  /// How often a stationary point with negative curvature is left. Default 5.
  public var escapeLimit = 5
  /// Curvature counts as negative below this, negated, relative to the largest entry of the Hessian. Default 1e-7.
  public var curvatureTolerance = 1e-7
  /// Points tried when functions are not defined at the start. Default 60.
  public var startAttempts = 60
  /// Seed of perturbations. Default 1.
  public var seed: UInt64 = 1
  /// Orders of the augmented system up to this are factored as dense matrices with symmetric pivoting. Default 160.
  public var denseOrder = 160

  public init() {}
}
