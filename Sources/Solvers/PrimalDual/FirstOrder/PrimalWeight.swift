#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The controller of the primal weight ω, which balances how far the primal and the dual iterates move: proportional
/// and integral in the error log(‖Δy‖ / ‖Δx‖) - log ω of each epoch.
///
/// H. Lu, Z. Peng, J. Yang, "cuPDLPx" (2025), section 3.3.
struct PrimalWeight {
  private(set) var value: Double
  private var sum = 0.0
  /// The weight at the restart with the best balance of residuals so far, to return to after a breakdown.
  private var best: Double
  private var bestImbalance = Double.infinity

  init(_ value: Double) {
    self.value = value
    best = value
  }

  /// The weight for the next epoch.
  /// - Parameters:
  ///   - moves: how far primal and dual iterates moved in the last epoch.
  ///   - ratio: relative dual residual by relative primal residual.
  mutating func update(moves: (x: Double, y: Double), ratio: Double, options: FirstOrder.Options) {
    let imbalance = abs(log(ratio))
    if imbalance < bestImbalance {
      bestImbalance = imbalance
      best = value
    }
    let range = 1e-16...1e12
    if range.contains(moves.x), range.contains(moves.y) {
      let error = log(moves.y / moves.x) - log(value)
      sum = options.integralDecay * sum + error
      value *= exp(options.proportionalGain * error + options.integralGain * sum)
    } else {
      value = best
      sum = 0
    }
  }
}
