import CAMD

/// A fill-reducing order of a symmetric pattern: approximate minimum degree, through the library of its authors.
///
/// Source: Amestoy, Davis, Duff, "Algorithm 837: AMD, an approximate minimum degree ordering algorithm", 2004.
enum MinimumDegree {
  /// Rows of degree above `10 √n` are put last, as AMD does by default, unless there are so many of them that the full
  /// triangle they then become has more entries than the pattern itself.
  /// - Parameters: the lower triangle by columns, rows ascending.
  /// - Returns: the index that stands at each new position.
  /// - Complexity: O(n · entries) at worst, in practice close to O(entries of the pattern).
  static func order(_ n: Int, starts: [Int], rowIndices: [Int32]) -> [Int32] {
    if n == 0 { return [] }
    precondition(starts[n] < Int(Int32.max) && n < Int(Int32.max), "pattern too large for 32-bit indices")
    let narrowStarts = starts.map(Int32.init)
    var control = [Double](repeating: 0, count: Int(AMD_CONTROL))
    amd_defaults(&control)
    let dense = denseRowCount(n, starts: starts, rowIndices: rowIndices, factor: control[Int(AMD_DENSE)])
    if dense * dense / 2 > rowIndices.count { control[Int(AMD_DENSE)] = -1 }
    var permutation = [Int32](repeating: 0, count: n)
    // An empty array may have no address, and AMD refuses a null pointer.
    let status = (rowIndices.isEmpty ? [0] : rowIndices).withUnsafeBufferPointer {
      amd_order(Int32(n), narrowStarts, $0.baseAddress!, &permutation, &control, nil)
    }
    precondition(status == AMD_OK || status == AMD_OK_BUT_JUMBLED, "AMD failed: out of memory or a broken pattern")
    return permutation
  }

  /// Rows of degree above `factor √n`.
  private static func denseRowCount(_ n: Int, starts: [Int], rowIndices: [Int32], factor: Double) -> Int {
    let limit = Int(factor * Double(n).squareRoot())
    if n <= limit { return 0 }
    var degrees = [Int](repeating: 0, count: n)
    degrees.withUnsafeMutableBufferPointer { degrees in
      for j in 0..<n {
        degrees[j] &+= starts[j + 1] - starts[j]
        for p in starts[j]..<starts[j + 1] { degrees[Int(rowIndices[p])] &+= 1 }
      }
    }
    return degrees.reduce(0) { $0 + ($1 > limit ? 1 : 0) }
  }
}
