/// Constants of ``BarrierMethod``. Names in brackets are those of Wächter, Biegler, "On the implementation of an
/// interior-point filter line-search algorithm for large-scale nonlinear programming", 2006.
struct BarrierOptions: Sendable {
  /// Largest scaled KKT residual [ε_tol] and largest violation of rows and bounds in the units of the form, relative to
  /// sides above 1. Default 1e-8.
  var tolerance = 1e-8
  /// Largest violation of rows and bounds, in the units of the form, relative to sides above 1. Default 1e-8.
  var feasibilityTolerance = 1e-8
  /// Iterations, those of the restoration phase among them. Default 3000.
  var iterationLimit = 3000
  /// Seed of the perturbation that leaves stationary starts. Default 1.
  var seed: UInt64 = 1

  // Start
  /// Sides of inequality rows are widened by this, relative to sides above 1, so that feasible sets without an interior
  /// get one. Default 1e-9. Bounds of columns, which always have room between them, stay as they are.
  var rowRelaxation = 1e-9
  /// The start is pushed inside by this, relative to bounds above 1 [κ₁]. Default 1e-2.
  var boundPush = 1e-2
  /// ... but by at most this part of the distance of the bounds [κ₂]. Default 1e-2.
  var boundFraction = 1e-2
  /// The same two for a start with multipliers, which is taken for an answer nearby. Default 1e-6.
  var warmPush = 1e-6
  /// Least-squares multipliers beyond this count as useless and are replaced by zero. Default 1e3.
  var multiplierLimit = 1e3
  /// Functions are scaled down so that no entry of a gradient at the start is larger [g_max]. Default 100.
  var largestGradient = 100.0
  /// ... but by no smaller factor than this. Default 1e-8.
  var smallestScale = 1e-8

  // Barrier parameter
  /// The first barrier parameter. Default 0.1.
  var barrierStart = 0.1
  /// The same for a start with multipliers. Default 1e-4.
  var warmBarrierStart = 1e-4
  /// A barrier problem is solved to this multiple of its parameter [κ_ε]. Default 10.
  var barrierTolerance = 10.0
  /// The parameter falls by this factor [κ_μ]. Default 0.2.
  var barrierFactor = 0.2
  /// ... or to this power [θ_μ]. Default 1.5.
  var barrierPower = 1.5
  /// Least fraction of the distance to a bound that a step may use [τ_min]. Default 0.99.
  var boundaryFraction = 0.99
  /// Multipliers of bounds stay within this factor of μ over the distance [κ_Σ]. Default 1e10.
  var multiplierCorridor = 1e10
  /// Weight of the linear term that keeps variables with one bound from drifting off [κ_d]. Default 1e-5.
  var damping = 1e-5
  /// Multipliers above this on average scale the tolerance of the dual residual [s_max]. Default 100.
  var multiplierScale = 100.0

  // Inertia correction
  /// First perturbation of the Hessian [δ̄_w⁰]. Default 1e-4.
  var firstPerturbation = 1e-4
  /// Smallest and largest perturbation [δ̄_w^min, δ̄_w^max]. Defaults 1e-20 and 1e20.
  var smallestPerturbation = 1e-20
  var largestPerturbation = 1e20
  /// Factors by which the perturbation grows for the first time [κ̄_w⁺], later [κ_w⁺], and shrinks from one iteration to
  /// the next [κ_w⁻]. Defaults 100, 8, 1/3.
  var firstPerturbationGrowth = 100.0
  var perturbationGrowth = 8.0
  var perturbationDecay = 1.0 / 3
  /// Perturbation of dependent constraints [δ̄_c], times μ to the power [κ_c]. Defaults 1e-8 and 0.25.
  var constraintPerturbation = 1e-8
  var constraintPerturbationPower = 0.25
  /// A linear system counts as singular where refinement leaves a larger relative residual. Default 1e-5.
  var residualLimit = 1e-5

  // Filter line search
  /// Sufficient decrease of violation and barrier function [γ_θ, γ_φ]. Defaults 1e-5 and 1e-8.
  var violationMargin = 1e-5
  var barrierMargin = 1e-8
  /// The switching condition [δ, s_θ, s_φ]. Defaults 1, 1.1, 2.3.
  var switchingFactor = 1.0
  var switchingViolationPower = 1.1
  var switchingBarrierPower = 2.3
  /// Sufficient decrease of the barrier function [η_φ]. Default 1e-8.
  var armijo = 1e-8
  /// Violation up to which descent is asked for, and beyond which no point is taken, relative to the start above 1
  /// [θ_min, θ_max]. Defaults 1e-4 and 1e4.
  var smallViolation = 1e-4
  var largeViolation = 1e4
  /// Part of the smallest useful step from which on restoration takes over [γ_α]. Default 0.05.
  var stepSafety = 0.05
  /// Second-order corrections of one step, and how far each must reduce the violation [p_max, κ_soc]. Defaults 4, 0.99.
  var correctionLimit = 4
  var correctionProgress = 0.99
  /// Violations up to this are not corrected. Default 1e-10.
  var correctionViolation = 1e-10
  /// Orders of magnitude by which the barrier function may grow in one step. Default 5.
  var largestIncrease = 5.0
  /// Successive steps cut short after which full steps are tried on trust, and how many. Defaults 10 and 3.
  var watchdogTrigger = 10
  var watchdogSteps = 3
  /// Successive steps rejected by old filter entries alone after which the filter is emptied, and how often. Defaults 5, 5.
  var filterResetTrigger = 5
  var filterResetLimit = 5

  // Restoration
  /// Weight of the violation [ρ]. Default 1000.
  var restorationPenalty = 1000.0
  /// The violation must fall to this part before the method goes back [κ_resto]. Default 0.9.
  var restorationProgress = 0.9
  /// Multipliers of bounds beyond this after a restoration are set to 1. Default 1000.
  var restorationMultiplierLimit = 1000.0
  /// Before restoration, full steps are taken while each reduces the KKT error to this part. Default 0.9999, at most 10.
  var softProgress = 0.9999
  var softLimit = 10

  // Ends
  /// KKT residual that is acceptable where no better one comes in ``acceptableIterations``. Defaults 1e-6 and 15.
  var acceptableTolerance = 1e-6
  var acceptableIterations = 15
  /// A feasible point with an objective below this, in the units of the form, ends the solve as unbounded. Default -1e20.
  var objectiveLimit = -1e20
  /// A violation above this, in the units of the form relative to sides above 1, at a stationary point of the violation
  /// is a local infeasibility. Default 1e-6.
  var infeasibilityTolerance = 1e-6

  init() {}
}
