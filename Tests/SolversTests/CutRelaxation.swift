@testable import Solvers

extension LinearForm {
  /// An optimal vertex of the relaxation to real values with some cuts; nil when there is none.
  func relaxationOptimum(with cuts: [Cut]) throws -> [Double]? {
    var relaxed = self
    relaxed.isInteger = [UInt8](repeating: 0, count: columnCount)
    for cut in cuts {
      relaxed.addRow(zip(cut.columns, cut.values).map { (Int($0), $1) }, lower: -.infinity, upper: cut.upper)
    }
    let outcome = try SimplexSolver().solve(.linear(relaxed), options: SolveOptions(), context: SolveContext())
    return outcome.outcome == .optimal ? outcome.point : nil
  }
}
