import LinearAlgebra

/// A relaxation beside the one of the tree, for heuristics that change bounds and costs as they like: the form's rows
/// without cuts.
final class SideRelaxation {
  /// Primal steps after which a feasible point of the relaxation is good enough.
  static let cleanupSteps = 500

  let simplex: Simplex
  private let form: LinearForm
  private let integers: [Int32]
  private var hasOtherCosts = false
  var hasSolved: Bool { simplex.iterations > 0 }

  init(_ form: LinearForm, columns: FormColumns) {
    self.form = form
    integers = columns.integers
    var options = Simplex.Options()
    options.cleanupSteps = SideRelaxation.cleanupSteps
    simplex = Simplex(form, options: options)
  }

  /// Takes costs other than the form's; ``complete(_:iterationLimit:shouldStop:)`` takes the form's again.
  func setCosts(_ costs: [Double]) {
    simplex.setCosts(costs)
    hasOtherCosts = true
  }

  /// Sets the bounds of the whole columns.
  func setBounds(_ bounds: (Int) -> (lower: Double, upper: Double)) {
    for j in integers {
      let (low, high) = bounds(Int(j))
      simplex.setBounds(Int(j), lower: low, upper: high)
    }
  }

  /// The best point with the whole columns at these values.
  /// - Returns: nil when there is none, or it takes too many steps.
  func complete(_ whole: [Double], iterationLimit: Int, shouldStop: () -> Bool) -> [Double]? {
    if hasOtherCosts {
      simplex.setCosts(form.objective)
      hasOtherCosts = false
    }
    setBounds { (whole[$0].rounded(), whole[$0].rounded()) }
    guard simplex.solve(iterationLimit: iterationLimit, shouldStop: shouldStop) == .optimal else { return nil }
    var point = simplex.point
    for j in integers { point[Int(j)] = whole[Int(j)].rounded() }
    return point
  }
}
