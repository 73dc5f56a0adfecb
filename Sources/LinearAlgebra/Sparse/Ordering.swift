import CAMD

/// A fill-reducing order of a symmetric pattern: approximate minimum degree, through the library of its authors.
///
/// Source: Amestoy, Davis, Duff, "Algorithm 837: AMD, an approximate minimum degree ordering algorithm", 2004.
enum MinimumDegree {
  struct Result {
    /// New position to old index.
    var permutation: [Int32]
    /// Entries of the factor with its diagonal. An upper bound where rows were postponed as dense.
    var factorEntryCount: Int
    /// Σ count², the multiplications and additions of an LDLᵀ. An upper bound where rows were postponed as dense.
    var flopCount: Double
  }

  /// Rows of degree above `10 √n` are put last, as AMD does by default.
  /// - Parameters: the lower or upper triangle by columns, rows ascending.
  /// - Complexity: O(n · entries) at worst, in practice close to O(entries of the pattern).
  static func order(_ n: Int, starts: [Int], rowIndices: [Int32]) -> Result {
    if n == 0 { return Result(permutation: [], factorEntryCount: 0, flopCount: 0) }
    precondition(starts[n] < Int(Int32.max) && n < Int(Int32.max), "pattern too large for 32-bit indices")
    let narrowStarts = starts.map(Int32.init)
    var permutation = [Int32](repeating: 0, count: n)
    var info = [Double](repeating: 0, count: Int(AMD_INFO))
    // An empty array may have no address, and AMD refuses a null pointer.
    let status = (rowIndices.isEmpty ? [0] : rowIndices).withUnsafeBufferPointer {
      amd_order(Int32(n), narrowStarts, $0.baseAddress!, &permutation, nil, &info)
    }
    precondition(status == AMD_OK || status == AMD_OK_BUT_JUMBLED, "AMD failed: out of memory or a broken pattern")
    let below = info[Int(AMD_LNZ)], products = info[Int(AMD_NMULTSUBS_LDL)]
    // AMD counts c entries below a diagonal and c(c + 1)/2 pairs for each column: Σ (c + 1)² = Σ (2 pairs + c + 1).
    return Result(
      permutation: permutation, factorEntryCount: Int(below) + n, flopCount: 2 * products + below + Double(n))
  }
}
