import Constraints
import LinearAlgebra

/// A problem `minimize f(x) subject to c(x) = 0`, scaled by the gradients at its start, as the method sees it.
///
/// Multipliers λ are those of `L = f + λᵀc` in scaled functions.
final class EqualityProblem {
  let evaluator: any NonlinearEvaluator
  /// Length of x.
  let n: Int
  /// Equations.
  let m: Int
  let jacobianPattern: SparsityPattern
  let hessianPattern: SparsityPattern
  /// What f is multiplied by.
  private(set) var objectiveScale = 1.0
  /// What each equation is multiplied by; 0 for rows without bounds, which constrain nothing.
  let rowScales: Vector
  /// Right-hand sides.
  private let targets: Vector
  private let scaledMultipliers: Vector
  /// Points at which the functions were evaluated.
  private(set) var evaluationCount = 0

  /// - Precondition: the rows are equations or have no bounds, and the evaluator has Jacobian and Hessian as matrices.
  init(_ form: NonlinearForm) {
    evaluator = form.makeEvaluator()
    n = form.columnCount
    m = form.rowCount
    jacobianPattern = evaluator.jacobianPattern
    hessianPattern = evaluator.hessianPattern
    rowScales = Vector(count: m, repeating: 1)
    targets = Vector(count: m)
    scaledMultipliers = Vector(count: m)
    for i in 0..<m {
      if form.rowLower[i].isFinite { targets[i] = form.rowLower[i] } else { rowScales[i] = 0 }
    }
  }

  /// Scales functions down whose gradients at a point are large: the largest entry becomes `largest`.
  ///
  /// Source: Wächter, Biegler, "On the implementation of an interior-point filter line-search algorithm for large-scale
  /// nonlinear programming", 2006, section 3.8.
  func scale(at p: EqualityPoint, largest: Double) {
    let steepest = VectorKernels.maxNorm(n, p.gradient.pointer)
    if steepest.isFinite && steepest > largest { objectiveScale = largest / steepest }
    for i in 0..<m where rowScales[i] != 0 {
      var steepest = 0.0
      for k in jacobianPattern.starts[i]..<jacobianPattern.starts[i + 1] { steepest = max(steepest, abs(p.jacobian[k])) }
      if steepest.isFinite && steepest > largest { rowScales[i] = largest / steepest }
    }
  }

  /// Functions, first derivatives and the gradient of the Lagrangian at the point and multipliers of `p`.
  /// - Returns: whether all of them are finite.
  /// - Complexity: an evaluation, and O(n + m + entries of the Jacobian).
  func evaluate(_ p: EqualityPoint) -> Bool {
    evaluationCount += 1
    let x = p.x.pointer
    p.objective = objectiveScale * evaluator.objective(at: x)
    if !p.objective.isFinite { return false }
    evaluator.constraints(at: x, into: p.constraints.pointer)
    for i in 0..<m {
      p.constraints[i] = rowScales[i] == 0 ? 0 : rowScales[i] * (p.constraints[i] - targets[i])
      if !p.constraints[i].isFinite { return false }
    }
    evaluator.gradient(at: x, into: p.gradient.pointer)
    VectorKernels.scale(n, objectiveScale, p.gradient.pointer)
    evaluator.jacobian(at: x, into: p.jacobian.pointer)
    jacobianPattern.starts.withUnsafeBufferPointer { starts in
      for i in 0..<m {
        let s = rowScales[i]
        if s != 1 { for k in starts[i]..<starts[i &+ 1] { p.jacobian[k] = s == 0 ? 0 : s * p.jacobian[k] } }
      }
    }
    updateLagrangian(p)
    return VectorKernels.maxNorm(n, p.lagrangian.pointer).isFinite
      && VectorKernels.maxNorm(p.jacobian.count, p.jacobian.pointer).isFinite
  }

