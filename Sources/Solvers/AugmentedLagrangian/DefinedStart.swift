import LinearAlgebra

/// Finds a point near the start where all functions and first derivatives are finite and not huge.
enum DefinedStart {
  /// Where a first derivative is larger than this, functions count as not defined: squares of steps and curvatures there
  /// leave the range of floating-point numbers.
  static let largestDerivative = 1e50

  /// Tries the start, then points moved into the interior of the bounds and by random amounts of growing size.
  ///
  /// - Parameter l: the start is its current point, replaced by what was found.
  /// - Returns: whether there is such a point among `attempts`.
  static func find(
    _ l: AugmentedLagrangianFunction, attempts: Int, random: inout SplitMix64, context: SolveContext
  ) -> Bool {
    let at = l.current, problem = l.problem, n = l.n
    let start = at.x.array
    for attempt in 0...max(0, attempts) {
      if attempt > 0 {
        if context.shouldStop { return false }
        // From a ten-thousandth of the distance to ten times the size of the point.
        let part = min(1.0, 1e-4 * Double(1 << min(13, attempt / 2)))
        for j in 0..<n {
          let low = problem.lower[j], high = problem.upper[j], x = start[j]
          let unit = max(1, abs(x))
          let width = min(high - low, 20 * unit)
          var moved = x
          if attempt % 2 == 1 {
            // Away from the bounds.
            let margin = 0.5 * part * width
            if x - low < margin { moved = low + margin } else if high - x < margin { moved = high - margin }
          } else {
            moved += part * 0.5 * width * (2 * Double.random(in: 0..<1, using: &random) - 1)
          }
          at.x[j] = min(max(moved, low), high)
        }
      }
      if at.evaluate(problem) && at.differentiate(problem) && at.largestDerivative <= Self.largestDerivative {
        return true
      }
    }
    return false
  }
}
