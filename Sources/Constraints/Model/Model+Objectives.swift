extension Model {
  /// Replaces all objectives.
  public mutating func replaceObjectives(_ list: [Objective]) {
    objectives = []
    parametricUses.removeAll { $0.target.isObjective }
    for objective in list { addObjective(objective) }
  }

  /// Adds the row that keeps the weighted sum of `members` within their tolerance of `best`, their optimum in the sense
  /// of the first objective of the list, plus `slack`. Linear and quadratic members only.
  public mutating func addRow(
    keeping members: [Objective], near best: Double, name: String, slack extra: Double = 0
  ) {
    guard let first = members.first else { return }
    var sum = ScalarFunction()
    let isOnly = members.count == 1
    for member in members {
      let weight = isOnly ? 1 : member.weight * (member.sense == first.sense ? 1 : -1)
      sum.constant += weight * member.function.constant
      sum.linear += member.function.linear.map { LinearTerm(weight * $0.coefficient, $0.variable) }
      sum.quadratic += member.function.quadratic.map { QuadraticTerm(weight * $0.coefficient, $0.first, $0.second) }
    }
    let slack =
      (members.map(\.absoluteTolerance).max() ?? 0)
      + (members.map(\.relativeTolerance).max() ?? 0) * abs(best) + extra
    addConstraint(
      .name(name), sum,
      in: first.sense == .minimize ? .lessThan(best + slack) : .greaterThan(best - slack))
  }
}
