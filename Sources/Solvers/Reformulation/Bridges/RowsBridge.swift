import Constraints

/// Functions in an orthant or a box: one row each, or what each needs where it is not linear.
enum RowsBridge: Bridge {
  static let name = "rows"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(_, let set) = body else { return false }
    return set is Zeros || set is Nonnegatives || set is Nonpositives || set is Reals || set is HyperRectangle
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body, !(set is Reals) else { return "" }
    for (i, function) in functions.enumerated() {
      _ = try builder.addSides(function, coordinate: i, of: interval(of: set, i), "constraint '\(name)'")
    }
    return ""
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
