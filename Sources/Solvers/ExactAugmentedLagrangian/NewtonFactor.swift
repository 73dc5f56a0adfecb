import Constraints
import LinearAlgebra

/// A factor of a Newton matrix with a small negative diagonal -Δ in place of the zero block, which tells whether B is
/// positive definite on the null space of G.
///
/// First comes an LDLᵀ factor of the whole matrix in the order of least fill, whose pivots must be positive for variables
/// and negative for equations. That is sufficient, not necessary: an indefinite B, harmless across the equations, may give a
/// wrong sign on the way. Then the equations are eliminated first, which leaves
///
///     S = B + Gᵀ Δ⁻¹ G,
///
/// positive definite exactly if B is so on the null space of G, but for rounding and Δ. S is factored from then on, if its
/// pattern is not too full.
final class NewtonFactor {
  struct Options {
    /// Δ, times the square of the largest entry in the row of G, divided by the larger of 1 and the largest entry of B.
    /// Default 1e-8.
    var dualRegularization = 1e-8
    /// Rows of G whose largest entry is below this count as this large. Default 1e-8.
    var leastRow = 1e-8
    /// S may have this many entries for each one of K, terms of a sum counted one by one. Default 20.
    var squareLimit = 20
  }

  private let options: Options
  private let matrix: NewtonMatrix
  private let problem: EqualityProblem
  private var whole: LDLFactorization?
  private var square: SquaredFactor?
  private let canBeSquared: Bool
  private let values: Vector
  /// By equation: Δ.
  private let dual: Vector
  private(set) var flops = 0.0
  private(set) var count = 0

  init(_ problem: EqualityProblem, _ matrix: NewtonMatrix, options: Options = Options()) {
    self.options = options
    self.matrix = matrix
    self.problem = problem
    values = Vector(count: matrix.values.count)
    dual = Vector(count: matrix.m)
    let (n, m) = (matrix.n, matrix.m)
    let signs = [Int8](repeating: 1, count: n) + [Int8](repeating: -1, count: m)
    let analysis = LDLAnalysis(order: n + m, starts: matrix.starts, rowIndices: matrix.rowIndices)
    whole = LDLFactorization(analysis, signs: signs, options: SquaredFactor.pivotOptions)
    var terms = problem.hessianPattern.entryCount
    for i in 0..<m {
      let length = problem.jacobianPattern.starts[i + 1] - problem.jacobianPattern.starts[i]
      terms += min(length, 1 << 20) * (length + 1) / 2
    }
    canBeSquared = m > 0 && terms <= options.squareLimit * matrix.values.count
  }

  /// Factors the matrix with its present numbers.
  /// - Returns: whether B is positive definite on the null space of G; when S would be too full, false may also mean that
  ///   it is not known.
  func factor() -> Bool {
    matrix.rowNorms(into: dual)
    let unit = options.dualRegularization / max(1, matrix.largestCurvature)
    for i in 0..<matrix.m {
      let norm = max(dual[i], options.leastRow)
      // A step of least squares has its own.
      dual[i] = unit * norm * norm - matrix.values[matrix.starts[matrix.n + i]]
    }
    count += 1
    if let whole {
      values.copy(from: matrix.values)
      for i in 0..<matrix.m { values[matrix.starts[matrix.n + i]] = -dual[i] }
      flops += whole.analysis.flopCount
      if whole.factor(values.pointer) == 0 { return true }
      if !canBeSquared { return false }
      self.whole = nil
      square = SquaredFactor(problem, matrix)
      count += 1
    }
    guard let square else { return false }
    flops += square.flopCount
    return square.factor(dual)
  }

  /// `x ← K⁻¹ x`, of the regularized matrix.
  func solve(_ x: UnsafeMutablePointer<Double>) {
    flops += solveFlops
    if let whole { whole.solve(x) } else if let square { square.solve(x, dual) }
  }

  /// What a factorization and a solve cost.
  var factorFlops: Double { whole?.analysis.flopCount ?? square?.flopCount ?? 0 }
  var solveFlops: Double { whole.map { 4 * Double($0.analysis.factorEntryCount) } ?? square?.solveFlopCount ?? 0 }
}
