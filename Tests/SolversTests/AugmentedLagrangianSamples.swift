import Constraints

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@testable import Solvers

/// Small problems with polynomials as functions, for which derivatives are exact: `Σ coefficient · Π xⱼ^power`, and the
/// logarithm of a variable where the power is nil.
struct PolynomialProblem: Sendable {
  struct Term: Sendable {
    var coefficient: Double
    /// Variable and power; a power of nil stands for log xⱼ.
    var factors: [(Int, Int?)]
    init(_ coefficient: Double, _ factors: (Int, Int?)...) {
      self.coefficient = coefficient
      self.factors = factors
    }
  }

  var n: Int
  var objective: [Term]
  var rows: [[Term]] = []
  var rowLower: [Double] = []
  var rowUpper: [Double] = []
  var lower: [Double]? = nil
  var upper: [Double]? = nil
  var start: [Double]

  var form: NonlinearForm {
    let problem = self
    return NonlinearForm(
      columnLower: lower ?? [Double](repeating: -.infinity, count: n),
      columnUpper: upper ?? [Double](repeating: .infinity, count: n), rowLower: rowLower, rowUpper: rowUpper,
      start: start, makeEvaluator: { PolynomialEvaluator(problem) })
  }
}

/// Evaluates a ``PolynomialProblem``; matrices are dense.
final class PolynomialEvaluator: NonlinearEvaluator {
  let problem: PolynomialProblem
  var variableCount: Int { problem.n }
  var constraintCount: Int { problem.rows.count }
  let abilities: NonlinearAbilities = .all
  let jacobianPattern: SparsityPattern
  let hessianPattern: SparsityPattern

  init(_ problem: PolynomialProblem) {
    self.problem = problem
    let n = problem.n
    jacobianPattern = SparsityPattern(
      starts: (0...problem.rows.count).map { $0 * n }, indices: problem.rows.flatMap { _ in (0..<Int32(n)) })
    var starts = [0], indices: [Int32] = []
    for j in 0..<n {
      indices += (Int32(j)..<Int32(n))
      starts.append(indices.count)
    }
    hessianPattern = SparsityPattern(starts: starts, indices: indices)
  }

  /// The derivative of a factor of the given order.
  private func factor(_ x: Double, _ power: Int?, _ order: Int) -> Double {
    guard let power else { return order == 0 ? log(x) : (order == 1 ? 1 / x : -1 / (x * x)) }
    var coefficient = 1.0
    for k in 0..<order { coefficient *= Double(power - k) }
    if coefficient == 0 { return 0 }
    var result = coefficient
    for _ in 0..<max(0, power - order) { result *= x }
    return result
  }

  private func derivative(_ terms: [PolynomialProblem.Term], _ x: UnsafePointer<Double>, _ by: [Int]) -> Double {
    var sum = 0.0
    for term in terms {
      var product = term.coefficient
      for j in by where !term.factors.contains(where: { $0.0 == j }) { product = 0 }
      for (j, power) in term.factors { product *= factor(x[j], power, by.filter { $0 == j }.count) }
      sum += product
    }
    return sum
  }

  func objective(at x: UnsafePointer<Double>) -> Double { derivative(problem.objective, x, []) }
  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    for j in 0..<problem.n { result[j] = derivative(problem.objective, x, [j]) }
  }
  func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    for i in 0..<constraintCount { result[i] = derivative(problem.rows[i], x, []) }
  }
  func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    for i in 0..<constraintCount {
      for j in 0..<problem.n { values[i * problem.n + j] = derivative(problem.rows[i], x, [j]) }
    }
  }
  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<constraintCount {
      for j in 0..<problem.n { result[j] += y[i] * derivative(problem.rows[i], x, [j]) }
    }
  }
  func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>
  ) {
    var p = 0
    for j in 0..<problem.n {
      for i in j..<problem.n {
        var sum = factor * derivative(problem.objective, x, [i, j])
        for k in 0..<constraintCount { sum += y[k] * derivative(problem.rows[k], x, [i, j]) }
        values[p] = sum
        p += 1
      }
    }
  }
  func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let n = problem.n
    for j in 0..<n { result[j] = 0 }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: n * (n + 1) / 2) { values in
      hessian(at: x, objective: factor, multipliers: y, into: values.baseAddress!)
      var p = 0
      for j in 0..<n {
        for i in j..<n {
          result[i] += values[p] * v[j]
          if i != j { result[j] += values[p] * v[i] }
          p += 1
        }
      }
    }
  }
}

extension PolynomialProblem {
  /// Rosenbrock's valley: 0 at (1, 1).
  static var rosenbrock: Self {
    PolynomialProblem(
      n: 2,
      objective: [Term(100, (1, 2)), Term(-200, (1, 1), (0, 2)), Term(100, (0, 4)), Term(1), Term(-2, (0, 1)), Term(1, (0, 2))],
      start: [-1.2, 1])
  }

  /// Problem 71 of Hock and Schittkowski: 17.0140173.
  static var hockSchittkowski71: Self {
    PolynomialProblem(
      n: 4,
      objective: [
        Term(1, (0, 2), (3, 1)), Term(1, (0, 1), (1, 1), (3, 1)), Term(1, (0, 1), (2, 1), (3, 1)), Term(1, (2, 1)),
      ],
      rows: [
        [Term(1, (0, 1), (1, 1), (2, 1), (3, 1))],
        [Term(1, (0, 2)), Term(1, (1, 2)), Term(1, (2, 2)), Term(1, (3, 2))],
      ],
      rowLower: [25, 40], rowUpper: [.infinity, 40], lower: [1, 1, 1, 1], upper: [5, 5, 5, 5], start: [1, 5, 5, 1])
  }

  /// Problem 13: no constraint qualification at the solution (1, 0), where no multiplier exists; 1.
  static var hockSchittkowski13: Self {
    PolynomialProblem(
      n: 2, objective: [Term(1, (0, 2)), Term(-4, (0, 1)), Term(4), Term(1, (1, 2))],
      rows: [[Term(1), Term(-3, (0, 1)), Term(3, (0, 2)), Term(-1, (0, 3)), Term(-1, (1, 1))]],
      rowLower: [0], rowUpper: [.infinity], lower: [0, 0], upper: [.infinity, .infinity], start: [-2, -2])
  }

  /// Complementarity `x y <= 0`, `x, y >= 0`, nearest to (1, 2): 1 at (0, 2); local 4 at (1, 0).
  static var complementarity: Self {
    PolynomialProblem(
      n: 2, objective: [Term(1, (0, 2)), Term(-2, (0, 1)), Term(1), Term(1, (1, 2)), Term(-4, (1, 1)), Term(4)],
      rows: [[Term(1, (0, 1), (1, 1))]], rowLower: [-.infinity], rowUpper: [0], lower: [0, 0], start: [0.5, 1.5])
  }
}
