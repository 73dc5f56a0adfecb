import CAMD

/// A fill-reducing order of a symmetric pattern: approximate minimum degree, through the library of its authors.
///
/// Source: Amestoy, Davis, Duff, "Algorithm 837: AMD, an approximate minimum degree ordering algorithm", 2004.
enum MinimumDegree {
  /// Rows of degree above `10 √n` are put last, as AMD does by default.
  /// - Parameters: the lower or upper triangle by columns, rows ascending.
  /// - Returns: the index that stands at each new position.
  /// - Complexity: O(n · entries) at worst, in practice close to O(entries of the pattern).
  static func order(_ n: Int, starts: [Int], rowIndices: [Int32]) -> [Int32] {
    if n == 0 { return [] }
    precondition(starts[n] < Int(Int32.max) && n < Int(Int32.max), "pattern too large for 32-bit indices")
    let narrowStarts = starts.map(Int32.init)
    var permutation = [Int32](repeating: 0, count: n)
    // An empty array may have no address, and AMD refuses a null pointer.
    let status = (rowIndices.isEmpty ? [0] : rowIndices).withUnsafeBufferPointer {
      amd_order(Int32(n), narrowStarts, $0.baseAddress!, &permutation, nil, nil)
    }
    precondition(status == AMD_OK || status == AMD_OK_BUT_JUMBLED, "AMD failed: out of memory or a broken pattern")
    return permutation
  }
}
