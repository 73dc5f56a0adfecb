/// Restarted Halpern primal-dual hybrid gradient for linear programs, with reflection.
///
/// A first-order method: it multiplies with the matrix and never factorizes it, so memory is O(entries) and an
/// iteration costs two products. It wins on large sparse programs whose factors fill in.
///
/// H. Lu, J. Yang, "Restarted Halpern PDHG for linear programming" (2024); H. Lu, Z. Peng, J. Yang, "cuPDLPx: a further
/// enhanced GPU-based first-order solver for linear programming" (2025); D. Applegate et al., "Practical large-scale
/// linear programming using primal-dual hybrid gradient" (NeurIPS 2021).
enum FirstOrder {
  /// What steers the method. The defaults are those of the literature unless noted.
  struct Options: Sendable {
    /// Primal residual, dual residual and gap are small when each is at most
    /// `absoluteTolerance + relativeTolerance * size`, where the size is ‖b‖₂, ‖c‖₂ and |primal| + |dual|.
    var relativeTolerance = 1e-6
    var absoluteTolerance = 1e-6
    /// Iterations between two measurements of the residuals.
    var checkInterval = 64
    var iterationLimit = Int.max
    /// Threads, at most one for each core; 1 for matrices too small to share.
    var threads = 1
    /// Ruiz passes before the Pock-Chambolle pass.
    var ruizPasses = 10
    /// Restart when the fixed-point error falls to this part of that at the last restart,
    var sufficientDecrease = 0.2
    /// or to this part and is growing again,
    var necessaryDecrease = 0.5
    /// or after this part of all iterations.
    var longestEpoch = 0.36
    /// Gains of the controller of the primal weight, and how much of the sum of errors is remembered.
    var proportionalGain = 0.99
    var integralGain = 0.01
    var integralDecay = 0.3

    init() {}
  }

  /// Where to start, in the units of the form.
  struct Start: Sendable {
    var x: [Double]
    var y: [Double]
    var primalWeight: Double?
  }

  /// Residuals of a point in the units of the form, all for minimization.
  struct Residuals: Sendable {
    var primalObjective = 0.0
    /// Lower bound of the Lagrangian without the terms of reduced costs that lean on a missing bound.
    var dualObjective = 0.0
    /// Euclidean norms.
    var primal = Double.infinity
    var dual = Double.infinity

    var gap: Double { abs(primalObjective - dualObjective) }
    var relativeGap: Double { gap / (1 + abs(primalObjective) + abs(dualObjective)) }
  }
}
