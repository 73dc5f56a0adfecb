import LinearAlgebra
import Solvers

/// What a sequence of minimizations asks of its function, `μ L(x) + α h(x) + ρ/2 h(x)²`, with L a loss and its penalties.
protocol PathObjective: SmoothFunction {
  var nodeCount: Int { get }
  var acyclicity: AcyclicityWorkspace { get set }
  /// μ.
  var lossFactor: Double { get set }
  /// α.
  var multiplier: Double { get set }
  /// ρ.
  var penalty: Double { get set }
  /// L and h at the last point.
  var lossValue: Double { get }
  var h: Double { get }

  /// Makes a point the last one.
  /// - Returns: the value there.
  @discardableResult
  func evaluate(at x: UnsafePointer<Double>) -> Double
}

extension PathObjective {
  /// Tells a context about the last point.
  func report(_ iterations: Int, _ context: SolveContext) {
    context.report(
      .iteration(
        count: iterations, objective: lossValue, primalInfeasibility: h, dualInfeasibility: .nan,
        seconds: context.deadline.elapsed))
  }
}
