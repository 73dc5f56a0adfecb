import LinearAlgebra

@testable import Solvers

/// All feasible points of a small mixed-integer form that matter for linear inequalities: for each choice of the whole
/// columns, the vertices of what is left for the continuous ones. An inequality holds everywhere if it holds at these.
struct FeasibleVertices {
  private(set) var points: [[Double]] = []
  private let form: LinearForm
  private let whole: [Int]
  private let real: [Int]

  /// - Parameter form: all columns bounded.
  init(_ form: LinearForm) {
    self.form = form
    whole = (0..<form.columnCount).filter { form.isInteger[$0] != 0 }
    real = (0..<form.columnCount).filter { form.isInteger[$0] == 0 }
    var x = [Double](repeating: 0, count: form.columnCount)
    choose(0, &x)
  }

  private mutating func choose(_ position: Int, _ x: inout [Double]) {
    if position == whole.count { return addVertices(x) }
    let j = whole[position]
    var value = form.columnLower[j].rounded(.up)
    while value <= form.columnUpper[j] {
      x[j] = value
      choose(position + 1, &x)
      value += 1
    }
  }

  /// Half-spaces `normal · t <= side` of the continuous columns at these whole values.
  private func halfSpaces(_ x: [Double]) -> [(normal: [Double], side: Double)] {
    var result: [(normal: [Double], side: Double)] = []
    for (position, j) in real.enumerated() {
      var normal = [Double](repeating: 0, count: real.count)
      normal[position] = 1
      result.append((normal, form.columnUpper[j]))
      normal[position] = -1
      result.append((normal, -form.columnLower[j]))
    }
    for i in 0..<form.rowCount {
      var normal = [Double](repeating: 0, count: real.count)
      var rest = 0.0
      for k in form.starts[i]..<form.starts[i + 1] {
        let j = Int(form.entryColumns[k])
        if let position = real.firstIndex(of: j) {
          normal[position] = form.entryValues[k]
        } else {
          rest += form.entryValues[k] * x[j]
        }
      }
      if form.rowUpper[i] < .infinity { result.append((normal, form.rowUpper[i] - rest)) }
      if form.rowLower[i] > -.infinity { result.append((normal.map { -$0 }, rest - form.rowLower[i])) }
    }
    return result
  }

  private mutating func addVertices(_ x: [Double]) {
    let spaces = halfSpaces(x)
    for space in spaces where space.side < -1e-9 && space.normal.allSatisfy({ $0 == 0 }) { return }
    var chosen: [Int] = []
    func visit(_ first: Int, _ found: inout [[Double]]) {
      if chosen.count == real.count {
        guard let t = solve(chosen.map { spaces[$0] }) else { return }
        let isInside = spaces.allSatisfy { space in
          var value = -space.side
          for (a, b) in zip(space.normal, t) { value += a * b }
          return value <= 1e-9
        }
        if isInside { found.append(t) }
        return
      }
      if first == spaces.count { return }
      for k in first..<spaces.count {
        chosen.append(k)
        visit(k + 1, &found)
        chosen.removeLast()
      }
    }
    var found: [[Double]] = []
    visit(0, &found)
    for t in found {
      var point = x
      for (position, j) in real.enumerated() { point[j] = t[position] }
      points.append(point)
    }
  }

  /// Gaussian elimination with row exchanges; nil for singular systems.
  private func solve(_ equations: [(normal: [Double], side: Double)]) -> [Double]? {
    let n = equations.count
    var a = equations.map { $0.normal + [$0.side] }
    for p in 0..<n {
      guard let best = (p..<n).max(by: { abs(a[$0][p]) < abs(a[$1][p]) }), abs(a[best][p]) > 1e-7 else { return nil }
      a.swapAt(p, best)
      for r in 0..<n where r != p {
        let factor = a[r][p] / a[p][p]
        if factor == 0 { continue }
        for c in p...n { a[r][c] -= factor * a[p][c] }
      }
    }
    return (0..<n).map { a[$0][n] / a[$0][$0] }
  }
}

/// Shapes of small random models with few points.
enum SmallModelShape: CaseIterable {
  case knapsacks, setPacking, mixed, fixedCharge, lotSizes, equations, wholeRows, bigNumbers
}

