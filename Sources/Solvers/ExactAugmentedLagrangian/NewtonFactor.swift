import Constraints
import LinearAlgebra

/// An LDLᵀ factor of a Newton matrix with a small negative diagonal in place of the zero block, which tells by the signs of
/// its pivots whether B is positive definite on the null space of G.
///
/// The pivots must be positive for variables and negative for equations. In the order of least fill that is sufficient;
/// with all equations eliminated first it is also necessary, because the rest is then `B + Gᵀ Δ⁻¹ G` with a small Δ, which
/// is positive definite exactly if B is so on the null space of G. The second order is made when the first one fails, if
/// its fill can be borne, and kept.
final class NewtonFactor {
  struct Options {
    /// The diagonal put in place of the zero block, times the square of the largest entry in the row of G, divided by the
    /// larger of 1 and the largest entry of B. Default 1e-8.
    var dualRegularization = 1e-8
    /// Rows of G whose largest entry is below this count as this large. Default 1e-8.
    var leastRow = 1e-8
    /// The second order is made if squaring the rows of G gives at most this many entries for each one of K. Default 20.
    var squareLimit = 20
  }

  private let options: Options
  private let matrix: NewtonMatrix
  private let signs: [Int8]
  private var factorization: LDLFactorization
  private var hasEquationsFirst = false
  private let squarePattern: (starts: [Int], rows: [Int32])?
  private let values: Vector
  private let rowNorms: Vector
  private(set) var flops = 0.0
  private(set) var count = 0

  init(_ problem: EqualityProblem, _ matrix: NewtonMatrix, options: Options = Options()) {
    self.options = options
    self.matrix = matrix
    let (n, m) = (matrix.n, matrix.m)
    signs = [Int8](repeating: 1, count: n) + [Int8](repeating: -1, count: m)
    values = Vector(count: matrix.values.count)
    rowNorms = Vector(count: m)
    let analysis = LDLAnalysis(order: n + m, starts: matrix.starts, rowIndices: matrix.rowIndices)
    factorization = Self.factorization(analysis, signs)
    squarePattern = Self.squarePattern(problem, limit: options.squareLimit * matrix.values.count)
  }

  private static func factorization(_ analysis: LDLAnalysis, _ signs: [Int8]) -> LDLFactorization {
    var options = LDLFactorization.Options()
    options.pivotScale = .diagonal
    return LDLFactorization(analysis, signs: signs, options: options)
  }

  /// Factors the matrix with its present numbers.
  /// - Returns: whether B is positive definite on the null space of G; when the second order can't be afforded, false may
  ///   also mean that it is not known.
  func factor() -> Bool {
    let n = matrix.n
    values.copy(from: matrix.values)
    matrix.rowNorms(into: rowNorms)
    let unit = options.dualRegularization / max(1, matrix.largestCurvature)
    for i in 0..<matrix.m {
      let norm = max(rowNorms[i], options.leastRow)
      values[matrix.starts[n + i]] -= unit * norm * norm
    }
    if run() { return true }
    if hasEquationsFirst || matrix.m == 0 || squarePattern == nil { return false }
    switchOrder()
    return run()
  }

  private func run() -> Bool {
    flops += factorization.analysis.flopCount
    count += 1
    return factorization.factor(values.pointer) == 0
  }

  /// `x ← K⁻¹ x`, of the regularized matrix.
  func solve(_ x: UnsafeMutablePointer<Double>) {
    flops += 4 * Double(factorization.analysis.factorEntryCount)
    factorization.solve(x)
  }

  /// `x ← |K|⁻¹ x`: without the signs of the pivots.
  func solveModulus(_ x: UnsafeMutablePointer<Double>) {
    flops += 4 * Double(factorization.analysis.factorEntryCount)
    factorization.solveModulus(x)
  }

  private func switchOrder() {
    guard let (starts, rows) = squarePattern else { return }
    let n = matrix.n
    guard case .given(let variables) = LDLAnalysis.estimate(order: n, starts: starts, rowIndices: rows).ordering else {
      return
    }
    let order = (0..<matrix.m).map { Int32(n + $0) } + variables
    let analysis = LDLAnalysis(
      order: matrix.order, starts: matrix.starts, rowIndices: matrix.rowIndices, ordering: .given(order))
    factorization = Self.factorization(analysis, signs)
    hasEquationsFirst = true
  }

  /// The lower triangle of the pattern of `B + GᵀG`, entries possibly several times; nil if it has too many.
  private static func squarePattern(_ problem: EqualityProblem, limit: Int) -> (starts: [Int], rows: [Int32])? {
    let (g, h, n) = (problem.jacobianPattern, problem.hessianPattern, problem.n)
    var total = h.entryCount
    for i in 0..<problem.m {
      let length = g.starts[i + 1] - g.starts[i]
      let (square, overflow) = length.multipliedReportingOverflow(by: length + 1)
      total += square / 2
      if overflow || total > limit { return nil }
    }
    var columns = [[Int32]](repeating: [], count: n)
    for j in 0..<n { columns[j] = Array(h.indices[h.starts[j]..<h.starts[j + 1]]) }
    for i in 0..<problem.m {
      let row = g.indices[g.starts[i]..<g.starts[i + 1]]
      for (k, j) in row.enumerated() { columns[Int(j)].append(contentsOf: row.dropFirst(k)) }
    }
    var starts = [0]
    var rows: [Int32] = []
    for column in columns {
      var last: Int32 = -1
      for i in column.sorted() where i != last {
        rows.append(i)
        last = i
      }
      starts.append(rows.count)
    }
    return (starts, rows)
  }
}
