import Constraints

/// An affine function of the columns of a form under construction, which remembers which coordinates of the constraint
/// being rewritten it was made from.
///
/// A coordinate's multiplier is the sum of those of the rows it enters, each times the factor with which it enters: the
/// adjoint of the rewriting, whatever columns it added. So duals come back without a word from the bridge.
struct Affine: Sendable {
  struct Term: Sendable {
    var column: Int32
    var value: Double
  }
  struct Source: Sendable {
    var coordinate: Int32
    var factor: Double
  }

  var terms: [Term] = []
  var constant = 0.0
  var sources: [Source] = []

  init(_ constant: Double = 0) { self.constant = constant }

  /// A single column.
  init(column: Int, _ value: Double = 1) { terms = [Term(column: Int32(column), value: value)] }

  /// The linear part of a function; the columns of the variables are those of the model.
  init(linear function: ScalarFunction) {
    constant = function.constant
    terms = function.linear.map { Term(column: $0.variable, value: $0.coefficient) }
  }

  init(_ list: [LinearTerm]) { terms = list.map { Term(column: $0.variable, value: $0.coefficient) } }

  var isConstant: Bool { terms.isEmpty }

  mutating func add(_ other: Affine, times factor: Double = 1) {
    if factor == 0 { return }
    constant += factor * other.constant
    if factor == 1 && terms.isEmpty {
      terms = other.terms
    } else {
      for term in other.terms { terms.append(Term(column: term.column, value: factor * term.value)) }
    }
    for source in other.sources { sources.append(Source(coordinate: source.coordinate, factor: factor * source.factor)) }
  }

  mutating func scale(by factor: Double) {
    constant *= factor
    for i in terms.indices { terms[i].value *= factor }
    for i in sources.indices { sources[i].factor *= factor }
  }

  func scaled(by factor: Double) -> Affine {
    var result = self
    result.scale(by: factor)
    return result
  }

  static func + (a: Affine, b: Affine) -> Affine {
    var result = a
    result.add(b)
    return result
  }

  static func - (a: Affine, b: Affine) -> Affine {
    var result = a
    result.add(b, times: -1)
    return result
  }

  /// Sorts by column, adds repeated columns up and drops zeros.
  mutating func merge() {
    var isSorted = true
    for i in terms.indices.dropFirst() where terms[i].column <= terms[i - 1].column { isSorted = false }
    if isSorted && !terms.contains(where: { $0.value == 0 }) { return }
    if !isSorted { terms.sort { $0.column < $1.column } }
    var kept = 0
    var i = 0
    while i < terms.count {
      var term = terms[i]
      i += 1
      while i < terms.count, terms[i].column == term.column {
        term.value += terms[i].value
        i += 1
      }
      if term.value != 0 {
        terms[kept] = term
        kept += 1
      }
    }
    terms.removeSubrange(kept...)
  }

  /// The value at a point of the columns.
  func value(at point: [Double]) -> Double {
    terms.reduce(constant) { $0 + $1.value * point[Int($1.column)] }
  }

  /// Whether both are the same function.
  func isSame(as other: Affine) -> Bool {
    var difference = self - other
    difference.merge()
    return difference.terms.isEmpty && difference.constant == 0
  }
}
