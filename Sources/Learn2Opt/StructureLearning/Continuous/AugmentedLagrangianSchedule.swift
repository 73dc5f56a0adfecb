import LinearAlgebra
import Solvers

/// The outer loop of NOTEARS: minimizations of the augmented Lagrangian `Q + λ |W| + α h + ρ/2 h²` one after the other, with
/// a penalty ρ that grows until h falls fast enough, and multipliers α by `α + ρ h`.
///
/// Source: Zheng, Aragam, Ravikumar, Xing, "DAGs with NO TEARS", 2018, algorithm 1. As in the authors' program a
/// minimization whose h is not small enough is done again with the larger penalty from where the round began.
public struct AugmentedLagrangianSchedule: Sendable, Equatable {
  /// ρ of the first minimization. Default 1.
  public var firstPenalty = 1.0
  /// Factor of ρ. Default 10.
  public var growth = 10.0
  /// A round is over when h is at most this part of what it was. Default 0.25.
  public var progressRate = 0.25
  /// h at which the weights count as acyclic. Default 1e-8.
  public var tolerance = 1e-8
  /// Ends when ρ is no smaller than this. Default 1e16.
  public var largestPenalty = 1e16
  /// Rounds, each with one update of the multiplier, at most. Default 100.
  public var roundLimit = 100
  /// Whether a minimization that is done again with a larger ρ starts where the last one ended rather than where the round
  /// began. Default false, as published.
  public var continuesWithinRound = false

  public init() {}

  /// - Parameter x: the start; becomes the last point.
  func run(
    _ objective: some PathObjective, _ minimizer: BoundConstrainedMinimizer, _ x: Vector, _ context: SolveContext
  ) -> PathRun {
    var run = PathRun(end: .roundLimit)
    var rho = firstPenalty, alpha = 0.0, last = Double.infinity
    objective.lossFactor = 1
    let start = Vector(count: x.count)
    while run.rounds < roundLimit {
      run.rounds += 1
      start.copy(from: x)
      var h = last
      while rho < largestPenalty {
        if !continuesWithinRound { x.copy(from: start) }
        objective.multiplier = alpha
        objective.penalty = rho
        let outcome = minimizer.minimize(x.pointer, context: context)
        run.iterations += outcome.iterations
        objective.evaluate(at: x.pointer)
        h = objective.h
        objective.report(run.iterations, context)
        run.finalPenalty = rho
        if outcome.end == .stopped || outcome.end == .undefinedStart {
          run.end = outcome.end == .stopped ? .stopped : .undefined
          return run
        }
        if h > progressRate * last { rho *= growth } else { break }
      }
      last = h
      alpha += rho * h
      if h <= tolerance {
        run.end = .acyclic
        return run
      }
      if rho >= largestPenalty {
        run.end = .penaltyLimit
        return run
      }
    }
    return run
  }
}
