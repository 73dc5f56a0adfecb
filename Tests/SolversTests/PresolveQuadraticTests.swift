import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Presolve of quadratic and conic forms")
struct PresolveQuadraticTests {
  private let inf = Double.infinity

  /// The optimum of a small quadratic form by trying all sets of active rows and bounds; nil when none fits.
  private func bruteForce(_ form: ConicForm) -> Postsolve.Answer? {
    let (n, m) = (form.linear.columnCount, form.linear.rowCount)
    let sense = form.linear.sense.sign
    var hessian = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for j in 0..<n {
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        let i = Int(form.hessian.rowIndices[k])
        hessian[i][j] = sense * form.hessian.values[k]
        hessian[j][i] = hessian[i][j]
      }
    }
    // Rows and bounds as one list of (gradient, low, high).
    var items: [(gradient: [Double], low: Double, high: Double)] = []
    for i in 0..<m {
      var gradient = [Double](repeating: 0, count: n)
      for k in form.linear.starts[i]..<form.linear.starts[i + 1] {
        gradient[Int(form.linear.entryColumns[k])] = form.linear.entryValues[k]
      }
      items.append((gradient, form.linear.rowLower[i], form.linear.rowUpper[i]))
    }
    for j in 0..<n {
      var gradient = [Double](repeating: 0, count: n)
      gradient[j] = 1
      items.append((gradient, form.linear.columnLower[j], form.linear.columnUpper[j]))
    }
    var states = [Int](repeating: 0, count: items.count)
    func solved() -> Postsolve.Answer? {
      let active = states.indices.filter { states[$0] != 0 }
      if active.count > n { return nil }
      let size = n + active.count
      var system = [[Double]](repeating: [Double](repeating: 0, count: size + 1), count: size)
      for i in 0..<n {
        for j in 0..<n { system[i][j] = hessian[i][j] }
        for (t, a) in active.enumerated() {
          system[i][n + t] = -items[a].gradient[i]
          system[n + t][i] = items[a].gradient[i]
        }
        system[i][size] = -sense * form.linear.objective[i]
      }
      for (t, a) in active.enumerated() { system[n + t][size] = states[a] == 1 ? items[a].low : items[a].high }
      guard let x = eliminated(&system) else { return nil }
      var multipliers = [Double](repeating: 0, count: items.count)
      for (t, a) in active.enumerated() {
        multipliers[a] = x[n + t]
        if items[a].low < items[a].high, states[a] == 1 ? x[n + t] < -1e-9 : x[n + t] > 1e-9 { return nil }
      }
      for item in items {
        let value = zip(item.gradient, x).reduce(0) { $0 + $1.0 * $1.1 }
        if value < item.low - 1e-9 || value > item.high + 1e-9 { return nil }
      }
      return Postsolve.Answer(
        point: Array(x.prefix(n)), rowDuals: multipliers.prefix(m).map { sense * $0 },
        reducedCosts: multipliers.suffix(n).map { sense * $0 })
    }
    while true {
      if let answer = solved() { return answer }
      var t = 0
      while t < states.count {
        states[t] += 1
        if states[t] == 1 && !items[t].low.isFinite { states[t] = 2 }
        if states[t] == 2 && (!items[t].high.isFinite || items[t].low == items[t].high) { states[t] = 3 }
        if states[t] <= 2 { break }
        states[t] = 0
        t += 1
      }
      if t == states.count { return nil }
    }
  }

  /// Gaussian elimination with pivoting; nil for a singular system.
  private func eliminated(_ system: inout [[Double]]) -> [Double]? {
    let n = system.count
    for c in 0..<n {
      guard let p = (c..<n).max(by: { abs(system[$0][c]) < abs(system[$1][c]) }), abs(system[p][c]) > 1e-9 else { return nil }
      system.swapAt(c, p)
      for r in 0..<n where r != c && system[r][c] != 0 {
        let factor = system[r][c] / system[c][c]
        for k in c...n { system[r][k] -= factor * system[c][k] }
      }
    }
    return (0..<n).map { system[$0][n] / system[$0][$0] }
  }

  private func randomForm(seed: UInt64) -> ConicForm {
    var random = Random(seed: seed)
    var linear = LinearForm()
    linear.sense = random.chance(0.5) ? .minimize : .maximize
    let n = 2 + random.below(3)
    let m = random.below(4)
    for _ in 0..<n {
      let low = Double(random.below(5) - 2)
      let (lower, upper): (Double, Double) =
        switch random.below(5) {
        case 0: (low, low)
        case 1: (-inf, inf)
        case 2: (low, low + Double(1 + random.below(4)))
        default: (low, inf)
        }
      _ = linear.addColumn(lower: lower, upper: upper, objective: Double(random.below(9) - 4))
    }
    for _ in 0..<m {
      var terms: [(Int, Double)] = []
      for j in 0..<n where random.chance(0.5) { terms.append((j, Double(1 + random.below(4)) * (random.chance(0.5) ? 1 : -1))) }
      let side = Double(random.below(9) - 2)
      let (low, high): (Double, Double) = random.chance(0.3) ? (side, side) : random.chance(0.5) ? (-inf, side) : (side - 6, inf)
      linear.addRow(terms, lower: low, upper: high)
    }
    // P = Bᵀ B on the first columns, positive definite there; the others are linear.
    let quadratic = 1 + random.below(n)
    var p = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for _ in 0..<quadratic {
      let b = (0..<quadratic).map { _ in random.chance(0.6) ? Double(random.below(5) - 2) : 0 }
      for i in 0..<quadratic { for j in 0..<quadratic { p[i][j] += b[i] * b[j] } }
    }
    for i in 0..<quadratic { p[i][i] += 1 }
    var starts = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for j in 0..<n {
      for i in j..<n where p[i][j] != 0 {
        indices.append(Int32(i))
        values.append(linear.sense.sign * p[i][j])
      }
      starts.append(indices.count)
    }
    return ConicForm(
      linear, hessian: SparseMatrix(rowCount: n, columnCount: n, starts: starts, rowIndices: indices, values: values))
  }

  @Test("600 random quadratic forms against all active sets", arguments: 0..<3)
  func random(block: Int) throws {
    var reductions = 0
    for seed in (block * 200)..<(block * 200 + 200) {
      let form = randomForm(seed: UInt64(seed))
      let reference = bruteForce(form)
      switch Presolve.run(form).result {
      case .infeasible, .infeasibleOrUnbounded:
        #expect(reference == nil, "seed \(seed): decided, but there is an optimum")
      case .reduced(let smaller, let postsolve):
        if smaller.linear.columnCount < form.linear.columnCount || smaller.linear.rowCount < form.linear.rowCount {
          reductions += 1
        }
        guard let answer = bruteForce(smaller) else {
          #expect(reference == nil, "seed \(seed): the reduced form has no optimum")
          continue
        }
        let gap = OptimalityGap(postsolve.lift(answer), of: form)
        #expect(gap.largest < 1e-7, "seed \(seed): \(gap)")
      }
    }
    #expect(reductions > 60)
  }

  @Test func `fixing a column moves its second derivatives`() throws {
    // ½(x² + 2xy·1 + 3y²) with y = 2.
    var linear = LinearForm()
    _ = linear.addColumn(lower: -9, upper: 9, objective: 1)
    _ = linear.addColumn(lower: 2, upper: 2, objective: 5)
    let hessian = SparseMatrix(rowCount: 2, columnCount: 2, starts: [0, 2, 3], rowIndices: [0, 1, 1], values: [1, 1, 3])
    guard case .reduced(let smaller, let postsolve) = Presolve.run(ConicForm(linear, hessian: hessian)).result else {
      Issue.record("not reduced")
      return
    }
    // x + y + 1 = 0 in the optimum: the whole form is solved by hand, x goes to -3.
    #expect(smaller.linear.columnCount == 0)
    #expect(abs(smaller.linear.constant - (10 + 6 - 3 + 4.5 - 6)) < 1e-12)
    let answer = postsolve.lift(Postsolve.Answer(point: []))
    #expect(answer.point == [-3, 2])
    let duals = postsolve.lift(Postsolve.Answer(point: [], rowDuals: [], reducedCosts: [])).reducedCosts
    #expect(duals == [0, 5 + 6 - 3])
  }

  @Test func `columns of a cone move to its offset and keep their reduced costs`() throws {
    // min t with x1 = 3, 2 x2 >= 8 and t >= ‖(x1, x2)‖: t = 5.
    var linear = LinearForm()
    _ = linear.addColumn(lower: -inf, upper: inf, objective: 1)
    _ = linear.addColumn(lower: 3, upper: 3)
    _ = linear.addColumn(lower: -inf, upper: inf)
    linear.addRow([(2, 2)], lower: 8, upper: inf)
    var form = ConicForm(linear)
    form.cones = [.secondOrder(dimension: 3)]
    form.coneStarts = [0, 1, 2, 3]
    form.coneColumns = [0, 1, 2]
    form.coneValues = [1, 1, 1]
    form.coneOffsets = [0, 0, 0]
    guard case .reduced(let smaller, let postsolve) = Presolve.run(form).result else {
      Issue.record("not reduced")
      return
    }
    #expect(smaller.linear.columnCount == 2 && smaller.linear.rowCount == 0)
    #expect(smaller.coneOffsets == [0, 3, 0] && smaller.coneColumns == [0, 1] && smaller.coneStarts == [0, 1, 1, 2])
    #expect(smaller.linear.columnLower == [-inf, 4])
    let answer = postsolve.lift(
      Postsolve.Answer(point: [5, 4], rowDuals: [], reducedCosts: [0, 0.8], coneDuals: [1, -0.6, -0.8]))
    #expect(answer.point == [5, 3, 4])
    #expect(answer.rowDuals == [0.4])
    #expect(answer.reducedCosts == [0, 0.6, 0])
  }
}
