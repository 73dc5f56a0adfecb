import Synchronization

/// All functions registered in this process, by number. Nodes of expressions hold the number, so that models and
/// expressions stay values; a function lives as long as the process.
private let registry = Mutex<[UserFunction]>([])

/// A function of numbers given as code, for use in expressions. Made by ``Model/register(_:arity:value:gradient:hessian:)``.
///
/// Its closures may be called from several threads at once.
public final class UserFunction: Sendable {
  /// Writes derivatives at the arguments into a buffer: the gradient, or the lower triangle of the Hessian row by row,
  /// `(i, j)` with j <= i at `i (i + 1) / 2 + j`.
  public typealias Derivative = @Sendable (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void

  public let name: String
  /// Number of arguments.
  public let arity: Int
  private let body: @Sendable (UnsafeBufferPointer<Double>) -> Double
  private let gradient: Derivative?
  private let hessian: Derivative?
  private let number: Int

  init(
    name: String, arity: Int, value: @escaping @Sendable (UnsafeBufferPointer<Double>) -> Double,
    gradient: Derivative?, hessian: Derivative?
  ) {
    self.name = name
    self.arity = arity
    body = value
    self.gradient = gradient
    self.hessian = hessian
    number = registry.withLock { $0.count }
  }

  /// Gives a new function its number.
  static func registered(_ make: () -> UserFunction) -> UserFunction {
    while true {
      let function = make()
      let isKept = registry.withLock { list in
        if list.count != function.number { return false }
        list.append(function)
        return true
      }
      if isKept { return function }
    }
  }

  /// The function that a node's first operand names; nil for a number that names none.
  static func numbered(_ number: Double) -> UserFunction? {
    registry.withLock { list in
      guard let position = Int(exactly: number), list.indices.contains(position) else { return nil }
      return list[position]
    }
  }

  /// The function applied to expressions: `area(x, y + 1)`.
  /// - Precondition: as many arguments as ``arity``.
  public func callAsFunction(_ arguments: any Decision...) -> Expression { self(arguments.map { $0.expression }) }

  /// The function applied to a list of expressions.
  public func callAsFunction(_ arguments: [Expression]) -> Expression {
    precondition(arguments.count == arity, "\(name) takes \(arity) arguments")
    return .apply(.call, [Expression(Double(number))] + arguments)
  }

  /// The value at the arguments; not a number when there are not ``arity`` of them.
  func value(_ arguments: [Double]) -> Double {
    arguments.count == arity ? arguments.withUnsafeBufferPointer(body) : .nan
  }

  // MARK: - Derivatives

  /// Writes what is asked for; derivatives that were not given are central differences.
  func evaluate(
    _ result: FunctionCall.Result, _ x: UnsafeBufferPointer<Double>, into results: UnsafeMutablePointer<Double>
  ) {
    switch result {
    case .value: results[0] = body(x)
    case .gradient: writeGradient(x, UnsafeMutableBufferPointer(start: results, count: arity))
    case .hessian:
      let buffer = UnsafeMutableBufferPointer(start: results, count: arity * (arity + 1) / 2)
      if let hessian { return hessian(x, buffer) }
      if gradient != nil { return differenceGradients(x, buffer) }
      differenceValues(x, buffer)
    }
  }

  /// Steps of differences relative to max(1, |x|): the third and the fourth root of the rounding unit, which balance
  /// rounding and truncation of first and second differences (J. Nocedal and S. Wright, "Numerical Optimization", 2006,
  /// section 8.1).
  private static let firstStep = 6.055e-6
  private static let secondStep = 1.2207e-4

  private func writeGradient(_ x: UnsafeBufferPointer<Double>, _ result: UnsafeMutableBufferPointer<Double>) {
    if let gradient { return gradient(x, result) }
    var point = Array(x)
    for i in point.indices {
      let h = UserFunction.firstStep * Swift.max(1, Swift.abs(x[i]))
      let (ahead, behind) = (x[i] + h, x[i] - h)
      point[i] = ahead
      let high = value(point)
      point[i] = behind
      result[i] = (high - value(point)) / (ahead - behind)
      point[i] = x[i]
    }
  }

  /// Differences of gradients, the mean of both triangles.
  private func differenceGradients(_ x: UnsafeBufferPointer<Double>, _ result: UnsafeMutableBufferPointer<Double>) {
    for k in result.indices { result[k] = 0 }
    var point = Array(x)
    var (high, low) = (point, point)
    for i in 0..<arity {
      let h = UserFunction.firstStep * Swift.max(1, Swift.abs(x[i]))
      let (ahead, behind) = (x[i] + h, x[i] - h)
      point[i] = ahead
      point.withUnsafeBufferPointer { p in high.withUnsafeMutableBufferPointer { writeGradient(p, $0) } }
      point[i] = behind
      point.withUnsafeBufferPointer { p in low.withUnsafeMutableBufferPointer { writeGradient(p, $0) } }
      point[i] = x[i]
      for j in 0..<arity {
        let slope = (high[j] - low[j]) / (ahead - behind)
        let place = i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i
        result[place] += i == j ? slope : 0.5 * slope
      }
    }
  }

  private func differenceValues(_ x: UnsafeBufferPointer<Double>, _ result: UnsafeMutableBufferPointer<Double>) {
    var point = Array(x)
    let centre = value(point)
    let h = x.map { UserFunction.secondStep * Swift.max(1, Swift.abs($0)) }
    func moved(_ i: Int, _ a: Double, _ j: Int, _ b: Double) -> Double {
      point[i] += a * h[i]
      point[j] += b * h[j]
      let value = value(point)
      point[i] = x[i]
      point[j] = x[j]
      return value
    }
    for i in 0..<arity {
      for j in 0..<i {
        let cross = moved(i, 1, j, 1) - moved(i, 1, j, -1) - moved(i, -1, j, 1) + moved(i, -1, j, -1)
        result[i * (i + 1) / 2 + j] = cross / (4 * h[i] * h[j])
      }
      let sum = moved(i, 1, i, 0) + moved(i, -1, i, 0) - 2 * centre
      result[i * (i + 1) / 2 + i] = sum / (h[i] * h[i])
    }
  }
}

extension Model {
  /// Registers a function given as code, to be used in expressions of this model or any other:
  /// `let h = model.register("h", arity: 2) { $0[0] * $0[1] }`, then `model.minimize(h(x, y))`.
  ///
  /// Nothing is known of the function but its values: its curvature is unknown and its range is everything, and a model
  /// that uses it can't be written to a file. The function is kept as long as the process lives.
  /// - Parameters:
  ///   - arity: number of arguments, at least 1.
  ///   - value: the value at the arguments; NaN outside the domain.
  ///   - gradient: writes `arity` first derivatives; without it they are central differences with about ten digits.
  ///   - hessian: writes the lower triangle of the second derivatives, row by row; without it they are central differences
  ///     of the gradient, or of values with about six digits. Not asked for with more than 1000 arguments.
  @discardableResult
  public mutating func register(
    _ name: String, arity: Int, value: @escaping @Sendable (UnsafeBufferPointer<Double>) -> Double,
    gradient: UserFunction.Derivative? = nil, hessian: UserFunction.Derivative? = nil
  ) -> UserFunction {
    precondition(arity >= 1, "a function has at least one argument")
    if userFunctions.contains(where: { $0.name == name }) {
      buildDiagnostics.append(
        Diagnostic(.duplicateName, "two user functions are called '\(name)'", mend: "rename one of them"))
    }
    let function = UserFunction.registered {
      UserFunction(name: name, arity: arity, value: value, gradient: gradient, hessian: hessian)
    }
    userFunctions.append(function)
    return function
  }

  /// Throws when a function of the model calls code, which no file can hold.
  func refuseUserFunctions() throws(ConstraintsError) {
    let roots = objectives.compactMap(\.function.nonlinear)
      + generalConstraints.flatMap { $0.functions.compactMap(\.nonlinear) }
      + namedExpressions.compactMap(\.function.nonlinear)
    if roots.isEmpty { return }
    let mark = arena.reachable(from: roots)
    guard let i = arena.nodes.indices.first(where: { mark[$0] && arena.nodes[$0].operation == .call }) else { return }
    let name = arena.userFunction(of: NodeID(i))?.name ?? "call"
    throw .invalid([
      Diagnostic(
        .notSupported, "the user function '\(name)' is code, which can't be written to a file",
        mend: "write the expression out, or keep the model in Swift")
    ])
  }
}

extension ExpressionArena {
  /// The function that a node calls, if it is a call.
  func userFunction(of id: NodeID) -> UserFunction? {
    guard nodes[id.position].operation == .call, let first = arguments(of: id).first else { return nil }
    return constantValue(first).flatMap { UserFunction.numbered($0) }
  }
}
