import Constraints

/// What each node of a graph costs with the parents that it may have, where a model splits by nodes: the entries of the
/// matrix are all variables there are, held by bounds alone, and the objective is a sum over the nodes of
///
///     ½ xᵀ H x + cᵀ x + Σ λ |x|    over the node's entries x, those against the order being 0.
///
/// H is positive semidefinite, or there are no products and entries may be whole. Least squares, ridge and lasso
/// regressions on the parents are of this kind, and the weights of linear orderings.
struct ColumnRegressions {
  let nodeCount: Int
  /// Variable of entry (i, j) at `i * nodeCount + j`; -1 where there is none.
  let variables: [Int32]
  private var columns: [Column]
  private let variableCount: Int

  /// The entries of one node.
  struct Column {
    /// Nodes with an entry, ascending.
    var parents: [Int] = []
    var hessian: [Double] = []
    var linear: [Double] = []
    var weights: [Double] = []
    var lower: [Double] = []
    var upper: [Double] = []
    var isWhole: [Bool] = []
    var isSeparable = true
    /// Values found before, by the nodes that may be parents.
    var known: [UInt128: Double] = [:]
  }

  /// Most nodes.
  static let nodeLimit = 128
  /// Sweeps of coordinate descent over the entries of a node.
  fileprivate static let sweeps = 2_000
  /// Steps of coordinate descent up to this, relative to the largest entry, end it.
  fileprivate static let step = 1e-12
  /// Share of a diagonal entry below which a pivot counts as 0.
  fileprivate static let pivot = 1e-12
  /// Values kept for each node.
  fileprivate static let memory = 50_000

  /// Nil where the model does not split.
  init?(_ model: Model) {
    let constraints = model.acyclicConstraints
    guard model.generalConstraints.count == 1, let constraint = constraints.first,
      constraint.nodeCount <= ColumnRegressions.nodeLimit, model.leadingObjectives.count == 1,
      (0..<model.rows.count).allSatisfy({ model.rows.lower[$0] == -.infinity && model.rows.upper[$0] == .infinity })
    else { return nil }
    let d = constraint.nodeCount
    nodeCount = d
    variableCount = model.variableCount
    var place = [Int](repeating: -1, count: model.variableCount)
    var numbers = [Int32](repeating: -1, count: d * d)
    for i in 0..<d {
      for j in 0..<d {
        guard let v = constraint.variable(i, j) else {
          let entry = constraint.entries[i * d + j]
          guard entry.isConstant, abs(entry.constant) <= constraint.tolerance else { return nil }
          continue
        }
        guard place[v] < 0, model.lower[v] <= 0, model.upper[v] >= 0, !model.domains[v].isSemi else { return nil }
        place[v] = i * d + j
        if i != j { numbers[i * d + j] = Int32(v) }
      }
    }
    guard place.allSatisfy({ $0 >= 0 }) else { return nil }
    variables = numbers
    let sign = model.sense.sign
    let objective = model.leadingObjectives[0].function
    var columns = [Column](repeating: Column(), count: d)
    var slot = [Int](repeating: -1, count: model.variableCount)
    for j in 0..<d {
      for i in 0..<d where numbers[i * d + j] >= 0 {
        let v = Int(numbers[i * d + j])
        slot[v] = columns[j].parents.count
        columns[j].parents.append(i)
        columns[j].lower.append(model.lower[v])
        columns[j].upper.append(model.upper[v])
        columns[j].isWhole.append(model.domains[v].isIntegral)
      }
      let k = columns[j].parents.count
      columns[j].hessian = [Double](repeating: 0, count: k * k)
      columns[j].linear = [Double](repeating: 0, count: k)
      columns[j].weights = [Double](repeating: 0, count: k)
    }
    for term in objective.linear where slot[Int(term.variable)] >= 0 {
      let v = Int(term.variable)
      columns[place[v] % d].linear[slot[v]] += sign * term.coefficient
    }
    for term in objective.quadratic {
      let (a, b) = (Int(term.first), Int(term.second))
      // A self-loop is 0.
      guard slot[a] >= 0, slot[b] >= 0 else { continue }
      let j = place[a] % d
      guard place[b] % d == j else { return nil }
      let k = columns[j].parents.count
      columns[j].hessian[slot[a] * k + slot[b]] += sign * term.coefficient
      columns[j].hessian[slot[b] * k + slot[a]] += sign * term.coefficient
      columns[j].isSeparable = columns[j].isSeparable && a == b
    }
    if let root = objective.nonlinear {
      guard let weights = model.weightsOfSizes(root) else { return nil }
      for (v, weight) in weights where slot[v] >= 0 {
        guard sign * weight >= 0 else { return nil }
        columns[place[v] % d].weights[slot[v]] += sign * weight
      }
    }
    for column in columns {
      let k = column.parents.count
      let isLinear = column.hessian.allSatisfy { $0 == 0 } && column.weights.allSatisfy { $0 == 0 }
      if column.isWhole.contains(true) && !isLinear { return nil }
      for a in 0..<k {
        if column.hessian[a * k + a] < 0 { return nil }
        // Without curvature the entry must be held.
        let isFlat = column.hessian[a * k + a] == 0 && column.weights[a] < abs(column.linear[a])
        if isFlat && !(column.lower[a].isFinite && column.upper[a].isFinite) { return nil }
      }
    }
    self.columns = columns
  }

