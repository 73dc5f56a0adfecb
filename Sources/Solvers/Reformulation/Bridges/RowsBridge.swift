import Constraints

/// Linear functions in an orthant or a box: one row each.
enum RowsBridge: Bridge {
  static let name = "rows"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is Zeros || set is Nonnegatives || set is Nonpositives || set is Reals || set is HyperRectangle
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout LinearFormBuilder
  ) throws(SolverError) {
    guard case .vector(let functions, let set) = body, !(set is Reals) else { return }
    for (i, f) in functions.enumerated() {
      let side = interval(of: set, i)
      builder.addRow(f.linear, lower: side.lower - f.constant, upper: side.upper - f.constant)
    }
    builder.note(name, Self.name, "\(functions.count) rows")
  }

  /// The interval of coordinate i of an orthant or box.
  static func interval(of set: any VectorSet, _ i: Int) -> ScalarSet {
    switch set {
    case is Zeros: .equalTo(0)
    case is Nonnegatives: .greaterThan(0)
    case is Nonpositives: .lessThan(0)
    case let box as HyperRectangle: .interval(box.lower[i], box.upper[i])
    default: .free
    }
  }
}
