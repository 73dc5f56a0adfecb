import LinearAlgebra

/// Diagonal scaling of a form, and the way back.
///
/// With R and E the factors of the rows and cone rows, C those of the columns and s that of the objective, the scaled
/// form has `x̃ = C⁻¹x`, `Ã = RAC`, `G̃ = EGC`, `h̃ = Eh`, `c̃ = sCc`, `P̃ = sCPC`, sides `Rl`, `Ru` and bounds `C⁻¹l`, `C⁻¹u`.
public struct Scaling: Sendable {
  public var rows: [Double]
  public var columns: [Double]
  /// One factor a row of G, the same for all rows of a cone, since a cone is only sure to be kept by that.
  public var coneRows: [Double]
  public var objective = 1.0

  /// All factors 1.
  public init(identityOf form: ConicForm) {
    rows = [Double](repeating: 1, count: form.linear.rowCount)
    columns = [Double](repeating: 1, count: form.linear.columnCount)
    coneRows = [Double](repeating: 1, count: form.coneRowCount)
  }

  /// Brings the largest magnitude in each row and column of `[P Aᵀ Gᵀ; A 0 0; G 0 0]` near 1.
  ///
  /// D. Ruiz, "A scaling algorithm to equilibrate both rows and columns norms in matrices", RAL-TR-2001-034 (2001); with
  /// the objective's factor as in B. Stellato, G. Banjac, P. Goulart, A. Bemporad and S. Boyd, "OSQP: an operator
  /// splitting solver for quadratic programs", Mathematical Programming Computation 12 (2020), algorithm 2.
  ///
  /// - Parameters:
  ///   - passes: at most how often; it also ends when all norms are within a twentieth of 1.
  ///   - scalesObjective: whether the objective is divided by the larger of the mean column norm of P and the norm of c.
  ///   - limit: factors stay within `1/limit...limit`.
  /// - Complexity: O(passes * (rows + columns + entries)).
  public static func ruiz(
    _ form: ConicForm, passes: Int = 10, scalesObjective: Bool = true, limit: Double = 1e4
  ) -> Scaling {
    var scaling = Scaling(identityOf: form)
    for _ in 0..<passes {
      let norms = scaling.norms(form)
      var deviation = 0.0
      func update(_ factors: inout [Double], _ norms: [Double]) {
        for i in factors.indices where norms[i] > 0 {
          deviation = max(deviation, abs(norms[i] - 1))
          factors[i] = min(max(factors[i] / norms[i].squareRoot(), 1 / limit), limit)
        }
      }
      update(&scaling.rows, norms.rows)
      update(&scaling.columns, norms.columns)
      update(&scaling.coneRows, norms.coneRows)
      if deviation <= 0.05 { break }
    }
    if scalesObjective { scaling.scaleObjective(form) }
    return scaling
  }

  /// Brings the geometric mean of the smallest and the largest magnitude in each row and column near 1, then the largest
  /// magnitude of each column to 1. Factors are 1 where all magnitudes are within 0.1...10 already.
  ///
  /// R. Fourer, "Solving staircase linear programs by the simplex method", Mathematical Programming 23 (1982), section 3.
  ///
  /// - Parameter passes: at most how often; it also ends when the spread of magnitudes falls by less than a tenth.
  /// - Complexity: O(passes * (rows + columns + entries)).
  public static func geometric(_ form: ConicForm, passes: Int = 20) -> Scaling {
    var scaling = Scaling(identityOf: form)
    var spread = scaling.spread(form)
    if spread.least >= 0.1 && spread.most <= 10 { return scaling }
    for _ in 0..<passes {
      let before = scaling
      scaling.balance(form, byRows: true)
      scaling.balance(form, byRows: false)
      let now = scaling.spread(form)
      if now.most / now.least > 0.9 * spread.most / spread.least {
        if now.most / now.least > spread.most / spread.least { scaling = before }
        break
      }
      spread = now
    }
    let norms = scaling.norms(form).columns
    for j in scaling.columns.indices where norms[j] > 0 { scaling.columns[j] /= norms[j] }
    return scaling
  }

  /// All factors rounded to the nearest powers of 2, with which scaling makes no rounding errors.
  public func roundedToPowersOfTwo() -> Scaling {
    func rounded(_ value: Double) -> Double {
      let power = Double(sign: .plus, exponent: value.exponent, significand: 1)
      return value / power > 2.0.squareRoot() ? 2 * power : power
    }
    var result = self
    result.rows = rows.map(rounded)
    result.columns = columns.map(rounded)
    result.coneRows = coneRows.map(rounded)
    result.objective = rounded(objective)
    return result
  }

