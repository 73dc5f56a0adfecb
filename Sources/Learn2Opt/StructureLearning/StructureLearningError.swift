/// Everything that structure learning throws, except for errors in files, which are diagnostics with a place.
public enum StructureLearningError: Error, Sendable, Equatable {
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
    case .badOption(let name, let value, let mend):
      return "\(name) cannot be \(value): \(mend)"
    case .cyclicGraph(let cycle):
      let walk = (cycle + cycle.prefix(1)).joined(separator: " -> ")
      return "the graph has the cycle \(walk): remove one of these edges"
    case .differentNodes(let first, let second):
      func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
      return "the graphs have different nodes (only in the first: \(list(first)); only in the second: \(list(second))): "
        + "give both graphs the same names"
    case .notStationary(let attempts, let radius):
      return "none of \(attempts) drawn processes is stationary (smallest spectral radius \(radius), must be below 1): "
        + "lower the weights or edges between time steps, raise the decay, or lower the weights within a time step"
    }
  }
}
