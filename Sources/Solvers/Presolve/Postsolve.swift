import Constraints
import LinearAlgebra

/// What leads from answers of a reduced form back to answers of the original.
///
/// All recoveries are exact: where the reduced answer satisfies the conditions of optimality up to some error, the
/// original one does up to that error times the largest ratio of entries that was pivoted on.
public struct Postsolve: Sendable {
  /// An answer in the columns and rows of a form, in the form's sense; what is empty is not recovered.
  public struct Answer: Sendable {
    public var point: [Double]
    /// Derivative of the optimum by the right-hand sides.
    public var rowDuals: [Double]
    /// `c + Px - Aᵀ rowDuals - Gᵀ coneDuals`.
    public var reducedCosts: [Double]
    /// One a row of G.
    public var coneDuals: [Double]
    public var basis: Basis?

    public init(
      point: [Double], rowDuals: [Double] = [], reducedCosts: [Double] = [], coneDuals: [Double] = [],
      basis: Basis? = nil
    ) {
      self.point = point
      self.rowDuals = rowDuals
      self.reducedCosts = reducedCosts
      self.coneDuals = coneDuals
      self.basis = basis
    }
  }

  /// The form before and after.
  public let original: ConicForm
  public let reduced: ConicForm
  /// Original positions of the columns and rows of the reduced form.
  public let columns: [Int32]
  public let rows: [Int32]
  /// Whether duals and basis of the reduced form lead to ones of the original. False after reductions that rest on
  /// whole values; then points alone are recovered.
  public let restoresDuals: Bool
  /// Whether reduced and original form are the same.
  public let isIdentity: Bool

  let stack: ReductionStack
  /// Bounds and sides of this size and beyond count as infinite.
  private let infinity: Double

  init(
    original: ConicForm, reduced: ConicForm, columns: [Int32], rows: [Int32], stack: ReductionStack, infinity: Double,
    restoresDuals: Bool, isIdentity: Bool = false
  ) {
    self.infinity = infinity
    self.original = original
    self.reduced = reduced
    self.columns = columns
    self.rows = rows
    self.stack = stack
    self.restoresDuals = restoresDuals
    self.isIdentity = isIdentity
  }

  /// An answer of the reduced form as one of the original.
  ///
  /// - Parameter answer: a point, and optionally duals (rows, reduced costs and, with cones, cone multipliers) and a
  ///   basis, which then has as many basic items as the reduced form has rows.
  /// - Complexity: O(columns + rows + entries taken away).
  public func lift(_ answer: Answer) -> Answer {
    let hasDuals = restoresDuals && answer.reducedCosts.count == columns.count && answer.rowDuals.count == rows.count
    let basis = restoresDuals ? answer.basis : nil
    let sign = original.linear.sense.sign
    var recovery = Recovery(original, hasDuals: hasDuals, hasBasis: basis != nil)
    for (k, j) in columns.enumerated() {
      recovery.point[Int(j)] = answer.point[k]
      if hasDuals { recovery.reducedCosts[Int(j)] = sign * answer.reducedCosts[k] }
      if let basis { recovery.columnStatus[Int(j)] = basis.columns[k] }
    }
    for (k, i) in rows.enumerated() {
      if hasDuals { recovery.multipliers[Int(i)] = sign * answer.rowDuals[k] }
      if let basis { recovery.rowStatus[Int(i)] = basis.rows[k] }
    }
    for (g, value) in answer.coneDuals.enumerated() where hasDuals {
      recovery.multipliers[original.linear.rowCount + g] = sign * value
    }
    recovery.undo(stack)
    var result = Answer(point: recovery.pointValues, coneDuals: answer.coneDuals)
    if hasDuals {
      result.rowDuals = recovery.multiplierValues(sign)
      result.reducedCosts = recovery.reducedCostValues(sign)
    }
    if basis != nil { result.basis = recovery.basis(of: original.linear) }
    return result
  }

  /// A basis of the reduced form as one of the original; the reduced answer that it belongs to settles which of two
  /// equal bounds a column is held at.
  public func lift(basis: Basis, of answer: Answer) -> Basis? {
    var answer = answer
    answer.basis = basis
    return lift(answer).basis
  }

  /// Multipliers that prove the reduced form infeasible as ones that prove it of the original; signs as in
  /// ``Certificate/farkas(rows:)``, whatever the form's sense; none where there are none.
  ///
  /// Multipliers that prove it of the original only up to bounds that rows imply are made to prove it, where possible.
  /// - Complexity: O(size of the original form).
  public func liftFarkas(_ multipliers: [Double], coneMultipliers: [Double] = []) -> [Double] {
    if multipliers.count != rows.count { return [] }
    var recovery = Recovery(original, hasDuals: true, hasBasis: false)
    recovery.isCertificate = true
    let linear = reduced.linear
    for i in 0..<linear.rowCount {
      let y = multipliers[i]
      recovery.multipliers[Int(rows[i])] = y
      for k in linear.starts[i]..<linear.starts[i + 1] where y != 0 {
        recovery.reducedCosts[Int(columns[Int(linear.entryColumns[k])])] -= linear.entryValues[k] * y
      }
    }
    for (g, y) in coneMultipliers.enumerated() {
      recovery.multipliers[original.linear.rowCount + g] = y
      for k in reduced.coneStarts[g]..<reduced.coneStarts[g + 1] {
        recovery.reducedCosts[Int(columns[Int(reduced.coneColumns[k])])] -= reduced.coneValues[k] * y
      }
    }
    recovery.undo(stack)
    let lifted = recovery.multiplierValues(1)
    if !coneMultipliers.isEmpty { return lifted }
    return BoundReplacement.contradiction(lifted, original.linear, infinity: infinity) ?? lifted
  }

  /// A direction in which the reduced form is unbounded as one of the original.
  /// - Complexity: O(columns + rows + entries taken away).
  public func liftRay(_ direction: [Double]) -> [Double] {
    var recovery = Recovery(original, hasDuals: false, hasBasis: false)
    for (k, j) in columns.enumerated() { recovery.point[Int(j)] = direction[k] }
    recovery.undoRay(stack)
    return recovery.pointValues
  }

  /// A point of the original as one of the reduced form, to start from; its columns keep their values, merged ones
  /// take the value of the sum.
  /// - Complexity: O(columns + reductions).
  public func restrict(point: [Double]) -> [Double] {
    var whole = point
    for record in stack.records where record.kind == .parallelColumn {
      whole[Int(record.column)] += record.pivot * whole[Int(record.other)]
    }
    return columns.enumerated().map { k, j in
      min(max(whole[Int(j)], reduced.linear.columnLower[k]), reduced.linear.columnUpper[k])
    }
  }
}
