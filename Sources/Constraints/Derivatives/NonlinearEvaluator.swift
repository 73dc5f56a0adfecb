/// Where a sparse matrix may have entries: those of line i, a row or a column as stated, are
/// `indices[starts[i]..<starts[i + 1]]`, ascending.
public struct SparsityPattern: Sendable, Hashable {
  public var starts: [Int]
  public var indices: [Int32]

  public init(starts: [Int] = [0], indices: [Int32] = []) {
    self.starts = starts
    self.indices = indices
  }

  public var lineCount: Int { starts.count - 1 }
  public var entryCount: Int { indices.count }
}

/// The functions of a nonlinear problem, `minimize f(x) subject to c(x) within bounds`, with their derivatives.
///
/// An evaluator lives on one thread at a time. Calls at the same point may come in any order and share work: an
/// implementation may keep what it computed at the last point. Values outside a function's domain come out as NaN or
/// infinite; solvers take such a point for a step that was too long.
public protocol NonlinearEvaluator: AnyObject {
  /// Length n of x.
  var variableCount: Int { get }
  /// Length m of c(x).
  var constraintCount: Int { get }
  /// What there is beside first derivatives as products.
  var abilities: NonlinearAbilities { get }
  /// The Jacobian of c by rows; without entries when there is only its product.
  var jacobianPattern: SparsityPattern { get }
  /// The lower triangle of the Hessian of the Lagrangian by columns, the diagonal included; without entries when there are
  /// no second derivatives as a matrix.
  var hessianPattern: SparsityPattern { get }

  /// f(x).
  func objective(at x: UnsafePointer<Double>) -> Double
  /// `result = ∇f(x)`.
  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>)
  /// `result = c(x)`.
  func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>)
  /// The entries of the Jacobian in the order of ``jacobianPattern``.
  func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>)
  /// `result += J(x)ᵀ y`.
  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>)
  /// The entries of `factor ∇²f(x) + Σ yᵢ ∇²cᵢ(x)` in the order of ``hessianPattern``.
  func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>)
  /// `result = (factor ∇²f(x) + Σ yᵢ ∇²cᵢ(x)) v`.
  func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>)
}

/// What a ``NonlinearEvaluator`` has beside values, gradients and products with the transposed Jacobian.
public struct NonlinearAbilities: OptionSet, Sendable {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The Jacobian as a sparse matrix.
  public static let jacobian = NonlinearAbilities(rawValue: 1)
  /// The Hessian of the Lagrangian as a sparse matrix.
  public static let hessian = NonlinearAbilities(rawValue: 2)
  /// Products of the Hessian of the Lagrangian with vectors.
  public static let hessianProduct = NonlinearAbilities(rawValue: 4)
  public static let all: NonlinearAbilities = [.jacobian, .hessian, .hessianProduct]
}
