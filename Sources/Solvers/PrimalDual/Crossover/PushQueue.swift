/// Pushes in order, to be tried many at a time: a group that is stopped is split, until too few groups pass.
struct PushQueue {
  /// Groups of this size or less are not worth a trial.
  static let single = 4
  /// Trials after which their yield counts.
  static let patience = 20

  private var ranges: [Range<Int>]
  private var trials = 0
  private var settled = 0

  init(count: Int) { ranges = count > 0 ? [0..<count] : [] }

  /// The next pushes, and whether to try them together.
  mutating func next() -> (range: Range<Int>, isGroup: Bool)? {
    guard let range = ranges.popLast() else { return nil }
    return (range, range.count > PushQueue.single && (trials < PushQueue.patience || settled > 2 * trials))
  }

  /// Notes what came of a group.
  mutating func note(_ range: Range<Int>, passed: Bool) {
    trials += 1
    if passed {
      settled += range.count
    } else {
      let middle = range.lowerBound + range.count / 2
      ranges.append(middle..<range.upperBound)
      ranges.append(range.lowerBound..<middle)
    }
  }
}
