import Constraints

/// A contradiction as sums: each requirement, written as "at least", times its weight, added up, gives `0 >= margin` with a
/// positive margin.
public struct FarkasProof: Sendable {
  /// One summand.
  public struct Term: Sendable {
    public var requirement: Requirement
    /// Positive. For a constraint in a cone see ``coordinates``.
    public var weight: Double
    /// The weights of the coordinates of a constraint in a cone; they lie in the dual cone, so the weighted sum of its
    /// functions is at least 0.
    public var coordinates: [Double] = []
  }

  public var terms: [Term]
  /// The right-hand side of the sum: 0 is not at least this.
  public var margin: Double
  /// The same relative to the largest number that enters, as the checker found it.
  public var relativeMargin: Double
  /// The largest coefficient that rounding leaves in the sum on a variable; 0 where the sum is exact.
  public var residual: Double

  /// Largest whole multiplier that weights are scaled to, where a common factor makes all of them whole.
  static let largestFactor = 60

  /// Weights of bounds below this times the largest multiplier are rests of rounding.
  static let noise = 1e-13

  /// The proof by multipliers of a model's rows and constraints in cones; nil when the checker does not confirm them.
  ///
  /// Multipliers are scaled so that they are whole numbers, if a small factor does that.
  /// - Parameter part: the conflict's members as a model, all of them linear or in cones.
  init?(rows y: [Double], general z: [[Double]], of part: Model.Part) {
    let model = part.model
    let checker = Checker()
    guard y.count == model.rows.count, checker.farkasMargin(multipliers: y, general: z, of: model) != nil else { return nil }
    // Rests of rounding that lean on a side that is not there, which the checker passes over, are no part of the proof.
    let own = y.indices.map { (y[$0] > 0 ? model.rows.lower[$0] : model.rows.upper[$0]).isFinite ? y[$0] : 0 }
    var (rows, general) = (own, z)
    if let factor = FarkasProof.wholeFactor(own + z.joined()) {
      let wholeRows = own.map { ($0 * factor).rounded() }
      let wholeGeneral = z.map { $0.map { ($0 * factor).rounded() } }
      if checker.farkasMargin(multipliers: wholeRows, general: wholeGeneral, of: model) != nil {
        (rows, general) = (wholeRows, wholeGeneral)
      }
    }
    guard let margin = checker.farkasMargin(multipliers: rows, general: general, of: model),
      let sum = checker.contradiction(multipliers: rows, general: general, of: model)
    else { return nil }
    terms = []
    residual = 0
    for i in rows.indices where rows[i] != 0 {
      let side = rows[i] > 0 ? Requirement.rowLower(i) : .rowUpper(i)
      guard model.limit(of: side)?.isFinite ?? false, let own = part.original(side) else { continue }
      terms.append(Term(requirement: own, weight: abs(rows[i])))
    }
    for i in general.indices where general[i].contains(where: { $0 != 0 }) {
      guard let own = part.original(.general(i)) else { continue }
      terms.append(Term(requirement: own, weight: general[i].map(abs).max() ?? 0, coordinates: general[i]))
    }
    let largest = rows.reduce(0) { max($0, abs($1)) }
    for j in 0..<model.variableCount where sum.coefficients[j] != 0 {
      // The bound that cancels what the rows leave on the variable.
      let g = sum.coefficients[j]
      let bound = g > 0 ? model.upper[j] : model.lower[j]
      let side = g > 0 ? Requirement.variableUpper(j) : .variableLower(j)
      if bound.isFinite && abs(g) > FarkasProof.noise * largest {
        terms.append(Term(requirement: part.original(side) ?? side, weight: abs(g)))
      } else {
        residual = max(residual, abs(g))
      }
    }
    self.margin = sum.margin
    relativeMargin = margin
  }

  /// A factor that makes all numbers whole; nil when none of the small ones does.
  static func wholeFactor(_ numbers: [Double]) -> Double? {
    let sizes = numbers.map(abs).filter { $0 > 0 }
    guard let least = sizes.min(), let largest = sizes.max(), largest / least < 1e9 else { return nil }
    for k in 1...largestFactor {
      let factor = Double(k) / least
      if sizes.allSatisfy({ abs($0 * factor - ($0 * factor).rounded()) <= 1e-7 * max(1, $0 * factor * 1e-3) }) {
        return factor
      }
    }
    return nil
  }
}
