/// Everything that structure learning throws, except for errors in files, which are diagnostics with a place.
public enum StructureLearningError: Error, Sendable, Equatable {
  /// There are no variables, or no samples.
  case noData
  /// A value is not a finite number; the sample is counted from 1.
  case notFinite(sample: Int, variable: String)
  /// The second moments are not positive definite: columns depend on each other, or there are too few samples.
  case singularCovariance(String)
  /// What is known contradicts itself: the nodes of a cycle of edges and orders that must all hold.
  case contradictoryKnowledge(cycle: [String])
  /// An edge is both required and excluded.
  case requiredEdgeExcluded(from: String, to: String, reason: String)
  /// An exact method was asked for more nodes than fit into memory and time.
  case tooManyNodes(count: Int, limit: Int, method: String)
  /// An input or option makes no sense; the text says what and how to mend it.
  case invalidOption(String)
  /// A value that an option cannot take, and what it can.
  case badOption(name: String, value: String, mend: String)
  /// A graph that must be acyclic has a directed cycle; its nodes in order, the first not repeated.
  case cyclicGraph(cycle: [String])
  /// Two graphs that should be compared do not have the same nodes.
  case differentNodes(onlyInFirst: [String], onlyInSecond: [String])
  /// No stationary process was drawn in this many attempts; the smallest spectral radius that was met.
  case notStationary(attempts: Int, spectralRadius: Double)
}

extension StructureLearningError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noData: return "there are no variables or no samples: give a table with at least one column and two rows"
    case .notFinite(let sample, let variable):
      return "the value of \(variable) in sample \(sample) is not a finite number: drop the row or give a value"
    case .singularCovariance(let reason):
      return "the covariance is not positive definite, as \(reason): drop columns that repeat others"
    case .contradictoryKnowledge(let cycle):
      return "what is known closes the cycle \(Self.walk(cycle)): drop one of these edges or orders"
    case .requiredEdgeExcluded(let from, let to, let reason):
      return "the edge \(from) -> \(to) is required, but \(reason): drop one of the two"
    case .tooManyNodes(let count, let limit, let method):
      return "\(method) takes at most \(limit) nodes, and there are \(count): use the order search and its bound instead"
    case .invalidOption(let text): return text
    case .badOption(let name, let value, let mend):
      return "\(name) cannot be \(value): \(mend)"
    case .cyclicGraph(let cycle):
      return "the graph has the cycle \(Self.walk(cycle)): remove one of these edges"
    case .differentNodes(let first, let second):
      func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
      return "the graphs have different nodes (only in the first: \(list(first)); only in the second: \(list(second))): "
        + "give both graphs the same names"
    case .notStationary(let attempts, let radius):
      return "none of \(attempts) drawn processes is stationary (smallest spectral radius \(radius), must be below 1): "
        + "lower the weights or edges between time steps, raise the decay, or lower the weights within a time step"
    }
  }

  private static func walk(_ cycle: [String]) -> String { (cycle + cycle.prefix(1)).joined(separator: " -> ") }
}
