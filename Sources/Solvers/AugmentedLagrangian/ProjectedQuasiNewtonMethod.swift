final class ProjectedQuasiNewtonMethod: BoundConstrainedMethod {
  init(_ problem: ScaledProblem, memory: Int) {}
  func minimize(
    _ l: AugmentedLagrangianFunction, tolerance: Double, steps: inout Int, monitor: (Iterate) -> InnerVerdict
  ) -> InnerEnd { .stalled }
}
