import Constraints

/// The way of a model to a solver: with rows, whole numbers and cones where it can be written so, which solves it to a proven
/// optimum, or as the nonlinear functions that it is made of.
public enum Route: Sendable {
  case convex(Reformulation)
  case nonlinear(NonlinearReformulation)

  /// - Parameters:
  ///   - options: with a solver that takes nonlinear forms alone, the model goes that way whatever it is.
  ///   - start: values to start from, for nonlinear forms; NaN or nothing for none.
  /// - Throws: ``SolverError/refused(_:)`` naming what neither way takes.
  /// - Complexity: that of ``Reformulation``.
  public init(_ model: Model, options: SolveOptions, start: [Double] = []) throws(SolverError) {
    try self.init(model, options: options, start: start, lazy: [])
  }

  /// - Parameter lazy: stated in the columns of the model's variables, which the form has first.
  init(_ model: Model, options: SolveOptions, start: [Double], lazy: [LazySeparator]) throws(SolverError) {
    if !lazy.isEmpty {
      var reformulation = try Reformulation(model, mergesDirections: false)
      reformulation.add(lazy)
      self = .convex(reformulation)
      return
    }
    if let solver = Solvers.named(options.solver), solver.capabilities.nonlinear, !solver.capabilities.linear {
      self = .nonlinear(try NonlinearReformulation(model, start: start, threads: options.threads ?? 1, acyclicity: options.acyclicity))
      return
    }
    do throws(SolverError) {
      self = .convex(try Reformulation(model))
    } catch {
      // An entry of an acyclic graph without a bound is no obstacle to smooth functions.
      let isFree = model.hasAcyclicConstraint
      guard case .refused(let first) = error,
        first.contains(where: { $0.code == .unsupported || isFree && $0.code == .unboundedForReformulation })
      else { throw error }
      do throws(SolverError) {
        self = .nonlinear(try NonlinearReformulation(model, start: start, threads: options.threads ?? 1, acyclicity: options.acyclicity))
      } catch {
        guard case .refused(let second) = error else { throw error }
        throw .refused(first + second)
      }
    }
  }

  public var form: Form {
    switch self {
    case .convex(let reformulation): reformulation.form
    case .nonlinear(let reformulation): .nonlinear(reformulation.form)
    }
  }

  public var kind: FormKind {
    switch self {
    case .convex(let reformulation): reformulation.kind
    case .nonlinear: .nonlinear
    }
  }

  /// The outcome of a solver in the variables and constraints of the model, not yet checked.
  public func solution(from outcome: FormOutcome, of model: Model) -> Solution {
    switch self {
    case .convex(let reformulation): reformulation.solution(from: outcome, of: model)
    case .nonlinear(let reformulation): reformulation.solution(from: outcome, of: model)
    }
  }
}
