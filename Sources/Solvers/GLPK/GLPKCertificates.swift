#if GLPK
  import CGLPK
  import Constraints

  extension GLPKProblem {
    /// Multipliers of the rows that prove infeasibility; empty when none could be computed.
    ///
    /// First from the final basis of phase 1 of the primal simplex method: with c the gradient of the sum of
    /// infeasibilities and B'π = c_B, the multipliers are -π. Where rounding spoils that, from the optimal duals of the
    /// elastic problem, which minimizes the sum of all violations of the rows.
    func farkasMultipliers(_ options: SolveOptions, _ context: SolveContext) throws(SolverError) -> [Double] {
      if let multipliers = try phaseOneMultipliers(), let clean = form.contradiction(in: multipliers) { return clean }
      return form.contradiction(in: try elasticMultipliers(options, context)) ?? []
    }

    private func phaseOneMultipliers() throws(SolverError) -> [Double]? {
      if glp_bf_exists(pointer) == 0 {
        if try check(solve_glpk_factorize(pointer)) != 0 { return nil }
      }
      let m = form.rowCount
      var gradient = [Double](repeating: 0, count: m + 1)
      for position in 1...m {
        let k = Int(glp_get_bhead(pointer, Int32(position)))
        let value: Double
        let low: Double
        let high: Double
        let scale: Double
        if k <= m {
          value = glp_get_row_prim(pointer, Int32(k))
          (low, high) = (form.rowLower[k - 1], form.rowUpper[k - 1])
          scale = glp_get_rii(pointer, Int32(k))
        } else {
          let j = k - m
          value = glp_get_col_prim(pointer, Int32(j))
          (low, high) = (form.columnLower[j - 1], form.columnUpper[j - 1])
          scale = 1 / glp_get_sjj(pointer, Int32(j))
        }
        if value < low - 1e-9 * max(1, abs(low)) {
          gradient[position] = -scale
        } else if value > high + 1e-9 * max(1, abs(high)) {
          gradient[position] = scale
        }
      }
      if !gradient.contains(where: { $0 != 0 }) { return nil }
      try check(solve_glpk_btran(pointer, &gradient))
      return gradient.dropFirst().map { -$0 }
    }

    /// Minimizes the total violation of the rows, the bounds of the columns kept.
    private func elasticMultipliers(_ options: SolveOptions, _ context: SolveContext) throws(SolverError) -> [Double] {
      var elastic = form
      elastic.sense = .minimize
      elastic.constant = 0
      elastic.objective = [Double](repeating: 0, count: form.columnCount)
      elastic.isInteger = [UInt8](repeating: 0, count: form.columnCount)
      elastic.starts = [0]
      elastic.entryColumns = []
      elastic.entryValues = []
      for i in 0..<form.rowCount {
        let range = form.starts[i]..<form.starts[i + 1]
        elastic.entryColumns += form.entryColumns[range]
        elastic.entryValues += form.entryValues[range]
        let size = form.entryValues[range].reduce(0) { max($0, abs($1)) }
        let weight = size > 0 ? 1 / size : 1
        if form.rowLower[i].isFinite {
          elastic.entryColumns.append(Int32(elastic.addColumn(lower: 0, upper: .infinity, objective: weight)))
          elastic.entryValues.append(1)
        }
        if form.rowUpper[i].isFinite {
          elastic.entryColumns.append(Int32(elastic.addColumn(lower: 0, upper: .infinity, objective: weight)))
          elastic.entryValues.append(-1)
        }
        elastic.starts.append(elastic.entryValues.count)
      }
      let relaxed = try GLPKProblem(elastic)
      defer { relaxed.delete() }
      var simplex = options
      simplex.method = .auto
      simplex.presolve = false
      // The duals are the result, so their signs are asked for more sharply than usual.
      simplex.optimalityTolerance = 1e-11
      let outcome = try relaxed.solveContinuous(options: simplex, context: context, isWarm: false)
      return outcome.outcome == .optimal ? outcome.rowDuals : []
    }

    /// The direction along which the primal simplex method saw the objective improve without limit.
    func unboundedRay() throws(SolverError) -> [Double] {
      let m = form.rowCount
      let k = Int(glp_get_unbnd_ray(pointer))
      guard k > 0 else { return [] }
      if glp_bf_exists(pointer) == 0, try check(solve_glpk_factorize(pointer)) != 0 { return [] }
      let isBasic =
        k <= m ? glp_get_row_stat(pointer, Int32(k)) == GLP_BS : glp_get_col_stat(pointer, Int32(k - m)) == GLP_BS
      if isBasic { return [] }
      let reducedCost = k <= m ? glp_get_row_dual(pointer, Int32(k)) : glp_get_col_dual(pointer, Int32(k - m))
      let step = form.sense.sign * reducedCost < 0 ? 1.0 : -1.0
      var indices = [Int32](repeating: 0, count: m + 1)
      var values = [Double](repeating: 0, count: m + 1)
      let count = try check(solve_glpk_table_column(pointer, Int32(k), &indices, &values))
      var ray = [Double](repeating: 0, count: form.columnCount)
      if k > m { ray[k - m - 1] = step }
      for t in 1..<max(2, Int(count) + 1) where count > 0 {
        let index = Int(indices[t])
        // Components that are rounding error would lean on bounds they have nothing to do with.
        if index > m, abs(values[t]) > 1e-12 { ray[index - m - 1] = step * values[t] }
      }
      return ray
    }
  }
#endif
