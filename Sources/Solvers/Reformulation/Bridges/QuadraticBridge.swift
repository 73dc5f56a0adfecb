import Constraints

/// `½xᵀQx + aᵀx <= b` with Q = FᵀF as the rotated cone `(b - aᵀx, 1, Fx)`, or a second-order cone where Q is indefinite
/// by a single square or product.
enum QuadraticBridge: Bridge {
  static let name = "quadratic to cone"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .scalar(let function, _) = body else { return false }
    return function.kind <= .quadratic
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .scalar(let function, let set) = body else { return "" }
    if let (root, isTrue) = builder.model.statedFormula(function, set) {
      builder.loseDuals()
      let what = "constraint '\(name)'"
      let condition = try builder.condition(root, isTrue, what)
      try builder.require(condition, what)
      return ""
    }
    return try builder.addSides(function, coordinate: 0, of: set, "constraint '\(name)'")
  }
}

/// A nonlinear function between two bounds, by the rows and cones that hold its parts.
enum NonlinearBridge: Bridge {
  static let name = "expression to rows and cones"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    if case .scalar = body { true } else { false }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    try QuadraticBridge.apply(body, name: name, to: &builder)
  }
}

extension FormBuilder {
  /// Adds `lower <= function <= upper`, each finite side on its own, for a function of any kind.
  /// - Parameters:
  ///   - coordinate: the position of the function in the constraint being rewritten.
  ///   - what: the constraint, for errors.
  /// - Returns: the ranks of the matrices, for the plan.
  mutating func addSides(
    _ function: ScalarFunction, coordinate: Int, of set: ScalarSet, _ what: String
  ) throws(SolverError) -> String {
    var linear = Affine(linear: function)
    linear.sources = [Affine.Source(coordinate: Int32(coordinate), factor: 1)]
    if function.kind <= .linear {
      addRow(linear, lower: set.lower, upper: set.upper)
      return ""
    }
    var details: [String] = []
    for (sign, side) in [(1.0, set.upper), (-1.0, -set.lower)] where side < .infinity {
      // What is left below the side: side - sign * function, which must stay nonnegative.
      var slack = Affine(side)
      slack.add(linear, times: -sign)
      if let root = function.nonlinear {
        slack.add(try lower(root, sign > 0 ? .above : .below, of: what), times: -sign)
      }
      let products = sign > 0 ? function.quadratic : function.negatedProducts
      let model = model
      let isConvex = {
        FormBuilder.holdsQuadratic(products, .above)
          || LorentzForm(sign > 0 ? function : function.negated, atMost: side, in: model) != nil
      }
      let (binary, terms) = try linearized(products, isConvex: isConvex, what)
      slack.add(binary, times: -1)
      if terms.isEmpty {
        addRow(slack, lower: 0, upper: .infinity)
      } else {
        details.append(try addQuadratic(terms, atMost: slack, function, sign, side, set, what))
      }
    }
    return details.joined(separator: ", ")
  }

  /// Adds `Σ terms <= slack`.
  private mutating func addQuadratic(
    _ terms: [QuadraticTerm], atMost slack: Affine, _ function: ScalarFunction, _ sign: Double, _ side: Double,
    _ set: ScalarSet, _ what: String
  ) throws(SolverError) -> String {
    let form = QuadraticForm(terms)
    switch form.definiteness() {
    case .semidefinite(let factor):
      let images = (0..<factor.rowCount).map { Affine(factor.terms($0)) }
      addCone(.rotatedSecondOrder(dimension: 2 + images.count), [slack, Affine(1)] + images)
      return "rank \(factor.rowCount) of \(form.count) variables"
    case .undetermined:
      throw .refused([
        Diagnostic(
          .unsupported, "\(what) has a quadratic part that is too large to be factorized",
          mend: "write it as a sum of squares of new variables")
      ])
    case .indefinite(let direction):
      var oriented = function
      if sign < 0 && function.nonlinear == nil { oriented = function.negated }
      if let cone = LorentzForm(oriented, atMost: side, in: model) {
        add(cone)
        return "second-order cone in quadratic form"
      }
      let isEquation = set.lower > -.infinity && set.upper < .infinity
      let kind = isEquation ? set.lower == set.upper ? "a quadratic equation" : "quadratic with two sides" : "quadratic"
      throw .refused([
        Diagnostic(
          .unsupported,
          "\(what) is \(kind) and not convex: it curves the wrong way along \(model.text(of: direction))",
          mend: "nonconvex quadratic constraints need a solver that this build does not have")
      ])
    }
  }

  private mutating func add(_ cone: LorentzForm) {
    // The multiplier of the quadratic function does not make its Lagrangian convex.
    loseDuals()
    var images = (0..<cone.factor.rowCount).map { Affine(cone.factor.terms($0)) }
    if cone.constant > 0 { images.append(Affine((2 * cone.constant).squareRoot())) }
    if cone.first == cone.second {
      let t = Affine(column: Int(cone.first), cone.sign * (2 * cone.coefficient).squareRoot())
      addCone(.secondOrder(dimension: 1 + images.count), [t] + images)
    } else {
      let (y, z) = (Affine(column: Int(cone.first), cone.coefficient), Affine(column: Int(cone.second)))
      addCone(.rotatedSecondOrder(dimension: 2 + images.count), [y, z] + images)
    }
  }
}

extension ScalarFunction {
  /// The quadratic terms with the other sign.
  var negatedProducts: [QuadraticTerm] { quadratic.map { QuadraticTerm(-$0.coefficient, $0.first, $0.second) } }
}
