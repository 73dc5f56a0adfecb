import Constraints

/// A circuit that nothing gives a direction: one column for each pair of nodes in place of one for each arc.
///
/// The successors stand in no constraint but the circuit, and the objective charges both directions of each pair the same.
/// Then of each tour only its edges matter, with half the columns, degree equations `Σ edges = 2`, and cuts for
/// 2-matchings besides subtours; the successors are read off the edges, in one of the two directions.
struct CircuitEdges: Sendable {
  /// The successor variables, node by node.
  let successors: [Int32]
  /// The column of the first edge; those of the pairs (0, 1), (0, 2), ..., (1, 2), ... follow.
  let firstColumn: Int

  /// Circuits of fewer nodes keep their arcs.
  static let leastNodes = 5

  var nodeCount: Int { successors.count }

  func column(_ i: Int, _ j: Int) -> Int {
    let (a, b) = i < j ? (i, j) : (j, i)
    return firstColumn + a * (2 * nodeCount - a - 1) / 2 + b - a - 1
  }

  /// Writes the successors into a point of the model, where the edges are a tour.
  func orient(_ point: [Double], into values: inout [Double]) {
    let n = nodeCount
    var neighbours = [(Int, Int)](repeating: (-1, -1), count: n)
    for i in 0..<n {
      for j in (i + 1)..<max(n, i + 1) where point[column(i, j)] > 0.5 {
        for (a, b) in [(i, j), (j, i)] {
          if neighbours[a].0 < 0 { neighbours[a].0 = b } else if neighbours[a].1 < 0 { neighbours[a].1 = b } else { return }
        }
      }
    }
    if neighbours.contains(where: { $0.1 < 0 }) { return }
    var tour = [0]
    var previous = -1
    while tour.count <= n {
      let node = tour[tour.count - 1]
      let next = neighbours[node].0 != previous ? neighbours[node].0 : neighbours[node].1
      if next == 0 { break }
      previous = node
      tour.append(next)
    }
    if tour.count != n { return }
    for (k, node) in tour.enumerated() { values[Int(successors[node])] = Double(tour[(k + 1) % n] + 1) }
  }
}

extension FormBuilder {
  /// Finds the circuits without direction and gives them their edges, before anything asks for the successors' values.
  /// - Complexity: O(size of the model).
  mutating func prepareCircuits() throws(SolverError) {
    for (c, constraint) in model.generalConstraints.enumerated() {
      guard case .vector(let functions, let set) = constraint.body, set is Circuit,
        functions.count >= CircuitEdges.leastNodes, let successors = model.circuitVariables(c),
        let costs = SuccessorCosts(model, successors, circuit: c), costs.isSymmetric
      else { continue }
      addEdges(successors, of: c)
    }
  }

  private mutating func addEdges(_ successors: [Int32], of constraint: Int) {
    let n = successors.count
    let circuit = CircuitEdges(successors: successors, firstColumn: size.columns)
    edges[constraint] = circuit
    var arcs: [CircuitGraph.Arc] = []
    for i in 0..<n {
      for j in (i + 1)..<max(n, i + 1) {
        let (a, b) = (Int(successors[i]), Int(successors[j]))
        let column = addColumn(lower: 0, upper: 1, isInteger: true) { point in
          point[a].rounded() == Double(j + 1) || point[b].rounded() == Double(i + 1) ? 1 : 0
        }
        arcs.append(
          CircuitGraph.Arc(tail: Int32(i), head: Int32(j), column: Int32(column), coefficient: 1, constant: 0))
      }
    }
    for i in 0..<n {
      var degree = Affine()
      // Each direction bears half of what both cost alike.
      var indicators: [Affine] = []
      for j in 0..<n {
        indicators.append(i == j ? Affine(0) : Affine(column: circuit.column(i, j), 0.5))
        if i != j { degree.add(Affine(column: circuit.column(i, j))) }
      }
      addRow(degree, lower: 2, upper: 2)
      families.byFunction[ValueFamilies.Key(columns: [successors[i]], values: [1])] =
        ValueFamily(first: 1, step: 1, indicators: indicators)
    }
    let graph = CircuitGraph(nodeCount: n, arcs: arcs)
    addSeparator(SubtourSeparator(graph, name: "subtours of '\(model.generalNames[constraint])'"))
    addSeparator(BlossomSeparator(graph, name: "blossoms of '\(model.generalNames[constraint])'"))
  }
}

