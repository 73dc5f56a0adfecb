import LinearAlgebra

/// Solves with the KKT matrix of one iteration,
///
///     [ P + D   Mᵀ ]
///     [ M      -W  ],
///
/// in the form that is cheapest to factorize (``KKTPattern``), with static regularization undone by iterative
/// refinement against the matrix itself.
///
/// Altman and Gondzio, "Regularized symmetric indefinite systems in interior point methods for linear and quadratic
/// optimization" (1999).
final class KKTSystem {
  struct Options: Sendable {
    /// Added to D and W before factorizing.
    var regularization = 1e-9
    /// What that may be lowered to where refinement can't undo it.
    var leastRegularization = 1e-13
    /// The same with cones, whose blocks lose more digits; in their columns and rows at least, and at most, so much
    /// relative to what the scaling gives there.
    var coneRegularization = 1e-8
    var columnShare = 1e-10
    var rowShare = 1e-6
    /// Where a cone has been eliminated, relative to the diagonal that this leaves.
    var cliqueShare = 1e-13
    /// Refinement stops at a residual of this times the largest number of the right-hand side, ...
    var refinementTolerance = 1e-10
    /// ... or after this many steps.
    var refinementLimit = 8
    /// A solve left with a larger residual than this counts as poor.
    var poorResidual = 1e-9
    var threads = 1
    /// Most bytes that a factor may take.
    var memoryLimit = Double.infinity
  }

  let problem: InteriorPointProblem
  let cones: ConeProduct
  let elimination: ConeElimination
  let pattern: KKTPattern
  let analysis: LDLAnalysis
  /// Takes its memory when it is first needed.
  private(set) lazy var factorization = makeFactorization()
  let rows: SparseMatrix
  let values: Vector
  let work: Vector
  let coneValues: Vector
  let coneProduct: Vector
  /// What rows and columns of the factorized matrix are multiplied by, and whether a clique of ``elimination`` is on
  /// their diagonal; empty when there is none.
  let scale: Vector
  let isInClique: [Bool]
  /// D and W of the present iteration, and the pivots of eliminated columns.
  let diagonal: Vector
  let rowDiagonal: Vector
  let pivots: Vector
  private let hessianDiagonal: Vector
  private let next: UnsafeMutablePointer<Int>
  let residual: Vector
  let solution: Vector
  let reduced: Vector
  let options: Options
  /// Largest residual, relative to the right-hand side, of the last solve.
  var lastResidual = 0.0
  let n: Int
  let r: Int

  init(_ problem: InteriorPointProblem, cones: ConeProduct, options: Options) {
    self.problem = problem
    self.cones = cones
    self.options = options
    n = problem.columnCount
    r = problem.stackedRowCount
    rows = problem.matrix.transposed()
    elimination = ConeElimination(cones, matrix: problem.matrix, rows: rows, isFree: problem.freeColumns())
    (pattern, analysis) = KKTSystem.choosePattern(problem, rows, cones, elimination)
    values = Vector(count: pattern.rowIndices.count)
    work = Vector(count: r + cones.auxiliaryCount)
    coneValues = Vector(count: cones.blockRows.count)
    coneProduct = Vector(count: cones.dimension)
    diagonal = Vector(count: n)
    rowDiagonal = Vector(count: r)
    pivots = Vector(count: n)
    hessianDiagonal = Vector(count: n)
    for j in 0..<n {
      for k in problem.hessian.starts[j]..<problem.hessian.starts[j + 1] where problem.hessian.rowIndices[k] == Int32(j) {
        hessianDiagonal[j] += problem.hessian.values[k]
      }
    }
    next = .allocate(capacity: n + 1)
    residual = Vector(count: n + r)
    solution = Vector(count: 3 * (n + r))
    reduced = Vector(count: 3 * pattern.order)
    isInClique = elimination.cliqueFlags(pattern)
    scale = Vector(count: isInClique.count)
  }

  deinit { next.deallocate() }

  private func makeFactorization() -> LDLFactorization {
    var factorOptions = LDLFactorization.Options()
    factorOptions.threads = options.threads
    factorOptions.pivotScale = .diagonal
    factorOptions.pivotThreshold = 1e-14
    factorOptions.pivotReplacement = 1e-7
    if !cones.isEmpty {
      // Columns without bounds have nothing but regularization on their diagonal to be relative to.
      factorOptions.pivotScale = .absolute
      factorOptions.pivotThreshold = 1e-12
      factorOptions.pivotReplacement = 1e-5
    }
    return LDLFactorization(analysis, signs: pattern.signs, options: factorOptions)
  }

  /// Whether the factor would take more memory than allowed; then there must be no factorization.
  var isTooLarge: Bool { 8 * Double(analysis.factorEntryCount) > options.memoryLimit }

  /// Regularizes more until ``adaptRegularization()``, after a factorization that broke down.
  func regularizeMore() { boost *= 100 }

