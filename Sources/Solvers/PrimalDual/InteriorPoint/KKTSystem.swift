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
    var refinementTolerance = 1e-12
    /// ... or after this many steps.
    var refinementLimit = 8
    /// A solve left with a larger residual than this counts as poor.
    var poorResidual = 1e-9
    var threads = 1
  }

  let problem: InteriorPointProblem
  let cones: ConeProduct
  let elimination: ConeElimination
  let pattern: KKTPattern
  let analysis: LDLAnalysis
  private let factorization: LDLFactorization
  let rows: SparseMatrix
  let values: Vector
  private let work: Vector
  let coneValues: Vector
  private let coneProduct: Vector
  /// What rows and columns of the factorized matrix are multiplied by, and whether a clique of ``elimination`` is on
  /// their diagonal; empty when there is none.
  let scale: Vector
  let isInClique: [Bool]
  /// D and W of the present iteration, and the pivots of eliminated columns.
  private let diagonal: Vector
  let rowDiagonal: Vector
  private let pivots: Vector
  private let hessianDiagonal: Vector
  private let next: UnsafeMutablePointer<Int>
  private let residual: Vector
  private let solution: Vector
  private let reduced: Vector
  let options: Options
  /// Largest residual, relative to the right-hand side, of the last solve.
  private(set) var lastResidual = 0.0
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
    factorization = LDLFactorization(analysis, signs: pattern.signs, options: factorOptions)
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

  // MARK: - Solving

  /// Solves in place for `count` right-hand sides, each of columns and rows, one after the other.
  func solve(_ rhs: UnsafeMutablePointer<Double>, count: Int) {
    let length = n + r
    solution.pointer.update(from: rhs, count: count * length)
    for k in 0..<count {
      let x = solution.pointer + k * length
      if !elimination.isEmpty { elimination.reduce(x) }
      norms[k] = max(weightedNorm(x), 1e-300)
    }
    solveOnce(solution.pointer, count: count)
    lastResidual = 0
    for k in 0..<count {
      let x = solution.pointer + k * length
      let b = rhs + k * length
      let norm = norms[k]
      computeResidual(b, x, residual.pointer)
      var relative = weightedNorm(residual.pointer) / norm
      if relative > options.refinementTolerance { relative = refine(x, norm) }
      lastResidual = max(lastResidual, relative)
    }
    rhs.update(from: solution.pointer, count: count * length)
  }

  /// Generalized conjugate residuals, preconditioned by the factor of the regularized matrix: unlike plain iterative
  /// refinement it also converges where regularization outweighs the matrix. Starts from ``residual``.
  ///
  /// Eisenstat, Elman and Schultz, "Variational iterative methods for nonsymmetric systems of linear equations" (1983).
  /// - Returns: the relative residual reached.
  private func refine(_ x: UnsafeMutablePointer<Double>, _ norm: Double) -> Double {
    let length = n + r
    let res = residual.pointer
    while directions.count < options.refinementLimit {
      directions.append(Vector(count: length))
      images.append(Vector(count: length))
    }
    fillWeights()
    let w = weights.pointer
    func weightedDot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
      var sum = 0.0
      for i in 0..<length { sum += w[i] * a[i] * b[i] }
      return sum
    }
    var relative = weightedNorm(res) / norm
    for step in 0..<options.refinementLimit {
      let (z, q) = (directions[step].pointer, images[step].pointer)
      z.update(from: res, count: length)
      solveOnce(z, count: 1)
      zero.pointer.update(repeating: 0, count: length)
      computeResidual(zero.pointer, z, q)
      for i in 0..<length { q[i] = -q[i] }
      for j in 0..<step {
        let beta = weightedDot(q, images[j].pointer)
        VectorKernels.add(length, -beta, images[j].pointer, to: q)
        VectorKernels.add(length, -beta, directions[j].pointer, to: z)
      }
      let size = weightedDot(q, q).squareRoot()
      if !(size > 0) || !size.isFinite { break }
      for i in 0..<length {
        q[i] /= size
        z[i] /= size
      }
      let alpha = weightedDot(res, q)
      VectorKernels.add(length, alpha, z, to: x)
      VectorKernels.add(length, -alpha, q, to: res)
      let before = relative
      relative = weightedNorm(res) / norm
      if relative <= options.refinementTolerance || relative > 0.9 * before && step > 1 { break }
    }
    return relative
  }

  private func fillWeights() {
    for j in 0..<n {
      let d = max(1, diagonal.pointer[j])
      weights.pointer[j] = 1 / (d * d)
    }
    for i in 0..<r {
      let d = max(1, rowDiagonal.pointer[i])
      weights.pointer[n + i] = 1 / (d * d)
    }
  }

  private var directions: [Vector] = []
  private var images: [Vector] = []
  private lazy var weights = Vector(count: n + r)
  private lazy var zero = Vector(count: n + r)
  private let norms = Vector(count: 3)

  /// The largest absolute entry, each equation divided by its diagonal where that is above 1: at the end of a solve
  /// diagonals reach 1e15, and their equations would drown all others.
  private func weightedNorm(_ x: UnsafePointer<Double>) -> Double {
    var largest = 0.0
    // Comparisons lose what is no number; sums keep it.
    var sum = 0.0
    for j in 0..<n where !isAbsorbed(j) {
      let size = abs(x[j]) / max(1, diagonal.pointer[j])
      sum += size
      largest = max(largest, size)
    }
    for i in 0..<pattern.rowCount {
      let size = abs(x[n + i]) / max(1, rowDiagonal.pointer[i])
      sum += size
      largest = max(largest, size)
    }
    return sum.isNaN ? .infinity : largest
  }

  @inline(__always)
  private func isAbsorbed(_ j: Int) -> Bool { !elimination.isEmpty && elimination.isAbsorbed[j] }

  /// `out = rhs - K x` with the matrix without regularization. First x is completed: what was eliminated with cones is
  /// made to satisfy its equations, which leaves no residual in them.
  private func computeResidual(
    _ rhs: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    if !elimination.isEmpty { elimination.complete(x, rhs) }
    let y = x + n
    let rowOut = out + n
    for j in 0..<n { out[j] = rhs[j] - diagonal.pointer[j] * x[j] }
    let m = r - cones.dimension
    for i in 0..<m { rowOut[i] = rhs[n + i] + rowDiagonal.pointer[i] * y[i] }
    if !cones.isEmpty {
      cones.applyBlockH(y + m, into: coneProduct.pointer)
      for i in 0..<cones.blockDimension { rowOut[m + i] = rhs[n + m + i] + coneProduct.pointer[i] }
    }
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          for j in 0..<n {
            let xj = x[j]
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] {
              let i = Int(rows[k])
              rowOut[i] -= entries[k] * xj
              sum += entries[k] * y[i]
            }
            out[j] -= sum
          }
        }
      }
    }
    problem.subtractHessianProduct(x, from: out)
    if !elimination.isEmpty { elimination.clear(out) }
  }

  /// One solve with the factor of the regularized matrix, for what is not eliminated with cones.
  private func solveOnce(_ x: UnsafeMutablePointer<Double>, count: Int) {
    let length = n + r
    let kept = pattern.kept.count
    let order = pattern.order
    let stay = pattern.rowCount
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          pattern.eliminated.withUnsafeBufferPointer { eliminated in
            pattern.kept.withUnsafeBufferPointer { keptColumns in
              for c in 0..<count {
                let full = x + c * length
                let small = reduced.pointer + c * order
                for k in 0..<kept { small[k] = full[Int(keptColumns[k])] }
                (small + kept).update(from: full + n, count: stay)
                (small + kept + stay).update(repeating: 0, count: order - kept - stay)
                for e in eliminated {
                  let j = Int(e)
                  let t = pivots.pointer[j] * full[j]
                  if t == 0 { continue }
                  for k in starts[j]..<starts[j + 1] { small[kept + Int(rows[k])] -= entries[k] * t }
                }
              }
              scaleReduced(count)
              factorization.solve(reduced.pointer, count: count)
              scaleReduced(count)
              for c in 0..<count {
                let full = x + c * length
                let small = reduced.pointer + c * order
                for k in 0..<kept { full[Int(keptColumns[k])] = small[k] }
                (full + n).update(from: small + kept, count: stay)
                for e in eliminated {
                  let j = Int(e)
                  var sum = full[j]
                  for k in starts[j]..<starts[j + 1] { sum -= entries[k] * small[kept + Int(rows[k])] }
                  full[j] = sum * pivots.pointer[j]
                }
              }
            }
          }
        }
      }
    }
  }
}

