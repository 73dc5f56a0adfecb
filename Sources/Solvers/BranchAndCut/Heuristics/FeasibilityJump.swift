import LinearAlgebra

/// A search for a feasible point that needs no relaxation: columns jump, one at a time, to the value that violates their
/// rows the least, and rows that stay violated weigh more and more.
///
/// The weighted violation of the rows as a function of one column is convex and piecewise linear; its minimizer is the
/// column's jump value. Among columns whose jump lowers the total, a few are drawn and the best one jumps. When there are
/// none, the weights of violated rows rise and a column of one of these rows jumps.
///
/// B. Luteberget and G. Sartor, "Feasibility Jump: an LP-free Lagrangian MIP heuristic", Mathematical Programming
/// Computation 15 (2023).
struct FeasibilityJump {
  struct Options: Sendable {
    /// Entries looked at, as a multiple of the form's, and beyond that.
    var effort = 100
    var workCredit = 1_000_000
    /// Columns drawn for each jump.
    var sampleSize = 25
    /// How far a row may be violated, relative to its side or 1.
    var feasibility = 1e-7
    /// Jumps whose score is not above this do not count as progress.
    var leastScore = 1e-9
  }

  private let form: LinearForm
  private let columns: FormColumns
  private let lower: [Double]
  private let upper: [Double]
  private let options: Options
  private var generator: SplitMix64

  private var x: [Double]
  private var activity: [Double]
  /// Weights of the rows, and what they rise by: rows count alike whatever unit they are in.
  private var weight: [Double]
  private let rise: [Double]
  /// The value each column would jump to, and by how much the weighted violation would fall.
  private var jump: [Double]
  private var score: [Double]
  /// Columns with two values, whose jump value is the other one.
  private let isBinary: [Bool]
  /// Other columns whose jump value may no longer be the best one.
  private var isStale: [Bool]
  private var good: IndexedList
  private var violated: IndexedList
  private var breakpoints: [(value: Double, slope: Double)] = []
  /// Entries looked at so far.
  private(set) var work = 0
  private(set) var jumpCount = 0
  /// The point with the fewest violated rows so far, and their number.
  private(set) var bestPoint: [Double]
  private(set) var leastViolated = Int.max

  /// - Parameters:
  ///   - lower: bounds of the columns, within those of the form.
  ///   - start: where to start; nil for the bounds that the costs ask for.
  /// - Complexity: O(entries).
  init(
    _ form: LinearForm, columns: FormColumns, lower: [Double], upper: [Double], start: [Double]? = nil,
    options: Options = Options(), seed: UInt64
  ) {
    self.form = form
    self.columns = columns
    self.lower = lower
    self.upper = upper
    self.options = options
    generator = SplitMix64(seed: seed)
    let (m, n) = (form.rowCount, form.columnCount)
    var first = [Double](repeating: 0, count: n)
    for j in 0..<n {
      let isDear = form.objective[j] > 0 || form.objective[j] == 0 && abs(lower[j]) <= abs(upper[j])
      var value = start?[j] ?? (isDear ? lower[j] : upper[j])
      if !value.isFinite { value = 0 }
      if form.isInteger[j] != 0 { value = value.rounded() }
      first[j] = min(max(value, lower[j]), upper[j])
    }
    x = first
    bestPoint = first
    activity = form.activities(at: first)
    var scales = [Double](repeating: 1, count: m)
    for i in 0..<m {
      var largest = 0.0
      for k in form.starts[i]..<form.starts[i + 1] { largest = max(largest, abs(form.entryValues[k])) }
      if largest > 0 { scales[i] = 1 / largest }
    }
    rise = scales
    weight = scales
    jump = first
    score = [Double](repeating: -.infinity, count: n)
    isStale = [Bool](repeating: false, count: n)
    isBinary = (0..<n).map { form.isInteger[$0] != 0 && upper[$0] - lower[$0] == 1 }
    good = IndexedList(count: n)
    violated = IndexedList(count: m)
    for i in 0..<m where excess(i, activity[i]) > 0 { violated.insert(i) }
    for j in 0..<n { findJump(j) }
    work += 2 * form.entryCount
  }

  /// Jumps until no row is violated, or the effort is spent.
  /// - Returns: the feasible point, or nil.
  mutating func run(shouldStop: () -> Bool = { false }) -> [Double]? {
    let limit = options.effort * form.entryCount + options.workCredit
    while !violated.isEmpty {
      if violated.count < leastViolated {
        leastViolated = violated.count
        bestPoint = x
      }
      if work > limit || jumpCount & 255 == 255 && shouldStop() { return nil }
      jumpCount += 1
      work += options.sampleSize
      if let j = bestOfGood() {
        move(j)
      } else {
        raiseWeights()
        if let j = bestOfViolatedRow() { move(j) }
      }
    }
    // Sums of many steps carry rounding errors.
    activity = form.activities(at: x)
    guard !(0..<form.rowCount).contains(where: { excess($0, activity[$0]) > 0 }) else { return nil }
    leastViolated = 0
    bestPoint = x
    return x
  }

