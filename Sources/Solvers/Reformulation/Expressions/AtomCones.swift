import Constraints

extension FormBuilder {
  /// A column that holds the kind of an atom from its convex side, by rows and cones.
  ///
  /// M. Grant, S. Boyd, "Graph implementations for nonsmooth convex programs" (2008).
  mutating func hold(_ atom: Atom, _ x: [Affine], in intervals: [Interval]) -> Affine {
    let kind = atom.kind
    func column(_ value: @escaping @Sendable ([Double]) -> Double) -> Affine {
      Affine(column: addColumn { point in value(x.map { $0.value(at: point) }) })
    }
    switch kind {
    case .absolute:
      let t = column { abs($0[0]) }
      addRow(t - x[0], lower: 0, upper: .infinity)
      addRow(t + x[0], lower: 0, upper: .infinity)
      return t
    case .maximum:
      let t = column { $0.max()! }
      for f in x { addRow(t - f, lower: 0, upper: .infinity) }
      return t
    case .minimum:
      let t = column { $0.min()! }
      for f in x { addRow(f - t, lower: 0, upper: .infinity) }
      return t
    case .squares:
      let t = column { $0.reduce(0) { $0 + $1 * $1 } }
      addCone(.rotatedSecondOrder(dimension: 2 + x.count), [t, Affine(0.5)] + x)
      return t
    case .norm:
      let t = column { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      addCone(.secondOrder(dimension: 1 + x.count), [t] + x)
      return t
    case .quotient:
      let t = column { $0.dropLast().reduce(0) { $0 + $1 * $1 } / $0.last! }
      addCone(.rotatedSecondOrder(dimension: 1 + x.count), [t, x.last!.scaled(by: 0.5)] + x.dropLast())
      return t
    case .exponential:
      let t = column { Operation.exp.value($0[0]) }
      addCone(.exponential, [x[0], Affine(1), t])
      return t
    case .logarithm:
      let t = column { Operation.log.value($0[0]) }
      addCone(.exponential, [t, Affine(1), x[0]])
      return t
    case .entropy:
      // Its limit at 0 is 0.
      let t = column { $0[0] == 0 ? 0 : $0[0] * Operation.log.value($0[0] / $0[1]) }
      addCone(.exponential, [t.scaled(by: -1), x[0], x[1]])
      return t
    case .logSumExp:
      let t = column { terms in
        let most = terms.max()!
        return most + Operation.log.value(terms.reduce(0) { $0 + Operation.exp.value($1 - most) })
      }
      var total = Affine(-1)
      for f in x {
        let part = Affine(column: addColumn { point in Operation.exp.value((f - t).value(at: point)) })
        addCone(.exponential, [f - t, Affine(1), part])
        total.add(part)
      }
      addRow(total, lower: -.infinity, upper: 0)
      return t
    case .geometricMean:
      let t = column { ($0[0] * $0[1]).squareRoot() }
      addCone(.rotatedSecondOrder(dimension: 3), [x[0], x[1].scaled(by: 0.5), t])
      return t
    case .power(let p): return hold(power: p, of: x[0], in: intervals[0])
    case .constant, .sum, .variable, .other: preconditionFailure("not a function that cones express")
    }
  }

  /// Whether a quadratic form is convex from above, or concave from below.
  static func holdsQuadratic(_ terms: [QuadraticTerm], _ side: Hold) -> Bool {
    let sign = side == .above ? 1.0 : -1.0
    let form = QuadraticForm(terms.map { QuadraticTerm(sign * $0.coefficient, $0.first, $0.second) })
    if case .indefinite = form.definiteness(work: ObjectiveBridge.convexityWork) { return false }
    return true
  }

  /// A column that holds a quadratic form from its convex side; nil from another side.
  mutating func holdQuadratic(_ terms: [QuadraticTerm], _ side: Hold) -> Affine? {
    if side == .exact { return nil }
    let sign = side == .above ? 1.0 : -1.0
    let form = QuadraticForm(terms.map { QuadraticTerm(sign * $0.coefficient, $0.first, $0.second) })
    guard case .semidefinite(let factor) = form.definiteness() else { return nil }
    let images = (0..<factor.rowCount).map { Affine(factor.terms($0)) }
    let t = Affine(
      column: addColumn { point in images.reduce(0) { $0 + $1.value(at: point) * $1.value(at: point) } / 2 })
    addCone(.rotatedSecondOrder(dimension: 2 + images.count), [t, Affine(1)] + images)
    return t.scaled(by: sign)
  }

  private mutating func hold(power p: Double, of x: Affine, in interval: Interval) -> Affine {
    let t = Affine(column: addColumn { Operation.power.value(x.value(at: $0), p) })
    switch p {
    case -1: addCone(.rotatedSecondOrder(dimension: 3), [t, x, Affine(2.0.squareRoot())])
    case 0.5: addCone(.rotatedSecondOrder(dimension: 3), [x, Affine(0.5), t])
    case ..<0: addCone(.power(exponent: 1 / (1 - p)), [t, x, Affine(1)])
    case ..<1: addCone(.power(exponent: p), [x, Affine(1), t])
    default:
      let isEven = p.truncatingRemainder(dividingBy: 2) == 0
      if !isEven && !interval.isNonnegative { addRow(x, lower: 0, upper: .infinity) }
      addCone(.power(exponent: 1 / p), [t, Affine(1), x])
    }
    return t
  }
}
