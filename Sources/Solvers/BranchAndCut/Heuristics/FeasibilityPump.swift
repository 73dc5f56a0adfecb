import LinearAlgebra

/// Two sequences of points that approach each other: one keeps the rows, the other is whole. Each point of the one is
/// rounded, column by column with propagation, to one of the other, and the relaxation's nearest point to that is the next
/// of the first. The true costs are mixed in, less from round to round.
///
/// M. Fischetti, F. Glover and A. Lodi, "The feasibility pump", Mathematical Programming 104 (2005); T. Achterberg and
/// T. Berthold, "Improving the feasibility pump", Discrete Optimization 4 (2007); M. Fischetti and D. Salvagnin,
/// "Feasibility pump 2.0", Mathematical Programming Computation 1 (2009).
struct FeasibilityPump {
  struct Options: Sendable {
    var rounds = 60
    /// What the share of the true costs is multiplied by from round to round, and what it starts at.
    var costFade = 0.9
    var costShare = 1.0
    /// Shares that differ by less count as the same when rounds are compared.
    var costDistance = 0.005
    /// Columns moved to the other side when a whole point comes again at once, at least and at most.
    var flips = 10...30
    /// Whole points that are compared with, and random moves at most to come to another one.
    var memory = 3
    var perturbations = 10
    /// Rounds without a smaller distance after which the stage of the binary columns ends.
    var stalledRounds = 15
    /// Distance from a whole number that counts as whole.
    var integrality = 1e-6
  }

  private enum Stage { case binaries, all }

  let form: LinearForm
  let columns: FormColumns
  let domain: Domain
  let side: SideRelaxation
  let options: Options
  private var generator: SplitMix64
  /// The last whole point.
  private(set) var target: [Double]
  /// Whole points so far, with the shares of costs they came with.
  private var seen: [(target: [Double], share: Double)] = []

  /// - Parameter domain: bounds to round in; they are the same afterwards.
  init(
    _ form: LinearForm, columns: FormColumns, domain: Domain, side: SideRelaxation, options: Options = Options(),
    seed: UInt64
  ) {
    self.form = form
    self.columns = columns
    self.domain = domain
    self.side = side
    self.options = options
    generator = SplitMix64(seed: seed)
    target = []
  }

  /// - Parameters:
  ///   - point: a point of the relaxation.
  ///   - iterationLimit: simplex steps at most.
  /// - Returns: a point that keeps the rows, with whole columns that are whole, or nil.
  mutating func run(from point: [Double], iterationLimit: Int, shouldStop: () -> Bool) -> [Double]? {
    var point = point
    var share = options.costShare
    var stage = columns.integers.contains(where: isBinary) ? Stage.binaries : .all
    var (least, stalled) = (Double.infinity, 0)
    let start = side.simplex.iterations
    for _ in 0..<options.rounds {
      if shouldStop() { return nil }
      var rounded = self.rounded(point)
      if rounded == target { rounded = flipped(rounded, point) }
      for _ in 0..<options.perturbations where hasSeen(rounded, share) { rounded = perturbed(rounded, point) }
      target = rounded
      seen.append((rounded, share))
      if seen.count > options.memory { seen.removeFirst() }
      share *= options.costFade
      if share < options.costDistance { share = 0 }
      let left = iterationLimit - (side.simplex.iterations - start)
      guard left > 0, let next = project(stage, share, around: point, limit: left, shouldStop) else { return nil }
      point = next
      var distance = 0.0
      for j in columns.integers where stage == .all || isBinary(j) { distance += abs(point[Int(j)] - target[Int(j)]) }
      if columns.integers.allSatisfy({ isWhole(point[Int($0)]) }) { return point }
      if distance < 0.9 * least { (least, stalled) = (distance, 0) } else { stalled += 1 }
      if stage == .binaries && (distance <= options.integrality || stalled >= options.stalledRounds) {
        stage = .all
        (least, stalled) = (.infinity, 0)
      }
    }
    return nil
  }

  /// Whether a whole point came up before, with about the same share of costs.
  private func hasSeen(_ rounded: [Double], _ share: Double) -> Bool {
    seen.contains { abs($0.share - share) <= options.costDistance && $0.target == rounded }
  }

  private func isBinary(_ j: Int32) -> Bool {
    domain.lower[Int(j)] == 0 && domain.upper[Int(j)] == 1
  }

  private func isWhole(_ value: Double) -> Bool { abs(value - value.rounded()) <= options.integrality }

  // MARK: - Rounding

