import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

/// All points of the box of a model of whole variables.
func boxPoints(_ model: Model) -> [[Double]] {
  var points: [[Double]] = [[]]
  for j in 0..<model.variableCount {
    let values = Array(stride(from: model.lower[j], through: model.upper[j], by: 1))
    points = points.flatMap { point in values.map { point + [$0] } }
  }
  return points
}

/// Solves the model with random linear objectives and compares with the best of all points of its box, as the checker sees
/// them: the values of the optimum, or infeasibility.
///
/// Every feasible point must also satisfy the form, its added columns computed from it.
/// - Returns: how many points of the box are feasible.
@discardableResult
func expectBruteForce(
  _ model: Model, objectives: Int = 4, seed: UInt64 = 1, options: SolveOptions = SolveOptions(),
  _ location: Testing.SourceLocation = #_sourceLocation
) throws -> Int {
  let checker = Checker()
  let points = boxPoints(model)
  let feasible = points.filter { checker.check(point: $0, of: model).violationCount == 0 }
  let reformulation = try Reformulation(model)
  let form = reformulation.formModel
  for point in feasible {
    let full = reformulation.restrict(point)
    let report = checker.check(point: full, of: form)
    #expect(report.violationCount == 0, "\(point) \(full) \(report.violations)", sourceLocation: location)
    for separator in reformulation.conicForm.linear.separators {
      #expect(separator.separate(full, tolerance: 1e-6).isEmpty, "\(point)", sourceLocation: location)
    }
  }
  var random = SplitMix64(seed: seed)
  for k in 0..<objectives {
    var current = model
    let costs = (0..<model.variableCount).map { _ in Double(Int.random(in: -9...9, using: &random)) }
    let function = ScalarFunction(linear: costs.enumerated().map { LinearTerm($1, Int32($0)) })
    current.setObjective(k % 2 == 0 ? .minimize : .maximize, function)
    let sign = k % 2 == 0 ? 1.0 : -1.0
    let best = feasible.map { point in sign * zip(costs, point).reduce(0) { $0 + $1.0 * $1.1 } }.min()
    let solution = try current.solve(options: options)
    if let best {
      #expect(solution.outcome == .optimal, "\(solution.outcome) \(solution.warnings)", sourceLocation: location)
      let value = sign * (solution.objective ?? .nan)
      #expect(abs(value - best) <= 1e-6, "\(value) \(best)", sourceLocation: location)
    } else {
      #expect(solution.outcome == .infeasible, "\(solution.outcome)", sourceLocation: location)
    }
  }
  return feasible.count
}

/// The text of the refusal of a model.
func refusal(_ model: Model, _ location: Testing.SourceLocation = #_sourceLocation) -> String {
  do throws(SolverError) {
    _ = try Reformulation(model)
    Issue.record("must be refused", sourceLocation: location)
    return ""
  } catch { return error.rendered }
}
