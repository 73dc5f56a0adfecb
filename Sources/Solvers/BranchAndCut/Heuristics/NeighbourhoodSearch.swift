import LinearAlgebra

/// Searches of a part of the space around good points: some columns are fixed, and a smaller search solves for the rest.
enum Neighbourhood: String, Sendable, CaseIterable {
  /// Columns with the same value in the relaxation and in the incumbent are fixed (E. Danna, E. Rothberg and C. Le Pape,
  /// "Exploring relaxation induced neighborhoods to improve MIP solutions", Mathematical Programming 102, 2005).
  case relaxationInduced = "RINS"
  /// Columns that are whole in the relaxation are fixed, others kept to the two nearest whole numbers (T. Berthold, "RENS,
  /// the optimal rounding", Mathematical Programming Computation 6, 2014).
  case relaxationEnforced = "RENS"
  /// Columns of which several good points say the same are fixed (E. Rothberg, "An evolutionary algorithm for polishing
  /// mixed integer programming solutions", INFORMS Journal on Computing 19, 2007).
  case crossover
  /// A random part of the columns is fixed at the incumbent (same source).
  case mutation
  /// At most so many binary columns may differ from the incumbent (M. Fischetti and A. Lodi, "Local branching",
  /// Mathematical Programming 98, 2003).
  case localBranching = "local branching"
}

extension BranchAndCut {
  /// Searches a neighbourhood of the relaxation's point or the incumbent.
  /// - Returns: whether the incumbent got better.
  @discardableResult
  func search(_ neighbourhood: Neighbourhood, iterationLimit: Int) -> Bool {
    if options.isInner || environment.shouldStop() || end != nil { return false }
    var part = form
    part.columnLower = domain.lower.array
    part.columnUpper = domain.upper.array
    for j in 0..<form.columnCount where form.isInteger[j] == 0 {
      // Bounds of other columns that rows imply are left to the rows.
      (part.columnLower[j], part.columnUpper[j]) = (form.columnLower[j], form.columnUpper[j])
    }
    guard restrict(&part, to: neighbourhood) else { return false }
    var inner = InnerSearch(shouldStop: environment.shouldStop)
    inner.nodeLimit = 500
    inner.iterationLimit = iterationLimit
    inner.gap = max(options.gap, 1e-3)
    inner.seed = options.seed &+ UInt64(nodeCount)
    inner.cutoff = cutoff
    let result = inner.solve(part)
    heuristicState.iterations += inner.iterations
    guard let result else { return false }
    return offer(result.point, source: neighbourhood.rawValue)
  }

  /// Narrows the form; false when too little would be fixed for the search to be any smaller.
  private func restrict(_ part: inout LinearForm, to neighbourhood: Neighbourhood) -> Bool {
    var fixed = 0
    var open = 0
    func fix(_ j: Int, _ value: Double) {
      let kept = min(max(value.rounded(), part.columnLower[j]), part.columnUpper[j])
      part.columnLower[j] = kept
      part.columnUpper[j] = kept
      fixed += 1
    }
    for j in columns.integers {
      let j = Int(j)
      if part.columnLower[j] == part.columnUpper[j] { continue }
      open += 1
      let value = point[j]
      switch neighbourhood {
      case .relaxationInduced:
        guard let incumbent else { return false }
        if abs(value - incumbent[j]) <= 1e-6 { fix(j, value) }
      case .relaxationEnforced:
        if abs(value - value.rounded()) <= 1e-6 {
          fix(j, value)
        } else {
          part.columnLower[j] = max(part.columnLower[j], value.rounded(.down))
          part.columnUpper[j] = min(part.columnUpper[j], value.rounded(.up))
        }
      case .crossover:
        let points = heuristicState.recentPoints
        guard points.count >= 2 else { return false }
        if points.allSatisfy({ $0[j] == points[0][j] }) { fix(j, points[0][j]) }
      case .mutation:
        guard let incumbent else { return false }
        if Double.random(in: 0..<1, using: &generator) < heuristicState.mutationShare { fix(j, incumbent[j]) }
      case .localBranching:
        break
      }
    }
    if neighbourhood == .localBranching { return addDistanceRow(&part) }
    return fixed * 10 >= open * 3 && fixed > 0
  }

  /// Adds the row that lets at most so many binary columns differ from the incumbent.
  private func addDistanceRow(_ part: inout LinearForm) -> Bool {
    guard let incumbent else { return false }
    var terms: [(Int, Double)] = []
    var ones = 0.0
    for j in columns.integers {
      let j = Int(j)
      guard part.columnLower[j] == 0, part.columnUpper[j] == 1 else { continue }
      if incumbent[j] > 0.5 {
        terms.append((j, -1))
        ones += 1
      } else {
        terms.append((j, 1))
      }
    }
    if terms.count < 20 { return false }
    part.addRow(terms, lower: -.infinity, upper: Double(heuristicState.branchingRadius) - ones)
    return true
  }
}
