/// Local search from each new incumbent, and points of whole columns completed by the best values of the others.
extension BranchAndCut {
  /// The relaxation for heuristics, made when it is first asked for.
  var sideRelaxation: SideRelaxation {
    if let made = heuristicState.sideRelaxation { return made }
    let made = SideRelaxation(form, columns: columns)
    heuristicState.sideRelaxation = made
    return made
  }

  /// Entries looked at in place of one simplex step, for budgets that are counted in steps.
  var entriesPerStep: Int { max(1, 4 * (form.rowCount + form.columnCount)) }

  /// Counts work of heuristics that took no simplex steps.
  func note(work entries: Int) { heuristicState.iterations += entries / entriesPerStep }

  /// The best values of the other columns for given whole ones.
  func complete(_ whole: [Double], iterationLimit: Int) -> [Double]? {
    if !columns.hasContinuous { return whole }
    let side = sideRelaxation
    let before = side.simplex.iterations
    defer { heuristicState.iterations += side.simplex.iterations - before }
    return side.complete(whole, iterationLimit: iterationLimit, shouldStop: environment.shouldStop)
  }

  /// Steps that the completion of a point may take.
  var completionLimit: Int { 100 + 2 * (form.rowCount + form.columnCount) }

  /// Offers a point of which only the whole columns are to be kept: completed, or as it is.
  @discardableResult
  func offerCompleted(_ candidate: [Double], source: String) -> Bool {
    if columns.hasContinuous, let completed = complete(candidate, iterationLimit: completionLimit),
      offer(completed, source: source)
    {
      return true
    }
    return offer(candidate, source: source)
  }

  /// Moves columns of the incumbent one or two at a time; the continuous ones follow.
  func improveIncumbent() {
    guard options.heuristics != .off, !options.isInner, !heuristicState.isImproving else { return }
    heuristicState.isImproving = true
    defer { heuristicState.isImproving = false }
    for _ in 0..<options.heuristics.improvementRounds {
      guard let start = incumbent, end == nil, !environment.shouldStop() else { return }
      var rows = PointActivities(start, form: form, columns: columns)
      var isBetter = false
      if columns.hasContinuous, allowance > 0, let completed = complete(start, iterationLimit: completionLimit) {
        rows = PointActivities(completed, form: form, columns: columns)
        isBetter = form.value(ofWhole: completed) < incumbentObjective
      }
      let hasShifted = OneOpt.improve(&rows)
      let hasSwapped = TwoOpt(effort: options.heuristics.swapEffort).improve(&rows)
      note(work: rows.work)
      if !hasShifted && !hasSwapped && !isBetter { return }
      let source = hasSwapped ? "two-opt" : hasShifted ? "one-opt" : "completion"
      if !offer(rows.point, source: source) { return }
    }
  }
}