extension LinearForm {
  /// A small random model whose points can be enumerated; many are feasible, some are not.
  static func small(_ shape: SmallModelShape, seed: UInt64) -> LinearForm {
    var random = SplitMix64(seed: seed)
    var form = LinearForm()
    func cost() -> Double { Double(Int.random(in: -9...9, using: &random)) }
    func pick(_ count: Int, of n: Int) -> [Int] { Array(Array(0..<n).shuffled(using: &random).prefix(count)) }
    switch shape {
    case .knapsacks:
      let n = Int.random(in: 4...9, using: &random)
      for _ in 0..<n { _ = form.addColumn(lower: 0, upper: 1, objective: cost(), isInteger: true) }
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let terms = pick(Int.random(in: 3...n, using: &random), of: n).map { j in
          (j, Double(Int.random(in: 2...25, using: &random)) * (Int.random(in: 0..<5, using: &random) == 0 ? -1 : 1))
        }
        let total = terms.reduce(0) { $0 + max(0, $1.1) }
        form.addRow(terms, lower: -.infinity, upper: (total * Double.random(in: 0.3...0.8, using: &random)).rounded())
      }
    case .setPacking:
      let n = Int.random(in: 5...10, using: &random)
      for _ in 0..<n { _ = form.addColumn(lower: 0, upper: 1, objective: cost(), isInteger: true) }
      for _ in 0..<Int.random(in: 3...9, using: &random) {
        let terms = pick(Int.random(in: 2...3, using: &random), of: n).map { j in
          (j, Int.random(in: 0..<6, using: &random) == 0 ? -1.0 : 1.0)
        }
        let negative = Double(terms.filter { $0.1 < 0 }.count)
        let isEquation = Int.random(in: 0..<8, using: &random) == 0
        form.addRow(terms, lower: isEquation ? 1 - negative : -.infinity, upper: 1 - negative)
      }
    case .mixed, .bigNumbers:
      let scale = shape == .mixed ? 1.0 : 1e4
      for _ in 0..<Int.random(in: 2...4, using: &random) {
        let low = Double(Int.random(in: -2...1, using: &random))
        let high = low + Double(Int.random(in: 1...3, using: &random))
        _ = form.addColumn(lower: low, upper: high, objective: cost(), isInteger: true)
      }
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let low = Double.random(in: -3...1, using: &random) * scale
        let high = low + Double.random(in: 0.5...6, using: &random) * scale
        _ = form.addColumn(lower: low, upper: high, objective: cost() / scale)
      }
      let n = form.columnCount
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let terms = pick(Int.random(in: 2...n, using: &random), of: n).map { j in
          (j, Double(Int.random(in: -40...40, using: &random)) / 4 * (form.isInteger[j] != 0 ? scale : 1))
        }
        let middle = terms.reduce(0) { $0 + $1.1 * 0.5 * (form.columnLower[$1.0] + form.columnUpper[$1.0]) }
        let side = middle + Double.random(in: -2...4, using: &random) * scale
        let isRange = Int.random(in: 0..<4, using: &random) == 0
        form.addRow(terms, lower: isRange ? side - 3 * scale : -.infinity, upper: side)
      }
    case .fixedCharge:
      let n = Int.random(in: 2...3, using: &random)
      var capacities: [Double] = []
      for _ in 0..<n {
        let capacity = Double(Int.random(in: 2...9, using: &random))
        capacities.append(capacity)
        _ = form.addColumn(lower: 0, upper: 20, objective: abs(cost()) / 9)
      }
      for _ in 0..<n { _ = form.addColumn(lower: 0, upper: 1, objective: abs(cost()) + 1, isInteger: true) }
      for k in 0..<n { form.addRow([(k, 1), (n + k, -capacities[k])], lower: -.infinity, upper: 0) }
      let demand = capacities.reduce(0, +) * Double.random(in: 0.3...0.8, using: &random)
      form.addRow((0..<n).map { ($0, 1.0) }, lower: demand, upper: Bool.random(using: &random) ? demand : .infinity)
    case .lotSizes:
      // Production, stocks and set-ups: x_t + stock_{t-1} - stock_t = demand_t, x_t <= capacity * y_t.
      let periods = seed % 10 == 0 ? 3 : 2
      let demands = (0..<periods).map { _ in Double(Int.random(in: 1...9, using: &random)) }
      let capacity = demands.reduce(0, +) + Double(Int.random(in: -1...4, using: &random))
      for _ in 0..<periods { _ = form.addColumn(lower: 0, upper: capacity, objective: abs(cost()) / 9) }
      for _ in 0..<periods - 1 { _ = form.addColumn(lower: 0, upper: capacity, objective: 0.1) }
      for _ in 0..<periods { _ = form.addColumn(lower: 0, upper: 1, objective: abs(cost()) + 1, isInteger: true) }
      for t in 0..<periods {
        var terms = [(t, 1.0)]
        if t > 0 { terms.append((periods + t - 1, 1)) }
        if t < periods - 1 { terms.append((periods + t, -1)) }
        form.addRow(terms, lower: demands[t], upper: demands[t])
        form.addRow([(t, 1), (2 * periods - 1 + t, -capacity)], lower: -.infinity, upper: 0)
      }
    case .equations:
      for _ in 0..<Int.random(in: 3...5, using: &random) {
        _ = form.addColumn(
          lower: 0, upper: Double(Int.random(in: 1...4, using: &random)), objective: cost(), isInteger: true)
      }
      let n = form.columnCount
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let terms = pick(Int.random(in: 2...n, using: &random), of: n).map { j in
          (j, Double(Int.random(in: -7...7, using: &random)))
        }
        let side = terms.reduce(0) { total, term in
          total + term.1 * Double.random(in: 0...form.columnUpper[term.0], using: &random).rounded()
        }
        form.addRow(terms, lower: side, upper: side)
      }
    case .wholeRows:
      let n = Int.random(in: 3...6, using: &random)
      for _ in 0..<n {
        let upper = Double(Int.random(in: 1...3, using: &random))
        _ = form.addColumn(lower: 0, upper: upper, objective: cost(), isInteger: true)
      }
      for _ in 0..<Int.random(in: 2...6, using: &random) {
        let terms = pick(Int.random(in: 2...min(4, n), using: &random), of: n).map { j in
          (j, Double(Int.random(in: -3...3, using: &random)))
        }
        let total = terms.reduce(0) { $0 + max(0, $1.1 * form.columnUpper[$1.0]) }
        let side = (total * Double.random(in: 0.2...0.9, using: &random)).rounded(.down)
        form.addRow(terms, lower: -.infinity, upper: side)
      }
    }
    return form
  }
}