extension KKTSystem {
  /// Multiplies the reduced right-hand sides or solutions by ``scale``.
  @inline(__always)
  private func scaleReduced(_ count: Int) {
    let order = scale.count
    for c in 0..<count {
      let x = reduced.pointer + c * order
      for k in 0..<order { x[k] *= scale.pointer[k] }
    }
  }
}

extension InteriorPointProblem {
  /// Which columns have neither bounds nor a part in P.
  func freeColumns() -> (Int) -> Bool {
    var isFree = (0..<columnCount).map { !lower[$0].isFinite && !upper[$0].isFinite }
    for j in 0..<columnCount {
      for k in hessian.starts[j]..<hessian.starts[j + 1] {
        isFree[j] = false
        isFree[Int(hessian.rowIndices[k])] = false
      }
    }
    return { isFree[$0] }
  }

  /// `out -= P x`.
  func subtractHessianProduct(_ x: UnsafePointer<Double>, from out: UnsafeMutablePointer<Double>) {
    if hessian.entryCount == 0 { return }
    hessian.starts.withUnsafeBufferPointer { starts in
      hessian.rowIndices.withUnsafeBufferPointer { rows in
        hessian.values.withUnsafeBufferPointer { entries in
          for j in 0..<columnCount {
            let xj = x[j]
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] {
              let i = Int(rows[k])
              sum += entries[k] * x[i]
              if i != j { out[i] -= entries[k] * xj }
            }
            out[j] -= sum
          }
        }
      }
    }
  }
}
