import Constraints

/// Draws consequences for the bounds of variables from one linear row after another until two of them contradict each
/// other, and remembers what each was drawn from.
///
/// The chain is what a person would write down: this row with those bounds gives that bound. Rows are taken from the
/// model at hand, with all requirements in force.
///
/// M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA Journal on
/// Computing 6 (1994), section 1, for the consequences.
struct Implications {
  /// A bound: original where ``step`` is negative, else the consequence of that number.
  struct Bound {
    var variable: Int
    var isUpper: Bool
    var value: Double
    var step: Int
  }

  /// One consequence: a row's side with bounds of its other variables gives a bound of one.
  struct Step {
    var variable: Int
    var isUpper: Bool
    var value: Double
    var row: Int
    var usesUpperSide: Bool
    var premises: [Bound]
    /// Whether the bound was rounded to a whole number.
    var isRounded: Bool
  }

  /// Where the consequences end.
  struct Contradiction {
    enum Kind {
      /// The row's value lies beyond this side for all values within the bounds: at most or at least `reach`.
      case row(Int, missesUpperSide: Bool, reach: Double)
      /// No value is left for the variable.
      case variable(Int)
      /// All variables of the row and its coefficients are whole, and no whole multiple of `divisor` lies between its
      /// sides.
      case divisor(row: Int, Double)
    }
    var kind: Kind
    var premises: [Bound]
    /// The consequences it rests on, in the order in which they were drawn.
    var steps: [Int]
    /// What it rests on in the model.
    var requirements: [Requirement]
  }

  /// How far beyond a side a row's least or greatest value must lie, absolutely or relative to the numbers that enter, to
  /// count as a contradiction: the checker's tolerance for points.
  static let margin = 1e-6
  /// How often the whole model's entries may be looked at.
  static let rounds = 8

  private let model: Model
  private(set) var steps: [Step] = []
  private var lower: [Double]
  private var upper: [Double]
  /// The consequence that gave each present bound, -1 for the model's own.
  private var lowerStep: [Int]
  private var upperStep: [Int]

  init(_ model: Model) {
    self.model = model
    lower = model.lower
    upper = model.upper
    for j in 0..<model.variableCount where model.domains[j].isSemi {
      lower[j] = min(lower[j], 0)
      upper[j] = max(upper[j], 0)
    }
    lowerStep = [Int](repeating: -1, count: model.variableCount)
    upperStep = lowerStep
  }

  /// The first contradiction found, or nil.
  /// - Complexity: O(entries) for each of ``rounds`` at most, and the premises of each consequence.
  mutating func contradiction() -> Contradiction? {
    for j in 0..<model.variableCount {
      if let found = emptiness(of: j) { return found }
    }
    for i in 0..<model.rows.count {
      if let found = crossing(of: i) ?? divisibility(of: i) { return found }
    }
    return propagate()
  }

  private mutating func propagate() -> Contradiction? {
    let rows = model.rows
    var columnStarts = [Int](repeating: 0, count: model.variableCount + 1)
    for j in rows.columns { columnStarts[Int(j) + 1] += 1 }
    for j in 0..<model.variableCount { columnStarts[j + 1] += columnStarts[j] }
    var next = columnStarts
    var columnRows = [Int32](repeating: 0, count: rows.entryCount)
    for i in 0..<rows.count {
      for k in rows.range(i) {
        let j = Int(rows.columns[k])
        columnRows[next[j]] = Int32(i)
        next[j] += 1
      }
    }
    var queue = (0..<rows.count).map { Int32($0) }
    var isQueued = [Bool](repeating: true, count: rows.count)
    var head = 0
    var budget = Implications.rounds * (rows.entryCount + rows.count) + 1000
    while head < queue.count, budget > 0 {
      let i = Int(queue[head])
      head += 1
      isQueued[i] = false
      budget -= rows.range(i).count + 1
      let before = steps.count
      if let found = look(at: i) { return found }
      for step in before..<steps.count {
        let j = steps[step].variable
        for k in columnStarts[j]..<columnStarts[j + 1] where !isQueued[Int(columnRows[k])] {
          isQueued[Int(columnRows[k])] = true
          queue.append(columnRows[k])
        }
      }
    }
    return nil
  }