  /// The least that node j costs with parents among the nodes allowed.
  mutating func cost(of j: Int, within allowed: UInt128) -> Double {
    if let value = columns[j].known[allowed] { return value }
    let (value, _) = best(j, allowed)
    if columns[j].known.count >= ColumnRegressions.memory { columns[j].known.removeAll(keepingCapacity: true) }
    columns[j].known[allowed] = value
    return value
  }

  /// The point of an order, parents before children; one value a variable of the model.
  func point(of order: [Int]) -> [Double] {
    var point = [Double](repeating: 0, count: variableCount)
    var before: UInt128 = 0
    for j in order {
      let (_, entries) = best(j, before)
      for (i, value) in entries { point[Int(variables[i * nodeCount + j])] = value }
      before |= UInt128(1) << UInt128(j)
    }
    return point
  }

  /// The least cost and the entries that give it.
  private func best(_ j: Int, _ allowed: UInt128) -> (value: Double, entries: [(parent: Int, value: Double)]) {
    let column = columns[j]
    let active = column.parents.indices.filter { allowed >> UInt128(column.parents[$0]) & 1 != 0 }
    let x: [Double]
    if column.isSeparable {
      x = active.map { column.best($0) }
    } else if let exact = column.stationary(active) {
      x = exact
    } else {
      x = column.descended(active, ColumnRegressions.sweeps, ColumnRegressions.step)
    }
    return (column.value(active, x), zip(active, x).map { (column.parents[$0], $1) })
  }
}

extension ColumnRegressions.Column {
  /// The best value of one entry on its own.
  fileprivate func best(_ a: Int) -> Double {
    let k = parents.count
    let h = hessian[a * k + a]
    if h > 0 { return clamp(shrink(-linear[a], weights[a]) / h, a) }
    if weights[a] >= abs(linear[a]) { return 0 }
    let end = linear[a] > 0 ? lower[a] : upper[a]
    return isWhole[a] ? end.rounded(.towardZero) : end
  }

  private func clamp(_ x: Double, _ a: Int) -> Double { min(max(x, lower[a]), upper[a]) }

  private func shrink(_ x: Double, _ by: Double) -> Double { x > by ? x - by : x < -by ? x + by : 0 }

  fileprivate func value(_ active: [Int], _ x: [Double]) -> Double {
    let k = parents.count
    var total = 0.0
    for (p, a) in active.enumerated() where x[p] != 0 {
      var slope = 0.0
      for (q, b) in active.enumerated() { slope += hessian[a * k + b] * x[q] }
      total += x[p] * (0.5 * slope + linear[a]) + weights[a] * abs(x[p])
    }
    return total
  }