  // MARK: - Norms

  /// Largest magnitudes in the scaled rows and columns; one for all rows of a cone.
  private func norms(_ form: ConicForm) -> (rows: [Double], columns: [Double], coneRows: [Double]) {
    var rowNorms = [Double](repeating: 0, count: rows.count)
    var columnNorms = [Double](repeating: 0, count: columns.count)
    var coneNorms = [Double](repeating: 0, count: coneRows.count)
    Scaling.scan(form.linear.starts, form.linear.entryColumns, form.linear.entryValues, rows, columns, &rowNorms, &columnNorms)
    Scaling.scan(form.coneStarts, form.coneColumns, form.coneValues, coneRows, columns, &coneNorms, &columnNorms)
    for j in columns.indices {
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        let i = Int(form.hessian.rowIndices[k])
        let size = abs(form.hessian.values[k]) * columns[i] * columns[j]
        columnNorms[i] = max(columnNorms[i], size)
        columnNorms[j] = max(columnNorms[j], size)
      }
    }
    var first = 0
    for cone in form.cones {
      let range = first..<first + cone.dimension
      let largest = coneNorms[range].reduce(0, max)
      for g in range { coneNorms[g] = largest }
      first += cone.dimension
    }
    return (rowNorms, columnNorms, coneNorms)
  }

  /// Raises norms to the largest scaled magnitudes of a matrix given by rows.
  private static func scan(
    _ starts: [Int], _ indices: [Int32], _ values: [Double], _ rowFactors: [Double], _ columnFactors: [Double],
    _ rowNorms: inout [Double], _ columnNorms: inout [Double]
  ) {
    indices.withUnsafeBufferPointer { indices in
      values.withUnsafeBufferPointer { values in
        columnFactors.withUnsafeBufferPointer { columnFactors in
          columnNorms.withUnsafeMutableBufferPointer { columnNorms in
            for i in rowFactors.indices {
              let factor = rowFactors[i]
              var largest = 0.0
              for k in starts[i]..<starts[i + 1] {
                let j = Int(indices[k])
                let size = abs(values[k]) * factor * columnFactors[j]
                largest = max(largest, size)
                if size > columnNorms[j] { columnNorms[j] = size }
              }
              rowNorms[i] = max(rowNorms[i], largest)
            }
          }
        }
      }
    }
  }

  /// Divides the objective by the larger of the mean column norm of P and the largest cost.
  private mutating func scaleObjective(_ form: ConicForm) {
    var hessianNorms = [Double](repeating: 0, count: columns.count)
    var cost = 0.0
    for j in columns.indices {
      cost = max(cost, abs(form.linear.objective[j]) * columns[j])
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        let i = Int(form.hessian.rowIndices[k])
        let size = abs(form.hessian.values[k]) * columns[i] * columns[j]
        hessianNorms[i] = max(hessianNorms[i], size)
        hessianNorms[j] = max(hessianNorms[j], size)
      }
    }
    let mean = hessianNorms.reduce(0, +) / Double(max(1, columns.count))
    let size = max(mean, cost)
    objective = size > 0 ? 1 / size : 1
  }

  /// Smallest and largest magnitude of the scaled rows of A.
  private func spread(_ form: ConicForm) -> (least: Double, most: Double) {
    var (least, most) = (Double.infinity, 0.0)
    for i in rows.indices {
      for k in form.linear.starts[i]..<form.linear.starts[i + 1] where form.linear.entryValues[k] != 0 {
        let size = abs(form.linear.entryValues[k]) * rows[i] * columns[Int(form.linear.entryColumns[k])]
        least = min(least, size)
        most = max(most, size)
      }
    }
    return most > 0 ? (least, most) : (1, 1)
  }

  /// Divides rows or columns of A by the geometric mean of their smallest and largest magnitude.
  private mutating func balance(_ form: ConicForm, byRows: Bool) {
    let count = byRows ? rows.count : columns.count
    var least = [Double](repeating: .infinity, count: count)
    var most = [Double](repeating: 0, count: count)
    for i in rows.indices {
      for k in form.linear.starts[i]..<form.linear.starts[i + 1] where form.linear.entryValues[k] != 0 {
        let j = Int(form.linear.entryColumns[k])
        let size = abs(form.linear.entryValues[k]) * rows[i] * columns[j]
        let t = byRows ? i : j
        least[t] = min(least[t], size)
        most[t] = max(most[t], size)
      }
    }
    for t in 0..<count where most[t] > 0 {
      let factor = 1 / (least[t] * most[t]).squareRoot()
      if byRows { rows[t] *= factor } else { columns[t] *= factor }
    }
  }
}
