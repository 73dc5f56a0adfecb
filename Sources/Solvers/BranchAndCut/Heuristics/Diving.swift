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
  /// Rounds column after column of the relaxation, with propagation and a solve after each, until the point is whole or
  /// there is none; a dead end is left once in the other direction.
  ///
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
      guard let (column, isUp) = choose(rule) else { return }
      let value = point[column]
      let before = domain.mark
      if tryRounding(column, value, isUp: isUp) { continue }
      retreats += 1
      if retreats > 5 { return }
      domain.undo(to: before)
      if !tryRounding(column, value, isUp: !isUp) { return }
    }
    _ = offerRelaxation(source: "\(rule.rawValue) diving")
  }

  private func tryRounding(_ column: Int, _ value: Double, isUp: Bool) -> Bool {
    if isUp { domain.setLower(column, value.rounded(.up)) } else { domain.setUpper(column, value.rounded(.down)) }
    guard case .solved = solveRelaxation() else { return false }
    findFractional()
    roundRelaxation()
    return simplex.objective <= cutoff
  }

  private func choose(_ rule: DivingRule) -> (Int, Bool)? {
    var best: (Int, Bool)?
    var least = Double.infinity
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
      if score < least {
        least = score
        best = (j, isUp)
      }
    }
    return best
  }
}
