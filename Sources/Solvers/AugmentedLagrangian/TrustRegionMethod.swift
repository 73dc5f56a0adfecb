final class TrustRegionMethod: BoundConstrainedMethod {
  init(_ problem: ScaledProblem) {}
  func minimize(
    _ l: AugmentedLagrangianFunction, tolerance: Double, steps: inout Int, monitor: (Iterate) -> InnerVerdict
  ) -> InnerEnd { .stalled }
}
