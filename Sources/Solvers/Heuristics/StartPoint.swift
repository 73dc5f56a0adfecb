import Constraints

/// Proposes points that the user gave: from a file, or as start values in the model. They may be partial.
public struct StartPoint: Heuristic {
  public let name: String
  let points: [[Double]]

  /// - Parameter points: one value a variable each, NaN where there is none.
  public init(name: String = "start", points: [[Double]]) {
    self.name = name
    self.points = points
  }

  public var moments: Set<HeuristicMoment> { [.beforeSearch] }

  public func propose(_ situation: HeuristicSituation) -> HeuristicProposal { HeuristicProposal(points: points) }
}
