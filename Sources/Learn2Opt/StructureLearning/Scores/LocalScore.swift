/// A score of a graph that is a sum over nodes, each depending on the node and those before it in an order.
///
/// A search over orders asks for the cost of a node given its predecessors; which of them become parents is the score's
/// own, inner problem.
protocol LocalScore {
  var nodeCount: Int { get }
  /// The least cost of a node with parents among its predecessors.
  mutating func cost(of node: Int, predecessors: NodeSet) -> Double
  /// The least costs of a node given some predecessors, and given another one besides.
  mutating func costs(of node: Int, predecessors: inout NodeSet, and other: Int) -> (without: Double, with: Double)
  /// The parents and weights that attain the cost.
  mutating func fit(_ node: Int, predecessors: NodeSet) -> LocalFit
}

extension LocalScore {
  mutating func costs(of node: Int, predecessors: inout NodeSet, and other: Int) -> (without: Double, with: Double) {
    let without = cost(of: node, predecessors: predecessors)
    predecessors.insert(other)
    let with = cost(of: node, predecessors: predecessors)
    predecessors.remove(other)
    return (without, with)
  }
}

/// The solution of one inner problem.
struct LocalFit: Sendable, Equatable {
  var cost: Double
  /// Parents, and the weight of the edge from each.
  var parents: [Int]
  var weights: [Double]
}
