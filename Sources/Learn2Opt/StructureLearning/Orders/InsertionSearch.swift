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
  /// Moves after which the factor is computed anew.
  static let refreshInterval = 100_000

  let factor: OrderFactor
  /// Range of positions open to a variable that stands at a position.
  let positions: (_ order: [Int], _ position: Int) -> ClosedRange<Int>
  private(set) var moveCount = 0
  private var stepsSinceRefresh = 0
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
    let d = factor.d
    var sequence = Array(0..<d)
    while true {
      sequence.shuffle(using: &random)
      let tolerance = 2 * factor.score * Self.relativeTolerance
      var moved = false
      for v in sequence {
        let p = factor.position[v]
        let best = factor.bestMove(of: p, within: positions(factor.order, p))
        if best.change < -tolerance {
          stepsSinceRefresh += abs(best.position - p)
          factor.move(p, to: best.position)
          moveCount += 1
          moved = true
        }
      }
      if stepsSinceRefresh > Self.refreshInterval {
        stepsSinceRefresh = 0
        factor.refresh()
      }
      if !moved || shouldStop() { return }
    }
  }

  /// Shuffles a short stretch of the order and descends again, many times; a worse order is taken back.
  /// - Parameters:
  ///   - best: memory for the order to return to, of the same size as the factor.
  ///   - idle: ends after so many shakes in a row without a lower score.
  ///   - longest: length of the longest stretch.
  func shake(_ best: OrderFactor, idle: Int, longest: Int, shouldStop: () -> Bool = { false }) {
    let d = factor.d
    if d < 3 { return }
    best.copy(from: factor)
    var score = factor.score
    var failures = 0
    while failures < idle && !shouldStop() {
      let length = Int.random(in: 3...max(3, min(longest, d)), using: &random)
      let start = Int.random(in: 0...(d - length), using: &random)
      for _ in 0..<length {
        let p = Int.random(in: start..<(start + length), using: &random)
        let q = Int.random(in: start..<(start + length), using: &random)
        let range = positions(factor.order, p)
        factor.move(p, to: min(max(q, range.lowerBound), range.upperBound))
        stepsSinceRefresh += abs(p - q)
      }
      descend(shouldStop: shouldStop)
      let now = factor.score
      if now < score * (1 - Self.relativeTolerance) {
        failures = 0
        score = now
        best.copy(from: factor)
      } else {
        failures += 1
        if now > score { factor.copy(from: best) }
      }
    }
  }
}
