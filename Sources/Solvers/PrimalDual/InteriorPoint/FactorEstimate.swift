import Constraints
import LinearAlgebra

/// What a step of the interior-point method costs on a form, told by a symbolic factorization alone.
public struct FactorEstimate: Sendable {
  /// Entries of the factor, the diagonal among them.
  public let entryCount: Int
  /// Multiplications and additions of one factorization.
  public let flopCount: Double

  /// - Complexity: that of the ordering, about O(entries log entries) for sparse forms, and of the pattern of the factor.
  public init(_ form: ConicForm) {
    let arrangement = ConeArrangement(form)
    let problem = InteriorPointProblem(
      arrangement.form, eliminatedConeCount: arrangement.eliminatedCount, ruizPasses: 0)
    let pattern = KKTSystem.choosePattern(problem)
    entryCount = pattern.1.factorEntryCount
    flopCount = pattern.1.flopCount
  }
}
