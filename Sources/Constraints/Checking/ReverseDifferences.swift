/// Gradients of nonlinear expressions for the checker: a reverse sweep whose steps come from the rules of sums and products
/// and, for every other operation, from differences of its values. It shares no derivative with the solvers.
///
/// C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4 (1982), is the
/// source of judging a difference by one of half the step.
struct ReverseDifferences {
  let arena: ExpressionArena
  private let values: [Double]

  init(_ arena: ExpressionArena, values: [Double]) {
    self.arena = arena
    self.values = values
  }

  /// Adds `Σ factor * ∇(root)` to `gradient`, and the size of the largest product that enters each component to `size`.
  /// - Returns: whether all derivatives are finite numbers.
  /// - Complexity: O(nodes + operands), about twenty evaluations of each operation.
  func addGradient(
    of roots: [(root: NodeID, factor: Double)], to gradient: inout [CompensatedSum], size: inout [Double]
  ) -> Bool {
    guard let last = roots.map(\.root.position).max() else { return true }
    var adjoint = [Double](repeating: 0, count: last + 1)
    // The largest product on any way to a node, before others cancel it.
    var largest = [Double](repeating: 0, count: last + 1)
    var isReached = [Bool](repeating: false, count: last + 1)
    for (root, factor) in roots where factor != 0 {
      adjoint[root.position] += factor
      largest[root.position] = max(largest[root.position], abs(factor))
      isReached[root.position] = true
    }
    for i in stride(from: last, through: 0, by: -1) where isReached[i] && largest[i] != 0 {
      let node = arena.nodes[i]
      switch node.operation {
      case .constant, .parameter: continue
      case .variable:
        let j = Int(node.first)
        gradient[j].add(adjoint[i])
        size[j] = max(size[j], largest[i])
      default:
        let arguments = arena.arguments(of: NodeID(i)).map(\.position)
        for (k, argument) in arguments.enumerated() where arena.nodes[argument].operation != .constant {
          let slope = partial(node.operation, arguments, k)
          guard slope.isFinite else { return false }
          adjoint[argument] += adjoint[i] * slope
          largest[argument] = max(largest[argument], largest[i] * abs(slope))
          isReached[argument] = true
        }
      }
    }
    return true
  }

  /// The derivative of an operation by its operand number k.
  private func partial(_ operation: Operation, _ arguments: [Int], _ k: Int) -> Double {
    let x = values[arguments[k]]
    switch operation {
    case .negate: return -1
    case .add: return 1
    case .subtract: return k == 0 ? 1 : -1
    case .multiply:
      var product = 1.0
      for (l, other) in arguments.enumerated() where l != k { product *= values[other] }
      return product
    case .divide:
      let y = values[arguments[1]]
      return k == 0 ? 1 / y : -values[arguments[0]] / (y * y)
    case .square, .sumOfSquares: return 2 * x
    case .norm2:
      let norm = arguments.reduce(0) { $0 + values[$1] * values[$1] }.squareRoot()
      return norm > 0 ? x / norm : 0
    case .min, .max:
      let chosen = arguments.map { values[$0] }
      let best = operation == .min ? chosen.min() : chosen.max()
      return chosen.firstIndex { $0 == best } == k ? 1 : 0
    case .ifElse: return k == 0 ? 0 : (values[arguments[0]] != 0) == (k == 1) ? 1 : 0
    case .abs: return x > 0 ? 1 : x < 0 ? -1 : 0
    case .sign, .floor, .ceil, .round, .not, .and, .or, .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater:
      return 0
    default:
      var point = arguments.map { values[$0] }
      return ReverseDifferences.difference(at: x) { t in
        point[k] = t
        return operation.value(point)
      }
    }
  }

  /// The derivative of a function of one number by central differences of sixth order, with the step for which half of it
  /// says most nearly the same; at the edge of a domain from one side.
  static func difference(at x: Double, _ f: (Double) -> Double) -> Double {
    // Values as good as their last digit, so a difference of them has an error of this divided by the step.
    let rounding = abs(f(x)) * 0x1p-50
    func central(_ h: Double) -> Double {
      let first = f(x + h) - f(x - h)
      let second = f(x + 2 * h) - f(x - 2 * h)
      let third = f(x + 3 * h) - f(x - 3 * h)
      return (45 * first - 9 * second + third) / (60 * h)
    }
    var best = Double.nan
    var least = Double.infinity
    for step in [1e-2 * max(1, abs(x)), 1e-3 * max(1, abs(x)), 1e-2 * abs(x), 1e-4 * abs(x)] where step > 0 {
      // A power of two, so that x + h is exact for most x.
      let h = Double(sign: .plus, exponent: step.exponent, significand: 1)
      let whole = central(h)
      let half = central(h / 2)
      let error = abs(whole - half) + rounding / h + abs(half) * (abs(x) * 0x1p-52 / h)
      if error < least {
        least = error
        best = half
      }
    }
    if best.isFinite { return best }
    for h in [1e-7, -1e-7] {
      let slope = (f(x + h) - f(x)) / h
      if slope.isFinite { return slope }
    }
    return .nan
  }
}