  /// The violation of a row at a value, 0 within the tolerance.
  @inline(__always)
  private func excess(_ i: Int, _ value: Double) -> Double {
    let (low, high) = (form.rowLower[i], form.rowUpper[i])
    if value < low { return low - value > options.feasibility * max(1, abs(low)) ? low - value : 0 }
    if value > high { return value - high > options.feasibility * max(1, abs(high)) ? value - high : 0 }
    return 0
  }


  // MARK: - Choice

  /// The best of a few columns drawn from those whose jump helps.
  private mutating func bestOfGood() -> Int? {
    while !good.isEmpty {
      var best = -1
      for draw in 0..<min(options.sampleSize, good.count) {
        let at = good.count <= options.sampleSize ? draw : Int.random(in: 0..<good.count, using: &generator)
        let j = good[at]
        if best < 0 || score[j] > score[best] { best = j }
      }
      if isStale[best] { findJump(best) }
      if score[best] > options.leastScore { return best }
      good.remove(best)
    }
    return nil
  }

  /// The best of a few columns of a violated row drawn at random.
  private mutating func bestOfViolatedRow() -> Int? {
    let i = violated[Int.random(in: 0..<violated.count, using: &generator)]
    let range = form.starts[i]..<form.starts[i + 1]
    if range.isEmpty { return nil }
    var best = -1
    for draw in 0..<min(options.sampleSize, range.count) {
      let at = range.count <= options.sampleSize ? range.lowerBound + draw : Int.random(in: range, using: &generator)
      let j = Int(form.entryColumns[at])
      if isStale[j] { findJump(j) }
      if jump[j] == x[j] { continue }
      if best < 0 || score[j] > score[best] { best = j }
    }
    return best < 0 ? nil : best
  }

  // MARK: - Moves

  /// Lets a column jump; the scores of the columns in its rows follow.
  private mutating func move(_ j: Int) {
    let step = jump[j] - x[j]
    let old = x[j]
    x[j] = jump[j]
    for e in columns.starts[j]..<columns.starts[j + 1] {
      let i = Int(columns.rows[e])
      let before = activity[i]
      let after = before + columns.values[e] * step
      activity[i] = after
      if excess(i, after) > 0 { violated.insert(i) } else { violated.remove(i) }
      updateScores(i, from: before, to: after, by: weight[i])
    }
    if isBinary[j] {
      jump[j] = old
      rescore(j)
    } else {
      findJump(j)
    }
  }

  /// Adds what a row's change of value means to the scores of its columns.
  private mutating func updateScores(_ i: Int, from before: Double, to after: Double, by weight: Double) {
    let range = form.starts[i]..<form.starts[i + 1]
    work += range.count
    let (low, high) = (form.rowLower[i], form.rowUpper[i])
    let change = max(0, low - after, after - high) - max(0, low - before, before - high)
    let least = options.leastScore
    form.entryColumns.withUnsafeBufferPointer { entryColumns in
      form.entryValues.withUnsafeBufferPointer { entryValues in
        for k in range {
          let j = Int(entryColumns[k])
          let moved = entryValues[k] * (jump[j] - x[j])
          let (one, other) = (before + moved, after + moved)
          let gain = change - (max(0, low - other, other - high) - max(0, low - one, one - high))
          if !isBinary[j] { isStale[j] = true }
          if gain == 0 { continue }
          score[j] += weight * gain
          if score[j] > least { good.insert(j) } else { good.remove(j) }
        }
      }
    }
  }

  /// Rows that are violated weigh more.
  private mutating func raiseWeights() {
    for at in 0..<violated.count {
      let i = violated[at]
      weight[i] += rise[i]
      let value = activity[i]
      let (low, high) = (form.rowLower[i], form.rowUpper[i])
      let now = max(0, low - value, value - high)
      let range = form.starts[i]..<form.starts[i + 1]
      work += range.count
      for k in range {
        let j = Int(form.entryColumns[k])
        let then = value + form.entryValues[k] * (jump[j] - x[j])
        score[j] += rise[i] * (now - max(0, low - then, then - high))
        if score[j] > options.leastScore { good.insert(j) } else { good.remove(j) }
        if !isBinary[j] { isStale[j] = true }
      }
    }
  }

  // MARK: - Jump values

