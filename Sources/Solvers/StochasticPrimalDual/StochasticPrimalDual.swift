import Constraints
import LinearAlgebra

/// A first-order method for problems with constraints on expectations: descent in x and ascent in the multipliers of the
/// Lagrangian `f + λᵀg`, from unbiased estimates of minibatches.
///
/// A step draws a minibatch, moves the multipliers of the constraints that it sees,
///
///     λᵢ ← [ λᵢ + η_d (gᵢ + κ (ξᵢ - ξᵢ')) ]₊,   ξᵢ the running mean of gᵢ, ξᵢ' the one before,
///
/// without `[·]₊` for equations, and then x along the gradient of the Lagrangian or of the augmented Lagrangian.
///
/// For convex problems with bounded gradients and multipliers the mean of the iterates has violation and suboptimality
/// O(1/√steps) with constant step sizes of that order. The last iterate need not be feasible; for models that fit rich
/// enough functions it nearly is. The records say what was measured.
///
/// Memory is O(n + m), and a step allocates nothing.
///
/// Sources: Nedić, Ozdaglar, "Subgradient methods for saddle-point problems", 2009; Yu, Neely, Wei, "Online convex
/// optimization with stochastic constraints", 2017; Yan, Xu, "Adaptive primal-dual stochastic gradient method for
/// expectation-constrained convex stochastic programs", 2022; Sohrabi, Ramirez, Zhang, Lacoste-Julien, Gallego-Posada, "On
/// PI controllers for updating Lagrange multipliers in constrained optimization", 2024; Elenter, Chamon, Ribeiro,
/// "Near-optimal solutions of constrained learning problems", 2024.
public final class StochasticPrimalDual {
  public let problem: StochasticProblem
  public let options: Options
  let n: Int
  let m: Int
  let x: Vector
  let gradient: Vector
  /// Momentum, or Adam's mean.
  let mean: Vector
  /// Adam's mean of squares; empty otherwise.
  let square: Vector
  let average: Vector
  let multipliers: Vector
  /// By constraint: ξ, NaN until it is seen; empty without gain.
  let smoothed: Vector
  let weights: Vector
  let values: Vector
  let seen: UnsafeMutablePointer<Int32>
  /// By constraint: whether its multiplier may be negative.
  let isEquation: UnsafeMutablePointer<Bool>
  /// By constraint: sums and counts of estimates since the last record.
  let valueSums: Vector
  let valueCounts: Vector
  /// Products of Adam's decays over the steps taken.
  var meanProduct = 1.0
  var squareProduct = 1.0
  private let lower: Vector?
  private let upper: Vector?

  /// - Throws: ``SolverError/failed(solver:message:)`` for inputs that contradict each other or are not finite.
  public init(_ problem: StochasticProblem, options: Options = Options()) throws(SolverError) {
    if let fault = Self.fault(problem, options) { throw Self.failure(fault) }
    self.problem = problem
    self.options = options
    n = problem.start.count
    m = problem.senses.count
    x = Vector(problem.start)
    gradient = Vector(count: n)
    mean = Vector(count: n)
    if case .adam = options.primal { square = Vector(count: n) } else { square = Vector(count: 0) }
    average = Vector(count: n)
    multipliers = problem.startMultipliers.isEmpty ? Vector(count: m) : Vector(problem.startMultipliers)
    smoothed = Vector(count: options.proportionalGain == 0 ? 0 : m, repeating: .nan)
    weights = Vector(count: m)
    values = Vector(count: m)
    seen = .allocate(capacity: max(1, m))
    seen.initialize(repeating: 0, count: max(1, m))
    isEquation = .allocate(capacity: max(1, m))
    for i in 0..<m { (isEquation + i).initialize(to: problem.senses[i] == .zero) }
    valueSums = Vector(count: m)
    valueCounts = Vector(count: m)
    lower = problem.lower.isEmpty ? nil : Vector(problem.lower)
    upper = problem.upper.isEmpty ? nil : Vector(problem.upper)
    moveInside()
  }

  deinit {
    seen.deallocate()
    isEquation.deallocate()
  }

