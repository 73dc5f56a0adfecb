import Constraints

/// The objective of highest priority - the weighted sum of its members, in the sense of the first - as costs of columns and
/// a Hessian.
enum ObjectiveBridge {
  /// Multiplications spent on looking for negative curvature before the solver sees the Hessian: enough for models of some
  /// hundred variables; a factorizing solver finds it in larger ones at no cost.
  static let convexityWork = 500_000

  static func apply(to builder: inout FormBuilder) throws(SolverError) {
    let members = builder.model.leadingObjectives
    guard let first = members.first else { return }
    let sense = first.sense
    let what = members.count > 1 ? "the weighted objective" : describe(first)
    var products: [QuadraticTerm] = []
    for objective in members {
      let weight = members.count == 1 ? 1 : objective.weight * (objective.sense == sense ? 1 : -1)
      builder.addObjective(Affine(linear: objective.function).scaled(by: weight))
      if members.count == 1 {
        products = objective.function.quadratic
      } else {
        products += objective.function.quadratic.map { QuadraticTerm(weight * $0.coefficient, $0.first, $0.second) }
      }
      if let root = objective.function.nonlinear, weight != 0 {
        let before = builder.size
        let cost = try builder.lower(root, (sense == .minimize ? Hold.above : .below).times(weight), of: describe(objective))
        builder.addObjective(cost.scaled(by: weight))
        builder.note(describe(objective), NonlinearBridge.name, since: before)
      }
    }
    if products.isEmpty { return }
    if members.count > 1 {
      var sum = ScalarFunction(quadratic: products)
      sum.canonicalize()
      products = sum.quadratic
    }
    let convex: Hold = sense == .minimize ? .above : .below
    let all = products
    let (linear, rest) = try builder.linearized(all, isConvex: { FormBuilder.holdsQuadratic(all, convex) }, what)
    builder.addObjective(linear)
    products = rest
    if products.isEmpty { return }
    try refuseWrongCurvature(products, sense, what, builder.model)
    builder.setHessian(products)
  }

  static func describe(_ objective: Objective) -> String {
    objective.name.isEmpty ? "the objective" : "objective '\(objective.name)'"
  }

  private static func refuseWrongCurvature(
    _ products: [QuadraticTerm], _ sense: ObjectiveSense, _ what: String, _ model: Model
  ) throws(SolverError) {
    let costs =
      sense == .minimize ? products : products.map { QuadraticTerm(-$0.coefficient, $0.first, $0.second) }
    let form = QuadraticForm(costs)
    if form.isDiagonallyDominant || products.count > convexityWork / 50 { return }
    guard case .indefinite(let direction) = form.definiteness(work: convexityWork) else { return }
    let needed = sense == .minimize ? "convex" : "concave"
    throw .refused([
      Diagnostic(
        .unsupported,
        "\(what) is quadratic and not \(needed): it curves the wrong way along \(model.text(of: direction))",
        mend: "nonconvex quadratic objectives need a solver that this build does not have")
    ])
  }
}