  /// Regularizes less from the next factorization on, where refinement could not undo what regularization did.
  func adaptRegularization() {
    if lastResidual > options.poorResidual && boost == 1 {
      adapted = max(options.leastRegularization / options.regularization, 0.1 * adapted)
    }
    boost = 1
  }

  /// Forgets what was learnt about regularization.
  func resetRegularization() { (boost, adapted) = (1, 1) }

  /// What regularization is multiplied by for the present iteration.
  private(set) var boost = 1.0
  /// What it is multiplied by until further notice.
  private var adapted = 1.0

  /// Entries of the factor.
  var factorEntryCount: Int { analysis.factorEntryCount }

  /// Forms and factorizes the matrix for new diagonals.
  /// - Returns: the number of pivots that had to be replaced.
  func factor(diagonal d: Vector, rowDiagonal w: Vector) -> Int {
    diagonal.copy(from: d)
    rowDiagonal.copy(from: w)
    assemble()
    addConeBlock()
    if !isInClique.isEmpty { equilibrate() }
    return factorization.factor(values.pointer)
  }

  /// What is added to D and W.
  var regularization: Double {
    boost * (cones.isEmpty ? adapted * options.regularization : options.coneRegularization)
  }

  private func assemble() {
    let rho = regularization
    let hasCliques = !isInClique.isEmpty
    let hessian = problem.hessian
    let kept = pattern.kept.count
    pattern.starts.withUnsafeBufferPointer { starts in
      pattern.rowIndices.withUnsafeBufferPointer { indices in
        pattern.position.withUnsafeBufferPointer { position in
          problem.matrix.starts.withUnsafeBufferPointer { columnStarts in
            problem.matrix.rowIndices.withUnsafeBufferPointer { rowIndices in
              problem.matrix.values.withUnsafeBufferPointer { entries in
                // Columns that stay: a dense scratch column takes the entries, the pattern collects them.
                for j in pattern.eliminated.lazy.map(Int.init) {
                  pivots.pointer[j] = 1 / (diagonal.pointer[j] + hessianDiagonal.pointer[j] + rho)
                }
                let scratch = reduced.pointer
                let r = pattern.rowCount
                for (c, j) in pattern.kept.lazy.map(Int.init).enumerated() {
                  if !elimination.isEmpty { for k in starts[c]..<starts[c + 1] { scratch[Int(indices[k])] = 0 } }
                  for k in hessian.starts[j]..<hessian.starts[j + 1] {
                    scratch[Int(position[Int(hessian.rowIndices[k])])] = hessian.values[k]
                  }
                  if hessianDiagonal.pointer[j] == 0 { scratch[c] = 0 }
                  scratch[c] += diagonal.pointer[j] + (hasCliques && isInClique[c] ? 0 : rho)
                  for k in columnStarts[j]..<columnStarts[j + 1] where Int(rowIndices[k]) < r {
                    scratch[kept + Int(rowIndices[k])] = entries[k]
                  }
                  for k in starts[c]..<starts[c + 1] { values.pointer[k] = scratch[Int(indices[k])] }
                }
                // Rows: products of the eliminated columns.
                let sum = work.pointer
                var largest = 0.0
                for j in 0..<n { next[j] = columnStarts[j] }
                rows.starts.withUnsafeBufferPointer { rowStarts in
                  rows.rowIndices.withUnsafeBufferPointer { rowColumns in
                    rows.values.withUnsafeBufferPointer { rowValues in
                      for i in 0..<r {
                        let c = kept + i
                        for k in starts[c]..<starts[c + 1] { sum[Int(indices[k]) - kept] = 0 }
                        for k in rowStarts[i]..<rowStarts[i + 1] {
                          let j = Int(rowColumns[k])
                          if position[j] >= 0 { continue }
                          let f = rowValues[k] * pivots.pointer[j]
                          let first = next[j]
                          next[j] = first + 1
                          for e in first..<columnStarts[j + 1] { sum[Int(rowIndices[e])] += f * entries[e] }
                        }
                        sum[i] += rowDiagonal.pointer[i]
                        largest = max(largest, sum[i])
                        for k in starts[c]..<starts[c + 1] { values.pointer[k] = -sum[Int(indices[k]) - kept] }
                      }
                      for k in starts[kept + r]..<starts[pattern.order] { values.pointer[k] = 0 }
                      // On the way to a certificate all of it vanishes: regularization must not outweigh it.
                      let rowRho = pattern.kept.isEmpty && cones.isEmpty ? min(rho, options.rowShare * largest) : rho
                      for i in 0..<r where !hasCliques || !isInClique[kept + i] {
                        values.pointer[starts[kept + i]] -= rowRho
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  // What refinement works with.
  var directions: [Vector] = []
  var images: [Vector] = []
  lazy var weights = Vector(count: n + r)
  lazy var zero = Vector(count: n + r)
  let norms = Vector(count: 3)
}
