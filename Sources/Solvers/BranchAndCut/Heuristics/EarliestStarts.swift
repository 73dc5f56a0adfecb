import LinearAlgebra

/// Schedules by starting task after task as early as it can, for forms in which binary columns say which of two comes
/// first.
///
/// A column counts as a start where several rows have the form `start_i - start_j + M y <= M - d`. The start with the
/// smallest lower bound is fixed there; propagation puts the others behind it. That gives schedules in which no machine
/// waits while a task could run; ties are broken at random, so that several tries differ (R. Kolisch, "Serial and parallel
/// resource-constrained project scheduling methods revisited", European Journal of Operational Research 90, 1996).
struct EarliestStarts {
  struct Options: Sendable {
    /// Schedules made.
    var tries = 20
    /// Starts below which there is nothing to schedule.
    var leastStarts = 4
    /// Starts and changed bounds looked at in all tries together, after which no more are made.
    var effort = 5_000_000
    /// A later start is taken before an earlier one with this chance.
    var swapShare = 0.1
  }

  private let form: LinearForm
  private let options: Options
  private var generator: SplitMix64
  let starts: [Int]
  private var work = 0

  /// - Complexity: O(entries).
  init(_ form: LinearForm, options: Options = Options(), seed: UInt64) {
    self.form = form
    self.options = options
    generator = SplitMix64(seed: seed)
    var rows = [Int](repeating: 0, count: form.columnCount)
    for i in 0..<form.rowCount where form.starts[i + 1] - form.starts[i] == 3 {
      let range = form.starts[i]..<form.starts[i + 1]
      let times = range.filter { !Self.isBinary(form, Int(form.entryColumns[$0])) }
      guard times.count == 2, form.entryValues[times[0]] * form.entryValues[times[1]] < 0 else { continue }
      for k in times { rows[Int(form.entryColumns[k])] += 1 }
    }
    let found = rows.indices.filter { rows[$0] >= 2 && form.columnLower[$0].isFinite }
    starts = found.count >= options.leastStarts ? found : []
  }

  private static func isBinary(_ form: LinearForm, _ j: Int) -> Bool {
    form.isInteger[j] != 0 && form.columnLower[j] == 0 && form.columnUpper[j] == 1
  }

  /// Whole values of all whole columns, one array a schedule that propagation had nothing against.
  /// - Complexity: O(tries × starts × (starts + propagation)), within ``Options/effort``.
  mutating func run(shouldStop: () -> Bool) -> [[Double]] {
    if starts.isEmpty { return [] }
    var settings = Domain.Options()
    // Tasks are short against the horizon: every move counts.
    settings.leastMove = 1e-9
    let domain = Domain(form, options: settings)
    domain.queueAll()
    guard domain.propagate() else { return [] }
    domain.keepChanges()
    var found: [[Double]] = []
    for attempt in 0..<options.tries {
      if shouldStop() || work > options.effort { break }
      if schedule(domain, isGreedy: attempt == 0, shouldStop) { found.append(domain.lower.array) }
      domain.undo(to: 0)
    }
    return found
  }

  private mutating func schedule(_ domain: Domain, isGreedy: Bool, _ shouldStop: () -> Bool) -> Bool {
    var open = starts.shuffled(using: &generator)
    let entriesPerColumn = form.entryCount / max(1, form.columnCount) + 1
    while !open.isEmpty {
      if work > options.effort || open.count & 15 == 0 && shouldStop() { return false }
      let before = domain.mark
      var (first, second) = (0, -1)
      for k in open.indices.dropFirst() {
        if domain.lower[open[k]] < domain.lower[open[first]] {
          (first, second) = (k, first)
        } else if second < 0 || domain.lower[open[k]] < domain.lower[open[second]] {
          second = k
        }
      }
      if !isGreedy && second >= 0 && Double.random(in: 0..<1, using: &generator) < options.swapShare { first = second }
      let j = open.remove(at: first)
      domain.setUpper(j, domain.lower[j])
      if domain.isInfeasible || !domain.propagate() { return false }
      work += open.count + entriesPerColumn * (domain.mark - before)
    }
    return true
  }
}
