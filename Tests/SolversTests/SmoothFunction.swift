import Constraints
import Foundation
import Solvers

/// A number with first and second derivatives by n variables, carried through operations exactly.
struct Jet {
  var value: Double
  var gradient: [Double]
  /// By columns, both triangles.
  var hessian: [Double]

  init(_ value: Double, _ n: Int) {
    self.value = value
    gradient = [Double](repeating: 0, count: n)
    hessian = [Double](repeating: 0, count: n * n)
  }

  init(variable j: Int, _ x: [Double]) {
    self.init(x[j], x.count)
    gradient[j] = 1
  }

  /// φ(a) with φ' and φ''.
  func chained(_ value: Double, _ first: Double, _ second: Double) -> Jet {
    var result = self
    let n = gradient.count
    result.value = value
    for j in 0..<n { result.gradient[j] = first * gradient[j] }
    for j in 0..<n {
      for i in 0..<n {
        result.hessian[j * n + i] = first * hessian[j * n + i] + second * gradient[i] * gradient[j]
      }
    }
    return result
  }

  static func + (a: Jet, b: Jet) -> Jet {
    var result = a
    result.value += b.value
    for k in a.gradient.indices { result.gradient[k] += b.gradient[k] }
    for k in a.hessian.indices { result.hessian[k] += b.hessian[k] }
    return result
  }

  static func * (a: Jet, b: Jet) -> Jet {
    let n = a.gradient.count
    var result = Jet(a.value * b.value, n)
    for j in 0..<n { result.gradient[j] = a.value * b.gradient[j] + b.value * a.gradient[j] }
    for j in 0..<n {
      for i in 0..<n {
        let k = j * n + i
        let cross = a.gradient[i] * b.gradient[j] + a.gradient[j] * b.gradient[i]
        result.hessian[k] = a.value * b.hessian[k] + b.value * a.hessian[k] + cross
      }
    }
    return result
  }

  static func * (a: Double, b: Jet) -> Jet { b.chained(a * b.value, a, 0) }
  static func + (a: Jet, b: Double) -> Jet { a.chained(a.value + b, 1, 0) }
  static func - (a: Jet, b: Double) -> Jet { a + -b }
  static func - (a: Jet, b: Jet) -> Jet { a + (-1.0) * b }

  /// aᵖ for a whole p of at least 1.
  func power(_ p: Int) -> Jet {
    let second = p < 2 ? 0 : Double(p * (p - 1)) * pow(value, Double(p - 2))
    return chained(pow(value, Double(p)), Double(p) * pow(value, Double(p - 1)), second)
  }

  var squared: Jet { power(2) }
}

func sin(_ a: Jet) -> Jet { a.chained(Foundation.sin(a.value), cos(a.value), -Foundation.sin(a.value)) }
func exp(_ a: Jet) -> Jet { a.chained(Foundation.exp(a.value), Foundation.exp(a.value), Foundation.exp(a.value)) }
func log(_ a: Jet) -> Jet { a.chained(Foundation.log(a.value), 1 / a.value, -1 / (a.value * a.value)) }

/// A small problem with dense derivatives: the first function is the objective, the others are the constraints.
final class JetEvaluator: NonlinearEvaluator {
  typealias Functions = @Sendable ([Jet]) -> [Jet]

  let variableCount: Int
  let constraintCount: Int
  let abilities = NonlinearAbilities.all
  let jacobianPattern: SparsityPattern
  let hessianPattern: SparsityPattern
  private let functions: Functions

  init(_ n: Int, _ m: Int, _ functions: @escaping Functions) {
    variableCount = n
    constraintCount = m
    self.functions = functions
    let row = (0..<Int32(n)).map { $0 }
    jacobianPattern = SparsityPattern(
      starts: (0...m).map { $0 * n }, indices: Array([[Int32]](repeating: row, count: m).joined()))
    var starts = [0]
    for j in 0..<n { starts.append(starts[j] + n - j) }
    hessianPattern = SparsityPattern(starts: starts, indices: Array((0..<n).map { row[$0...] }.joined()))
  }

  private func values(_ x: UnsafePointer<Double>) -> [Jet] {
    let point = Array(UnsafeBufferPointer(start: x, count: variableCount))
    return functions(point.indices.map { Jet(variable: $0, point) })
  }

  func objective(at x: UnsafePointer<Double>) -> Double { values(x)[0].value }

  func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let f = values(x)[0]
    for j in 0..<variableCount { result[j] = f.gradient[j] }
  }

  func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    for (i, c) in values(x).dropFirst().enumerated() { result[i] = c.value }
  }

  func jacobian(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let n = variableCount
    for (i, c) in values(x).dropFirst().enumerated() {
      for j in 0..<n { result[i * n + j] = c.gradient[j] }
    }
  }

  func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    for (i, c) in values(x).dropFirst().enumerated() {
      for j in 0..<variableCount { result[j] += y[i] * c.gradient[j] }
    }
  }

  func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    let n = variableCount
    let all = values(x)
    var k = 0
    for j in 0..<n {
      for i in j..<n {
        var sum = factor == 0 ? 0 : factor * all[0].hessian[j * n + i]
        for (row, c) in all.dropFirst().enumerated() { sum += y[row] * c.hessian[j * n + i] }
        result[k] = sum
        k += 1
      }
    }
  }

  func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let n = variableCount
    let all = values(x)
    for i in 0..<n {
      result[i] = 0
      for j in 0..<n {
        var entry = factor * all[0].hessian[j * n + i]
        for (row, c) in all.dropFirst().enumerated() { entry += y[row] * c.hessian[j * n + i] }
        result[i] += entry * v[j]
      }
    }
  }
}

extension NonlinearForm {
  /// Minimize the first function subject to the others being 0.
  static func equations(
    _ m: Int, start: [Double], _ functions: @escaping JetEvaluator.Functions
  ) -> NonlinearForm {
    let n = start.count
    return NonlinearForm(
      columnLower: [Double](repeating: -.infinity, count: n), columnUpper: [Double](repeating: .infinity, count: n),
      rowLower: [Double](repeating: 0, count: m), rowUpper: [Double](repeating: 0, count: m), start: start
    ) { JetEvaluator(n, m, functions) }
  }
}
