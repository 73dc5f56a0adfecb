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
  let pattern: KKTPattern
  let analysis: LDLAnalysis
  private let factorization: LDLFactorization
  private let rows: SparseMatrix
  private let values: Vector
  private let work: Vector
  private let coneValues: Vector
  private let coneProduct: Vector
  /// D and W of the present iteration, and the pivots of eliminated columns.
  private let diagonal: Vector
  private let rowDiagonal: Vector
  private let pivots: Vector
  private let hessianDiagonal: Vector
  private let next: UnsafeMutablePointer<Int>
  private let residual: Vector
  private let solution: Vector
  private let reduced: Vector
  private let options: Options
  /// Largest residual, relative to the right-hand side, of the last solve.
  private(set) var lastResidual = 0.0
  private let n: Int
  private let r: Int

  init(_ problem: InteriorPointProblem, cones: ConeProduct, options: Options) {
    self.problem = problem
    self.cones = cones
    self.options = options
    n = problem.columnCount
    r = problem.stackedRowCount
    rows = problem.matrix.transposed()
    (pattern, analysis) = KKTSystem.choosePattern(problem, rows, cones)
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
  private var boost = 1.0
  /// What it is multiplied by until further notice.
  private var adapted = 1.0

  /// Entries of the factor.
  var factorEntryCount: Int { analysis.factorEntryCount }

  /// The pattern with the cheaper factor. Columns that would fill the normal equations stay in either case.
  static func choosePattern(
    _ problem: InteriorPointProblem, _ rows: SparseMatrix, _ cones: ConeProduct
  ) -> (KKTPattern, LDLAnalysis) {
    let (n, r) = (problem.columnCount, problem.stackedRowCount)
    let hessian = problem.hessian
    var canGo = [Bool](repeating: true, count: n)
    for j in 0..<n {
      for k in hessian.starts[j]..<hessian.starts[j + 1] where hessian.rowIndices[k] != Int32(j) {
        canGo[j] = false
        canGo[Int(hessian.rowIndices[k])] = false
      }
    }
    let limit = max(20, Int(10 * Double(r).squareRoot()))
    let average = n > 0 ? problem.matrix.entryCount / n : 0
    var candidates = 0
    var work = 0.0
    for j in 0..<n where canGo[j] {
      let count = problem.matrix.starts[j + 1] - problem.matrix.starts[j]
      let isFree = !problem.lower[j].isFinite && !problem.upper[j].isFinite && hessian.starts[j] == hessian.starts[j + 1]
      if isFree || (count > limit && count > 10 * average) { canGo[j] = false } else {
        candidates += 1
        work += Double(count) * Double(count)
      }
    }
    func full() -> (KKTPattern, LDLAnalysis) {
      let pattern = KKTPattern(
        hessian: hessian, matrix: problem.matrix, rows: rows, cones: cones,
        isEliminated: [Bool](repeating: false, count: n))
      return (pattern, LDLAnalysis(order: pattern.order, starts: pattern.starts, rowIndices: pattern.rowIndices))
    }
    func eliminating() -> (KKTPattern, LDLAnalysis) {
      let pattern = KKTPattern(hessian: hessian, matrix: problem.matrix, rows: rows, cones: cones, isEliminated: canGo)
      return (pattern, LDLAnalysis(order: pattern.order, starts: pattern.starts, rowIndices: pattern.rowIndices))
    }
    if candidates == 0 { return full() }
    // Where the products are few, the normal equations never lose by much; where they are many, look at both.
    let entries = Double(problem.matrix.entryCount + r + 1)
    if candidates == n && work < 30 * entries { return eliminating() }
    if work > 400 * entries && work > 1e7 { return full() }
    let (one, other) = (eliminating(), full())
    return one.1.flopCount + 2 * Double(one.0.productCount) <= other.1.flopCount ? one : other
  }

  /// Forms and factorizes the matrix for new diagonals.
  /// - Returns: the number of pivots that had to be replaced.
  func factor(diagonal d: Vector, rowDiagonal w: Vector) -> Int {
    diagonal.copy(from: d)
    rowDiagonal.copy(from: w)
    assemble()
    addConeBlock()
    return factorization.factor(values.pointer)
  }

  /// What is added to D and W.
  private var regularization: Double {
    boost * (cones.isEmpty ? adapted * options.regularization : options.coneRegularization)
  }

  /// Puts the cones' block, and regularization of its auxiliary rows, on top of what the products gave.
  private func addConeBlock() {
    if cones.isEmpty { return }
    let rho = regularization
    cones.writeBlock(into: coneValues.pointer)
    pattern.coneEntries.withUnsafeBufferPointer { entries in
      for k in 0..<entries.count { values.pointer[entries[k]] += coneValues.pointer[k] }
    }
    let first = r - cones.dimension
    let row = pattern.kept.count + first
    for i in 0..<cones.dimension {
      let size = abs(coneValues.pointer[cones.blockStarts[i]])
      rowDiagonal.pointer[first + i] = size
      // On the way to a certificate a block vanishes: regularization must not outweigh it.
      values.pointer[pattern.starts[row + i]] += rho - min(rho, options.rowShare * size)
    }
    let base = pattern.kept.count + r
    for a in 0..<cones.auxiliaryCount {
      values.pointer[pattern.starts[base + a]] += Double(cones.auxiliarySigns[a]) * rho
    }
    regularizeColumns(from: first, rho)
  }

  /// Raises the regularization of a column in cones to a share of what eliminating the cones would put on its diagonal:
  /// where that is large, a small pivot taken first would drown it in rounding.
  private func regularizeColumns(from firstConeRow: Int, _ rho: Double) {
    problem.matrix.starts.withUnsafeBufferPointer { columnStarts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rowIndices in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          for (c, j) in pattern.kept.lazy.map(Int.init).enumerated() {
            var sum = 0.0
            for k in columnStarts[j]..<columnStarts[j + 1] where Int(rowIndices[k]) >= firstConeRow {
              let size = rowDiagonal.pointer[Int(rowIndices[k])]
              if size > 0 { sum += entries[k] * entries[k] / size }
            }
            let wanted = min(options.columnShare * sum, 1e4)
            if wanted > rho { values.pointer[pattern.starts[c]] += wanted - rho }
          }
        }
      }
    }
  }

  private func assemble() {
    let rho = regularization
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
                for (c, j) in pattern.kept.lazy.map(Int.init).enumerated() {
                  for k in hessian.starts[j]..<hessian.starts[j + 1] {
                    scratch[Int(position[Int(hessian.rowIndices[k])])] = hessian.values[k]
                  }
                  if hessianDiagonal.pointer[j] == 0 { scratch[c] = 0 }
                  scratch[c] += diagonal.pointer[j] + rho
                  for k in columnStarts[j]..<columnStarts[j + 1] { scratch[kept + Int(rowIndices[k])] = entries[k] }
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
                      let rowRho = pattern.kept.isEmpty ? min(rho, options.rowShare * largest) : rho
                      for i in 0..<r { values.pointer[starts[kept + i]] -= rowRho }
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
    solveOnce(solution.pointer, count: count)
    lastResidual = 0
    for k in 0..<count {
      let x = solution.pointer + k * length
      let b = rhs + k * length
      let norm = max(weightedNorm(b), 1e-300)
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

  /// The largest absolute entry, each equation divided by its diagonal where that is above 1: at the end of a solve
  /// diagonals reach 1e15, and their equations would drown all others.
  private func weightedNorm(_ x: UnsafePointer<Double>) -> Double {
    var largest = 0.0
    // Comparisons lose what is no number; sums keep it.
    var sum = 0.0
    for j in 0..<n {
      let size = abs(x[j]) / max(1, diagonal.pointer[j])
      sum += size
      largest = max(largest, size)
    }
    for i in 0..<r {
      let size = abs(x[n + i]) / max(1, rowDiagonal.pointer[i])
      sum += size
      largest = max(largest, size)
    }
    return sum.isNaN ? .infinity : largest
  }

  /// `out = rhs - K x` with the matrix without regularization.
  private func computeResidual(
    _ rhs: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    let y = x + n
    let rowOut = out + n
    for j in 0..<n { out[j] = rhs[j] - diagonal.pointer[j] * x[j] }
    let m = r - cones.dimension
    for i in 0..<m { rowOut[i] = rhs[n + i] + rowDiagonal.pointer[i] * y[i] }
    if !cones.isEmpty {
      cones.applyH(y + m, into: coneProduct.pointer)
      for i in 0..<cones.dimension { rowOut[m + i] = rhs[n + m + i] + coneProduct.pointer[i] }
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
  }

  /// One solve with the factor of the regularized matrix.
  private func solveOnce(_ x: UnsafeMutablePointer<Double>, count: Int) {
    let length = n + r
    let kept = pattern.kept.count
    let order = pattern.order
    problem.matrix.starts.withUnsafeBufferPointer { starts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rows in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          pattern.eliminated.withUnsafeBufferPointer { eliminated in
            pattern.kept.withUnsafeBufferPointer { keptColumns in
              for c in 0..<count {
                let full = x + c * length
                let small = reduced.pointer + c * order
                for k in 0..<kept { small[k] = full[Int(keptColumns[k])] }
                (small + kept).update(from: full + n, count: r)
                (small + kept + r).update(repeating: 0, count: order - kept - r)
                for e in eliminated {
                  let j = Int(e)
                  let t = pivots.pointer[j] * full[j]
                  if t == 0 { continue }
                  for k in starts[j]..<starts[j + 1] { small[kept + Int(rows[k])] -= entries[k] * t }
                }
              }
              factorization.solve(reduced.pointer, count: count)
              for c in 0..<count {
                let full = x + c * length
                let small = reduced.pointer + c * order
                for k in 0..<kept { full[Int(keptColumns[k])] = small[k] }
                (full + n).update(from: small + kept, count: r)
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

extension InteriorPointProblem {
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