  /// Finds the value of a column other than its own that violates the rows the least, with its score.
  private mutating func findJump(_ j: Int) {
    isStale[j] = false
    let (low, high) = (lower[j], upper[j])
    if low == high {
      jump[j] = x[j]
      score[j] = -.infinity
      good.remove(j)
      return
    }
    if isBinary[j] {
      jump[j] = low + high - x[j]
      rescore(j)
      return
    }
    let best = leastViolating(j)
    if form.isInteger[j] != 0 {
      var values = [best.rounded(.down), best.rounded(.up)]
      if values.contains(x[j]) { values += [x[j] - 1, x[j] + 1] }
      var top = -Double.infinity
      jump[j] = x[j]
      for value in values where value != x[j] && value >= low && value <= high {
        let gain = self.gain(j, to: value)
        if gain > top {
          top = gain
          jump[j] = value
        }
      }
    } else {
      jump[j] = best
    }
    rescore(j)
  }

  /// The minimizer of the weighted violation of the column's rows between its bounds; where there are many, what costs
  /// the least.
  private mutating func leastViolating(_ j: Int) -> Double {
    breakpoints.removeAll(keepingCapacity: true)
    var slope = 0.0
    let range = columns.starts[j]..<columns.starts[j + 1]
    work += range.count
    for e in range {
      let (i, a) = (Int(columns.rows[e]), columns.values[e])
      if a == 0 { continue }
      let rest = activity[i] - a * x[j]
      let size = weight[i] * abs(a)
      for side in [form.rowLower[i], form.rowUpper[i]] where side.isFinite {
        // Left of the break the violation falls when the column's rise leads into the row from outside.
        if (side == form.rowLower[i]) == (a > 0) || form.rowLower[i] == form.rowUpper[i] { slope -= size }
        breakpoints.append(((side - rest) / a, size))
        if form.rowLower[i] == form.rowUpper[i] {
          breakpoints[breakpoints.count - 1].slope = 2 * size
          break
        }
      }
    }
    breakpoints.sort { $0.value < $1.value }
    let (low, high) = (lower[j], upper[j])
    var start = low
    var next = 0
    let negligible = 1e-12 * (abs(slope) + 1)
    while next < breakpoints.count && (breakpoints[next].value <= low || slope < -negligible) {
      if breakpoints[next].value >= high { break }
      start = max(low, breakpoints[next].value)
      slope += breakpoints[next].slope
      next += 1
    }
    let end = next < breakpoints.count ? min(high, breakpoints[next].value) : high
    if slope < -negligible { return end.isFinite ? end : start.isFinite ? start : x[j] }
    if slope > negligible || start == end { return start.isFinite ? start : end.isFinite ? end : x[j] }
    let cost = form.objective[j]
    let wanted = cost > 0 ? start : cost < 0 ? end : min(max(x[j], start), end)
    return wanted.isFinite ? wanted : min(max(x[j], start), end)
  }

  /// By how much the weighted violation falls when a column goes to a value.
  private func gain(_ j: Int, to value: Double) -> Double {
    let step = value - x[j]
    var total = 0.0
    for e in columns.starts[j]..<columns.starts[j + 1] {
      let i = Int(columns.rows[e])
      let (low, high) = (form.rowLower[i], form.rowUpper[i])
      let (before, after) = (activity[i], activity[i] + columns.values[e] * step)
      total += weight[i] * (max(0, low - before, before - high) - max(0, low - after, after - high))
    }
    return total
  }

  private mutating func rescore(_ j: Int) {
    work += columns.starts[j + 1] - columns.starts[j]
    score[j] = jump[j] == x[j] ? -.infinity : gain(j, to: jump[j])
    if score[j] > options.leastScore { good.insert(j) } else { good.remove(j) }
  }
}

/// A set of numbers from 0 on as a list from which one can be drawn; all in constant time.
struct IndexedList {
  private var members: [Int32] = []
  private var places: [Int32]

  init(count: Int) { places = [Int32](repeating: -1, count: count) }

  var isEmpty: Bool { members.isEmpty }
  var count: Int { members.count }
  subscript(_ at: Int) -> Int { Int(members[at]) }

  mutating func insert(_ member: Int) {
    if places[member] >= 0 { return }
    places[member] = Int32(truncatingIfNeeded: members.count)
    members.append(Int32(truncatingIfNeeded: member))
  }

  mutating func remove(_ member: Int) {
    let at = Int(places[member])
    if at < 0 { return }
    let last = members.removeLast()
    if at < members.count {
      members[at] = last
      places[Int(last)] = Int32(truncatingIfNeeded: at)
    }
    places[member] = -1
  }
}
