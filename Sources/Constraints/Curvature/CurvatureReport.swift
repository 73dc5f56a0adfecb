/// The curvature of a function, with the reason when none is proved.
public struct CurvatureReport: Sendable, Hashable {
  public var curvature: Curvature
  /// Why the curvature is unknown, naming the innermost sub-expression or the variables of a direction; empty otherwise.
  public var reason: String

  public init(_ curvature: Curvature, reason: String = "") {
    self.curvature = curvature
    self.reason = reason
  }
}

extension CurvatureAnalysis {
  /// The curvature of a function of the model.
  ///
  /// The quadratic part is judged by its matrix as a whole, the nonlinear part by the rules of composition.
  /// - Parameter work: multiplications that the factorization of the matrix may take before it is given up as unknown.
  public func report(on function: ScalarFunction, work: Int = 100_000_000) -> CurvatureReport {
    var result = CurvatureReport(function.linear.isEmpty ? .constant : .affine)
    if !function.quadratic.isEmpty {
      result = CurvatureAnalysis.report(on: function.quadratic, in: model, work: work)
      if result.curvature == .unknown { return result }
    }
    guard let node = function.nonlinear else { return result }
    let rest = curvature(node)
    if rest == .unknown { return CurvatureReport(.unknown, reason: reason(node)) }
    let total = result.curvature + rest
    if total != .unknown { return CurvatureReport(total) }
    let quadratic = model.text(of: ScalarFunction(quadratic: function.quadratic), limit: 60)
    return CurvatureReport(
      .unknown,
      reason: "adds the \(result.curvature.rawValue) '\(quadratic)' and the \(rest.rawValue) '\(shortText(node))'")
  }

  /// The curvature of a sum of products.
  static func report(on terms: [QuadraticTerm], in model: Model, work: Int) -> CurvatureReport {
    let form = QuadraticForm(terms)
    // A convex form has no negative square, a concave one no positive: one look decides which of the two to try.
    let mayBeConvex = form.diagonal.allSatisfy { $0 >= 0 }
    let tried = mayBeConvex ? form : QuadraticForm(terms.map { QuadraticTerm(-$0.coefficient, $0.first, $0.second) })
    let found: Curvature = mayBeConvex ? .convex : .concave
    if tried.isDiagonallyDominant { return CurvatureReport(found) }
    switch tried.definiteness(work: work) {
    case .semidefinite: return CurvatureReport(found)
    case .indefinite(let direction):
      return CurvatureReport(
        .unknown,
        reason: "the quadratic part curves \(mayBeConvex ? "downwards" : "upwards") along \(model.text(of: direction))"
          + (mayBeConvex ? "" : ", and downwards elsewhere"))
    case .undetermined:
      return CurvatureReport(.unknown, reason: "the quadratic part is too large to be factorized here")
    }
  }
}

/// The curvature of a model: of each objective and constraint, and whether it is what a convex model needs.
public struct ModelCurvature: Sendable {
  public struct Entry: Sendable, Hashable {
    /// Name of the constraint or objective; empty for an objective without one.
    public var name: String
    public var isObjective: Bool
    public var curvature: Curvature
    /// Whether the constraint's feasible points form a convex set, or the objective bends the way its sense needs, as far
    /// as is proved.
    public var isConvex: Bool
    /// Why not; empty when it is.
    public var reason: String
  }

  /// One entry an objective and general constraint, objectives first. Linear rows are left out: they are affine.
  public var entries: [Entry] = []
  /// Whether everything is convex apart from whole and semicontinuous variables.
  public var isConvex: Bool { entries.allSatisfy(\.isConvex) }
  /// Names of variables with whole or semicontinuous domains exist.
  public var hasDiscreteVariables: Bool

  /// - Complexity: O(size of the model), and a factorization a quadratic function.
  public init(_ model: Model) {
    let analysis = CurvatureAnalysis(model)
    hasDiscreteVariables = model.domains.contains { $0 != .real }
    for objective in model.objectives {
      let report = analysis.report(on: objective.function)
      let needed: Curvature = objective.sense == .minimize ? .convex : .concave
      let fits = needed == .convex ? report.curvature.isConvex : report.curvature.isConcave
      entries.append(
        Entry(
          name: objective.name, isObjective: true, curvature: report.curvature, isConvex: fits,
          reason: fits
            ? "" : ModelCurvature.reason(report, "\(objective.sense == .minimize ? "minimizing" : "maximizing") takes a \(needed.rawValue) function")))
    }
    for (i, constraint) in model.generalConstraints.enumerated() {
      entries.append(ModelCurvature.entry(constraint, name: model.generalNames[i], analysis))
    }
  }

  private static func reason(_ report: CurvatureReport, _ need: String) -> String {
    report.reason.isEmpty ? "it is \(report.curvature.rawValue), and \(need)" : report.reason
  }

  private static func entry(
    _ constraint: GeneralConstraint, name: String, _ analysis: CurvatureAnalysis
  ) -> Entry {
    var entry = Entry(name: name, isObjective: false, curvature: .affine, isConvex: true, reason: "")
    switch constraint.body {
    case .scalar(let function, let set):
      judge(function, set, analysis, into: &entry)
    case .vector(let functions, let set):
      guard set.leastProduct(with: [Double](repeating: 0, count: set.dimension)) != nil else {
        entry.curvature = .unknown
        entry.isConvex = false
        entry.reason = "the set \(type(of: set).name) is not convex"
        return entry
      }
      for (k, function) in functions.enumerated() where function.kind > .linear {
        if let sides = set.intervals(count: functions.count) {
          judge(function, sides[k], analysis, into: &entry)
        } else {
          let report = analysis.report(on: function)
          entry.curvature = report.curvature
          entry.isConvex = report.curvature.isAffine
          entry.reason = entry.isConvex ? "" : ModelCurvature.reason(report, "the set takes affine functions")
        }
        if !entry.isConvex {
          entry.reason = "coordinate \(k + 1): \(entry.reason)"
          return entry
        }
      }
    }
    return entry
  }

  private static func judge(
    _ function: ScalarFunction, _ set: ScalarSet, _ analysis: CurvatureAnalysis, into entry: inout Entry
  ) {
    let report = analysis.report(on: function)
    entry.curvature = report.curvature
    let need: String
    if set.lower.isFinite && set.upper.isFinite {
      entry.isConvex = report.curvature.isAffine
      need = set.lower == set.upper ? "an equation takes an affine function" : "two sides take an affine function"
    } else if set.upper.isFinite {
      entry.isConvex = report.curvature.isConvex
      need = "<= takes a convex function"
    } else if set.lower.isFinite {
      entry.isConvex = report.curvature.isConcave
      need = ">= takes a concave function"
    } else {
      need = ""
    }
    if !entry.isConvex, set.lower.isFinite != set.upper.isFinite, isCone(function, set, in: analysis.model) {
      entry.isConvex = true
    }
    if !entry.isConvex { entry.reason = ModelCurvature.reason(report, need) }
  }

  /// Whether a quadratic inequality is a second-order cone all the same.
  private static func isCone(_ function: ScalarFunction, _ set: ScalarSet, in model: Model) -> Bool {
    guard function.kind == .quadratic else { return false }
    if set.upper.isFinite { return LorentzForm(function, atMost: set.upper, in: model) != nil }
    return LorentzForm(function.negated, atMost: -set.lower, in: model) != nil
  }
}
