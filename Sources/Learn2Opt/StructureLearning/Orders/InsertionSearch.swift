import LinearAlgebra

/// Least squares over orders by moving one variable at a time to its best position, with restarts and shaken repeats.
///
/// A pass asks every variable for its best position and moves it there; passes repeat until none moves. From such a
/// local optimum the search shuffles a short stretch of the order and descends again, keeping the better of the two.
///
/// - Sources: M. Teyssier, D. Koller, "Ordering-based search", UAI 2005 (search over orders); B. Andrews, J. Ramsey,
///   R. Sanchez-Romero, J. Camchong, E. Kummerfeld, "Fast scalable and accurate discovery of DAGs using the best order
///   score search", NeurIPS 2023 (best positions); H. Lourenço, O. Martin, T. Stützle, "Iterated local search", 2003.
/// - Complexity: a pass takes O(d²) to look and O(d) for each step of each move.
final class InsertionSearch {
  /// A change of the score below this, relative to the score, is rounding and no improvement.
  static let relativeTolerance = 1e-10
  /// Exchanges of neighbours after which the factor is computed anew.
  static let refreshInterval = 1_000_000
  /// Positions on either side of a shaken stretch whose variables are asked for better places.
  static let margin = 5
  /// How far beyond a shaken stretch they may go.
  static let reach = 40

  let factor: OrderFactor
  /// Range of positions open to a variable that stands at a position.
  let positions: (_ order: [Int], _ position: Int) -> ClosedRange<Int>
  private(set) var moveCount = 0
  private var stepsSinceRefresh = 0
  /// Positions that moves have touched since the last shake began.
  private var touched = 0..<0
  private var random: SplitMix64

  init(
    factor: OrderFactor, seed: UInt64,
    positions: @escaping (_ order: [Int], _ position: Int) -> ClosedRange<Int>
  ) {
    self.factor = factor
    self.positions = positions
    random = SplitMix64(seed: seed)
  }

  /// Moves variables until no single move lowers the score.
  /// - Parameter shouldStop: asked once a pass.
  func descend(shouldStop: () -> Bool = { false }) {
    descend(Array(0..<factor.d), within: 0...(factor.d - 1), shouldStop: shouldStop)
  }

  /// Moves variables of a list within a range of positions until no single move of one of them lowers the score.
  private func descend(_ variables: [Int], within window: ClosedRange<Int>, shouldStop: () -> Bool) {
    var sequence = variables
    while true {
      sequence.shuffle(using: &random)
      let tolerance = 2 * factor.score * Self.relativeTolerance
      var moved = false
      for v in sequence {
        let p = factor.position[v]
        let best = factor.bestMove(of: p, within: positions(factor.order, p).clamped(to: window))
        if best.change < -tolerance {
          move(p, to: best.position)
          moveCount += 1
          moved = true
        }
      }
      if !moved || shouldStop() { return }
    }
  }

  private func move(_ p: Int, to q: Int) {
    factor.move(p, to: q)
    touched = min(touched.lowerBound, min(p, q))..<max(touched.upperBound, max(p, q) + 1)
    stepsSinceRefresh += abs(q - p)
  }

  /// Shuffles a short stretch of the order and descends again near it, many times. What is no better is taken back; what
  /// is better is followed by a descent of all variables.
  /// - Parameters:
  ///   - best: memory for the order to return to, of the same size as the factor.
  ///   - idle: ends after so many shakes in a row without a lower score.
  ///   - longest: length of the longest stretch.
  /// - Complexity: O(d w) for a shake that touches w positions.
  func shake(_ best: OrderFactor, idle: Int, longest: Int, shouldStop: () -> Bool = { false }) {
    let d = factor.d
    if d < 3 { return }
    best.copy(from: factor)
    var score = factor.score
    var failures = 0
    var improvedSinceDescent = false
    while !shouldStop() {
      if failures >= idle {
        // Gains near one stretch may open moves elsewhere.
        if !improvedSinceDescent { return }
        descend(shouldStop: shouldStop)
        factor.refresh()
        if factor.score >= score * (1 - Self.relativeTolerance) { return }
        improvedSinceDescent = false
        failures = 0
        score = factor.score
        best.copy(from: factor)
      }
      let length = Int.random(in: 3...max(3, min(longest, d)), using: &random)
      let start = Int.random(in: 0...(d - length), using: &random)
      touched = start..<(start + length)
      let near = Array(factor.order[max(0, start - Self.margin)..<min(d, start + length + Self.margin)])
      for _ in 0..<length {
        let p = Int.random(in: start..<(start + length), using: &random)
        let q = Int.random(in: start..<(start + length), using: &random)
        let range = positions(factor.order, p)
        move(p, to: min(max(q, range.lowerBound), range.upperBound))
      }
      let window = max(0, start - Self.reach)...min(d - 1, start + length + Self.reach)
      descend(near, within: window, shouldStop: shouldStop)
      if factor.score < score * (1 - Self.relativeTolerance) {
        failures = 0
        improvedSinceDescent = true
        score = factor.score
        best.copy(from: factor, positions: touched)
        if stepsSinceRefresh > Self.refreshInterval {
          stepsSinceRefresh = 0
          factor.refresh()
          best.copy(from: factor)
        }
      } else {
        failures += 1
        factor.copy(from: best, positions: touched)
      }
    }
  }
}
