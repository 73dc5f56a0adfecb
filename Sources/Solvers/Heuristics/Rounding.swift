import Constraints

/// Rounds the relaxation's integer variables one after another, nearest to whole first, and follows the consequences
/// of each by bound propagation; a value that leads to a contradiction is tried in the other direction.
///
/// The continuous variables are left open: the solver completes the point. O(entries) for each variable at worst.
public struct RoundingWithPropagation: Heuristic {
  public init() {}
  public var name: String { "rounding" }
  public var moments: Set<HeuristicMoment> { [.rootRelaxation, .node] }

  public func applies(to model: Model) -> Bool { model.domains.contains { $0.isIntegral } }

  public func propose(_ situation: HeuristicSituation) -> HeuristicProposal {
    guard let relaxation = situation.relaxation else { return HeuristicProposal() }
    let model = situation.model
    var bounds = BoundPropagation(model: model)
    bounds.reset(lower: situation.lower, upper: situation.upper)
    guard bounds.propagateAll(rounds: 2) else { return HeuristicProposal() }
    let integers = (0..<model.variableCount).filter { model.domains[$0].isIntegral }
    let order = integers.map { ($0, abs(relaxation[$0] - relaxation[$0].rounded())) }.sorted {
      $0.1 != $1.1 ? $0.1 < $1.1 : $0.0 < $1.0
    }
    for (count, (j, _)) in order.enumerated() {
      if count % 64 == 0 && situation.deadline.isOver { return HeuristicProposal() }
      if bounds.lower[j] == bounds.upper[j] { continue }
      let wanted = min(max(relaxation[j].rounded(), bounds.lower[j]), bounds.upper[j])
      let mark = bounds.mark
      if bounds.fix(j, to: wanted) { continue }
      bounds.undo(to: mark)
      let other = relaxation[j] > wanted || wanted == bounds.lower[j] ? wanted + 1 : wanted - 1
      guard other >= bounds.lower[j], other <= bounds.upper[j], bounds.fix(j, to: other) else {
        return HeuristicProposal()
      }
    }
    var point = [Double](repeating: .nan, count: model.variableCount)
    for j in integers { point[j] = bounds.lower[j] }
    return HeuristicProposal(points: [point])
  }
}
