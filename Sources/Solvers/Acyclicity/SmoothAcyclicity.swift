import Constraints

/// The functions of a nonlinear form with a further row `h(A) = 0` for each matrix that must be acyclic, `A = W ∘ W`.
final class AcyclicityEvaluator: NonlinearEvaluator {
  private let inner: any NonlinearEvaluator
  private let matrices: [Matrix]
  private let innerCount: Int

  /// One matrix and room for its function.
  private final class Matrix {
    let entries: [Affine]
    let workspace: AcyclicityWorkspace
    private var values: [Double]
    private var squares: [Double]
    private var gradient: [Double]

    init(_ constraint: AcyclicConstraint, _ kind: AcyclicityFunction.Kind) {
      entries = constraint.entries
      workspace = AcyclicityFunction(kind: kind, nodeCount: constraint.nodeCount).makeWorkspace()
      values = [Double](repeating: 0, count: entries.count)
      squares = values
      gradient = values
    }

    // The entries stand row by row and the function takes columns: a graph and the one with all edges turned have the same
    // cycles, and h the same value.
    private func load(_ x: UnsafePointer<Double>) {
      for (k, entry) in entries.enumerated() {
        var value = entry.constant
        for term in entry.terms { value += term.value * x[Int(term.column)] }
        values[k] = value
        squares[k] = value * value
      }
    }

    func value(_ x: UnsafePointer<Double>) -> Double {
      load(x)
      return workspace.value(of: squares)
    }

    /// `result += y ∇h`.
    func addGradient(_ x: UnsafePointer<Double>, _ y: Double, to result: UnsafeMutablePointer<Double>) {
      if y == 0 { return }
      load(x)
      guard gradient.withUnsafeMutableBufferPointer({ workspace.value(of: squares, gradient: $0.baseAddress) }).isFinite
      else { return }
      for (k, entry) in entries.enumerated() {
        let slope = 2 * y * values[k] * gradient[k]
        for term in entry.terms { result[Int(term.column)] += slope * term.value }
      }
    }
  }

  init(_ inner: any NonlinearEvaluator, _ constraints: [AcyclicConstraint], _ kind: AcyclicityFunction.Kind) {
    self.inner = inner
    innerCount = inner.constraintCount
    matrices = constraints.map { Matrix($0, kind) }
    jacobianPattern = SparsityPattern(starts: [Int](repeating: 0, count: innerCount + matrices.count + 1))
    hessianPattern = SparsityPattern(starts: [Int](repeating: 0, count: inner.variableCount + 1))
  }

  var variableCount: Int { inner.variableCount }
  var constraintCount: Int { innerCount + matrices.count }
  var abilities: NonlinearAbilities { [] }
  let jacobianPattern: SparsityPattern
  let hessianPattern: SparsityPattern

  func objective(at x: UnsafePointer<Double>) -> Double { inner.objective(at: x) }

  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    inner.gradient(at: x, into: result)
  }

  func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    inner.constraints(at: x, into: result)
    for (k, matrix) in matrices.enumerated() { result[innerCount + k] = matrix.value(x) }
  }

  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    inner.addJacobianTransposeProduct(at: x, y, to: result)
    for (k, matrix) in matrices.enumerated() { matrix.addGradient(x, y[innerCount + k], to: result) }
  }

  /// There are none: `abilities` says so.
  func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {}
  func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>
  ) {}
  func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {}
}

extension NonlinearForm {
  /// The form with a row `h(W ∘ W) <= 0` for each matrix, in the columns of the model's variables, which come first.
  func adding(_ constraints: [AcyclicConstraint], _ kind: AcyclicityFunction.Kind) -> NonlinearForm {
    let make = makeEvaluator
    let added = constraints.count
    var result = NonlinearForm(
      columnLower: columnLower, columnUpper: columnUpper,
      rowLower: rowLower + [Double](repeating: -.infinity, count: added),
      rowUpper: rowUpper + [Double](repeating: 0, count: added),
      isLinear: isLinear + [Bool](repeating: false, count: added), start: start,
      makeEvaluator: { AcyclicityEvaluator(make(), constraints, kind) })
    result.startDuals = startDuals.isEmpty ? [] : startDuals + [Double](repeating: 0, count: added)
    return result
  }
}

extension AcyclicityFunction.Kind {
  /// In a plan.
  var words: String {
    switch self {
    case .exponential: "exponential"
    case .polynomial: "polynomial"
    case .logDeterminant: "logarithm of the determinant"
    }
  }
}
