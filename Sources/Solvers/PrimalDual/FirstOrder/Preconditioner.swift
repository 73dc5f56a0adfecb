import Constraints

/// Diagonal scalings R and C of a linear program: the scaled matrix is R A C, with
///
///     x = C x̃ / s,  y = R ỹ / t,  row sides l = R⁻¹ l̃ / s,  bounds = C b̃ / s,  costs c = C⁻¹ c̃ / t
///
/// Geometric passes bring the entries of each row and column as close to 1 as they go, Ruiz passes make the largest of
/// each about 1, and the Pock-Chambolle pass bounds the norm of the matrix by 1. The scalars s and t, chosen by
/// ``FirstOrderProblem``, bring sides and costs to about norm 1, so that the primal weight can start at 1.
///
/// D. Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices" (2001); T. Pock, A. Chambolle,
/// "Diagonal preconditioning for first order primal-dual algorithms in convex optimization" (ICCV 2011), lemma 2.
struct Preconditioner {
  private(set) var row: [Double]
  private(set) var column: [Double]

  /// Nil when asked to stop.
  /// - Complexity: O(passes (rows + columns + entries)).
  init?(_ form: LinearForm, geometricPasses: Int, ruizPasses: Int, shouldStop: () -> Bool) {
    row = [Double](repeating: 1, count: form.rowCount)
    column = [Double](repeating: 1, count: form.columnCount)
    var spread = Double.infinity
    for _ in 0..<geometricPasses {
      if shouldStop() { return nil }
      let now = scaleGeometrically(form)
      // What is about even already, as in a matrix of ones, has no use for more passes.
      if now > 0.9 * spread || now <= 10 { break }
      spread = now
    }
    for _ in 0..<ruizPasses {
      if shouldStop() { return nil }
      scale(form) { max($0, $1) }
    }
    if shouldStop() { return nil }
    scale(form) { $0 + $1 }
  }

  /// Divides each row and then each column by the geometric mean of its smallest and largest entry.
  /// - Returns: the largest ratio of two entries of one column.
  private mutating func scaleGeometrically(_ form: LinearForm) -> Double {
    var largest = [Double](repeating: 0, count: column.count)
    var smallest = [Double](repeating: .infinity, count: column.count)
    for i in row.indices {
      var (low, high) = (Double.infinity, 0.0)
      let entries = form.starts[i]..<form.starts[i + 1]
      for k in entries {
        let size = abs(form.entryValues[k]) * column[Int(form.entryColumns[k])]
        low = min(low, size)
        high = max(high, size)
      }
      if high > 0 { row[i] = 1 / (low * high).squareRoot() }
      for k in entries {
        let j = Int(form.entryColumns[k])
        let size = abs(form.entryValues[k]) * row[i]
        largest[j] = max(largest[j], size)
        smallest[j] = min(smallest[j], size)
      }
    }
    var spread = 1.0
    for j in column.indices where largest[j] > 0 {
      column[j] = 1 / (largest[j] * smallest[j]).squareRoot()
      spread = max(spread, largest[j] / smallest[j])
    }
    return spread
  }

  /// Divides rows and columns at once by the square root of their size: the largest entry or the sum of all, as the
  /// function joins two entries.
  @inline(__always)
  private mutating func scale(_ form: LinearForm, join: (Double, Double) -> Double) {
    var columnSize = [Double](repeating: 0, count: column.count)
    for i in row.indices {
      let r = row[i]
      var rowSize = 0.0
      for k in form.starts[i]..<form.starts[i + 1] {
        let j = Int(form.entryColumns[k])
        let size = abs(form.entryValues[k]) * r * column[j]
        rowSize = join(rowSize, size)
        columnSize[j] = join(columnSize[j], size)
      }
      if rowSize > 0 { row[i] = r / rowSize.squareRoot() }
    }
    for j in column.indices where columnSize[j] > 0 { column[j] /= columnSize[j].squareRoot() }
  }
}
