import Constraints
import LinearAlgebra

/// A nonlinear form without its fixed columns, with objective and rows divided by scale factors.
///
/// Points of this problem have `n` entries; points of the form are called full.
final class ScaledProblem {
  let form: NonlinearForm
  let evaluator: any NonlinearEvaluator
  /// Columns that are not fixed, and rows.
  let n: Int
  let m: Int
  let lower: Vector
  let upper: Vector
  let rowLower: Vector
  let rowUpper: Vector
  /// What the functions were multiplied by.
  private(set) var objectiveScale = 1.0
  let rowScale: Vector
  /// 0 leaves the objective out: what remains is the violation of the rows.
  var objectiveFactor = 1.0
  private(set) var functionCount = 0
  private(set) var gradientCount = 0
  private(set) var hessianCount = 0

  /// The column of the form for each of this problem's; empty if all are kept.
  private let columns: [Int32]
  private let full: Vector
  private let fullGradient: Vector
  private let fullDirection: Vector
  private let scaledMultipliers: Vector
  let jacobian: ReducedPattern
  let hessian: ReducedPattern

  init(_ form: NonlinearForm) {
    self.form = form
    evaluator = form.makeEvaluator()
    let size = form.columnCount
    precondition(evaluator.variableCount == size && evaluator.constraintCount == form.rowCount)
    m = form.rowCount
    let kept = (0..<size).filter { form.columnLower[$0] < form.columnUpper[$0] }
    n = kept.count
    columns = kept.count == size ? [] : kept.map { Int32($0) }
    lower = Vector(kept.map { form.columnLower[$0] })
    upper = Vector(kept.map { form.columnUpper[$0] })
    rowLower = Vector(form.rowLower)
    rowUpper = Vector(form.rowUpper)
    rowScale = Vector(count: m, repeating: 1)
    full = Vector(form.start)
    for j in 0..<size where form.columnLower[j] == form.columnUpper[j] { full[j] = form.columnLower[j] }
    fullGradient = Vector(count: columns.isEmpty ? 0 : size)
    fullDirection = Vector(count: columns.isEmpty ? 0 : size)
    scaledMultipliers = Vector(count: m)
    var place: [Int32] = []
    if !columns.isEmpty {
      place = [Int32](repeating: -1, count: size)
      for (k, j) in columns.enumerated() { place[Int(j)] = Int32(k) }
    }
    let abilities = evaluator.abilities
    jacobian = ReducedPattern(
      abilities.contains(.jacobian) ? evaluator.jacobianPattern : nil, lines: m, columns: place, keepsLines: true)
    hessian = ReducedPattern(
      abilities.contains(.hessian) ? evaluator.hessianPattern : nil, lines: size, columns: place, keepsLines: false)
  }

  var hasJacobian: Bool { evaluator.abilities.contains(.jacobian) || m == 0 }
  var hasHessian: Bool { evaluator.abilities.contains(.hessian) }
  var hasHessianProduct: Bool { evaluator.abilities.contains(.hessianProduct) || hasHessian }

  // MARK: Points

  /// The full start, in this problem's columns, moved into the bounds.
  func start() -> Vector {
    let x = Vector(count: n)
    for k in 0..<n {
      let s = form.start[columns.isEmpty ? k : Int(columns[k])]
      x[k] = min(max(s.isFinite ? s : 0, lower[k]), upper[k])
    }
    return x
  }

  func fullPoint(_ x: UnsafePointer<Double>) -> [Double] {
    expand(x)
    return full.array
  }

  /// A vector in this problem's columns as one of the form, zero in fixed columns.
  func fullVector(_ v: UnsafePointer<Double>) -> [Double] {
    var result = [Double](repeating: 0, count: form.columnCount)
    for k in 0..<n { result[columns.isEmpty ? k : Int(columns[k])] = v[k] }
    return result
  }

  private func expand(_ x: UnsafePointer<Double>) {
    if columns.isEmpty {
      full.pointer.update(from: x, count: n)
    } else {
      columns.withUnsafeBufferPointer { columns in
        for k in 0..<n { full.pointer[Int(columns[k])] = x[k] }
      }
    }
  }

  // MARK: Scaling

  /// A row whose largest derivative is below the first is multiplied to have it so large, by the second at most: a start
  /// where the derivatives of a row happen to be small says little about other points.
  static let smallDerivative = 1e-3
  static let largestRowScale = 1e4

