/// Permutations as arrays: the old index at each new position.
enum Permutation {
  /// The new position of each old index.
  /// - Complexity: O(n).
  static func inverse(_ permutation: [Int32]) -> [Int32] {
    var inverse = [Int32](repeating: -1, count: permutation.count)
    for (k, i) in permutation.enumerated() {
      precondition(i >= 0 && i < permutation.count && inverse[Int(i)] == -1, "not a permutation")
      inverse[Int(i)] = Int32(k)
    }
    return inverse
  }
}
