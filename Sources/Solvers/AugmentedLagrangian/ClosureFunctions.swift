import Constraints

/// Functions of a nonlinear problem as Swift closures on buffers: f, ∇f, c and `Jᵀy` at least; with the sparse Jacobian
/// and products with the Hessian where there are some.
///
/// A solve on one thread calls the closures one at a time; several starts in parallel call them from several threads.
public struct ClosureFunctions: Sendable {
  public typealias Input = UnsafeBufferPointer<Double>
  public typealias Output = UnsafeMutableBufferPointer<Double>

  public var variableCount: Int
  public var constraintCount: Int
  /// f(x).
  public var objective: @Sendable (Input) -> Double
  /// The output becomes ∇f(x); what it held before is not defined.
  public var gradient: @Sendable (Input, Output) -> Void
  /// The output becomes c(x).
  public var constraints: @Sendable (Input, Output) -> Void
  /// The output is raised by `J(x)ᵀ y`, for x, y in this order.
  public var addJacobianTransposeProduct: @Sendable (Input, Input, Output) -> Void
  /// The Jacobian by rows, and its entries at x.
  public var jacobian: (pattern: SparsityPattern, values: @Sendable (Input, Output) -> Void)?
  /// The output becomes `(factor ∇²f(x) + Σ yᵢ ∇²cᵢ(x)) v`, for x, factor, y, v in this order.
  public var hessianProduct: (@Sendable (Input, Double, Input, Input, Output) -> Void)?

  /// Functions with constraints.
  public init(
    variableCount: Int, constraintCount: Int, objective: @escaping @Sendable (Input) -> Double,
    gradient: @escaping @Sendable (Input, Output) -> Void, constraints: @escaping @Sendable (Input, Output) -> Void,
    addJacobianTransposeProduct: @escaping @Sendable (Input, Input, Output) -> Void
  ) {
    self.variableCount = variableCount
    self.constraintCount = constraintCount
    self.objective = objective
    self.gradient = gradient
    self.constraints = constraints
    self.addJacobianTransposeProduct = addJacobianTransposeProduct
  }

  /// An objective alone.
  public init(
    variableCount: Int, objective: @escaping @Sendable (Input) -> Double,
    gradient: @escaping @Sendable (Input, Output) -> Void
  ) {
    self.init(
      variableCount: variableCount, constraintCount: 0, objective: objective, gradient: gradient,
      constraints: { _, _ in }, addJacobianTransposeProduct: { _, _, _ in })
  }
}

extension NonlinearForm {
  /// A form of closures; columns without bounds and equations `c(x) = 0` where none are given.
  public init(
    _ functions: ClosureFunctions, columnLower: [Double]? = nil, columnUpper: [Double]? = nil,
    rowLower: [Double]? = nil, rowUpper: [Double]? = nil, start: [Double]
  ) {
    let n = functions.variableCount, m = functions.constraintCount
    self.init(
      columnLower: columnLower ?? [Double](repeating: -.infinity, count: n),
      columnUpper: columnUpper ?? [Double](repeating: .infinity, count: n),
      rowLower: rowLower ?? [Double](repeating: 0, count: m), rowUpper: rowUpper ?? [Double](repeating: 0, count: m),
      start: start, makeEvaluator: { ClosureEvaluator(functions) })
  }
}

/// Evaluates ``ClosureFunctions``.
public final class ClosureEvaluator: NonlinearEvaluator {
  private let functions: ClosureFunctions
  public let variableCount: Int
  public let constraintCount: Int
  public let abilities: NonlinearAbilities
  public let jacobianPattern: SparsityPattern
  public let hessianPattern: SparsityPattern

  public init(_ functions: ClosureFunctions) {
    self.functions = functions
    variableCount = functions.variableCount
    constraintCount = functions.constraintCount
    var abilities: NonlinearAbilities = []
    if functions.jacobian != nil { abilities.insert(.jacobian) }
    if functions.hessianProduct != nil { abilities.insert(.hessianProduct) }
    self.abilities = abilities
    jacobianPattern =
      functions.jacobian?.pattern ?? SparsityPattern(starts: [Int](repeating: 0, count: functions.constraintCount + 1))
    hessianPattern = SparsityPattern(starts: [Int](repeating: 0, count: functions.variableCount + 1))
  }

  private func input(_ x: UnsafePointer<Double>, _ count: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: x, count: count)
  }

  public func objective(at x: UnsafePointer<Double>) -> Double { functions.objective(input(x, variableCount)) }

  public func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    functions.gradient(input(x, variableCount), UnsafeMutableBufferPointer(start: result, count: variableCount))
  }

  public func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    functions.constraints(input(x, variableCount), UnsafeMutableBufferPointer(start: result, count: constraintCount))
  }

  public func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    functions.jacobian?.values(
      input(x, variableCount), UnsafeMutableBufferPointer(start: values, count: jacobianPattern.entryCount))
  }

  public func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    functions.addJacobianTransposeProduct(
      input(x, variableCount), input(y, constraintCount),
      UnsafeMutableBufferPointer(start: result, count: variableCount))
  }

  /// There is none: `abilities` says so.
  public func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>
  ) {}

  public func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    functions.hessianProduct?(
      input(x, variableCount), factor, input(y, constraintCount), input(v, variableCount),
      UnsafeMutableBufferPointer(start: result, count: variableCount))
  }
}
