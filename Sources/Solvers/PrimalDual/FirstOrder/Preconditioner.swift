import Constraints

/// Diagonal scalings R and C of a linear program: the scaled matrix is R A C, with
///
///     x = C x̃ / s,  y = R ỹ / t,  row sides l = R⁻¹ l̃ / s,  bounds = C b̃ / s,  costs c = C⁻¹ c̃ / t
///
/// Ruiz passes make all rows and columns about as large as 1, and the Pock-Chambolle pass bounds the norm of the matrix
/// by 1. The scalars s and t, chosen by ``FirstOrderProblem``, bring sides and costs to about norm 1, so that the primal
/// weight can start at 1.
///
/// D. Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices" (2001); T. Pock, A. Chambolle,
/// "Diagonal preconditioning for first order primal-dual algorithms in convex optimization" (ICCV 2011), lemma 2.
struct Preconditioner {
  var row: [Double]
  var column: [Double]

  /// Nil when asked to stop.
  /// - Complexity: O(passes (rows + columns + entries)).
  init?(_ form: LinearForm, ruizPasses: Int, shouldStop: () -> Bool) {
    let (m, n) = (form.rowCount, form.columnCount)
    row = [Double](repeating: 1, count: m)
    column = [Double](repeating: 1, count: n)
    var columnSize = [Double](repeating: 0, count: n)
    for pass in 0...ruizPasses {
      if shouldStop() { return nil }
      let isLast = pass == ruizPasses
      for j in 0..<n { columnSize[j] = 0 }
      form.entryColumns.withUnsafeBufferPointer { columns in
        form.entryValues.withUnsafeBufferPointer { values in
          columnSize.withUnsafeMutableBufferPointer { columnSize in
            column.withUnsafeBufferPointer { column in
              for i in 0..<m {
                let r = row[i]
                var rowSize = 0.0
                if isLast {
                  for k in form.starts[i]..<form.starts[i + 1] {
                    let j = Int(columns[k])
                    let size = abs(values[k]) * column[j]
                    rowSize += size
                    columnSize[j] += size * r
                  }
                } else {
                  for k in form.starts[i]..<form.starts[i + 1] {
                    let j = Int(columns[k])
                    let size = abs(values[k]) * column[j]
                    rowSize = max(rowSize, size)
                    columnSize[j] = max(columnSize[j], size * r)
                  }
                }
                rowSize *= r
                if rowSize > 0 { row[i] = r / rowSize.squareRoot() }
              }
            }
          }
        }
      }
      for j in 0..<n where columnSize[j] > 0 { column[j] /= columnSize[j].squareRoot() }
    }
  }
}
