/// A loss with its derivatives, for weights from `rowCount` sources to `targetCount` targets.
///
/// Sources are the targets themselves, in the same order, and after them others: lagged values in time series.
protocol LossFunction: AnyObject {
  var rowCount: Int { get }
  var targetCount: Int { get }
  /// Whether there is an intercept for each target.
  var hasIntercepts: Bool { get }

  /// The loss and its gradient; infinite or not a number where it is not defined.
  /// - Parameters:
  ///   - weights, gradient: rowCount × targetCount, by columns.
  ///   - intercepts, slope: targetCount numbers; not read nor written for a loss without intercepts.
  func value(
    _ weights: UnsafePointer<Double>, _ intercepts: UnsafePointer<Double>,
    gradient: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) -> Double

  /// Positive numbers of about the size of the second derivatives, at the point of the last call of `value`.
  func curvature(into result: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>)
}