  /// Where the gradient is 0, by Cholesky's method; nil with weights, outside the bounds or without curvature.
  fileprivate func stationary(_ active: [Int]) -> [Double]? {
    let k = parents.count
    let m = active.count
    if active.contains(where: { weights[$0] != 0 }) { return nil }
    var l = [Double](repeating: 0, count: m * m)
    var x = active.map { -linear[$0] }
    let isDefinite = l.withUnsafeMutableBufferPointer { l in
      hessian.withUnsafeBufferPointer { h in
        for i in 0..<m {
          for j in 0...i {
            var sum = h[active[i] * k + active[j]]
            for p in 0..<j { sum -= l[i * m + p] * l[j * m + p] }
            if i > j {
              l[i * m + j] = sum / l[j * m + j]
            } else {
              guard sum > ColumnRegressions.pivot * h[active[i] * k + active[i]] else { return false }
              l[i * m + i] = sum.squareRoot()
            }
          }
        }
        return true
      }
    }
    guard isDefinite else { return nil }
    for i in 0..<m {
      for p in 0..<i { x[i] -= l[i * m + p] * x[p] }
      x[i] /= l[i * m + i]
    }
    for i in stride(from: m - 1, through: 0, by: -1) {
      for p in (i + 1)..<max(m, i + 1) { x[i] -= l[p * m + i] * x[p] }
      x[i] /= l[i * m + i]
    }
    for (p, a) in active.enumerated() where x[p] < lower[a] || x[p] > upper[a] { return nil }
    return x
  }

  /// Coordinate descent from 0.
  fileprivate func descended(_ active: [Int], _ sweeps: Int, _ least: Double) -> [Double] {
    let k = parents.count
    // Entries without curvature are apart from the others.
    var x = active.map { hessian[$0 * k + $0] == 0 ? best($0) : 0 }
    // The gradient of the smooth part.
    var gradient = active.map { linear[$0] }
    for _ in 0..<sweeps {
      var change = 0.0
      var size = 0.0
      for (p, a) in active.enumerated() {
        let h = hessian[a * k + a]
        if h == 0 { continue }
        let next = clamp(shrink(h * x[p] - gradient[p], weights[a]) / h, a)
        let step = next - x[p]
        size = max(size, abs(next))
        if step == 0 { continue }
        change = max(change, abs(step))
        x[p] = next
        for (q, b) in active.enumerated() { gradient[q] += hessian[b * k + a] * step }
      }
      if change <= least * size { break }
    }
    return x
  }
}

extension Model {
  /// The factors of a sum `Σ λ |x|` by variable; nil where the expression is something else.
  fileprivate func weightsOfSizes(_ root: NodeID) -> [(variable: Int, weight: Double)]? {
    var result: [(variable: Int, weight: Double)] = []
    var open: [(node: NodeID, factor: Double)] = [(root, 1)]
    while let (node, factor) = open.popLast() {
      let operands = arena.arguments(of: node)
      switch arena.nodes[node.position].operation {
      case .add: open += operands.map { ($0, factor) }
      case .subtract: open += [(operands[0], factor), (operands[1], -factor)]
      case .negate: open.append((operands[0], -factor))
      case .divide:
        guard let number = arena.constantValue(operands[1]) else { return nil }
        open.append((operands[0], factor / number))
      case .multiply where operands.count == 2:
        if let number = arena.constantValue(operands[0]) {
          open.append((operands[1], factor * number))
        } else if let number = arena.constantValue(operands[1]) {
          open.append((operands[0], factor * number))
        } else {
          return nil
        }
      case .abs:
        let operand = arena.nodes[operands[0].position]
        guard operand.operation == .variable else { return nil }
        result.append((Int(operand.first), factor))
      default: return nil
      }
    }
    return result
  }
}
