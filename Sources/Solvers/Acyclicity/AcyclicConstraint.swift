import Constraints

/// A constraint of a model that asks a matrix of linear functions to be the edges of a graph without cycles.
struct AcyclicConstraint: Sendable {
  /// Position among the general constraints of the model.
  let position: Int
  /// Number d of nodes.
  let nodeCount: Int
  /// Size up to which an entry is no edge.
  let tolerance: Double
  /// The entries row by row: entry (i, j) at `i * d + j` is the edge from i to j.
  let entries: [Affine]

  /// Nil where the constraint is of another kind, or an entry is not linear.
  init?(_ model: Model, at position: Int) {
    guard case .vector(let functions, let set) = model.generalConstraints[position].body, let graph = set as? AcyclicGraph,
      functions.allSatisfy({ $0.kind <= .linear })
    else { return nil }
    self.position = position
    nodeCount = graph.nodeCount
    tolerance = graph.tolerance
    entries = functions.map { Affine(linear: $0) }
  }

  /// The variable that an entry is, where it is one and nothing else.
  func variable(_ i: Int, _ j: Int) -> Int? {
    let entry = entries[i * nodeCount + j]
    guard entry.constant == 0, entry.terms.count == 1, entry.terms[0].value == 1 else { return nil }
    return Int(entry.terms[0].column)
  }

  /// The entries at a point of the model.
  func values(at point: [Double]) -> [Double] { entries.map { $0.value(at: point) } }
}

extension Model {
  /// The constraints of the model that ask for a graph without cycles, in linear functions.
  var acyclicConstraints: [AcyclicConstraint] {
    generalConstraints.indices.compactMap { AcyclicConstraint(self, at: $0) }
  }

  /// Whether some constraint asks for a graph without cycles, in functions of any kind.
  var hasAcyclicConstraint: Bool {
    generalConstraints.contains {
      if case .vector(_, let set) = $0.body { set is AcyclicGraph } else { false }
    }
  }

  /// The model with the entries against an order set to 0 in place of the constraint: what is left once the order of the
  /// nodes is chosen.
  /// - Parameters:
  ///   - orders: for each of the constraints the nodes, parents before children.
  ///   - keeps: for each of the constraints further entries that may be other than 0, by position; nil for all that the
  ///     order allows.
  func restricted(
    _ constraints: [AcyclicConstraint], to orders: [[Int]], keeps: ((_ constraint: Int, _ entry: Int) -> Bool)? = nil
  ) -> Model {
    var copy = self
    for (k, constraint) in constraints.enumerated() {
      let d = constraint.nodeCount
      var place = [Int](repeating: 0, count: d)
      for (p, node) in orders[k].enumerated() { place[node] = p }
      guard case .vector(let functions, _) = generalConstraints[constraint.position].body else { continue }
      var zeros: [ScalarFunction] = []
      for i in 0..<d {
        for j in 0..<d where place[i] >= place[j] || keeps.map({ !$0(k, i * d + j) }) ?? false {
          let entry = constraint.entries[i * d + j]
          if let v = constraint.variable(i, j), copy.lower[v] <= 0, copy.upper[v] >= 0 {
            copy.fix(copy.variable(at: v), to: 0)
          } else if !entry.isConstant || entry.constant != 0 {
            zeros.append(functions[i * d + j])
          }
        }
      }
      copy.replaceBody(ofGeneral: constraint.position, by: .vector(zeros, Zeros(dimension: zeros.count)))
    }
    return copy
  }
}
