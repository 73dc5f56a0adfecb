extension Expression {
  /// Number of terms of all kinds.
  var termCount: Int {
    linear.count + quadratic.count + (rest.map { $0.nonlinear.count + $0.parametric.count } ?? 0)
  }

  /// Adds up terms with the same variables or the same node, so that sums of an expression with itself do not grow.
  /// - Complexity: O(t log t) for t terms; order of first appearance is kept only for nodes.
  mutating func mergeTerms() {
    if linear.count > 1 {
      linear.sort { $0.variable.index < $1.variable.index }
      var merged: [DecisionTerm] = []
      merged.reserveCapacity(linear.count)
      for term in linear {
        if let last = merged.last, last.variable == term.variable {
          merged[merged.count - 1].coefficient += term.coefficient
        } else {
          merged.append(term)
        }
      }
      linear = merged
    }
    if quadratic.count > 1 {
      var position: [Pairing: Int] = [:]
      var merged: [DecisionProduct] = []
      for term in quadratic {
        let pair = Pairing(min(term.first.index, term.second.index), max(term.first.index, term.second.index))
        if let i = position[pair] {
          merged[i].coefficient += term.coefficient
        } else {
          position[pair] = merged.count
          merged.append(term)
        }
      }
      quadratic = merged
    }
    guard var rest else { return }
    var nodePosition: [NodeID: Int] = [:]
    var nodes: [(scale: Double, node: NodeID)] = []
    for part in rest.nonlinear {
      if let i = nodePosition[part.node] {
        nodes[i].scale += part.scale
      } else {
        nodePosition[part.node] = nodes.count
        nodes.append(part)
      }
    }
    rest.nonlinear = nodes
    var parametricPosition: [Pairing: Int] = [:]
    var parametric: [(scale: Double, node: NodeID, variable: Variable?)] = []
    for part in rest.parametric {
      let pair = Pairing(part.node.index, part.variable?.index ?? -1)
      if let i = parametricPosition[pair] {
        parametric[i].scale += part.scale
      } else {
        parametricPosition[pair] = parametric.count
        parametric.append(part)
      }
    }
    rest.parametric = parametric
    self.rest = rest
  }

  private struct Pairing: Hashable {
    var a, b: Int32
    init(_ a: Int32, _ b: Int32) {
      self.a = a
      self.b = b
    }
  }
}
