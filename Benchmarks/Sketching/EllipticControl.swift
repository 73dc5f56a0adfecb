import Constraints

/// Optimal control of a semilinear elliptic equation on the unit interval or square by central differences:
///
///     minimize    ½ ‖y - y_d‖² + ½ α ‖u‖²
///     subject to  -Δy + y³ = u,  y = 0 on the boundary
///
/// with the L² norms of the grid. Variables are y and then u at the inner points; each row of the equation is multiplied by
/// h², each norm by h to the dimension over its largest, so that all numbers are near 1.
final class EllipticControl: NonlinearEvaluator {
  private let side: Int
  private let dimension: Int
  private let count: Int
  private let square: Double
  private let alpha: Double
  private let target: [Double]
  let jacobianPattern: SparsityPattern
  let hessianPattern: SparsityPattern
  let abilities = NonlinearAbilities.all

  /// - Parameters:
  ///   - side: inner points in each direction.
  ///   - dimension: 1 or 2.
  ///   - alpha: the price of the control.
  init(side: Int, dimension: Int, alpha: Double) {
    self.side = side
    self.dimension = dimension
    self.alpha = alpha
    let h = 1 / Double(side + 1)
    square = h * h
    count = dimension == 1 ? side : side * side
    // Above what the equation reaches with little control, and not symmetric.
    target = (0..<count).map { k in
      let s = Double(k % side + 1) * h, t = dimension == 1 ? 0.5 : Double(k / side + 1) * h
      return 16 * s * (1 - s) * t * (1 - t) * (1 + s)
    }
    var starts = [0]
    var columns: [Int32] = []
    for k in 0..<count {
      columns += Self.neighbours(k, side, dimension).map { Int32($0) }
      columns.append(Int32(count + k))
      starts.append(columns.count)
    }
    jacobianPattern = SparsityPattern(starts: starts, indices: columns)
    hessianPattern = SparsityPattern(
      starts: (0...2 * count).map { $0 }, indices: (0..<Int32(2 * count)).map { $0 })
  }

  var variableCount: Int { 2 * count }
  var constraintCount: Int { count }

  /// Points of the stencil in ascending order, the point itself among them.
  private static func neighbours(_ k: Int, _ side: Int, _ dimension: Int) -> [Int] {
    var list: [Int] = []
    if dimension == 2 && k >= side { list.append(k - side) }
    if k % side > 0 { list.append(k - 1) }
    list.append(k)
    if k % side < side - 1 { list.append(k + 1) }
    if dimension == 2 && k < side * (side - 1) { list.append(k + side) }
    return list
  }

  func objective(at x: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    for k in 0..<count {
      let gap = x[k] - target[k], u = x[count + k]
      sum += gap * gap + alpha * u * u
    }
    return 0.5 * sum / Double(count)
  }

  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let weight = 1 / Double(count)
    for k in 0..<count {
      result[k] = weight * (x[k] - target[k])
      result[count + k] = weight * alpha * x[count + k]
    }
  }

  func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let diagonal = Double(2 * dimension)
    let indices = jacobianPattern.indices
    for k in 0..<count {
      var sum = square * (x[k] * x[k] * x[k] - x[count + k])
      for p in jacobianPattern.starts[k]..<jacobianPattern.starts[k + 1] - 1 {
        let j = Int(indices[p])
        sum += j == k ? diagonal * x[k] : -x[j]
      }
      result[k] = sum
    }
  }

  func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    let diagonal = Double(2 * dimension)
    for k in 0..<count {
      let end = jacobianPattern.starts[k + 1] - 1
      for p in jacobianPattern.starts[k]..<end {
        values[p] = Int(jacobianPattern.indices[p]) == k ? diagonal + 3 * square * x[k] * x[k] : -1
      }
      values[end] = -square
    }
  }

  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    let diagonal = Double(2 * dimension)
    for k in 0..<count {
      let end = jacobianPattern.starts[k + 1] - 1
      for p in jacobianPattern.starts[k]..<end {
        let j = Int(jacobianPattern.indices[p])
        result[j] += y[k] * (j == k ? diagonal + 3 * square * x[k] * x[k] : -1)
      }
      result[count + k] -= square * y[k]
    }
  }

  func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>
  ) {
    let weight = factor / Double(count)
    for k in 0..<count {
      values[k] = weight + 6 * square * y[k] * x[k]
      values[count + k] = weight * alpha
    }
  }

  func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    hessian(at: x, objective: factor, multipliers: y, into: result)
    for j in 0..<2 * count { result[j] *= v[j] }
  }
}
