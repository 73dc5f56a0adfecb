/// How much of a search goes into heuristics.
enum HeuristicEffort: String, Sendable, CaseIterable {
  case off
  case standard
  case aggressive
}

/// What the heuristics of a search remember from call to call.
struct HeuristicState {
  /// The cutoff that bounds were last tightened for at the root.
  var tightenedFor = Double.infinity
}

extension BranchAndCut {
  func searchAtRoot() {}
  func searchBetweenNodes() {}
}