  /// The least (or greatest) value of a row's entry, with the bound that gives it.
  private func extreme(_ k: Int, greatest: Bool) -> (value: Double, bound: Bound) {
    let a = model.rows.values[k]
    let j = Int(model.rows.columns[k])
    let isUpper = (a > 0) == greatest
    let x = isUpper ? upper[j] : lower[j]
    return (a * x, Bound(variable: j, isUpper: isUpper, value: x, step: isUpper ? upperStep[j] : lowerStep[j]))
  }

  /// Draws what one row gives.
  private mutating func look(at i: Int) -> Contradiction? {
    for usesUpperSide in [false, true] {
      let side = usesUpperSide ? model.rows.upper[i] : model.rows.lower[i]
      if !side.isFinite { continue }
      // Against the upper side stands the least value of the row, against the lower side the greatest.
      var sum = 0.0
      var size = abs(side)
      var infinite = 0
      for k in model.rows.range(i) where model.rows.values[k] != 0 {
        let value = extreme(k, greatest: !usesUpperSide).value
        if value.isFinite && abs(value) < 1e13 {
          sum += value
          size = max(size, abs(value))
        } else {
          infinite += 1
        }
      }
      if infinite > 1 { continue }
      let excess = usesUpperSide ? sum - side : side - sum
      if infinite == 0 && excess > Implications.margin * max(1, size) {
        let premises = model.rows.range(i).filter { model.rows.values[$0] != 0 }.map { extreme($0, greatest: !usesUpperSide).bound }
        return contradiction(
          .row(i, missesUpperSide: usesUpperSide, reach: sum), premises, [usesUpperSide ? .rowUpper(i) : .rowLower(i)])
      }
      let error = 1e-15 * size * Double(max(1, model.rows.range(i).count))
      for k in model.rows.range(i) where model.rows.values[k] != 0 {
        let own = extreme(k, greatest: !usesUpperSide).value
        let isInfinite = !(own.isFinite && abs(own) < 1e13)
        if infinite == 1 && !isInfinite { continue }
        let others = isInfinite ? sum : sum - own
        let a = model.rows.values[k]
        let limit = (side - others + (usesUpperSide ? error : -error)) / a
        if let found = narrow(Int(model.rows.columns[k]), to: limit, isUpper: (a > 0) == usesUpperSide, i, usesUpperSide) {
          return found
        }
      }
    }
    return nil
  }

  /// Takes over a bound where it is clearly better than the present one.
  private mutating func narrow(
    _ j: Int, to limit: Double, isUpper: Bool, _ i: Int, _ usesUpperSide: Bool
  ) -> Contradiction? {
    var value = limit
    let isWhole = model.domains[j].isIntegral
    if isWhole { value = isUpper ? (limit + Implications.margin).rounded(.down) : (limit - Implications.margin).rounded(.up) }
    let present = isUpper ? upper[j] : lower[j]
    let step = isWhole ? 0.5 : 1e-3 * max(1, min(abs(lower[j]), abs(upper[j])))
    let gain = isUpper ? present - value : value - present
    guard value.isFinite, abs(value) < 1e13, gain > (present.isFinite ? step : 0) else { return nil }
    if model.domains[j].isSemi && (isUpper ? value < 0 : value > 0) { return nil }
    var premises: [Bound] = []
    for k in model.rows.range(i) where Int(model.rows.columns[k]) != j && model.rows.values[k] != 0 {
      premises.append(extreme(k, greatest: !usesUpperSide).bound)
    }
    steps.append(
      Step(
        variable: j, isUpper: isUpper, value: value, row: i, usesUpperSide: usesUpperSide, premises: premises,
        isRounded: isWhole && value != limit))
    if isUpper {
      upper[j] = value
      upperStep[j] = steps.count - 1
    } else {
      lower[j] = value
      lowerStep[j] = steps.count - 1
    }
    return emptiness(of: j)
  }

