import Constraints

/// A reformulation that needs no more than linear rows and whole numbers.
public struct Linearization: Sendable {
  public let reformulation: Reformulation
  public var form: LinearForm { reformulation.conicForm.linear }
  /// What was rewritten.
  public var plan: [PlanStep] { reformulation.plan }
  /// Whether bridges added rows; then Farkas multipliers and duals of the form may lean on them.
  public var hasBridges: Bool { reformulation.hasBridges }

  /// - Throws: ``SolverError/refused(_:)`` naming every constraint that no bridge takes, or what is not linear.
  /// - Complexity: O(size of the model).
  public init(_ model: Model) throws(SolverError) {
    reformulation = try Reformulation(model)
    if reformulation.kind != .linear && reformulation.kind != .mixedIntegerLinear {
      throw .refused([
        Diagnostic(
          .unsupported, "the model is \(reformulation.kind.rawValue), and only linear models are taken here",
          mend: "use --solver auto")
      ])
    }
  }

  init(_ reformulation: Reformulation) { self.reformulation = reformulation }

  /// A point of the form in the variables of the model.
  public func lift(_ point: [Double]) -> [Double] { reformulation.lift(point) }

  /// A point of the model in the columns of the form.
  public func restrict(_ point: [Double]) -> [Double] { reformulation.restrict(point) }

  var formModel: Model { reformulation.formModel }
}
