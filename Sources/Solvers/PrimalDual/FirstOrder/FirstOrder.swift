/// Restarted Halpern primal-dual hybrid gradient for linear programs, with reflection.
///
/// A first-order method: it multiplies with the matrix and never factorizes it, so memory is O(entries) and an
/// iteration costs two products. It wins on large sparse programs whose factors fill in.
///
/// H. Lu, J. Yang, "Restarted Halpern PDHG for linear programming" (2024); H. Lu, Z. Peng, J. Yang, "cuPDLPx: a further
/// enhanced GPU-based first-order solver for linear programming" (2025); D. Applegate et al., "Practical large-scale
/// linear programming using primal-dual hybrid gradient" (NeurIPS 2021).
enum FirstOrder {
  /// What steers the method. The defaults of restarts and primal weight are those of cuPDLPx, the others measured.
  struct Options: Sendable {
    /// The primal residual is small when ‖residual‖₂ is at most `primal * (1 + ‖b‖₂)` and no row is violated by more than
    /// `primal`, absolute or relative to the largest number that enters it.
    var primal = 1e-6
    /// The dual residual is small when ‖residual‖₂ is at most `dual * (1 + ‖c‖₂)` and no reduced cost has the wrong sign
    /// by more than `dual`, absolute or relative to the largest number that enters it.
    var dual = 1e-6
    /// The gap is small when |primal - dual| is at most `gap * (1 + |primal| + |dual|)`, in an answer at most
    /// `gap * max(1, |primal|)`.
    var gap = 1e-6
    var iterationLimit = Int.max
    /// Threads; nil for one a core. Matrices below `entriesPerThread` entries a thread get fewer.
    var threads: Int?
    var entriesPerThread = 50_000

    /// Iterations between two measurements of the residuals.
    var checkInterval = 64
    /// Passes of scaling before the Pock-Chambolle pass; fewer geometric ones where they do not help.
    var geometricPasses = 4
    var ruizPasses = 10
    /// Restart when the fixed-point error falls to this part of that at the last restart,
    var sufficientDecrease = 0.2
    /// or to this part and is growing again,
    var necessaryDecrease = 0.8
    /// or after this part of all iterations.
    var longestEpoch = 0.2
    /// Gains of the controller of the primal weight, and how much of the sum of errors is remembered.
    var proportionalGain = 0.99
    var integralGain = 0.01
    var integralDecay = 0.3
    /// Part of the iterations that polishing may cost in addition, in iterations of least squares; 0 for none.
    var polishShare = 0.2
    /// Largest relative residual from which on polishing is tried.
    var polishStart = 0.1
    /// Part of the iterations that a pair of feasibility problems may cost in addition, tried when the gap is small but
    /// feasibility is not; 0 for none.
    var feasibilityShare = 0.1
    /// The iteration from which on that is tried: where the method is quick anyway, it only costs.
    var feasibilityStart = 20_000
    /// Part of the iterations that estimates for longer steps may cost in addition; 0 for none.
    var boostShare = 0.1
    /// Largest relative residual from which on longer steps are tried.
    var boostStart = 0.01

    init() {}
  }

  /// Where to start, in the units and the sense of the form.
  struct Start: Sendable {
    var x: [Double]
    /// Multipliers of the rows.
    var y: [Double]
    var primalWeight: Double?
  }

  /// Residuals of a point in the units of the form; objectives as for minimization.
  struct Residuals: Sendable {
    var primalObjective = 0.0
    /// The dual objective without the terms of reduced costs that lean on a missing bound.
    var dualObjective = 0.0
    /// Euclidean norms.
    var primal = Double.infinity
    var dual = Double.infinity

    var gap: Double { abs(primalObjective - dualObjective) }
    var relativeGap: Double { gap / (1 + abs(primalObjective) + abs(dualObjective)) }
  }
}