  /// The contradiction of a variable's bounds, if there is one.
  private func emptiness(of j: Int) -> Contradiction? {
    var low = lower[j]
    var high = upper[j]
    var needsWhole = false
    let tolerance = Implications.margin * max(1, min(abs(low), abs(high)))
    if low - high <= tolerance {
      guard model.domains[j] == .integer || model.domains[j] == .binary, low.isFinite, high.isFinite else { return nil }
      low = (low - Implications.margin).rounded(.up)
      high = (high + Implications.margin).rounded(.down)
      if low <= high { return nil }
      needsWhole = true
    }
    let premises = [
      Bound(variable: j, isUpper: false, value: lower[j], step: lowerStep[j]),
      Bound(variable: j, isUpper: true, value: upper[j], step: upperStep[j]),
    ]
    return contradiction(.variable(j), premises, needsWhole ? [.integrality(j)] : [])
  }

  /// The contradiction of a row's sides, if they cross.
  private func crossing(of i: Int) -> Contradiction? {
    let (low, high) = (model.rows.lower[i], model.rows.upper[i])
    guard low - high > Implications.margin * max(1, abs(high)), high.isFinite, low.isFinite else { return nil }
    return contradiction(.row(i, missesUpperSide: true, reach: low), [], [.rowLower(i), .rowUpper(i)])
  }

  /// The contradiction between a row's sides and the greatest common divisor of its coefficients.
  private func divisibility(of i: Int) -> Contradiction? {
    let range = model.rows.range(i)
    let (low, high) = (model.rows.lower[i], model.rows.upper[i])
    guard low.isFinite, high.isFinite, !range.isEmpty, range.allSatisfy({
      let a = model.rows.values[$0]
      let domain = model.domains[Int(model.rows.columns[$0])]
      return (domain == .integer || domain == .binary) && a == a.rounded() && abs(a) < 1e9
    }) else { return nil }
    var divisor = 0.0
    for k in range {
      var (a, b) = (abs(model.rows.values[k]), divisor)
      while b != 0 { (a, b) = (b, a.truncatingRemainder(dividingBy: b)) }
      divisor = a
    }
    guard divisor > 1, abs(low) < 1e12, abs(high) < 1e12 else { return nil }
    let multiple = ((low - Implications.margin * max(1, abs(low))) / divisor).rounded(.up) * divisor
    if multiple <= high + Implications.margin * max(1, abs(high)) { return nil }
    let whole = range.map { Requirement.integrality(Int(model.rows.columns[$0])) }
    return contradiction(.divisor(row: i, divisor), [], [.rowLower(i), .rowUpper(i)] + whole)
  }

  /// Follows premises back to the model.
  private func contradiction(_ kind: Contradiction.Kind, _ premises: [Bound], _ own: [Requirement]) -> Contradiction {
    var found = Set(own)
    var used: Set<Int> = []
    var open = premises
    while let bound = open.popLast() {
      if bound.step < 0 {
        let isModelled = !model.domains[bound.variable].isSemi
        if isModelled && bound.value.isFinite {
          found.insert(bound.isUpper ? .variableUpper(bound.variable) : .variableLower(bound.variable))
        }
        continue
      }
      guard used.insert(bound.step).inserted else { continue }
      let step = steps[bound.step]
      found.insert(step.usesUpperSide ? .rowUpper(step.row) : .rowLower(step.row))
      if step.isRounded { found.insert(.integrality(step.variable)) }
      open += step.premises
    }
    return Contradiction(
      kind: kind, premises: premises, steps: used.sorted(), requirements: model.requirements.filter { found.contains($0) })
  }
}