  /// Rounds column after column, those nearest to whole numbers first, and follows what the rows make of it.
  private mutating func rounded(_ point: [Double]) -> [Double] {
    let mark = domain.mark
    var result = point
    let order = columns.integers.sorted {
      let (one, other) = (point[Int($0)], point[Int($1)])
      let (near, far) = (abs(one - one.rounded()), abs(other - other.rounded()))
      return near != far ? near < far : $0 < $1
    }
    var isOpen = true
    for j in order {
      let column = Int(j)
      let (low, high) = (domain.lower[column], domain.upper[column])
      let value = min(max(point[column].rounded(), low), high)
      result[column] = value
      if !isOpen || low == high { continue }
      let before = domain.mark
      if fix(column, value) { continue }
      domain.undo(to: before)
      let other = value >= point[column] && value - 1 >= low ? value - 1 : value + 1
      if other <= high, fix(column, other) {
        result[column] = other
      } else {
        // No way out here: the rest is rounded as it is.
        domain.undo(to: before)
        isOpen = false
      }
    }
    domain.undo(to: mark)
    return result
  }

  private func fix(_ j: Int, _ value: Double) -> Bool {
    domain.setLower(j, value)
    domain.setUpper(j, value)
    return !domain.isInfeasible && domain.propagate()
  }

  /// Moves the columns farthest from the relaxation's point over to its other side.
  private mutating func flipped(_ rounded: [Double], _ point: [Double]) -> [Double] {
    let count = Int.random(in: options.flips, using: &generator)
    let far = columns.integers.filter { abs(point[Int($0)] - rounded[Int($0)]) > options.integrality }
      .sorted {
        let (one, other) = (abs(point[Int($0)] - rounded[Int($0)]), abs(point[Int($1)] - rounded[Int($1)]))
        return one != other ? one > other : $0 < $1
      }
    var result = rounded
    for j in far.prefix(count) { result[Int(j)] += point[Int(j)] > rounded[Int(j)] ? 1 : -1 }
    return far.isEmpty ? perturbed(rounded, point) : result
  }

  /// Moves columns at random, rather those that are far from the relaxation's point.
  private mutating func perturbed(_ rounded: [Double], _ point: [Double]) -> [Double] {
    var result = rounded
    for j in columns.integers {
      let column = Int(j)
      let luck = max(0, Double.random(in: -0.3..<0.7, using: &generator))
      if abs(point[column] - rounded[column]) + luck <= 0.5 { continue }
      let step: Double = point[column] > rounded[column] ? 1 : point[column] < rounded[column] ? -1 : 0
      let way = step != 0 ? step : rounded[column] < domain.upper[column] ? 1 : -1
      result[column] = min(max(rounded[column] + way, domain.lower[column]), domain.upper[column])
    }
    return result
  }

  // MARK: - Projection

  /// The relaxation's point nearest to the whole one in the sum of distances of the stage's columns, mixed with the costs.
  private func project(
    _ stage: Stage, _ share: Double, around point: [Double], limit: Int, _ shouldStop: () -> Bool
  ) -> [Double]? {
    var norm = 0.0
    for cost in form.objective { norm += cost * cost }
    var costs = [Double](repeating: 0, count: form.columnCount)
    if norm > 0 && share > 0 {
      let scale = share * (Double(columns.integers.count) / norm).squareRoot()
      for j in costs.indices { costs[j] = scale * form.objective[j] }
    }
    var bounds: [Int: (lower: Double, upper: Double)] = [:]
    for j in columns.integers where stage == .all || isBinary(j) {
      let column = Int(j)
      let (low, high, value) = (domain.lower[column], domain.upper[column], target[column])
      if low == high { continue }
      // Strictly between its bounds a distance is no linear function: the column stays on the side where it was.
      let isUp = value <= low || value < high && point[column] > value
      costs[column] += (1 - share) * (isUp ? 1 : -1)
      if value > low && value < high { bounds[column] = isUp ? (value, high) : (low, value) }
    }
    side.setCosts(costs)
    side.setBounds { bounds[$0] ?? (domain.lower[$0], domain.upper[$0]) }
    let before = side.simplex.iterations
    var status = side.simplex.solve(iterationLimit: limit, shouldStop: shouldStop)
    if status == .infeasible && !bounds.isEmpty {
      side.setBounds { (domain.lower[$0], domain.upper[$0]) }
      let left = limit - (side.simplex.iterations - before)
      status = side.simplex.solve(iterationLimit: max(1, left), shouldStop: shouldStop)
    }
    return status == .optimal ? side.simplex.point : nil
  }
}
