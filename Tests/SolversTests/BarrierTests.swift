import Constraints
import LinearAlgebra
import Testing

import Solvers

@Suite struct BarrierTests {
  // Numbers after HS are those of Hock, Schittkowski, "Test examples for nonlinear programming codes", 1981.

  @Test func `HS 71 has its published optimum and multipliers`() throws {
    let run = try BarrierRun { model in
      let x = [1.0, 5, 5, 1].map { model.variable(in: 1...5, start: $0) }
      model.minimize(x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2])
      model.subject { x[0] * x[1] * x[2] * x[3] >= 25 }
      model.subject { x[0] ** 2 + x[1] ** 2 + x[2] ** 2 + x[3] ** 2 == 40 }
    }
    run.expectOptimum(17.0140172892)
    #expect(abs(run.outcome.rowDuals[0] - 0.5522936594) < 1e-6)
    #expect(abs(run.outcome.rowDuals[1] + 0.1614685649) < 1e-6)
    #expect(abs(run.outcome.reducedCosts[0] - 1.0878712) < 1e-6)
  }

  @Test func `HS 6 and HS 7, equations alone, are solved`() throws {
    let six = try BarrierRun { model in
      let x = model.variable(start: -1.2), y = model.variable(start: 1)
      model.minimize((1 - x) ** 2)
      model.subject { 10 * (y - x ** 2) == 0 }
    }
    six.expectOptimum(0)
    let seven = try BarrierRun { model in
      let x = model.variable(start: 2), y = model.variable(start: 2)
      model.minimize(log(1 + x ** 2) - y)
      model.subject { (1 + x ** 2) ** 2 + y ** 2 == 4 }
    }
    seven.expectOptimum(-1.7320508075688772)
  }

  @Test func `the banana function without constraints is minimized from the standard start`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: -1.2), y = model.variable(start: 1)
      model.minimize(100 * (y - x ** 2) ** 2 + (1 - x) ** 2)
    }
    run.expectOptimum(0)
    #expect(abs(run.outcome.point[0] - 1) < 1e-6)
  }

  @Test func `a chain of a thousand variables goes through the sparse factorization`() throws {
    // Luksan, Vlcek, "Sparse and partially separable test problems", 1999, problem 5.1; the optimum is (1, ..., 1).
    let n = 1000
    let run = try BarrierRun { model in
      let x = (0..<n).map { model.variable(start: $0 % 2 == 0 ? -1.2 : 1) }
      var sum = Expression()
      for i in 0..<(n - 1) {
        let curve = x[i] ** 2 - x[i + 1]
        let distance = x[i] - 1
        sum += 100 * curve ** 2 + distance ** 2
      }
      model.minimize(sum)
      for i in 0..<(n - 2) {
        let wave = sin(x[i + 1] - x[i + 2]) * sin(x[i + 1] + x[i + 2])
        let tail = 4 * x[i + 1] - x[i] * exp(x[i] - x[i + 1]) - 3
        model.subject { 3 * x[i + 1] ** 3 + 2 * x[i + 2] - 5 + wave + tail == 0 }
      }
    }
    #expect(run.outcome.outcome == .locallyOptimal)
    run.expectStationary()
  }

  @Test func `a maximum on a nonconvex boundary is found although every Hessian is indefinite`() throws {
    // The farthest point of the unit disc along (3, 4).
    let run = try BarrierRun { model in
      let x = model.variable(start: 0.1), y = model.variable(start: 0.1)
      model.maximize(3 * x + 4 * y)
      model.subject { x ** 2 + y ** 2 <= 1 }
    }
    run.expectOptimum(-5)
  }

  @Test func `a start at a saddle point or maximizer is left`() throws {
    let saddle = try BarrierRun { model in
      let x = model.variable(start: 0), y = model.variable(start: 0)
      model.minimize(x ** 2 - y ** 2 + y ** 4)
    }
    saddle.expectOptimum(-0.25)
    let maximizer = try BarrierRun { model in
      let x = model.variable(start: 0)
      model.minimize(cos(x))
    }
    maximizer.expectOptimum(-1)
    let constrained = try BarrierRun { model in
      let x = model.variable(start: 1), y = model.variable(start: 0)
      model.minimize(-x ** 2 - 2 * y ** 2)
      model.subject { x ** 2 + y ** 2 == 1 }
    }
    constrained.expectOptimum(-2)
  }

  @Test func `a start outside the domain of a logarithm is moved`() throws {
    let run = try BarrierRun { model in
      let x = model.variable(start: -3), y = model.variable(start: 0)
      model.minimize(x - log(x) + y ** 2)
      model.subject { x + y >= 0.5 }
    }
    run.expectOptimum(1)
  }

  @Test func `steps that leave the domain are shortened`() throws {
    // Newton from 20 would go far below zero.
    let run = try BarrierRun { model in
      let x = model.variable(start: 20)
      model.minimize(sqrt(x) * x - 10 * log(x))
    }
    // At x = (20/3)^(2/3).
    run.expectOptimum(-5.9807999)
  }

  @Test func `scales of 1e8 between rows and columns do no harm`() throws {
    // The tolerance is on the scaled residual: the objective, whose gradient is 2e7 at the start, is scaled by 5e-6.
    var options = SolveOptions()
    options.optimalityTolerance = 1e-12
    let run = try BarrierRun(options: options) { model in
      let x = model.variable(in: 0.0..., start: 1e5), y = model.variable(in: 0.0..., start: 1e-5)
      model.minimize(1e-4 * x ** 2 + 1e12 * y ** 2)
      model.subject { 1e4 * x + 1e12 * y >= 2e8 }
    }
    // With x = 1e4 u and y = 1e-4 v: 1e4 (u² + v²), u + v >= 2.
    run.expectOptimum(2e4)
  }

  @Test func `a second start at the answer with its multipliers takes few steps`() throws {
    var model = Model()
    let x = [1.0, 5, 5, 1].map { model.variable(in: 1...5, start: $0) }
    model.minimize(x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2])
    model.subject { x[0] * x[1] * x[2] * x[3] >= 25 }
    model.subject { x[0] ** 2 + x[1] ** 2 + x[2] ** 2 + x[3] ** 2 == 40 }
    var form = BarrierRun.form(model)
    let first = try BarrierRun(form)
    form.start = first.outcome.point
    form.startDuals = first.outcome.rowDuals
    let second = try BarrierRun(form)
    second.expectOptimum(17.0140172892)
    #expect(second.outcome.statistics.iterations < first.outcome.statistics.iterations)
  }

  @Test func `the same seed gives the same iterates`() throws {
    func objectives() throws -> [Double] {
      let seen = Recorder()
      let context = SolveContext(report: { event in
        if case .iteration(_, let objective, _, _, _) = event { seen.append(objective) }
      })
      _ = try BarrierRun(context: context) { model in
        let x = model.variable(start: 0), y = model.variable(start: 0), z = model.variable(in: 0.0..., start: 0.5)
        model.minimize(x ** 4 - y ** 2 + y ** 4 + exp(z) * x ** 2)
        model.subject { x + y + z <= 3 }
      }
      return seen.values
    }
    let first = try objectives()
    #expect(first.count > 2)
    #expect(try objectives() == first)
  }
}
