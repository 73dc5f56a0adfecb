/// A set of nodes, counted from 0, as bits.
public struct NodeSet: Sendable, Hashable {
  public private(set) var words: [UInt64]

  /// An empty set with room for nodes 0..<nodeCount.
  public init(nodeCount: Int) { words = [UInt64](repeating: 0, count: max(1, (nodeCount + 63) / 64)) }

  /// All nodes 0..<nodeCount.
  public init(allOf nodeCount: Int) {
    self.init(nodeCount: nodeCount)
    for v in 0..<nodeCount { insert(v) }
  }

  public init(nodeCount: Int, _ nodes: some Sequence<Int>) {
    self.init(nodeCount: nodeCount)
    for v in nodes { insert(v) }
  }

  @inline(__always)
  public func contains(_ v: Int) -> Bool { words[v >> 6] >> UInt64(v & 63) & 1 != 0 }
  @inline(__always)
  public mutating func insert(_ v: Int) { words[v >> 6] |= 1 << UInt64(v & 63) }
  @inline(__always)
  public mutating func remove(_ v: Int) { words[v >> 6] &= ~(1 << UInt64(v & 63)) }

  /// Keeps what is in the other set too.
  public mutating func formIntersection(_ other: NodeSet) {
    for k in words.indices { words[k] &= other.words[k] }
  }
  public mutating func formUnion(_ other: NodeSet) {
    for k in words.indices { words[k] |= other.words[k] }
  }

  public func intersection(_ other: NodeSet) -> NodeSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  public func isSubset(of other: NodeSet) -> Bool {
    words.indices.allSatisfy { words[$0] & ~other.words[$0] == 0 }
  }

  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The nodes, ascending.
  public var nodes: [Int] {
    var result: [Int] = []
    for (k, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(k << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return result
  }
}
