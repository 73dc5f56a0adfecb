import Constraints

/// `t <= (x₁ … xₙ)^(1/n)` as a binary tree of rotated cones `w² <= ab`, its leaves filled up with the root.
///
/// A. Ben-Tal, A. Nemirovski, "Lectures on Modern Convex Optimization" (2001), section 3.3.
enum GeometricMeanBridge: Bridge {
  static let name = "geometric mean to rotated cones"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is GeometricMeanCone || set is DualGeometricMeanCone
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let x = builder.coordinates(functions)
    let mean = builder.geometricMean(of: Array(x.dropFirst()))
    if set is GeometricMeanCone {
      builder.addRow(mean - x[0], lower: 0, upper: .infinity)
    } else {
      // u <= 0 and -u / n <= the mean.
      builder.addRow(x[0], lower: -.infinity, upper: 0)
      var rest = mean
      rest.add(x[0], times: 1 / Double(x.count - 1))
      builder.addRow(rest, lower: 0, upper: .infinity)
    }
    return ""
  }
}

extension FormBuilder {
  /// A column that is at most the geometric mean of nonnegative functions; adds that they are nonnegative.
  mutating func geometricMean(of x: [Affine]) -> Affine {
    if x.count == 1 {
      addRow(x[0], lower: 0, upper: .infinity)
      return x[0]
    }
    @Sendable func mean(_ functions: [Affine], _ point: [Double]) -> Double {
      let values = functions.map { $0.value(at: point) }
      if values.contains(where: { $0 <= 0 }) { return 0 }
      return Operation.exp.value(values.reduce(0) { $0 + Operation.log.value($1) } / Double(values.count))
    }
    let root = Affine(column: addColumn(lower: 0) { mean(x, $0) })
    var width = 1
    while width < x.count { width *= 2 }
    // The mean of the leaves and of the root as often as it takes to fill a level is the root itself.
    var level = x.map { Optional($0) } + [Affine?](repeating: nil, count: width - x.count)
    while level.count > 2 {
      level = stride(from: 0, to: level.count, by: 2).map { k in
        guard level[k] != nil || level[k + 1] != nil else { return nil }
        let pair = [level[k] ?? root, level[k + 1] ?? root]
        let w = Affine(column: addColumn(lower: 0) { mean(pair, $0) })
        addCone(.rotatedSecondOrder(dimension: 3), [pair[0], pair[1].scaled(by: 0.5), w])
        return w
      }
    }
    addCone(.rotatedSecondOrder(dimension: 3), [level[0] ?? root, (level[1] ?? root).scaled(by: 0.5), root])
    return root
  }
}
