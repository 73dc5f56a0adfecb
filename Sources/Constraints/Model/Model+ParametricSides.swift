extension Model {
  /// Adding many parametric constraints one by one evaluates all parametric numbers each time; between this call and
  /// ``endParametricBatch()`` they wait.
  mutating func beginParametricBatch() { defersParameters = true }

  /// Writes the values of all parametric numbers.
  mutating func endParametricBatch() {
    defersParameters = false
    refreshParameters(from: 0)
  }

  /// Adds `lower <= expression <= upper` where the sides may hold parameters.
  ///
  /// - Returns: nil, and adds nothing, when the expression is not linear or a side has variables.
  @discardableResult
  mutating func addConstraint(
    _ label: Label, _ expression: Expression, between lower: Expression, and upper: Expression
  ) -> ConstraintReference? {
    var pending: [ParametricPart] = []
    var below: [ParametricPart] = []
    var above: [ParametricPart] = []
    let f = function(from: expression, in: "constraint \(label.text)", pending: &pending)
    let low = function(from: lower, in: "constraint \(label.text)", pending: &below)
    let high = function(from: upper, in: "constraint \(label.text)", pending: &above)
    guard f.kind <= .linear, pending.allSatisfy({ $0.variable == nil }), low.kind == .constant, high.kind == .constant,
      (below + above).allSatisfy({ $0.variable == nil })
    else { return nil }
    let reference = addConstraint(
      label, f, in: ScalarSet(lower: low.constant, upper: high.constant))
    guard case .row(let row) = reference else { return reference }
    let firstUse = parametricUses.count
    let shifts = pending.map { (scale: -$0.scale, node: $0.node) }
    for (parts, target, base) in [
      (below, ParametricUse.Target.rowLower(row), rows.lower[row]), (above, .rowUpper(row), rows.upper[row]),
    ] where base.isFinite && !(parts.isEmpty && shifts.isEmpty) {
      parametricUses.append(
        ParametricUse(target: target, base: base, parts: parts.map { (scale: $0.scale, node: $0.node) } + shifts))
    }
    refreshParameters(from: firstUse)
    return reference
  }
}
