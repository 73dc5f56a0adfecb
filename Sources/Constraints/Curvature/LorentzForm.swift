/// A quadratic inequality that is a second-order cone although its matrix is indefinite: `½‖Fx‖² + c <= b t²` with t of
/// one sign, or `½‖Fx‖² + c <= b y z` with y and z at least 0, and c at least 0.
///
/// Q is semidefinite apart from one square or one product of variables that occur in no other.
/// M. S. Lobo, L. Vandenberghe, S. Boyd, H. Lebret, "Applications of second-order cone programming" (1998), section 2.3.
package struct LorentzForm: Sendable {
  package var factor: Definiteness.Factor
  package var constant: Double
  /// b, and the variables of the product; the same twice for a square.
  package var coefficient: Double
  package var first: Int32
  package var second: Int32
  /// -1 where the variable of a square is at most 0.
  package var sign: Double

  /// - Parameters:
  ///   - function: quadratic, without a nonlinear part.
  ///   - side: the inequality is `function <= side`; negate both for the other one.
  /// - Complexity: O(t) for t terms, and the factorization of the semidefinite part.
  package init?(_ function: ScalarFunction, atMost side: Double, in model: Model, work: Int = 1_000_000_000) {
    guard function.linear.isEmpty, function.nonlinear == nil else { return nil }
    constant = function.constant - side
    guard constant >= 0 else { return nil }
    var uses: [Int32: Int] = [:]
    var candidate: Int?
    for term in function.quadratic {
      uses[term.first, default: 0] += 1
      if term.second != term.first { uses[term.second, default: 0] += 1 }
    }
    for (k, term) in function.quadratic.enumerated() where term.coefficient < 0 {
      if uses[term.first] == 1 && uses[term.second] == 1 && candidate == nil {
        candidate = k
      } else if term.first == term.second {
        return nil
      }
    }
    guard let candidate else { return nil }
    let negative = function.quadratic[candidate]
    coefficient = -negative.coefficient
    first = negative.first
    second = negative.second
    sign = 1
    func isNonnegative(_ j: Int32) -> Bool { model.lower[Int(j)] >= 0 && !model.domains[Int(j)].isSemi }
    if first == second {
      if !isNonnegative(first) {
        guard model.upper[Int(first)] <= 0, !model.domains[Int(first)].isSemi else { return nil }
        sign = -1
      }
    } else if !isNonnegative(first) || !isNonnegative(second) {
      return nil
    }
    var rest = function.quadratic
    rest.remove(at: candidate)
    guard case .semidefinite(let factor) = QuadraticForm(rest).definiteness(work: work) else { return nil }
    self.factor = factor
  }
}