extension Model {
  /// The variables that the functions of a constraint are, if each is one, whole, and may take all values from 1 to their
  /// number.
  func circuitVariables(_ constraint: Int) -> [Int32]? {
    let functions = generalConstraints[constraint].functions
    var result: [Int32] = []
    for f in functions {
      guard f.kind == .linear, f.constant == 0, f.linear.count == 1, f.linear[0].coefficient == 1 else { return nil }
      let j = Int(f.linear[0].variable)
      guard domains[j] == .integer, lower[j] <= 1, upper[j] >= Double(functions.count) else { return nil }
      result.append(f.linear[0].variable)
    }
    return Set(result).count == result.count ? result : nil
  }
}

/// What the objective charges for each successor of each node of a circuit.
struct SuccessorCosts {
  /// Row by row; entries without a charge are 0.
  private(set) var costs: [Double]
  let nodeCount: Int

  /// - Returns: nil where the successors occur elsewhere than in the circuit and in charges `cost * (next[i] == j)` of the
  ///   objective.
  init?(_ model: Model, _ successors: [Int32], circuit: Int) {
    let n = successors.count
    nodeCount = n
    costs = [Double](repeating: 0, count: n * n)
    guard model.objectives.count <= 1 else { return nil }
    var node = [Int32](repeating: -1, count: model.variableCount)
    for (i, j) in successors.enumerated() { node[Int(j)] = Int32(i) }
    func isFree(_ f: ScalarFunction) -> Bool {
      f.linear.allSatisfy { node[Int($0.variable)] < 0 }
        && f.quadratic.allSatisfy { node[Int($0.first)] < 0 && node[Int($0.second)] < 0 }
    }
    let arena = model.arena
    // Whether a node holds one of the successors; operands come before what uses them.
    var holds = [Bool](repeating: false, count: arena.nodes.count)
    for (k, item) in arena.nodes.enumerated() {
      holds[k] =
        item.operation == .variable
        ? node[Int(item.first)] >= 0
        : item.operation.arity != .leaf && arena.arguments(of: NodeID(k)).contains { holds[$0.position] }
    }
    for j in model.rows.columns where node[Int(j)] >= 0 { return nil }
    /// Whether a constraint says no more than that a node is not its own successor.
    func isNoLoop(_ constraint: GeneralConstraint) -> Bool {
      guard case .scalar(let f, let set) = constraint.body, var (root, isTrue) = model.statedFormula(f, set) else { return false }
      while arena.nodes[root.position].operation == .not { (root, isTrue) = (arena.arguments(of: root)[0], !isTrue) }
      let operation = arena.nodes[root.position].operation
      guard operation == .notEqual && isTrue || operation == .equal && !isTrue else { return false }
      let x = arena.arguments(of: root).map { arena.nodes[$0.position] }
      guard x[0].operation == .variable, x[1].operation == .constant else { return false }
      return Double(node[Int(x[0].first)]) == arena.constants[Int(x[1].first)] - 1
    }
    for (c, constraint) in model.generalConstraints.enumerated() where c != circuit && !isNoLoop(constraint) {
      for f in constraint.functions where !isFree(f) || (f.nonlinear.map { holds[$0.position] } ?? false) { return nil }
    }
    guard let objective = model.objectives.first else { return }
    guard isFree(objective.function) else { return nil }
    guard let root = objective.function.nonlinear else { return }
    var pending: [(NodeID, Double)] = [(root, 1)]
    while let (id, factor) = pending.popLast() {
      if !holds[id.position] { continue }
      let x = arena.arguments(of: id)
      switch arena.nodes[id.position].operation {
      case .add: for operand in x { pending.append((operand, factor)) }
      case .negate: pending.append((x[0], -factor))
      case .subtract:
        pending.append((x[0], factor))
        pending.append((x[1], -factor))
      case .multiply:
        var scale = factor
        var rest: [NodeID] = []
        for operand in x {
          let item = arena.nodes[operand.position]
          if item.operation == .constant { scale *= arena.constants[Int(item.first)] } else { rest.append(operand) }
        }
        guard rest.count == 1 else { return nil }
        pending.append((rest[0], scale))
      case .equal:
        let (a, b) = (arena.nodes[x[0].position], arena.nodes[x[1].position])
        let (variable, value) = a.operation == .variable ? (a, b) : (b, a)
        guard variable.operation == .variable, value.operation == .constant else { return nil }
        let k = arena.constants[Int(value.first)]
        if k >= 1, k <= Double(n), k == k.rounded() { costs[Int(node[Int(variable.first)]) * n + Int(k) - 1] += factor }
      default: return nil
      }
    }
  }

  /// Whether both directions of each pair are charged alike.
  var isSymmetric: Bool {
    for i in 0..<nodeCount {
      for j in 0..<i where costs[i * nodeCount + j] != costs[j * nodeCount + i] { return false }
    }
    return true
  }
}
