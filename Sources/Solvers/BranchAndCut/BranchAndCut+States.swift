/// Bases of nodes, with cuts by their numbers: which ones are in the relaxation changes from node to node.
extension BranchAndCut {
  var simplexState: Simplex.State {
    var state = simplex.state
    state.cutNumbers = cutLoop.numbers
    return state
  }

  /// Takes the basis of a node. Cuts that bound there come back where they are still known: without them the basis would
  /// be far from any optimum.
  func load(_ state: Simplex.State) {
    let base = form.columnCount + form.rowCount
    let present = Set(cutLoop.numbers)
    var missing: Set<Int32> = []
    for (k, number) in state.cutNumbers.enumerated() where state.place[base + k] != .basic && !present.contains(number) {
      missing.insert(number)
    }
    cutLoop.restore(missing, to: simplex)
    var places = Array(state.place.prefix(base))
    var known: [Int32: Simplex.Place] = [:]
    for (k, number) in state.cutNumbers.enumerated() { known[number] = state.place[base + k] }
    for number in cutLoop.numbers { places.append(known[number] ?? .basic) }
    simplex.load(Simplex.State(place: places, rowCount: simplex.rowCount))
  }
}
