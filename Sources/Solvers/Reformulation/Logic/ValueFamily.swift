import Constraints

/// For each value that a whole-number function can take an affine function of columns that is 1 where it has that value
/// and 0 where it has another.
///
/// The values are `first`, `first + step`, `first + 2 step`, ... The indicators add up to 1.
struct ValueFamily: Sendable {
  let first: Double
  let step: Double
  let indicators: [Affine]

  /// Values closer than this times the step are the same.
  static let tolerance = 1e-9
  /// Families of more values are not made: their columns would drown the model.
  static let largest = 20_000

  var count: Int { indicators.count }
  func value(_ k: Int) -> Double { first + Double(k) * step }
  var values: [Double] { indicators.indices.map(value) }

  /// The indicator of a value; nil where the function never has it.
  func indicator(of value: Double) -> Affine? {
    let k = ((value - first) / step).rounded()
    guard k >= 0, k < Double(count), abs(first + k * step - value) <= ValueFamily.tolerance * abs(step) else { return nil }
    return indicators[Int(k)]
  }

  /// The family of `factor * f + offset`.
  func mapped(factor: Double, offset: Double) -> ValueFamily {
    ValueFamily(first: factor * first + offset, step: factor * step, indicators: indicators)
  }
}

/// The families made so far: constraints on the same function share one.
struct ValueFamilies {
  /// By the terms of the function, without its constant.
  struct Key: Hashable {
    var columns: [Int32]
    var values: [Double]
  }
  var byFunction: [Key: ValueFamily] = [:]
}

extension FormBuilder {
  /// The family of a function of whole columns with proven bounds: one for each column, shared by all constraints.
  ///
  /// A column of two values needs no further columns; others get a binary column for each value, `Σ y = 1` and
  /// `f = Σ value y`.
  /// - Throws: ``SolverError/refused(_:)`` naming the variable that is not whole or lacks a bound.
  mutating func valueFamily(of function: Affine, _ what: String) throws(SolverError) -> ValueFamily {
    var f = function
    f.merge()
    if f.terms.isEmpty { return ValueFamily(first: f.constant, step: 1, indicators: [Affine(1)]) }
    let offset = f.constant
    f.constant = 0
    f.sources = []
    if f.terms.count == 1 {
      let term = f.terms[0]
      let key = ValueFamilies.Key(columns: [term.column], values: [1])
      let base: ValueFamily
      if let known = families.byFunction[key] {
        base = known
      } else {
        base = try makeFamily(of: Affine(column: Int(term.column)), step: 1, what)
        families.byFunction[key] = base
      }
      return base.mapped(factor: term.value, offset: offset)
    }
    let key = ValueFamilies.Key(columns: f.terms.map(\.column), values: f.terms.map(\.value))
    if let known = families.byFunction[key] { return known.mapped(factor: 1, offset: offset) }
    guard let step = step(of: f) else { throw notWhole(f, what) }
    let family = try makeFamily(of: f, step: step, what)
    families.byFunction[key] = family
    return family.mapped(factor: 1, offset: offset)
  }

  /// The family of a function if there is one already, or if it needs no columns.
  func knownFamily(of function: Affine) -> ValueFamily? {
    var f = function
    f.merge()
    guard f.terms.count == 1 else { return nil }
    return families.byFunction[ValueFamilies.Key(columns: [f.terms[0].column], values: [1])]?
      .mapped(factor: f.terms[0].value, offset: f.constant)
  }

  /// How many values a function can take, from its proven range; nil where it is not whole or has no such range.
  mutating func valueCount(of function: Affine) -> Int? {
    var f = function
    f.merge()
    guard let step = step(of: f) else { return f.terms.isEmpty ? 1 : nil }
    let (least, most, _, _) = range(of: f)
    let count = (most - least) / step + 1
    return count.isFinite && count < 1e9 ? max(0, Int(count.rounded())) : nil
  }

  /// The number of which all values of a function, less its constant, are whole multiples; nil where a column is not
  /// whole.
  func step(of function: Affine) -> Double? {
    var f = function
    f.merge()
    guard !f.terms.isEmpty, f.terms.allSatisfy({ form.linear.isInteger[Int($0.column)] != 0 }) else { return nil }
    if f.terms.count == 1 { return abs(f.terms[0].value) }
    var divisor = 0
    for term in f.terms {
      guard term.value == term.value.rounded(), abs(term.value) < 1e9 else { return nil }
      var (a, b) = (abs(Int(term.value)), divisor)
      while b != 0 { (a, b) = (b, a % b) }
      divisor = a
    }
    return Double(divisor)
  }

  private mutating func makeFamily(of f: Affine, step: Double, _ what: String) throws(SolverError) -> ValueFamily {
    if let term = f.terms.first(where: { form.linear.isInteger[Int($0.column)] == 0 }) {
      throw notWhole(Affine(column: Int(term.column)), what)
    }
    let (least, most, openBelow, openAbove) = range(of: f)
    if let j = openBelow { throw needsBound(what, variable: j, "a finite lower") }
    if let j = openAbove { throw needsBound(what, variable: j, "a finite upper") }
    let low = (least / step - 1e-9).rounded(.up) * step
    let size = ((most - low) / step + 1e-9).rounded(.down) + 1
    if size > Double(ValueFamily.largest) {
      let name = model.text(of: ScalarFunction(linear: f.terms.map { LinearTerm($0.value, $0.column) }), limit: 60)
      throw .refused([
        Diagnostic(
          .unboundedForReformulation,
          "\(what) needs a binary column for each of the \(size.text) values of '\(name)', and takes at most \(ValueFamily.largest)",
          mend: "give its variables narrower bounds")
      ])
    }
    let count = max(0, Int(size))
    if count == 1 { return ValueFamily(first: low, step: step, indicators: [Affine(1)]) }
    if count == 2, f.terms.count == 1 {
      let isHigh = Affine(-low / step) + f.scaled(by: 1 / step)
      return ValueFamily(first: low, step: step, indicators: [Affine(1) - isHigh, isHigh])
    }
    var total = Affine()
    var link = f
    var indicators: [Affine] = []
    for k in 0..<count {
      let value = low + Double(k) * step
      let y = Affine(
        column: addColumn(lower: 0, upper: 1, isInteger: true) { point in
          abs(f.value(at: point) - value) < 0.5 * step ? 1 : 0
        })
      total.add(y)
      link.add(y, times: -value)
      indicators.append(y)
    }
    addRow(total, lower: 1, upper: 1)
    addRow(link, lower: 0, upper: 0)
    return ValueFamily(first: low, step: step, indicators: indicators)
  }

  private func notWhole(_ f: Affine, _ what: String) -> SolverError {
    let term = f.terms.first { form.linear.isInteger[Int($0.column)] == 0 } ?? f.terms[0]
    let j = Int(term.column)
    let name = j < model.variableCount ? "'\(model.variableNames[j])'" : "part of it"
    return .refused([
      Diagnostic(
        .unsupported, "\(what) needs whole numbers, and \(name) is not",
        mend: "give it the domain integer, and whole coefficients")
    ])
  }
}
