/// How a dive chooses the next column to round.
///
/// T. Berthold, "Primal heuristics for mixed integer programs", diploma thesis, TU Berlin (2006), chapter 3.
enum DivingRule: String, Sendable, CaseIterable {
  /// The one nearest to a whole number, to that number.
  case fractional
  /// The one nearest to its value in the incumbent, to that value.
  case guided
  /// The one that the fewest rows limit in one direction, in that direction.
  case coefficient
  /// The one that costs the least for each row that it occurs in.
  case vectorLength = "vector length"
  /// The one whose pseudo-costs say that the other direction is the dearer.
  case pseudocost
}

extension BranchAndCut {
  /// Rounds columns of the relaxation, with propagation after each, until the point is whole or there is none; a dead end
  /// is left once in the other direction.
  ///
  /// The relaxation is solved again after each sixteenth of its fractional columns: a solve after each one would take most
  /// of its steps where propagation knows the answer.
  /// - Parameter iterationLimit: simplex steps of the whole dive at most.
  func dive(_ rule: DivingRule, iterationLimit: Int) {
    if rule == .guided && incumbent == nil { return }
    let kept = simplexState
    let mark = domain.mark
    let start = simplex.iterations
    defer {
      domain.undo(to: mark)
      passBounds()
      load(kept)
      _ = simplex.solve(shouldStop: environment.shouldStop)
      simplex.writePoint(point.pointer)
      findFractional()
      heuristicState.iterations += simplex.iterations - start
    }
    var retreats = 0
    while !fractional.isEmpty {
      if environment.shouldStop() || end != nil || simplex.iterations - start > iterationLimit { return }
      let picks = choose(rule, count: 1 + fractional.count / 16)
      guard let first = picks.first else { return }
      let value = point[first.column]
      let before = domain.mark
      if tryRounding(picks) { continue }
      if picks.count > 1 {
        domain.undo(to: before)
        if tryRounding([first]) { continue }
      }
      retreats += 1
      if retreats > 5 { return }
      domain.undo(to: before)
      if !tryRounding([Rounding(column: first.column, value: value, isUp: !first.isUp)]) { return }
    }
    _ = offerRelaxation(source: "\(rule.rawValue) diving")
  }

  private struct Rounding {
    var column: Int
    var value: Double
    var isUp: Bool
  }

  /// Rounds the first column, and the others as far as propagation lets them; then solves.
  private func tryRounding(_ picks: [Rounding]) -> Bool {
    for (k, pick) in picks.enumerated() {
      let target = pick.isUp ? pick.value.rounded(.up) : pick.value.rounded(.down)
      if k > 0 && (target < domain.lower[pick.column] || target > domain.upper[pick.column]) { continue }
      let before = domain.mark
      if pick.isUp { domain.setLower(pick.column, target) } else { domain.setUpper(pick.column, target) }
      if domain.isInfeasible || !domain.propagate() {
        if k == 0 { return false }
        domain.undo(to: before)
        break
      }
    }
    guard case .solved = solveRelaxation() else { return false }
    findFractional()
    roundRelaxation()
    return simplex.objective <= cutoff
  }

  /// The columns that the rule likes best, the best first.
  private func choose(_ rule: DivingRule, count: Int) -> [Rounding] {
    var scored: [(score: Double, pick: Rounding)] = []
    scored.reserveCapacity(fractional.count)
    for j in fractional {
      let j = Int(j)
      let value = point[j]
      let part = value - value.rounded(.down)
      let (down, up) = (Double(columns.downLocks[j]), Double(columns.upLocks[j]))
      var isUp = part > 0.5
      var score: Double
      switch rule {
      case .fractional:
        score = isUp ? 1 - part : part
        if down == 0 || up == 0 { score += 2 }
      case .guided:
        let target = incumbent?[j] ?? value
        isUp = target > value
        score = abs(target - value)
      case .coefficient:
        if down == 0 || up == 0 {
          // Rounding it keeps all rows anyway.
          isUp = up == 0 && down > 0
          score = 1e6 + (isUp ? 1 - part : part)
        } else {
          isUp = up < down || up == down && part > 0.5
          score = min(up, down) + (isUp ? 1 - part : part) * 0.1
        }
      case .vectorLength:
        let cost = form.objective[j]
        isUp = cost >= 0
        let loss = isUp ? (1 - part) * cost : -part * cost
        score = (loss + 1e-6) / Double(columns.starts[j + 1] - columns.starts[j] + 1)
      case .pseudocost:
        let lossDown = pseudocosts.rate(j, isUp: false) * part
        let lossUp = pseudocosts.rate(j, isUp: true) * (1 - part)
        if part < 0.2 || part > 0.8 { isUp = part > 0.5 } else { isUp = lossUp < lossDown }
        let (chosen, other) = isUp ? (lossUp, lossDown) : (lossDown, lossUp)
        score = -(isUp ? part : 1 - part) * (other + 1e-6) / (chosen + 1e-6)
      }
      scored.append((score, Rounding(column: j, value: value, isUp: isUp)))
    }
    if count == 1 { return scored.min { $0.score < $1.score }.map { [$0.pick] } ?? [] }
    scored.sort { ($0.score, $0.pick.column) < ($1.score, $1.pick.column) }
    return scored.prefix(count).map(\.pick)
  }
}
