import Constraints

/// Something that holds or does not, over the columns of a form under construction; negations are already pushed down to
/// the comparisons.
indirect enum Condition: Sendable {
  /// A function of the values 0 and 1, where it is 1.
  case literal(Affine)
  /// f <= 0, or f < 0.
  case atMost(Affine, isStrict: Bool)
  /// f == 0.
  case equals(Affine)
  /// f != 0.
  case differs(Affine)
  case all([Condition])
  case any([Condition])

  /// How far a function of reals must stay from a side that it may not touch, and functions that may not be equal from
  /// each other: above what solvers let rows be violated by, below what matters.
  static let strictness = 1e-6

  static let always = Condition.all([])
  static let never = Condition.any([])

  /// A function between two bounds.
  static func within(_ f: Affine, _ set: ScalarSet) -> Condition {
    if set.lower == set.upper { return .equals(f - Affine(set.lower)) }
    var parts: [Condition] = []
    if set.upper < .infinity { parts.append(.atMost(f - Affine(set.upper), isStrict: false)) }
    if set.lower > -.infinity { parts.append(.atMost(Affine(set.lower) - f, isStrict: false)) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  var negated: Condition {
    switch self {
    case .literal(let t): .literal(Affine(1) - t)
    case .atMost(let f, let isStrict): .atMost(f.scaled(by: -1), isStrict: !isStrict)
    case .equals(let f): .differs(f)
    case .differs(let f): .equals(f)
    case .all(let parts): .any(parts.map(\.negated))
    case .any(let parts): .all(parts.map(\.negated))
    }
  }

  /// Whether it holds at a point of the columns.
  func holds(at point: [Double]) -> Bool {
    switch self {
    case .literal(let t): t.value(at: point) > 0.5
    case .atMost(let f, let isStrict): f.value(at: point) <= (isStrict ? -0.5 * Condition.strictness : 0.5 * Condition.strictness)
    case .equals(let f): abs(f.value(at: point)) <= 0.5 * Condition.strictness
    case .differs(let f): abs(f.value(at: point)) > 0.5 * Condition.strictness
    case .all(let parts): parts.allSatisfy { $0.holds(at: point) }
    case .any(let parts): parts.contains { $0.holds(at: point) }
    }
  }
}

extension FormBuilder {
  /// Families of at most this many values are made to tell whether a variable has a value.
  static let comparedFamily = 1_000

  /// States that a condition holds wherever `excuse`, a function of whole values from 0 on, is 0.
  ///
  /// Comparisons become rows with the least big number that the proven range of their function allows; a choice between
  /// conditions gets a binary column for each but one. H. P. Williams, "Model Building in Mathematical Programming",
  /// 5th edition (2013), sections 9.2 and 9.3.
  /// - Throws: ``SolverError/refused(_:)`` naming the variable that lacks a bound.
  mutating func require(
    _ condition: Condition, unless excuse: Affine = Affine(), _ what: String
  ) throws(SolverError) {
    switch condition {
    case .literal(let t): addRow(excuse + t, lower: 1, upper: .infinity)
    case .all(let parts): for part in parts { try require(part, unless: excuse, what) }
    case .any(let parts): try requireOne(of: parts, unless: excuse, what)
    case .atMost(let f, let isStrict): try requireAtMost(f, isStrict, unless: excuse, what)
    case .equals(let f):
      if let y = try indicatorOfZero(f, what) {
        addRow(excuse + y, lower: 1, upper: .infinity)
      } else if excuse.isConstant && excuse.constant == 0 {
        addRow(f, lower: 0, upper: 0)
      } else {
        try requireAtMost(f, false, unless: excuse, what)
        try requireAtMost(f.scaled(by: -1), false, unless: excuse, what)
      }
    case .differs(let f):
      if let y = try indicatorOfZero(f, what) {
        addRow(excuse - y, lower: 0, upper: .infinity)
      } else {
        try requireOne(
          of: [.atMost(f, isStrict: true), .atMost(f.scaled(by: -1), isStrict: true)], unless: excuse, what)
      }
    }
  }

  /// A function of the values 0 and 1 that is 1 exactly where the condition holds.
  mutating func truth(_ condition: Condition, negated: Condition, _ what: String) throws(SolverError) -> Affine {
    switch condition {
    case .literal(let t): return t
    case .all(let parts) where parts.count == 1: return try truth(parts[0], negated: parts[0].negated, what)
    case .any(let parts) where parts.count == 1: return try truth(parts[0], negated: parts[0].negated, what)
    case .all(let parts) where parts.isEmpty: return Affine(1)
    case .any(let parts) where parts.isEmpty: return Affine(0)
    case .equals(let f): if let y = try indicatorOfZero(f, what) { return y }
    case .differs(let f): if let y = try indicatorOfZero(f, what) { return Affine(1) - y }
    case .atMost(let f, let isStrict): if let t = literal(f, isStrict) { return t }
    default: break
    }
    let z = Affine(column: addColumn(lower: 0, upper: 1, isInteger: true) { condition.holds(at: $0) ? 1 : 0 })
    try require(condition, unless: Affine(1) - z, what)
    try require(negated, unless: z, what)
    return z
  }

  /// The indicator of the value 0 of a function of one whole column with few values; nil for other functions.
  private mutating func indicatorOfZero(_ f: Affine, _ what: String) throws(SolverError) -> Affine? {
    var f = f
    f.merge()
    if f.terms.isEmpty { return Affine(abs(f.constant) <= 1e-9 ? 1 : 0) }
    guard f.terms.count == 1 else { return nil }
    if let family = knownFamily(of: f) { return family.indicator(of: 0) ?? Affine(0) }
    guard let count = valueCount(of: f), count <= FormBuilder.comparedFamily else { return nil }
    return try valueFamily(of: f, what).indicator(of: 0) ?? Affine(0)
  }

  /// f <= 0 without a column of its own: where f has a family, or is known from its range.
  private mutating func literal(_ f: Affine, _ isStrict: Bool) -> Affine? {
    let bound = limit(of: f, isStrict)
    let (least, most, _, _) = range(of: f)
    if most <= bound { return Affine(1) }
    if least > bound { return Affine(0) }
    var merged = f
    merged.merge()
    var family = knownFamily(of: f)
    if family == nil, merged.terms.count == 1, valueCount(of: f) == 2 { family = try? valueFamily(of: f, "") }
    guard let family else { return nil }
    return family.indicators.indices.reduce(into: Affine()) { sum, k in
      if family.value(k) <= bound + 1e-9 { sum.add(family.indicators[k]) }
    }
  }

  /// What f <= 0 or f < 0 comes to as f <= limit: the largest value of a whole function, or a little below the side.
  private func limit(of f: Affine, _ isStrict: Bool) -> Double {
    guard let step = step(of: f) else { return isStrict ? -Condition.strictness : 0 }
    let whole = -f.constant / step
    let k = isStrict ? (whole - 1e-9).rounded(.up) - 1 : (whole + 1e-9).rounded(.down)
    return f.constant + k * step
  }

  private mutating func requireAtMost(
    _ f: Affine, _ isStrict: Bool, unless excuse: Affine, _ what: String
  ) throws(SolverError) {
    let limit = limit(of: f, isStrict)
    if excuse.isConstant {
      if excuse.constant < 0.5 { addRow(f, lower: -.infinity, upper: limit) }
      return
    }
    let (least, most, _, openAbove) = range(of: f)
    if most <= limit { return }
    if least > limit { return addRow(excuse, lower: 1, upper: .infinity) }
    if let y = literal(f, isStrict) { return addRow(excuse + y, lower: 1, upper: .infinity) }
    if let j = openAbove { throw needsBound(what, variable: j, "a finite") }
    var row = f
    row.add(excuse, times: limit - most)
    addRow(row, lower: -.infinity, upper: limit)
  }

  private mutating func requireOne(
    of parts: [Condition], unless excuse: Affine, _ what: String
  ) throws(SolverError) {
    var total = excuse
    var rest: [Condition] = []
    var pending = Array(parts.reversed())
    while let part = pending.popLast() {
      switch part {
      case .literal(let t): total.add(t)
      case .any(let inner): pending += inner.reversed()
      case .all(let inner) where inner.count == 1: pending.append(inner[0])
      case .all(let inner) where inner.isEmpty: return
      case .equals(let f):
        if let y = try indicatorOfZero(f, what) { total.add(y) } else { rest.append(part) }
      case .differs(let f):
        if let y = try indicatorOfZero(f, what) { total.add(Affine(1) - y) } else { rest.append(part) }
      case .atMost(let f, let isStrict):
        if let t = literal(f, isStrict) { total.add(t) } else { rest.append(part) }
      case .all: rest.append(part)
      }
    }
    guard let last = rest.popLast() else { return addRow(total, lower: 1, upper: .infinity) }
    for part in rest {
      let chosen = Affine(column: addColumn(lower: 0, upper: 1, isInteger: true) { part.holds(at: $0) ? 1 : 0 })
      try require(part, unless: Affine(1) - chosen, what)
      total.add(chosen)
    }
    try require(last, unless: total, what)
  }
}
