/// Bases of nodes, with cuts by their numbers: which ones are in the relaxation changes from node to node.
extension BranchAndCut {
  var simplexState: Simplex.State {
    var state = simplex.state
    state.cutNumbers = cutLoop.numbers
    return state
  }

  func load(_ state: Simplex.State) {
    let base = form.columnCount + form.rowCount
    var places = Array(state.place.prefix(base))
    var known: [Int32: Simplex.Place] = [:]
    for (k, number) in state.cutNumbers.enumerated() { known[number] = state.place[base + k] }
    for number in cutLoop.numbers { places.append(known[number] ?? .basic) }
    simplex.load(Simplex.State(place: places, rowCount: simplex.rowCount))
  }
}