  /// `∇ₓL = ∇f + Gᵀλ` for new multipliers at the same point.
  func updateLagrangian(_ p: EqualityPoint) {
    p.lagrangian.copy(from: p.gradient)
    addTransposed(p, p.multipliers.pointer, to: p.lagrangian.pointer)
  }

  /// Entries of `factor ∇²f + Σ λᵢ ∇²cᵢ`.
  func hessian(_ p: EqualityPoint, objective factor: Double, multipliers: Vector, into values: Vector) {
    for i in 0..<m { scaledMultipliers[i] = rowScales[i] * multipliers[i] }
    evaluator.hessian(
      at: p.x.pointer, objective: factor * objectiveScale, multipliers: scaledMultipliers.pointer,
      into: values.pointer)
  }

  /// `result = G v`.
  func multiply(_ p: EqualityPoint, _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let values = p.jacobian.pointer
    jacobianPattern.starts.withUnsafeBufferPointer { starts in
      jacobianPattern.indices.withUnsafeBufferPointer { columns in
        for i in 0..<m {
          var sum = 0.0
          for k in starts[i]..<starts[i &+ 1] { sum += values[k] * v[Int(columns[k])] }
          result[i] = sum
        }
      }
    }
  }

  /// `result += Gᵀ v`.
  func addTransposed(_ p: EqualityPoint, _ v: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>) {
    let values = p.jacobian.pointer
    jacobianPattern.starts.withUnsafeBufferPointer { starts in
      jacobianPattern.indices.withUnsafeBufferPointer { columns in
        for i in 0..<m {
          let t = v[i]
          if t == 0 { continue }
          for k in starts[i]..<starts[i &+ 1] { result[Int(columns[k])] += values[k] * t }
        }
      }
    }
  }

  /// `result = H v` for the lower triangle of a Hessian in the order of its pattern.
  func multiplyHessian(
    _ values: Vector, _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let values = values.pointer
    result.update(repeating: 0, count: n)
    hessianPattern.starts.withUnsafeBufferPointer { starts in
      hessianPattern.indices.withUnsafeBufferPointer { rows in
        for j in 0..<n {
          var sum = 0.0
          for k in starts[j]..<starts[j &+ 1] {
            let i = Int(rows[k])
            sum += values[k] * v[i]
            if i != j { result[i] += values[k] * v[j] }
          }
          result[j] += sum
        }
      }
    }
  }

  /// The largest violation of an equation, without scaling, and its row.
  func worstViolation(_ p: EqualityPoint) -> (violation: Double, row: Int) {
    var worst = (violation: 0.0, row: -1)
    for i in 0..<m where rowScales[i] != 0 {
      let v = abs(p.constraints[i]) / rowScales[i]
      if v > worst.violation { worst = (v, i) }
    }
    return worst
  }
}

/// A point and multipliers, with scaled functions and first derivatives there.
final class EqualityPoint {
  let x: Vector
  /// λ.
  let multipliers: Vector
  var objective = 0.0
  /// c(x).
  let constraints: Vector
  /// ∇f(x).
  let gradient: Vector
  /// The entries of G, the Jacobian of c, by rows.
  let jacobian: Vector
  /// ∇ₓL(x, λ).
  let lagrangian: Vector

  init(_ problem: EqualityProblem) {
    x = Vector(count: problem.n)
    multipliers = Vector(count: problem.m)
    constraints = Vector(count: problem.m)
    gradient = Vector(count: problem.n)
    jacobian = Vector(count: problem.jacobianPattern.entryCount)
    lagrangian = Vector(count: problem.n)
  }

  /// ‖(∇ₓL, c)‖².
  var residualSquare: Double {
    VectorKernels.dot(lagrangian.count, lagrangian.pointer, lagrangian.pointer) + constraintSquare
  }

  /// ‖c‖².
  var constraintSquare: Double { VectorKernels.dot(constraints.count, constraints.pointer, constraints.pointer) }
}
