import LinearAlgebra
import Solvers

/// The outer loop of DAGMA: minimizations of `μ (Q + λ |W|) + h(W)`, h the logarithm of the determinant with a scale s, for
/// falling μ, each from where the last one ended. h is a barrier that keeps the spectral radius of `W ∘ W` below s.
///
/// The authors' program takes tens of thousands of steps of Adam a stage; here each is a quasi-Newton minimization of the
/// same function.
///
/// Source: Bello, Aragam, Ravikumar, "DAGMA: learning DAGs via M-matrices and a log-determinant acyclicity
/// characterization", 2022, algorithm 1.
public struct CentralPathSchedule: Sendable, Equatable {
  /// μ of the first stage. Default 1.
  public var firstFactor = 1.0
  /// Factor of μ from stage to stage. Default 0.1.
  public var decrease = 0.1
  /// s of each stage. Default 1, 0.9, 0.8, 0.7, 0.6.
  public var scales = [1, 0.9, 0.8, 0.7, 0.6]
  /// A stage whose scale does not admit the start is begun with one larger by this, as often as it takes. Default 0.1.
  public var scaleIncrease = 0.1
  /// The relative decrease at which minimizations end is this times μ: the function is as small as μ is. Default 1e-8.
  public var relativeDecrease = 1e-8

  public init() {}

  /// Increases of a scale at most.
  private static let increaseLimit = 1000

  func run(
    _ objective: some PathObjective, _ minimizer: BoundConstrainedMinimizer, _ x: Vector, _ context: SolveContext
  ) -> PathRun {
    var run = PathRun(end: .pathEnd)
    objective.multiplier = 1
    objective.penalty = 0
    let nodeCount = objective.nodeCount
    let options = minimizer.options
    defer { minimizer.options = options }
    for (stage, scale) in scales.enumerated() {
      run.rounds += 1
      objective.lossFactor = firstFactor * pow(decrease, stage)
      minimizer.options.relativeDecrease = relativeDecrease * objective.lossFactor
      minimizer.options.gradientTolerance = options.gradientTolerance * objective.lossFactor
      var s = scale, outcome: BoundConstrainedMinimizer.Outcome
      var increases = 0
      repeat {
        objective.acyclicity =
          AcyclicityFunction(kind: .logDeterminant, nodeCount: nodeCount, scale: s).makeWorkspace()
        outcome = minimizer.minimize(x.pointer, context: context)
        s += scaleIncrease
        increases += 1
      } while outcome.end == .undefinedStart && increases < Self.increaseLimit
      run.iterations += outcome.iterations
      objective.evaluate(at: x.pointer)
      objective.report(run.iterations, context)
      if outcome.end == .stopped || outcome.end == .undefinedStart {
        run.end = outcome.end == .stopped ? .stopped : .undefined
        return run
      }
    }
    return run
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { power, _ in power * base }
  }
}
