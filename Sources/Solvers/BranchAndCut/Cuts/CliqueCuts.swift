extension CutSeparation {
  /// Clique inequalities: `Σ literals <= 1` for sets of which any two conflict, found by a search for heavy cliques
  /// among the literals that are above 0, then enlarged by others.
  ///
  /// A. Atamtürk, G. L. Nemhauser and M. W. P. Savelsbergh, "Conflict graphs in solving integer programming problems",
  /// European Journal of Operational Research 121 (2000), section 4.
  /// - Complexity: O(literals + ``CutOptions/effort``).
  func separateCliques(into cuts: inout [Cut]) {
    if cliques.count == 0 { return }
    let near = options.integrality
    var vertices: [(value: Double, literal: Int)] = []
    for j in 0..<columnCount where isInteger[j] != 0 && lower[j] == 0 && upper[j] == 1 {
      for literal in [2 * j, 2 * j + 1] where cliques.memberStarts[literal] < cliques.memberStarts[literal + 1] {
        let value = literal & 1 == 0 ? point[j] : 1 - point[j]
        if value > near { vertices.append((value, literal)) }
      }
    }
    // Of fractional ones first: those at 1 leave nothing for others unless a conflict is violated.
    if !vertices.contains(where: { $0.value < 1 - near }) { return }
    vertices.sort { $0.value != $1.value ? $0.value > $1.value : $0.literal < $1.literal }
    vertices.removeLast(max(0, vertices.count - options.cliqueVertices))
    var search = CliqueSearch(vertices.map(\.value), excess: 10 * options.efficacy)
    var position = [Int32](repeating: -1, count: 2 * columnCount)
    for (k, vertex) in vertices.enumerated() { position[vertex.literal] = Int32(truncatingIfNeeded: k) }
    var members: [Int] = []
    for c in 0..<cliques.count {
      members.removeAll(keepingCapacity: true)
      for k in cliques.starts[c]..<cliques.starts[c + 1] {
        let p = position[Int(cliques.literals[Int(k)])]
        if p >= 0 { members.append(Int(p)) }
      }
      search.connect(members)
    }
    let limit = options.cutLimit
    var effort = 0
    var found: [[Int]] = []
    search.run(limit: options.effort / 8) { clique in
      found.append(clique.map { vertices[$0].literal })
      return found.count < limit
    }
    for clique in found {
      let literals = effort > options.effort ? clique : enlarged(clique, &effort)
      let result = result
      result.clear()
      var side = 1.0
      for literal in literals {
        result.add(literal / 2, literal & 1 == 0 ? 1 : -1)
        if literal & 1 != 0 { side -= 1 }
      }
      finish(side, abs(side), .clique, into: &cuts)
    }
  }

  /// Adds literals that conflict with all of a clique and with each other, in the order of their numbers.
  private func enlarged(_ clique: [Int], _ effort: inout Int) -> [Int] {
    // How many members each literal was seen to conflict with.
    var seen: [Int32: Int] = [:]
    var result = clique
    for (count, member) in clique.enumerated() {
      visitNeighbours(member, &effort) { literal in
        if count == 0 { seen[literal] = 1 } else if seen[literal] == count { seen[literal] = count + 1 }
      }
    }
    let candidates = seen.filter { $0.value == clique.count && !clique.contains(Int($0.key)) }.keys.sorted()
    for literal in candidates {
      if effort > options.effort { break }
      // A column of which both literals are members would force all others to be false; the rows find that themselves.
      if result.contains(Int(literal) ^ 1) { continue }
      effort += 8 * (result.count - clique.count)
      if result[clique.count...].allSatisfy({ cliques.conflicts(Int(literal), $0) }) { result.append(Int(literal)) }
    }
    return result
  }

  private func visitNeighbours(_ literal: Int, _ effort: inout Int, _ visit: (Int32) -> Void) {
    for k in cliques.memberStarts[literal]..<cliques.memberStarts[literal + 1] {
      let c = Int(cliques.memberCliques[Int(k)])
      for e in cliques.starts[c]..<cliques.starts[c + 1] where cliques.literals[Int(e)] != literal {
        visit(cliques.literals[Int(e)])
      }
      effort += 4 * Int(cliques.starts[c + 1] - cliques.starts[c])
    }
  }
}