  /// Divides objective and rows by their largest derivatives at x where these are above the threshold, and raises rows
  /// with small ones.
  /// - Complexity: one evaluation of the gradient and the Jacobian; without a Jacobian as a matrix rows stay as they are.
  func scale(at x: UnsafePointer<Double>, threshold: Double, least: Double) {
    let g = Vector(count: n)
    gradient(at: x, into: g.pointer)
    let size = VectorKernels.maxNorm(n, g.pointer)
    if size.isFinite && size > threshold { objectiveScale = max(least, threshold / size) }
    guard m > 0, hasJacobian else { return }
    let values = Vector(count: jacobian.entryCount)
    computeJacobian(at: x, into: values.pointer)
    for i in 0..<m {
      let largest = largestEntry(values.pointer, row: i)
      guard largest.isFinite && largest > 0 else { continue }
      if largest > threshold {
        rowScale[i] = max(least, threshold / largest)
      } else if largest < Self.smallDerivative {
        rowScale[i] = min(Self.largestRowScale, Self.smallDerivative / largest)
      }
      rowLower[i] *= rowScale[i]
      rowUpper[i] *= rowScale[i]
    }
  }

  /// The largest modulus in a row of the Jacobian.
  func largestEntry(_ values: UnsafePointer<Double>, row i: Int) -> Double {
    var largest = 0.0
    for p in jacobian.starts[i]..<jacobian.starts[i + 1] { largest = max(largest, abs(values[p])) }
    return largest
  }

  // MARK: Functions

  /// f(x), and c(x) into `c`. Infinite where one of them is not a finite number.
  func functions(at x: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>) -> Double {
    functionCount += 1
    expand(x)
    var f = 0.0
    if objectiveFactor != 0 {
      f = evaluator.objective(at: full.pointer) * objectiveScale
      if !f.isFinite { return .infinity }
    }
    if m > 0 {
      evaluator.constraints(at: full.pointer, into: c)
      var sum = 0.0
      for i in 0..<m {
        c[i] *= rowScale[i]
        sum += c[i] * 0
      }
      if sum != 0 { return .infinity }
    }
    return f
  }

  /// `result = ∇f(x)`.
  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    gradientCount += 1
    if objectiveFactor == 0 {
      result.update(repeating: 0, count: n)
      return
    }
    expand(x)
    if columns.isEmpty {
      evaluator.gradient(at: full.pointer, into: result)
    } else {
      evaluator.gradient(at: full.pointer, into: fullGradient.pointer)
      for k in 0..<n { result[k] = fullGradient[Int(columns[k])] }
    }
    if objectiveScale != 1 { VectorKernels.scale(n, objectiveScale, result) }
  }

  /// `result += J(x)ᵀ y`.
  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    if m == 0 { return }
    expand(x)
    for i in 0..<m { scaledMultipliers[i] = y[i] * rowScale[i] }
    if columns.isEmpty {
      evaluator.addJacobianTransposeProduct(at: full.pointer, scaledMultipliers.pointer, to: result)
    } else {
      fullGradient.fill(0)
      evaluator.addJacobianTransposeProduct(at: full.pointer, scaledMultipliers.pointer, to: fullGradient.pointer)
      for k in 0..<n { result[k] += fullGradient[Int(columns[k])] }
    }
  }

  /// The entries of the Jacobian, as `jacobian` orders them.
  func computeJacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    if m == 0 || !hasJacobian { return }
    expand(x)
    jacobian.evaluate(into: values) { evaluator.jacobian(at: full.pointer, into: $0) }
    for i in 0..<m where rowScale[i] != 1 {
      for p in jacobian.starts[i]..<jacobian.starts[i + 1] { values[p] *= rowScale[i] }
    }
  }

  /// The entries of the Hessian of `f + Σ yᵢ cᵢ`, as `hessian` orders them.
  func computeHessian(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    hessianCount += 1
    expand(x)
    for i in 0..<m { scaledMultipliers[i] = y[i] * rowScale[i] }
    hessian.evaluate(into: values) {
      evaluator.hessian(
        at: full.pointer, objective: objectiveFactor * objectiveScale, multipliers: scaledMultipliers.pointer, into: $0)
    }
  }

  /// `result = ∇²(f + Σ yᵢ cᵢ)(x) v`, by the evaluator's own product.
  func hessianProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ v: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    expand(x)
    for i in 0..<m { scaledMultipliers[i] = y[i] * rowScale[i] }
    let factor = objectiveFactor * objectiveScale
    if columns.isEmpty {
      evaluator.hessianProduct(
        at: full.pointer, objective: factor, multipliers: scaledMultipliers.pointer, v, into: result)
      return
    }
    fullDirection.fill(0)
    for k in 0..<n { fullDirection[Int(columns[k])] = v[k] }
    evaluator.hessianProduct(
      at: full.pointer, objective: factor, multipliers: scaledMultipliers.pointer, fullDirection.pointer,
      into: fullGradient.pointer)
    for k in 0..<n { result[k] = fullGradient[Int(columns[k])] }
  }
}
