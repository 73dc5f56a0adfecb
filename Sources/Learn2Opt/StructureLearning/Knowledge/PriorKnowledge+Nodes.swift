extension PriorKnowledge {
  /// - Throws: ``StructureLearningError/badOption(name:value:mend:)`` for nodes that do not exist.
  func checkNodes(count d: Int) throws(StructureLearningError) {
    let edges = required.union(forbidden).flatMap { [$0.from, $0.to] }
    for k in edges + tiers.keys + roots + leaves where !(0..<d).contains(k) {
      throw .badOption(name: "a node of the knowledge", value: "\(k)", mend: "nodes are 0 to \(d - 1)")
    }
  }
}
