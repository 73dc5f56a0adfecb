// Newton systems solved exactly and inexactly in one method, on problems of the literature: `sketching-benchmark`.
//
// Prints for each problem and inner solver the iterations, what the Newton systems took by the counting rule of
// `NewtonWork`, the same relative to sparse factors, and wall time with evaluations.

import Constraints
import Solvers

struct Problem {
  var name: String
  var form: NonlinearForm
}

/// Free variables, equations with right-hand side 0.
func equations(start: [Double], rows: Int, make: @escaping @Sendable () -> any NonlinearEvaluator) -> NonlinearForm {
  NonlinearForm(
    columnLower: start.map { _ in -.infinity }, columnUpper: start.map { _ in .infinity },
    rowLower: [Double](repeating: 0, count: rows), rowUpper: [Double](repeating: 0, count: rows), start: start,
    makeEvaluator: make)
}

func control(_ side: Int, _ dimension: Int, alpha: Double) -> Problem {
  let count = dimension == 1 ? side : side * side
  let form = equations(start: [Double](repeating: 0, count: 2 * count), rows: count) {
    EllipticControl(side: side, dimension: dimension, alpha: alpha)
  }
  return Problem(name: "control \(dimension)D, α = \(alpha)", form: form)
}

func regression(_ samples: Int, _ features: Int) -> Problem {
  let start = [Double](repeating: 1 / Double(features).squareRoot(), count: features)
  let form = equations(start: start, rows: 11) {
    LogisticRegression(samples: samples, features: features, rows: 10, seed: 1)
  }
  return Problem(name: "logistic, \(samples) samples", form: form)
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func rounded(_ value: Double) -> String {
  if value == 0 { return "0" }
  var (mantissa, exponent) = (value, 0)
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  return "\((mantissa * 10).rounded() / 10)e\(exponent)"
}

let problems = [
  regression(1000, 50), regression(2000, 200),
  control(500, 1, alpha: 1e-2), control(15, 2, alpha: 1e-2), control(31, 2, alpha: 1e-2), control(63, 2, alpha: 1e-2), control(63, 2, alpha: 1e-4),
]
let headings = [
  "problem", "n", "m", "inner", "status", "steps", "systems", "factors", "krylov", "sweeps", "handed", "flops",
  "to direct", "seconds",
]
let widths = [24, 6, 6, 11, 15, 6, 8, 8, 7, 7, 7, 9, 10, 8]
func printRow(_ cells: [String]) {
  print(zip(cells, widths).map { padded($0, $1) }.joined(separator: " "))
}

let only = CommandLine.arguments.dropFirst().first ?? ""
printRow(headings)
for problem in problems where only.isEmpty || problem.name.contains(only) {
  var direct = 0.0
  for inner in [ExactAugmentedLagrangianSolver.InnerSolver.direct, .recycled, .minres, .sketch] {
    var options = SolveOptions()
    options.timeLimit = .seconds(60)
    let context = SolveContext(deadline: Deadline(after: options.timeLimit))
    let solver = ExactAugmentedLagrangianSolver(inner: inner)
    let (outcome, work) = try solver.solveCounting(.nonlinear(problem.form), options: options, context: context)
    if inner == .direct { direct = work.flops }
    printRow([
      problem.name, "\(problem.form.columnCount)", "\(problem.form.rowCount)", inner.rawValue,
      outcome.outcome.rawValue, "\(outcome.statistics.iterations)", "\(work.solves)", "\(work.factorizations)",
      "\(work.krylovIterations)", "\(work.sweeps)", "\(work.handovers)", rounded(work.flops),
      rounded(work.flops / direct), "\((context.deadline.elapsed * 1000).rounded() / 1000)",
    ])
  }
}
