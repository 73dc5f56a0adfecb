import Testing

@testable import Constraints

@Suite("Checking stationary points")
struct StationarityTests {
  /// min x + y on the circle of radius √2 around 0, with x y <= 3: the optimum is (-1, -1) with multiplier 1/2.
  private func circle(_ sense: ObjectiveSense = .minimize) -> Model {
    var model = Model("circle")
    let x = model.addVariable("x", lower: -5, upper: 5)
    let y = model.addVariable("y", lower: -5, upper: 5)
    let total = sense == .minimize ? x + y : -1 * (x + y)
    model.addObjective(sense, total)
    model.subject(to: "circle") { exp(x) * exp(-x) * (x * x + y * y) == 2 }
    model.subject(to: "product") { sin(x) * y <= 3 }
    return model
  }

  private func claim(_ values: [Double], _ multiplier: Double, costs: [Double] = [0, 0], sense: ObjectiveSense = .minimize) -> Solution {
    var solution = Solution(outcome: .locallyOptimal, termination: Termination(.converged), sense: sense)
    solution.values = values
    solution.primalStatus = .feasible
    solution.dualStatus = .feasible
    solution.reducedCosts = costs
    solution.generalDuals = [[multiplier], [0]]
    return solution
  }

  @Test func `a stationary point is confirmed`() {
    var solution = claim([-1, -1], -0.5)
    Checker().judge(&solution, of: circle())
    #expect(solution.outcome == .locallyOptimal)
    #expect(solution.check?.verdict == .confirmed)
    #expect((solution.check?.dualResidual ?? 1) < 1e-10)
    #expect(solution.bound == nil)
  }

  @Test func `multipliers of a maximization have the other sign`() {
    var solution = claim([-1, -1], 0.5, sense: .maximize)
    Checker().judge(&solution, of: circle(.maximize))
    #expect(solution.outcome == .locallyOptimal, "\(solution.summary)")
  }

  @Test func `a point that is not stationary is lowered`() {
    var solution = claim([-2.0.squareRoot(), 0], -0.5)
    Checker().judge(&solution, of: circle())
    #expect(solution.outcome == .feasible)
    var wrong = claim([-1, -1], 0.5)
    Checker().judge(&wrong, of: circle())
    #expect(wrong.outcome == .feasible)
  }

  @Test func `a multiplier of a constraint that is not active is refused`() {
    var solution = claim([-1, -1], -0.5)
    solution.generalDuals[1] = [-0.1]
    Checker().judge(&solution, of: circle())
    #expect(solution.outcome == .feasible)
  }

  @Test func `a stationary point of a convex model is an optimum with a bound`() {
    var model = Model("convex")
    let x = model.addVariable("x", lower: 0.1, upper: 10)
    model.addObjective(.minimize, exp(x) - 3 * log(x))
    // e^x = 3/x.
    let root = 1.0499088949640398
    var solution = Solution(outcome: .locallyOptimal, termination: Termination(.converged), sense: .minimize)
    solution.values = [root]
    solution.primalStatus = .feasible
    solution.dualStatus = .feasible
    solution.reducedCosts = [0]
    solution.generalDuals = []
    Checker().judge(&solution, of: model)
    #expect(solution.outcome == .optimal, "\(solution.summary)")
    #expect(abs((solution.bound ?? 0) - (solution.objective ?? 1)) < 1e-8)
  }

  @Test func `differences of every operation agree with what is known of it`() {
    let known: [(Constraints.Operation, Double, Double)] = [
      (.exp, 0, 1), (.exp, 1e-16, 1), (.exp, -3e-10, 1), (.exp, 5, 148.4131591025766), (.log, 1e-8, 1e8), (.log, 3, 1 / 3), (.sqrt, 1e-6, 500), (.sqrt, 4, 0.25),
      (.sin, 1e-9, 1), (.tan, 1, 3.425518820814759), (.erf, 0, 1.1283791670955126), (.atan, 100, 1 / 10001),
      (.logistic, 0, 0.25), (.lgamma, 1, -0.5772156649015329), (.cbrt, 8, 1 / 12), (.inverse, 0.5, -4), (.tanh, 20, 1.6993417e-17),
    ]
    for (operation, x, slope) in known {
      let found = ReverseDifferences.difference(at: x) { operation.value([$0]) }
      #expect(abs(found - slope) <= 1e-9 * max(1, abs(slope)), "\(operation) at \(x): \(found)")
    }
  }
}
