import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Probing of binary columns")
struct ProbingTests {
  private let inf = Double.infinity

  private func binaries(_ count: Int, _ rows: [(Double, [(Int, Double)], Double)]) -> LinearForm {
    var form = LinearForm()
    for j in 0..<count { _ = form.addColumn(lower: 0, upper: 1, objective: -1 - Double(j), isInteger: true) }
    for (low, terms, high) in rows { form.addRow(terms, lower: low, upper: high) }
    return form
  }

  @Test func `a value that contradicts itself by way of other columns is ruled out`() {
    // x0 = 1 forces x1 and x2, which exclude each other.
    let form = binaries(3, [(-inf, [(0, 1), (1, -1)], 0), (-inf, [(0, 1), (2, -1)], 0), (-inf, [(1, 1), (2, 1)], 1)])
    let probing = Probing(form)
    #expect(probing.upper[0] == 0 && !probing.isInfeasible)
  }

  @Test func `columns that imply each other both ways are equal`() {
    // x0 <= x1 <= x2 <= x0.
    let form = binaries(
      3, [(-inf, [(0, 1), (1, -1)], 0), (-inf, [(1, 1), (2, -1)], 0), (-inf, [(2, 1), (0, -1)], 0)])
    let aliases = Probing(form).aliases
    #expect(aliases.count == 2 && aliases.allSatisfy { $0.constant == 0 && $0.factor == 1 })
  }

  @Test func `a column of several values may follow from a binary one`() {
    // 3 + 2 x0 <= y <= 3 + 2 x0.
    var form = binaries(1, [])
    _ = form.addColumn(lower: 0, upper: 9, isInteger: true)
    form.addRow([(1, 1), (0, -2)], lower: 2.5, upper: inf)
    form.addRow([(1, 1), (0, -2)], lower: -inf, upper: 3.5)
    #expect(Probing(form).aliases == [Probing.Alias(column: 1, other: 0, constant: 3, factor: 2)])
  }

  @Test func `what both values lead to holds`() {
    // x0 + x1 >= 1 and x1 >= x0: x1 = 1 either way.
    let form = binaries(2, [(1, [(0, 1), (1, 1)], inf), (0, [(1, 1), (0, -1)], inf)])
    #expect(Probing(form).lower[1] == 1)
  }

  @Test func `contradictions for both values are infeasible`() {
    let form = binaries(2, [(1, [(0, 1), (1, 1)], 1), (0, [(0, 1), (1, -1)], 0)])
    #expect(Probing(form).isInfeasible)
    guard case .infeasible = Presolve.run(form).result else {
      Issue.record("not found infeasible")
      return
    }
  }

  @Test func `without effort nothing is tried, and forms without columns are fine`() {
    let form = binaries(2, [(1, [(0, 1), (1, 1)], inf), (0, [(1, 1), (0, -1)], inf)])
    #expect(Probing(form, options: .init(effort: -1)).probedCount == 0)
    #expect(!Probing(LinearForm()).isInfeasible)
  }

  @Test(arguments: SmallModelShape.allCases)
  func `bounds, equalities and conflicts hold at all feasible points`(shape: SmallModelShape) {
    var aliases = 0
    var conflicts = 0
    for seed in 0..<UInt64(400) {
      let form = LinearForm.small(shape, seed: seed)
      let points = FeasibleVertices(form).points
      let probing = Probing(form)
      if probing.isInfeasible {
        #expect(points.isEmpty, "\(shape) \(seed)")
        continue
      }
      aliases += probing.aliases.count
      conflicts += probing.conflicts.count
      func holds(_ literal: Int32, _ x: [Double]) -> Bool { x[Int(literal) / 2] == (literal & 1 == 0 ? 1 : 0) }
      for x in points {
        for j in 0..<form.columnCount {
          let isInside = x[j] >= probing.lower[j] - 1e-7 && x[j] <= probing.upper[j] + 1e-7
          #expect(isInside, "\(shape) \(seed): column \(j) at \(x)")
        }
        for alias in probing.aliases {
          let value = alias.constant + alias.factor * x[alias.other]
          #expect(x[alias.column] == value, "\(shape) \(seed): \(alias) at \(x)")
        }
        for (a, b) in probing.conflicts {
          let isBoth = holds(a, x) && holds(b, x)
          #expect(!isBoth, "\(shape) \(seed): literals \(a) and \(b) at \(x)")
        }
      }
    }
    if shape == .setPacking { #expect(aliases > 0 && conflicts > 100) }
  }

  @Test(arguments: SmallModelShape.allCases)
  func `no optimum is lost, and points lead back to points of the original`(shape: SmallModelShape) {
    var replaced = 0
    for seed in 1000..<UInt64(1400) {
      let form = LinearForm.small(shape, seed: seed)
      let best = FeasibleVertices(form).points.map { form.value(at: $0) }.min()
      let presolve = Presolve.run(form)
      replaced += presolve.summary.counts.aliases
      switch presolve.result {
      case .infeasible: #expect(best == nil, "\(shape) \(seed)")
      case .infeasibleOrUnbounded: Issue.record("\(shape) \(seed): bounded models cannot be unbounded")
      case .reduced(let smaller, let postsolve):
        let points = FeasibleVertices(smaller.linear).points
        guard let found = points.min(by: { smaller.linear.value(at: $0) < smaller.linear.value(at: $1) }) else {
          #expect(best == nil, "\(shape) \(seed)")
          continue
        }
        let lifted = postsolve.lift(Postsolve.Answer(point: found)).point
        #expect(form.isSatisfied(lifted), "\(shape) \(seed): \(lifted)")
        let value = form.value(at: lifted)
        let gap = abs(value - (best ?? .infinity))
        #expect(gap <= 1e-6 * max(1, abs(value)), "\(shape) \(seed): \(value) for \(String(describing: best))")
      }
    }
    if shape == .setPacking { #expect(replaced > 0) }
  }
}

extension LinearForm {
  /// Whether a point satisfies rows, bounds and integrality.
  fileprivate func isSatisfied(_ x: [Double]) -> Bool {
    for i in 0..<rowCount {
      var value = 0.0
      var size = 1.0
      for k in starts[i]..<starts[i + 1] {
        let term = entryValues[k] * x[Int(entryColumns[k])]
        value += term
        size = max(size, abs(term))
      }
      if value < rowLower[i] - 1e-7 * size || value > rowUpper[i] + 1e-7 * size { return false }
    }
    for j in 0..<columnCount {
      if x[j] < columnLower[j] - 1e-7 || x[j] > columnUpper[j] + 1e-7 { return false }
      if isInteger[j] != 0 && abs(x[j] - x[j].rounded()) > 1e-7 { return false }
    }
    return true
  }
}
