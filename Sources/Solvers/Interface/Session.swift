import Constraints
import Synchronization

/// A model kept loaded in a solver, for many solves with small changes between them.
///
/// Changes of bounds, right-hand sides, objectives, coefficients and parameters are passed on in place and the next
/// solve starts from the last basis; changes of structure build the problem anew, and ``lastLoading`` says so. The
/// solver lives on a thread that the session owns; the session itself may be used from any task.
public final class Session: Sendable {
  private let thread = WorkerThread()
  private let box: WorkspaceBox
  private let model: Mutex<Model>
  private let basis = Mutex<Basis?>(nil)
  private let loading = Mutex("nothing loaded")
  public let options: SolveOptions
  public let heuristics: [any Heuristic]
  public let lazyConstraints: [LazyConstraints]

  /// The solver's workspace. It is made, used and closed on the session's thread only, which makes sharing the
  /// reference between threads safe.
  private final class WorkspaceBox: @unchecked Sendable {
    var workspace: (any SolverWorkspace)?
  }

  public init(
    _ model: Model, options: SolveOptions = SolveOptions(), heuristics: [any Heuristic] = [], lazy: [LazyConstraints] = []
  ) {
    self.model = Mutex(model)
    self.options = options
    self.heuristics = heuristics
    lazyConstraints = lazy
    box = WorkspaceBox()
  }

  deinit {
    let box = box
    thread.submit { box.workspace?.close() }
  }

  /// Changes the model.
  public func update<R: Sendable>(_ change: (inout sending Model) throws -> sending R) rethrows -> R {
    try model.withLock { try change(&$0) }
  }

  /// The model as it is now.
  public var currentModel: Model { model.withLock { $0 } }

  /// How the last solve got its problem into the solver.
  public var lastLoading: String { loading.withLock { $0 } }

  /// Solves the model as it is now and waits.
  /// - Throws: ``SolverError``.
  public func solveAndWait(
    cancellation: Cancellation = Cancellation(), report: @escaping @Sendable (SolveEvent) -> Void = { _ in }
  ) throws(SolverError) -> Solution {
    let job = job(cancellation, report)
    return try thread.sync(job).get()
  }

  /// Solves the model as it is now; cancelling the task stops the solve with the best answer so far.
  /// - Throws: ``SolverError``.
  public func solve(report: @escaping @Sendable (SolveEvent) -> Void = { _ in }) async throws -> Solution {
    let cancellation = Cancellation()
    let job = job(cancellation, report)
    return try await withTaskCancellationHandler {
      try await thread.run(job).get()
    } onCancel: {
      cancellation.cancel()
    }
  }

  private func job(
    _ cancellation: Cancellation, _ report: @escaping @Sendable (SolveEvent) -> Void
  ) -> @Sendable () -> Result<Solution, SolverError> {
    let model = currentModel
    let pipeline = SolvePipeline(
      options: options, heuristics: heuristics, lazyConstraints: lazyConstraints, cancellation: cancellation, report: report)
    let box = box
    return { [self] in
      do throws(SolverError) {
        let solution = try pipeline.solve(model) { solver, form, options, context throws(SolverError) in
          let workspace = box.workspace ?? solver.openWorkspace(options: options)
          box.workspace = workspace
          let outcome = try workspace.solve(form, options: options, context: context)
          loading.withLock { $0 = workspace.loading }
          return outcome
        }
        return .success(solution)
      } catch {
        box.workspace?.close()
        box.workspace = nil
        return .failure(error)
      }
    }
  }
}
