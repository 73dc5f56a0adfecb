import LinearAlgebra

/// The matrix of a Newton step on an augmented Lagrangian,
///
///     [ H + δI   Jᵀ ]
///     [ J        -D ]
///
/// with the rows and columns of the free columns and the active rows only, D = diag(1 / penalty). It has as many negative
/// eigenvalues as active rows exactly if `H + δI + Jᵀ D⁻¹ J` is positive definite on the free columns, and its condition
/// does not grow with the penalties.
///
/// Small faces are factored densely with symmetric pivoting. Larger ones go through the sparse factorization, active rows
/// with few entries first: what is left is `H + δI + Jᵀ D⁻¹ J` itself, so that the signs of the pivots tell the inertia.
///
/// Source: Gill, Robinson, "A primal-dual augmented Lagrangian", 2012, section 3; Orban, Arioli, "Iterative solution of
/// symmetric quasi-definite linear systems", 2017, chapter 2.
final class AugmentedSystem {
  private let n: Int
  private let m: Int
  private let jacobian: ReducedPattern
  private let hessian: ReducedPattern
  private let dense: DenseSymmetricFactorization
  private let denseOrder: Int
  private var sparse: SparseAugmentedSystem?
  /// The place of each column and each row in the dense matrix, -1 for none; then the index at each place.
  private let place: UnsafeMutablePointer<Int32>
  private let index: UnsafeMutablePointer<Int32>
  private var count = 0
  private var isDense = true
  private let work: Vector
  private(set) var factorCount = 0

  init(_ problem: ScaledProblem, denseOrder: Int) {
    n = problem.n
    m = problem.m
    jacobian = problem.jacobian
    hessian = problem.hessian
    self.denseOrder = denseOrder
    dense = DenseSymmetricFactorization(capacity: min(denseOrder, n + m))
    place = .allocate(capacity: n + m + 1)
    index = .allocate(capacity: n + m + 1)
    work = Vector(count: n + m)
  }

  deinit {
    place.deallocate()
    index.deallocate()
  }

  /// Factors the matrix of a face.
  /// - Parameters:
  ///   - h, j: entries of the Hessian and the Jacobian.
  ///   - free, active: the columns and rows that belong to the face.
  ///   - inversePenalty: the diagonal of D by row.
  /// - Returns: whether the reduced matrix is positive definite.
  func factor(
    _ h: UnsafePointer<Double>, _ j: UnsafePointer<Double>, free: UnsafePointer<Bool>, active: UnsafePointer<Bool>,
    inversePenalty: UnsafePointer<Double>, shift: Double
  ) -> Bool {
    factorCount += 1
    count = 0
    for k in 0..<(n + m) {
      let isIn = k < n ? free[k] : active[k - n]
      place[k] = isIn ? Int32(count) : -1
      if isIn {
        index[count] = Int32(k)
        count += 1
      }
    }
    isDense = count <= denseOrder
    if isDense { return factorDense(h, j, inversePenalty, shift) }
    if sparse == nil { sparse = SparseAugmentedSystem(n, m, jacobian: jacobian, hessian: hessian) }
    return sparse!.factor(h, j, place: place, inversePenalty: inversePenalty, shift: shift)
  }

  private func factorDense(
    _ h: UnsafePointer<Double>, _ j: UnsafePointer<Double>, _ inversePenalty: UnsafePointer<Double>, _ shift: Double
  ) -> Bool {
    let order = count
    dense.reset(order: order)
    let a = dense.matrix
    var rows = 0
    for q in 0..<order {
      let k = Int(index[q])
      if k < n {
        a[q &* order &+ q] += shift
        for p in hessian.starts[k]..<hessian.starts[k &+ 1] {
          let i = Int(place[Int(hessian.indices[p])])
          if i >= 0 { a[q &* order &+ i] += h[p] }
        }
      } else {
        rows += 1
        a[q &* order &+ q] = -inversePenalty[k &- n]
        for p in jacobian.starts[k &- n]..<jacobian.starts[k &- n &+ 1] {
          let i = Int(place[Int(jacobian.indices[p])])
          if i >= 0 { a[i &* order &+ q] += j[p] }
        }
      }
    }
    dense.factor()
    return dense.negativeCount == rows && dense.zeroCount == 0
  }

  /// Solves with the face that was factored last: `u` and `v` are the right-hand side by column and by row, replaced by
  /// the solution; entries outside the face come out as zero.
  func solve(_ u: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>) {
    if !isDense {
      sparse!.solve(u, v, place: place)
      return
    }
    for q in 0..<count {
      let k = Int(index[q])
      work[q] = k < n ? u[k] : v[k - n]
    }
    dense.solve(work.pointer)
    for k in 0..<n { u[k] = place[k] >= 0 ? work[Int(place[k])] : 0 }
    for i in 0..<m { v[i] = place[n + i] >= 0 ? work[Int(place[n + i])] : 0 }
  }
}
