import Constraints

/// The workspace of solvers that keep nothing from one solve to the next.
struct FreshWorkspace: SolverWorkspace {
  let solver: any Solver
  let loading = "built anew"

  func solve(_ form: Form, options: SolveOptions, context: SolveContext) throws(SolverError) -> FormOutcome {
    try solver.solve(form, options: options, context: context)
  }

  func close() {}
}
