/// What is known about a graph before any data: edges that must or may not be there, and orders of nodes.
///
/// Nodes are counted from 0.
public struct PriorKnowledge: Sendable, Equatable {
  public struct Pair: Sendable, Hashable {
    public var from: Int
    public var to: Int
    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  /// Edges that may not be there.
  public var forbidden: Set<Pair> = []
  /// Edges that must be there.
  public var required: Set<Pair> = []
  /// Tier of a node: no edge goes from a higher tier to a lower one. Nodes without a tier are free.
  public var tiers: [Int: Int] = [:]
  /// Nodes without parents.
  public var roots: Set<Int> = []
  /// Nodes without children.
  public var leaves: Set<Int> = []

  public init() {}

  public var isEmpty: Bool { self == PriorKnowledge() }

  /// Whether an edge i → j may be there.
  public func allows(_ i: Int, _ j: Int) -> Bool {
    i != j && !forbidden.contains(Pair(from: i, to: j)) && !roots.contains(j) && !leaves.contains(i)
      && !fallsInTier(i, j)
  }

  private func fallsInTier(_ i: Int, _ j: Int) -> Bool {
    guard let a = tiers[i], let b = tiers[j] else { return false }
    return a > b
  }

  /// Why an edge i → j may not be there, in words that follow "but"; nil if it may.
  func reasonAgainst(_ i: Int, _ j: Int, names: [String]) -> String? {
    if forbidden.contains(Pair(from: i, to: j)) { return "it is forbidden too" }
    if roots.contains(j) { return "\(names[j]) is a root, a node without parents" }
    if leaves.contains(i) { return "\(names[i]) is a leaf, a node without children" }
    if fallsInTier(i, j) { return "\(names[i]) is in a higher tier than \(names[j])" }
    return nil
  }
}