  private static func fault(_ problem: StochasticProblem, _ options: Options) -> String? {
    let (n, m) = (problem.start.count, problem.senses.count)
    if !problem.start.allSatisfy(\.isFinite) { return "the start has entries that are not finite" }
    if !problem.startMultipliers.isEmpty && problem.startMultipliers.count != m {
      return "\(problem.startMultipliers.count) multipliers for \(m) constraints"
    }
    if !problem.startMultipliers.allSatisfy(\.isFinite) { return "the first multipliers are not all finite" }
    for bounds in [problem.lower, problem.upper] where !bounds.isEmpty && bounds.count != n {
      return "\(bounds.count) bounds for \(n) variables"
    }
    if !(problem.lower + problem.upper).allSatisfy({ !$0.isNaN }) { return "a bound is not a number" }
    for (j, (l, u)) in zip(problem.lower, problem.upper).enumerated() where l > u {
      return "the bounds of variable \(j) are crossed: \(l) > \(u)"
    }
    if !(options.primalRate.first > 0 && options.dualRate.first >= 0) { return "step sizes must be positive" }
    if options.steps < 0 || options.recordInterval < 1 { return "the number of steps and of those a record must be positive" }
    if !(options.smoothing >= 0 && options.smoothing < 1) { return "the smoothing must be at least 0 and below 1" }
    return nil
  }

  static func failure(_ message: String) -> SolverError {
    .failed(solver: "the stochastic primal-dual method", message: message)
  }

  /// Takes the steps.
  /// - Parameters:
  ///   - observe: called with each record and the present point; true ends the run.
  /// - Throws: ``SolverError/failed(solver:message:)`` when the oracle gives a number that is not finite, with the step and
  ///   the place.
  /// - Complexity: a step takes two calls of the oracle and O(n + constraints seen).
  public func run(
    _ oracle: any StochasticOracle, context: SolveContext = SolveContext(),
    observe: (StochasticRecord, UnsafePointer<Double>) -> Bool = { _, _ in false }
  ) throws(SolverError) -> StochasticRun {
    var run = StochasticRun()
    var random = SplitMix64(seed: options.seed)
    let firstAveraged = options.steps - Int((Double(options.steps) * min(1, max(0, options.averagedShare))).rounded())
    var averaged = 0, recorded = 0
    var objectiveSum = 0.0
    for step in 0..<options.steps {
      if context.shouldStop {
        run.termination = Termination(context.cancellation.isCancelled ? .interrupted : .timeLimit)
        break
      }
      var estimate = StochasticEstimate(count: m, constraints: seen, values: values.pointer)
      oracle.estimate(at: x.pointer, draw: StochasticDraw(step: step, seed: random.next()), into: &estimate)
      try check(estimate, step)
      objectiveSum += estimate.objective
      weigh(estimate.count, rate: options.dualRate(step))
      oracle.gradient(at: x.pointer, weights: weights.pointer, into: gradient.pointer)
      try checkGradient(step)
      descend(step)
      moveInside()
      run.steps = step + 1
      if step >= firstAveraged {
        averaged += 1
        let share = 1 / Double(averaged)
        for j in 0..<n { average.pointer[j] += share * (x.pointer[j] - average.pointer[j]) }
      }
      if run.steps % options.recordInterval == 0 || run.steps == options.steps {
        let record = record(run.steps, objectiveSum / Double(run.steps - recorded), context)
        (objectiveSum, recorded) = (0, run.steps)
        run.records.append(record)
        if observe(record, x.pointer) {
          run.termination = Termination(.interrupted, detail: "the observer has seen enough")
          break
        }
      }
    }
    run.point = x.array
    if averaged > 0 { run.average = average.array }
    run.multipliers = multipliers.array
    run.termination.seconds = context.deadline.elapsed
    return run
  }

  /// Into the bounds, then the projection.
  private func moveInside() {
    if let lower { for j in 0..<n where x.pointer[j] < lower.pointer[j] { x.pointer[j] = lower.pointer[j] } }
    if let upper { for j in 0..<n where x.pointer[j] > upper.pointer[j] { x.pointer[j] = upper.pointer[j] } }
    problem.project?(x.pointer)
  }

  private func check(_ estimate: StochasticEstimate, _ step: Int) throws(SolverError) {
    if !estimate.objective.isFinite {
      throw Self.failure("the estimate of the objective is \(estimate.objective) at step \(step)")
    }
    if estimate.count < 0 || estimate.count > m {
      throw Self.failure("the oracle saw \(estimate.count) of \(m) constraints at step \(step)")
    }
    let seesAll = estimate.count == m
    for k in 0..<estimate.count {
      let i = seesAll ? k : Int(seen[k])
      if i < 0 || i >= m { throw Self.failure("the oracle saw constraint \(i) of \(m) at step \(step)") }
      if !values.pointer[k].isFinite {
        throw Self.failure("the estimate of constraint \(i) is \(values.pointer[k]) at step \(step)")
      }
    }
  }

  private func checkGradient(_ step: Int) throws(SolverError) {
    for j in 0..<n where !gradient.pointer[j].isFinite {
      throw Self.failure(
        "the estimated gradient of the Lagrangian has \(gradient.pointer[j]) for variable \(j) at step \(step)")
    }
  }
}
