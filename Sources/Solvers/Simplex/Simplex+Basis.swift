import LinearAlgebra

/// Factors, values and reduced costs of the present basis.
extension Simplex {
  /// Factors the basis anew and computes values and reduced costs from scratch. Columns found dependent leave it for
  /// slacks.
  func refactor() {
    let old = head
    for k in old { rowOf[Int(k)] = -1 }
    // Slacks first: they are pivots without arithmetic.
    basis.factors.factor(problem.matrix, classes: [old], unitColumns: columnCount)
    basis.reset()
    factorizations += 1
    head = basis.factors.columnOfRow
    for row in 0..<rowCount {
      let k = Int(head[row])
      rowOf[k] = Int32(row)
      place[k] = .basic
    }
    for k in old where rowOf[Int(k)] < 0 { place[Int(k)] = restingPlace(Int(k)) }
    isFactored = true
    recomputeReducedCosts()
    recomputeValues()
  }

  /// Whether the replacements make up for a new factorization.
  var isDue: Bool {
    basis.replacementCount >= options.replacements
      || basis.replacementEntryCount > 2 * basis.factors.entryCount + 4 * rowCount
  }

  /// Puts columns off the basis to their places and computes the basic ones from them.
  /// - Complexity: O(entries + a solve with the basis).
  func recomputeValues() {
    moves.clear()
    isStale = true
    for k in 0..<count where place[k] != .basic {
      if place[k] == .lower && !lower[k].isFinite || place[k] == .upper && !upper[k].isFinite { place[k] = restingPlace(k) }
      settle(k)
    }
    let rest = direction
    rest.clear()
    let v = x.pointer
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { values in
          place.withUnsafeBufferPointer { place in
            for k in 0..<place.count where place[k] != .basic && v[k] != 0 {
              for e in starts[k]..<starts[k + 1] { rest.add(-values[e] * v[k], at: Int(rows[e])) }
            }
          }
        }
      }
    }
    basis.solve(rest)
    for row in 0..<rowCount {
      v[Int(head[row])] = rest.values[row]
      noteViolation(row)
    }
    rest.clear()
    isStale = false
  }

  /// Lets basic columns follow the moves of the others.
  func applyMoves() {
    if isStale {
      recomputeValues()
      return
    }
    if moves.entryCount == 0 { return }
    basis.solve(moves, tolerance: options.drop)
    moveBasic(moves.indices, moves.entryCount, moves.values, by: -1)
    moves.clear()
  }

  /// Adds multiples of a vector over rows to the values of basic columns.
  func moveBasic(
    _ indices: UnsafePointer<Int32>, _ entryCount: Int, _ values: UnsafePointer<Double>, by factor: Double
  ) {
    let (v, low, high, violated) = (x.pointer, lower.pointer, upper.pointer, violations.pointer)
    let tolerance = options.primalTolerance
    head.withUnsafeBufferPointer { head in
      for t in 0..<entryCount {
        let row = Int(indices[t])
        let k = Int(head[row])
        let value = v[k] + factor * values[row]
        v[k] = value
        let violation = value < low[k] - tolerance ? low[k] - value : value > high[k] + tolerance ? value - high[k] : 0
        violated[row] = violation * violation
      }
    }
  }

  /// Computes reduced costs from the present costs.
  /// - Complexity: O(entries + a solve with the basis).
  func recomputeReducedCosts() {
    let y = multipliers
    y.clear()
    let c = cost.pointer
    for row in 0..<rowCount where c[Int(head[row])] != 0 { y.add(c[Int(head[row])], at: row) }
    basis.solveTransposed(y)
    let (prices, d) = (y.values, z.pointer)
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { values in
          place.withUnsafeBufferPointer { place in
            for k in 0..<place.count {
              if place[k] == .basic {
                d[k] = 0
                continue
              }
              var sum = c[k]
              for e in starts[k]..<starts[k + 1] { sum -= values[e] * prices[Int(rows[e])] }
              d[k] = sum
            }
          }
        }
      }
    }
    y.clear()
    areReducedCostsStale = false
  }

  /// Notes how far the basic column of a row is outside its bounds.
  @inline(__always)
  func noteViolation(_ row: Int) {
    let k = Int(head[row])
    let value = x.pointer[k]
    let (low, high) = (lower.pointer[k], upper.pointer[k])
    let tolerance = options.primalTolerance
    let violation = value < low - tolerance ? low - value : value > high + tolerance ? value - high : 0
    violations.pointer[row] = violation * violation
  }

  /// Solves for the direction of a column: `B direction = column`.
  func computeDirection(_ k: Int) {
    let direction = direction
    direction.clear()
    for e in problem.matrix.starts[k]..<problem.matrix.starts[k + 1] {
      direction.add(problem.matrix.values[e], at: Int(problem.matrix.rowIndices[e]))
    }
    basis.solve(direction, tolerance: options.drop)
  }

  /// Computes the row of the inverse, in ``multipliers``, and its products with columns off the basis, in ``prices``.
  func computePivotRow(_ row: Int) {
    multipliers.clear()
    multipliers.add(1, at: row)
    basis.solveTransposed(multipliers, tolerance: options.drop)
    let prices = prices
    prices.clear()
    let rho = multipliers.values
    let (indices, entryCount) = (multipliers.indices, multipliers.entryCount)
    let n = columnCount
    if entryCount * 4 > rowCount {
      problem.matrix.starts.withUnsafeBufferPointer { starts in
        problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
          problem.matrix.values.withUnsafeBufferPointer { values in
            place.withUnsafeBufferPointer { place in
              for k in 0..<n where place[k] != .basic {
                var sum = 0.0
                for e in starts[k]..<starts[k + 1] { sum += values[e] * rho[Int(rows[e])] }
                if abs(sum) > 1e-13 { prices.add(sum, at: k) }
              }
            }
          }
        }
      }
      for t in 0..<entryCount {
        let i = Int(indices[t])
        if rho[i] != 0 { prices.add(-rho[i], at: n + i) }
      }
      return
    }
    problem.rowStarts.withUnsafeBufferPointer { starts in
      problem.rowColumns.withUnsafeBufferPointer { columns in
        problem.rowValues.withUnsafeBufferPointer { values in
          for t in 0..<entryCount {
            let i = Int(indices[t])
            let weight = rho[i]
            if weight == 0 { continue }
            for e in starts[i]..<starts[i + 1] { prices.add(weight * values[e], at: Int(columns[e])) }
            prices.add(-weight, at: n + i)
          }
        }
      }
    }
  }

  /// Makes a column basic in place of the one of a row; the direction is that of the column.
  func exchange(_ entering: Int, row: Int, leavingTo place: Place) {
    let leaving = Int(head[row])
    self.place[leaving] = place
    rowOf[leaving] = -1
    basis.replace(row: row, direction: direction)
    head[row] = Int32(truncatingIfNeeded: entering)
    rowOf[entering] = Int32(truncatingIfNeeded: row)
    self.place[entering] = .basic
  }
}
