/// What branching on a column has cost so far: the mean growth of the objective for each unit that it was moved.
///
/// M. Benichou, J. M. Gauthier, P. Girodet, G. Hentges, G. Ribiere and O. Vincent, "Experiments in mixed-integer linear
/// programming", Mathematical Programming 1 (1971).
struct Pseudocosts {
  private var sums: [Double]
  private var counts: [Int32]
  private var totalSum = 0.0
  private var totalCount = 0

  init(columnCount: Int) {
    sums = [Double](repeating: 0, count: 2 * columnCount)
    counts = [Int32](repeating: 0, count: 2 * columnCount)
  }

  /// Notes that moving a column by `distance` made the objective grow by `gain`.
  mutating func note(_ column: Int, isUp: Bool, distance: Double, gain: Double) {
    guard distance > 1e-9, gain.isFinite else { return }
    let k = 2 * column + (isUp ? 1 : 0)
    let rate = max(0, gain) / distance
    sums[k] += rate
    counts[k] += 1
    totalSum += rate
    totalCount += 1
  }

  /// Growth for each unit; that of all columns where a column has none yet.
  func rate(_ column: Int, isUp: Bool) -> Double {
    let k = 2 * column + (isUp ? 1 : 0)
    if counts[k] > 0 { return sums[k] / Double(counts[k]) }
    return totalCount > 0 ? totalSum / Double(totalCount) : 1
  }

  /// How many times the rarer direction was noted.
  func reliability(_ column: Int) -> Int { Int(min(counts[2 * column], counts[2 * column + 1])) }

  /// Adds what another copy has noted since both were the same as `start`.
  mutating func add(_ other: Pseudocosts, since start: Pseudocosts) {
    for k in sums.indices where other.counts[k] != start.counts[k] {
      sums[k] += other.sums[k] - start.sums[k]
      counts[k] += other.counts[k] - start.counts[k]
    }
    totalSum += other.totalSum - start.totalSum
    totalCount += other.totalCount - start.totalCount
  }

  /// The product of the growths on both sides (T. Achterberg, "Constraint integer programming", PhD thesis, TU Berlin,
  /// 2007, section 5.1).
  static func score(_ down: Double, _ up: Double) -> Double { max(down, 1e-6) * max(up, 1e-6) }
}
