/// Structural intervention distance: for how many ordered pairs (i, j) the effect of an intervention on i upon j is wrong
/// when it is computed by adjusting for the parents of i in the estimated graph.
///
/// Source: Peters, Bühlmann, "Structural intervention distance for evaluating causal graphs", 2015. Whether the parents
/// are a valid adjustment set is decided in the proper back-door graph (van der Zander, Liśkiewicz, Textor,
/// "Constructing separators and adjustment sets in ancestral graphs", 2014).
public struct InterventionDistance: Sendable, Equatable {
  /// Number of wrong pairs, between 0 and d (d - 1).
  public let value: Int
  /// Wrong pairs over all pairs; 0 for a single node.
  public let share: Double

  /// - Throws: ``StructureLearningError/cyclicGraph(cycle:)`` or
  ///   ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)``.
  /// - Complexity: O(d² (d + edges)), about d³ on sparse graphs.
  public init(of estimate: WeightedGraph, with truth: WeightedGraph) throws(StructureLearningError) {
    let aligned = try truth.reordered(as: estimate.names)
    for graph in [estimate, aligned] {
      if let cycle = graph.cycle { throw .cyclicGraph(cycle: cycle.map { graph.names[$0] }) }
    }
    let search = AdjustmentCheck(truth: aligned)
    let d = estimate.nodeCount
    var wrong = 0
    for i in 0..<d { wrong += search.wrongEffects(of: i, adjustingFor: estimate.parents(of: i)) }
    value = wrong
    share = d > 1 ? Double(wrong) / Double(d * (d - 1)) : 0
  }
}

/// Tests adjustment sets in one true graph.
private struct AdjustmentCheck {
  private let d: Int
  private let parents: [[Int]]
  private let children: [[Int]]
  /// Entry `i * d + j`: there is a directed path i ⇝ j, or i = j.
  private let reaches: [Bool]

  init(truth: WeightedGraph) {
    let d = truth.nodeCount
    let parents = (0..<d).map { truth.parents(of: $0) }
    var children = [[Int]](repeating: [], count: d)
    for j in 0..<d {
      for i in parents[j] { children[i].append(j) }
    }
    var reaches = [Bool](repeating: false, count: d * d)
    // Children first, so that their rows are complete.
    for i in (truth.topologicalOrder ?? []).reversed() {
      reaches[i * d + i] = true
      for c in children[i] {
        for j in 0..<d where reaches[c * d + j] { reaches[i * d + j] = true }
      }
    }
    self.d = d
    self.parents = parents
    self.children = children
    self.reaches = reaches
  }

  func wrongEffects(of i: Int, adjustingFor set: [Int]) -> Int {
    var isInSet = [Bool](repeating: false, count: d)
    for z in set { isInSet[z] = true }
    // Nodes with a descendant in the set: a collider among them lets a path through.
    let opensCollider = (0..<d).map { v in set.contains { reaches[v * d + $0] } }
    let connected = reached(from: i, isInSet, opensCollider, withoutCausesOf: nil)
    var wrong = 0
    for j in 0..<d where j != i {
      if isInSet[j] {
        // The estimate says that j comes before i: no effect.
        if reaches[i * d + j] { wrong += 1 }
      } else if !reaches[i * d + j] {
        if connected[j] { wrong += 1 }
      } else {
        let onPath = (0..<d).filter { $0 != i && reaches[i * d + $0] && reaches[$0 * d + j] }
        let isForbidden = onPath.contains { opensCollider[$0] }
        if isForbidden || reached(from: i, isInSet, opensCollider, withoutCausesOf: j)[j] { wrong += 1 }
      }
    }
    return wrong
  }

  /// Nodes joined to `i` by a path that the set does not block, over pairs of a node and the way it was entered.
  ///
  /// - Parameter target: leaves out the edges out of `i` that begin directed paths to this node.
  private func reached(from i: Int, _ isInSet: [Bool], _ opensCollider: [Bool], withoutCausesOf target: Int?) -> [Bool] {
    var result = [Bool](repeating: false, count: d)
    // 2 v: entered v along an edge into v; 2 v + 1: against an edge out of v.
    var isSeen = [Bool](repeating: false, count: 2 * d)
    var stack: [Int] = []
    func enter(_ state: Int) {
      if isSeen[state] || state / 2 == i { return }
      isSeen[state] = true
      result[state / 2] = true
      stack.append(state)
    }
    for c in children[i] where target.map({ !reaches[c * d + $0] }) ?? true { enter(2 * c) }
    for p in parents[i] { enter(2 * p + 1) }
    while let state = stack.popLast() {
      let v = state / 2
      let cameByArrow = state % 2 == 0
      if !isInSet[v] { for c in children[v] { enter(2 * c) } }
      if cameByArrow ? opensCollider[v] : !isInSet[v] { for p in parents[v] { enter(2 * p + 1) } }
    }
    return result
  }
}
