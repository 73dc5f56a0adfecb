/// Least-squares corrections on a part of the scaled matrix: the rows and columns with a mark of 1, the others 0.
///
/// LSQR finds the smallest correction, and needs two products an iteration as the method itself does.
///
/// C. Paige, M. Saunders, "LSQR: an algorithm for sparse linear equations and sparse least squares", ACM Transactions on
/// Mathematical Software 8 (1982), section 4.
final class LeastSquares {
  typealias Vector = UnsafeMutablePointer<Double>

  private let iteration: HalpernIteration
  /// 1 for rows and columns that take part, 0 for the others.
  var rowMark: Vector { rows.mark }
  var columnMark: Vector { columns.mark }
  /// The right-hand side before a solve; overwritten.
  var rowSide: Vector { rows.side }
  var columnSide: Vector { columns.side }
  /// The correction after a solve.
  var rowCorrection: Vector { rows.correction }
  var columnCorrection: Vector { columns.correction }

  /// Allocated with the first use: many solves never need them.
  private lazy var rows = Space(iteration.m)
  private lazy var columns = Space(iteration.n)

  init(_ iteration: HalpernIteration) { self.iteration = iteration }

  /// The correction of the columns that brings the marked rows of `A δ` as close to `rowSide` as possible.
  /// - Returns: the number of iterations.
  func correctColumns(limit: Int, tolerance: Double, shouldStop: () -> Bool) -> Int {
    solve(limit, tolerance, shouldStop, rows, columns, isTransposed: false)
  }

  /// The correction of the rows that brings the marked columns of `Aᵀ δ` as close to `columnSide` as possible.
  /// - Returns: the number of iterations.
  func correctRows(limit: Int, tolerance: Double, shouldStop: () -> Bool) -> Int {
    solve(limit, tolerance, shouldStop, columns, rows, isTransposed: true)
  }

  /// The vectors of the rows or of the columns.
  private final class Space {
    let count: Int
    let mark: Vector
    /// The right-hand side, and then the Lanczos vector.
    let side: Vector
    let product: Vector
    let correction: Vector
    let direction: Vector

    init(_ count: Int) {
      self.count = count
      mark = .allocate(capacity: max(1, 5 * count))
      mark.initialize(repeating: 0, count: max(1, 5 * count))
      side = mark + count
      product = side + count
      correction = product + count
      direction = correction + count
    }

    deinit { mark.deallocate() }

    func normalize() -> Double {
      var sum = 0.0
      for i in 0..<count { sum += side[i] * side[i] }
      let length = sum.squareRoot()
      if length > 0 {
        let factor = 1 / length
        for i in 0..<count { side[i] *= factor }
      }
      return length
    }

    /// side ← marked product - factor side.
    func advance(_ factor: Double) {
      for i in 0..<count { side[i] = mark[i] * product[i] - factor * side[i] }
    }
  }

  private func solve(
    _ limit: Int, _ tolerance: Double, _ shouldStop: () -> Bool, _ left: Space, _ right: Space,
    isTransposed: Bool
  ) -> Int {
    let (correction, direction) = (right.correction, right.direction)
    func multiplyRight() {
      if isTransposed {
        iteration.multiplyTransposed(right.side, into: left.product)
      } else {
        iteration.multiply(right.side, into: left.product)
      }
    }
    func multiplyLeft() {
      if isTransposed {
        iteration.multiply(left.side, into: right.product)
      } else {
        iteration.multiplyTransposed(left.side, into: right.product)
      }
    }
    for j in 0..<right.count {
      correction[j] = 0
      right.side[j] = 0
    }
    for i in 0..<left.count { left.side[i] *= left.mark[i] }
    let size = left.normalize()
    if size == 0 { return 0 }
    multiplyLeft()
    right.advance(0)
    var alpha = right.normalize()
    if alpha == 0 { return 0 }
    for j in 0..<right.count { direction[j] = right.side[j] }
    var (phi, rho) = (size, alpha)
    var norm = alpha * alpha
    for k in 1...max(1, limit) {
      multiplyRight()
      left.advance(alpha)
      let beta = left.normalize()
      norm += beta * beta
      multiplyLeft()
      right.advance(beta)
      alpha = right.normalize()
      norm += alpha * alpha
      let length = (rho * rho + beta * beta).squareRoot()
      let (cosine, sine) = (rho / length, beta / length)
      let theta = sine * alpha
      rho = -cosine * alpha
      let step = cosine * phi / length
      phi *= sine
      let turn = theta / length
      for j in 0..<right.count {
        correction[j] += step * direction[j]
        direction[j] = right.side[j] - turn * direction[j]
      }
      // The residual is small, or as small as it gets: ‖Mᵀr‖ = φ α |c| against ‖M‖ ‖r‖.
      if phi <= tolerance * size || alpha * abs(cosine) <= tolerance * norm.squareRoot() || alpha == 0 || beta == 0 {
        return k
      }
      if shouldStop() { return k }
    }
    return limit
  }
}
