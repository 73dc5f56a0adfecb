/// What keeps a graph from being learned.
public enum StructureLearningError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There are no variables, or no samples.
  case noData
  /// A value is not a finite number; sample and variable are counted from 1.
  case notFinite(sample: Int, variable: String)
  /// The second moments are not positive definite: columns depend on each other, or there are too few samples.
  case singularCovariance(String)
  /// What is known contradicts itself: the nodes of a cycle of edges and orders that must all hold.
  case contradictoryKnowledge(cycle: [String])
  /// An edge is both required and excluded.
  case requiredEdgeExcluded(from: String, to: String, reason: String)
  /// An exact method was asked for more nodes than fit into memory and time.
  case tooManyNodes(count: Int, limit: Int, method: String)
  /// An option makes no sense.
  case invalidOption(String)

  public var description: String {
    switch self {
    case .noData: "there are no variables or no samples; give a table with at least one column and two rows"
    case .notFinite(let sample, let variable):
      "the value of \(variable) in sample \(sample) is not a finite number; drop the row or give a value"
    case .singularCovariance(let reason):
      "the covariance is not positive definite: \(reason); drop columns that repeat others or allow shrinkage"
    case .contradictoryKnowledge(let cycle):
      "what is known closes a cycle: \((cycle + cycle.prefix(1)).joined(separator: " -> ")); drop one of these edges or orders"
    case .requiredEdgeExcluded(let from, let to, let reason):
      "the edge \(from) -> \(to) is required, but \(reason); drop one of the two"
    case .tooManyNodes(let count, let limit, let method):
      "\(method) takes at most \(limit) nodes, and there are \(count); use the order search and its bound instead"
    case .invalidOption(let text): text
    }
  }
}
