#if GLPK
  import CGLPK
  import Constraints

  /// A problem loaded into GLPK, with the form it was loaded from.
  final class GLPKProblem {
    private(set) var form: LinearForm
    let pointer: OpaquePointer
    /// Set when a call failed: the object may be half changed and is not touched again.
    private(set) var isBroken = false
    var isScaled = false

    /// - Throws: when GLPK cannot hold the problem.
    init(_ form: LinearForm) throws(SolverError) {
      guard form.columnCount <= 100_000_000, form.rowCount <= 100_000_000, form.entryCount <= 500_000_000 else {
        throw .failed(solver: "GLPK", message: "the model has more than 100 million rows or columns, or 500 million entries")
      }
      self.form = form
      let starts = form.starts.map { Int64($0) }
      guard
        let pointer = solve_glpk_load(
          Int32(form.rowCount), Int32(form.columnCount), form.sense == .maximize ? 1 : 0, form.constant, form.objective,
          form.columnLower.map(GLPKProblem.clip), form.columnUpper.map(GLPKProblem.clip), form.isInteger, starts,
          form.entryColumns, form.entryValues, form.rowLower.map(GLPKProblem.clip), form.rowUpper.map(GLPKProblem.clip))
      else { throw GLPKProblem.lastFailure() }
      self.pointer = pointer
    }

    func delete() {
      if !isBroken { solve_glpk_delete(pointer) }
    }

    /// Bounds of 1e20 and more mean none to GLPK's arithmetic.
    static func clip(_ bound: Double) -> Double {
      bound >= 1e20 ? .infinity : bound <= -1e20 ? -.infinity : bound
    }

    static func lastFailure() -> SolverError {
      if solve_glpk_out_of_memory() != 0 { return .outOfMemory(solver: "GLPK") }
      let text = String(cString: solve_glpk_failure()).split(whereSeparator: \.isNewline).joined(separator: "; ")
      return .failed(solver: "GLPK", message: text.isEmpty ? "no reason given" : text)
    }

    /// Turns the code of a guarded call into an error when GLPK failed inside it; other codes are returned.
    @discardableResult
    func check(_ code: Int32) throws(SolverError) -> Int32 {
      if code == SOLVE_GLPK_FAILED || code == SOLVE_GLPK_ABANDONED {
        isBroken = true
        throw GLPKProblem.lastFailure()
      }
      return code
    }

    /// As ``check(_:)``, with abandonment as nil.
    func checkAbandonable(_ code: Int32) throws(SolverError) -> Int32? {
      if code == SOLVE_GLPK_ABANDONED {
        isBroken = true
        return nil
      }
      return try check(code)
    }

    // MARK: - Changes in place

    /// Whether the other form differs in numbers only.
    func canChange(to other: LinearForm) -> Bool {
      !isBroken && form.sense == other.sense && form.columnCount == other.columnCount
        && form.rowCount == other.rowCount && form.isInteger == other.isInteger && form.starts == other.starts
        && form.entryColumns == other.entryColumns
    }

    /// Passes the differences on to GLPK; the basis is kept.
    /// - Complexity: O(size of the form).
    func change(to other: LinearForm) throws(SolverError) {
      for j in 0..<form.columnCount {
        if form.columnLower[j] != other.columnLower[j] || form.columnUpper[j] != other.columnUpper[j] {
          try check(
            solve_glpk_set_column_bounds(
              pointer, Int32(j), GLPKProblem.clip(other.columnLower[j]), GLPKProblem.clip(other.columnUpper[j])))
        }
        if form.objective[j] != other.objective[j] {
          try check(solve_glpk_set_objective(pointer, Int32(j), other.objective[j]))
        }
      }
      if form.constant != other.constant { try check(solve_glpk_set_objective(pointer, -1, other.constant)) }
      for i in 0..<form.rowCount {
        if form.rowLower[i] != other.rowLower[i] || form.rowUpper[i] != other.rowUpper[i] {
          try check(
            solve_glpk_set_row_bounds(
              pointer, Int32(i), GLPKProblem.clip(other.rowLower[i]), GLPKProblem.clip(other.rowUpper[i])))
        }
        let range = form.starts[i]..<form.starts[i + 1]
        if form.entryValues[range] != other.entryValues[range] {
          try check(
            solve_glpk_set_row(
              pointer, Int32(i), Int32(range.count), Array(other.entryColumns[range]), Array(other.entryValues[range])))
        }
      }
      form = other
    }

    func set(_ basis: Basis) throws(SolverError) {
      guard basis.columns.count == form.columnCount, basis.rows.count == form.rowCount else { return }
      try check(solve_glpk_set_basis(pointer, basis.columns.map(\.rawValue), basis.rows.map(\.rawValue)))
    }

    // MARK: - Reading results

    func primalPoint() -> [Double] { (0..<form.columnCount).map { glp_get_col_prim(pointer, Int32($0 + 1)) } }

    func integerPoint() -> [Double] {
      (0..<form.columnCount).map {
        let value = glp_mip_col_val(pointer, Int32($0 + 1))
        return form.isInteger[$0] != 0 ? value.rounded() : value
      }
    }

    func rowDuals() -> [Double] { (0..<form.rowCount).map { glp_get_row_dual(pointer, Int32($0 + 1)) } }
    func reducedCosts() -> [Double] { (0..<form.columnCount).map { glp_get_col_dual(pointer, Int32($0 + 1)) } }

    func basis() -> Basis {
      func status(_ code: Int32) -> Basis.Status {
        switch code {
        case GLP_BS: .basic
        case GLP_NL: .atLower
        case GLP_NU: .atUpper
        case GLP_NF: .free
        default: .fixed
        }
      }
      return Basis(
        columns: (0..<form.columnCount).map { status(glp_get_col_stat(pointer, Int32($0 + 1))) },
        rows: (0..<form.rowCount).map { status(glp_get_row_stat(pointer, Int32($0 + 1))) })
    }

    /// Largest violation of a row or bound by a point, relative to the numbers that enter.
    func infeasibility(of point: [Double]) -> Double {
      var worst = 0.0
      for j in 0..<form.columnCount {
        let outside = max(form.columnLower[j] - point[j], point[j] - form.columnUpper[j])
        if outside > 0 { worst = max(worst, outside / max(1, abs(point[j]))) }
      }
      for i in 0..<form.rowCount {
        var sum = 0.0
        var scale = 1.0
        for k in form.starts[i]..<form.starts[i + 1] {
          let term = form.entryValues[k] * point[Int(form.entryColumns[k])]
          sum += term
          scale = max(scale, abs(term))
        }
        let outside = max(form.rowLower[i] - sum, sum - form.rowUpper[i])
        if outside > 0 { worst = max(worst, outside / scale) }
      }
      return worst
    }
  }
#endif
