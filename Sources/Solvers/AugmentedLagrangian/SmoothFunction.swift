/// A smooth function for ``BoundConstrainedMinimizer``. Lives on one thread.
public protocol SmoothFunction: AnyObject {
  var variableCount: Int { get }

  /// f(x), and `gradient = ∇f(x)`. Where the function is not defined, infinite or not a number: the minimizer takes such a
  /// point for a step that was too long.
  func value(at x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double

  /// Sets positive numbers of about the size of the second derivatives by one variable each, at the point of the last
  /// call of `value`. What is known of them need not be found out step by step.
  func curvature(into result: UnsafeMutablePointer<Double>)
}

extension SmoothFunction {
  /// All alike.
  public func curvature(into result: UnsafeMutablePointer<Double>) {
    result.update(repeating: 1, count: variableCount)
  }
}
