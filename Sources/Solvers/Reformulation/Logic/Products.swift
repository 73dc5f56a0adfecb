import Constraints

extension FormBuilder {
  /// Whether a function takes the values 0 and 1 alone: a binary column or one less it.
  func isBinary(_ function: Affine) -> Bool {
    var f = function
    f.merge()
    if f.terms.isEmpty { return f.constant == 0 || f.constant == 1 }
    guard f.terms.count == 1, isBinary(column: Int(f.terms[0].column)) else { return false }
    return f.terms[0].value == 1 && f.constant == 0 || f.terms[0].value == -1 && f.constant == 1
  }

  func isBinary(column j: Int) -> Bool {
    form.linear.isInteger[j] != 0 && form.linear.columnLower[j] >= 0 && form.linear.columnUpper[j] <= 1
  }

  /// The product of a function of the values 0 and 1 and one with a proven range, as a column between the four planes that
  /// hold it exactly.
  ///
  /// G. P. McCormick, "Computability of global solutions to factorable nonconvex programs: part I - convex
  /// underestimating problems", Mathematical Programming 10 (1976), section 3; exact since one factor is 0 or 1.
  /// - Throws: ``SolverError/refused(_:)`` naming the variable that lacks a bound.
  mutating func product(_ z: Affine, _ f: Affine, _ what: String) throws(SolverError) -> Affine {
    if z.isConstant { return f.scaled(by: z.constant) }
    if f.isConstant { return z.scaled(by: f.constant) }
    if isBinary(f), z.isSame(as: f) { return z }
    let (least, most, openBelow, openAbove) = range(of: f)
    if let j = openBelow { throw needsBound(what, variable: j, "a finite lower") }
    if let j = openAbove { throw needsBound(what, variable: j, "a finite upper") }
    let w = Affine(
      column: addColumn(lower: min(0, least), upper: max(0, most)) { z.value(at: $0) * f.value(at: $0) })
    // least z <= w <= most z and f - most (1 - z) <= w <= f - least (1 - z).
    if least != 0 { addRow(w - z.scaled(by: least), lower: 0, upper: .infinity) }
    addRow(w - z.scaled(by: most), lower: -.infinity, upper: 0)
    addRow(w - f - z.scaled(by: most), lower: -most, upper: .infinity)
    addRow(w - f - z.scaled(by: least), lower: -.infinity, upper: -least)
    return w
  }

  /// The terms of a quadratic function that a binary factor makes linear, as an affine function, and those that are left.
  ///
  /// Terms are made linear where all are, or where those left are needed for convexity; `isConvex` says whether the terms
  /// as they stand are, and is asked only where it matters.
  mutating func linearized(
    _ terms: [QuadraticTerm], isConvex: () -> Bool, _ what: String
  ) throws(SolverError) -> (linear: Affine, rest: [QuadraticTerm]) {
    func hasBinary(_ term: QuadraticTerm) -> Bool {
      isBinary(column: Int(term.first)) || isBinary(column: Int(term.second))
    }
    if !terms.contains(where: hasBinary) || (!terms.allSatisfy(hasBinary) && isConvex()) { return (Affine(), terms) }
    var linear = Affine()
    var rest: [QuadraticTerm] = []
    for term in terms {
      let (i, j) = (Int(term.first), Int(term.second))
      if i == j, isBinary(column: i) {
        linear.add(Affine(column: i), times: term.coefficient)
      } else if hasBinary(term) {
        let (z, x) = isBinary(column: i) ? (i, j) : (j, i)
        let key = LoweredExpressions.Pair(first: Int32(min(z, x)), second: Int32(max(z, x)))
        let w: Affine
        if let known = lowered.products[key] {
          w = known
        } else {
          w = try product(Affine(column: z), Affine(column: x), what)
          lowered.products[key] = w
        }
        linear.add(w, times: term.coefficient)
      } else {
        rest.append(term)
      }
    }
    return (linear, rest)
  }
}
