import Constraints
import LinearAlgebra

/// One solve of a mixed-integer conic form by outer approximation in a single tree.
///
/// The tree's relaxation holds tangents of the cones, the first of them from the multipliers of the continuous
/// relaxation. Where a point of the relaxation is whole, the conic form with these whole values is solved: its point is
/// the best with them, and its multipliers give the rows that make the relaxation say so. So each assignment of whole
/// values is solved once, and what the tree proves holds for the conic form.
///
/// I. Quesada and I. E. Grossmann, "An LP/NLP based branch and bound algorithm for convex MINLP optimization problems",
/// Computers and Chemical Engineering 16 (1992); M. Coey, M. Lubin and J. P. Vielma, "Outer approximation with conic
/// certificates for mixed-integer convex problems", Mathematical Programming Computation 12 (2020).
final class OuterApproximation {
  let conic: ConicForm
  let postsolve: Postsolve?
  let options: SolveOptions
  let context: SolveContext
  /// The form before presolve, and its columns.
  let original: ConicForm
  private let originalColumns: FormColumns
  private var relaxation: PolyhedralRelaxation
  private let separator: ConeSeparator
  private let assignments: WholeAssignments
  private var lastReport = -1.0
  private var bestBound: Double?
  /// That of the continuous relaxation.
  private var rootBound: Double?
  /// Conic solves spent on points of heuristics.
  private var completionsUsed = 0

  /// Conic solves spent on points of heuristics at the start of a search, and nodes for each one more.
  static let firstCompletions = 20
  static let nodesPerCompletion = 10

  /// - Throws: ``SolverError/refused(_:)`` when the form is not convex.
  init(
    _ conic: ConicForm, _ postsolve: Postsolve?, _ options: SolveOptions, _ context: SolveContext
  ) throws(SolverError) {
    self.conic = conic
    self.postsolve = postsolve
    self.options = options
    self.context = context
    original = postsolve?.original ?? conic
    originalColumns = FormColumns(original.linear)
    relaxation = try PolyhedralRelaxation(conic)
    separator = ConeSeparator(relaxation)
    assignments = WholeAssignments(relaxation, separator, options: options, context: context)
  }

  private var sign: Double { conic.linear.sense.sign }

  func run() throws(SolverError) -> FormOutcome {
    guard conic.linear.hasIntegers else {
      var inner = options
      inner.presolve = false
      return try InteriorPointSolver().solve(.conic(conic), options: inner, context: context)
    }
    context.report(.phase("continuous relaxation"))
    var relaxed = conic
    relaxed.linear.separators = []
    relaxed.linear.isInteger = [UInt8](repeating: 0, count: conic.linear.columnCount)
    let root = ConicSolve.run(relaxed, ConicSolve.options(options), context)
    if let root {
      switch root.outcome {
      case .infeasible: return withoutLostProof(root)
      case .unbounded: return try alongRay(root)
      case .optimal: note(root)
      default: break
      }
    }
    if context.shouldStop { return FormOutcome(.unknown, Termination(context.stopReason)) }
    context.report(.phase("outer approximation"))
    relaxation.form.separators = conic.linear.separators + [separator]
    var search = BranchAndCut(relaxation.form, options: BranchAndCut.Options(options), environment: environment)
    var end = search.run()
    if end == .unbounded, let objective = root?.objective, root?.outcome == .optimal {
      // Rounding errors in the tangents leave a way out that the cones have not.
      relaxation.addObjectiveRow(objective)
      search = BranchAndCut(relaxation.form, options: BranchAndCut.Options(options), environment: environment)
      end = search.run()
    }
    return outcome(search, end)
  }

  /// The answer where the continuous relaxation improves without limit along a ray: unbounded if there is a whole point
  /// and some multiple of the ray is whole.
  private func alongRay(_ root: FormOutcome) throws(SolverError) -> FormOutcome {
    context.report(.log("the continuous relaxation is unbounded; looking for a whole point"))
    var answer = try OuterApproximation(conic.withoutObjective, nil, options, quiet).run()
    guard answer.outcome == .optimal else { return answer }
    answer.objective = conic.value(at: answer.point)
    answer.bound = nil
    guard let ray = wholeRay(root.ray) else {
      answer.outcome = .feasible
      answer.proof = .none
      answer.termination = Termination(.numericalFailure, detail: "the continuous relaxation is unbounded")
      return answer
    }
    answer.outcome = .unbounded
    answer.proof = .certificate
    answer.termination = Termination(.proved)
    answer.ray = ray
    return answer
  }

  /// A multiple of a ray that is whole in the whole columns; nil where a small one does not do.
  private func wholeRay(_ ray: [Double]) -> [Double]? {
    guard ray.count == conic.linear.columnCount else { return nil }
    let whole = ray.indices.filter { conic.linear.isInteger[$0] != 0 && ray[$0] != 0 }
    guard let least = whole.map({ abs(ray[$0]) }).min() else { return ray }
    for multiple in 1...OuterApproximation.mostRayMultiple {
      let scaled = ray.map { $0 * Double(multiple) / least }
      guard whole.allSatisfy({ abs(scaled[$0] - scaled[$0].rounded()) <= 1e-9 * max(1, abs(scaled[$0])) }) else { continue }
      var result = scaled
      for j in whole { result[j] = scaled[j].rounded() }
      if conic.isRay(result) { return result }
    }
    return nil
  }

  /// Multiples of a ray that are tried to make it whole.
  static let mostRayMultiple = 1000

  /// As the context, without what concerns the form with its objective.
  private var quiet: SolveContext {
    SolveContext(deadline: context.deadline, cancellation: context.cancellation, report: context.report)
  }

  /// Takes tangents from the continuous relaxation.
  private func note(_ root: FormOutcome) {
    if let objective = root.objective {
      rootBound = objective - sign * PolyhedralRelaxation.objectiveSlack * max(1, abs(objective))
      bestBound = rootBound
    }
    relaxation.addRows(relaxation.rows(multipliers: root.coneDuals.map { sign * $0 }, point: root.point))
    guard let objective = root.objective else { return }
    context.report(.log("continuous relaxation: \(objective.text) after \(root.statistics.iterations) steps"))
  }

  /// Multipliers that a presolve for whole numbers does not lead back are left out.
  private func withoutLostProof(_ root: FormOutcome) -> FormOutcome {
    var outcome = root
    outcome.termination = Termination(.proved, detail: "the continuous relaxation is infeasible")
    if postsolve?.restoresDuals == false {
      (outcome.farkas, outcome.coneDuals) = ([], [])
      outcome.proof = .search
    }
    return outcome
  }

  // MARK: - What the tree asks

  private var environment: BranchAndCut.Environment {
    var environment = BranchAndCut.Environment()
    environment.shouldStop = { [context] in context.shouldStop }
    environment.accepts = { [unowned self] point, source in accepts(point, source) }
    environment.progress = { [unowned self] search, source in report(search, source) }
    environment.ask = { [unowned self] moment, search in ask(moment, search) }
    environment.settle = { [unowned self] search in settle(search) }
    environment.complete = { [unowned self] whole, search in complete(whole, search) }
    return environment
  }

  /// A point of the relaxation in the form before presolve.
  private func lift(_ point: [Double]) -> [Double] {
    let own = Array(point.prefix(conic.linear.columnCount))
    return postsolve?.lift(Postsolve.Answer(point: own)).point ?? own
  }

  private func accepts(_ point: [Double], _ source: String) -> Bool {
    let lifted = lift(point)
    if let socket = context.heuristics { return socket.note(lifted, source: source) != .infeasible }
    return original.isFeasible(lifted, columns: originalColumns)
      && original.linear.separators.allSatisfy { !$0.isRequired || $0.separate(lifted, tolerance: 1e-6).isEmpty }
  }

  private func settle(_ search: BranchAndCut) -> BranchAndCut.Settlement {
    let point = search.point.array
    let key = assignments.key(point)
    let answer = assignments.answer(key)
    let rows = answer.rows.filter { $0.lower - $0.activity(at: point) > ConicForm.feasibilityTolerance }
    switch answer.verdict {
    case .open: return .rows(separator.rows(at: point, tolerance: ConicForm.feasibilityTolerance))
    case .infeasible: return rows.isEmpty ? .settled : .rows(rows)
    case .optimal(let best):
      let candidate = relaxation.extended(best)
      let objective = search.form.value(ofWhole: candidate)
      if objective < search.cutoff, !search.offer(candidate, source: "conic subproblem") {
        // Rows stated by separators, or rounding errors, are in the way: the point of the relaxation has to do.
        assignments.reopen(key)
        return .rows(separator.rows(at: point, tolerance: ConicForm.feasibilityTolerance))
      }
      return rows.isEmpty ? .settled : .rows(rows)
    }
  }

  /// The best point with the whole values of one that heuristics found.
  private func complete(_ whole: [Double], _ search: BranchAndCut) -> [Double]? {
    let key = assignments.key(whole)
    guard assignments.known(key) == nil else { return nil }
    let allowed = OuterApproximation.firstCompletions + search.nodeCount / OuterApproximation.nodesPerCompletion
    guard completionsUsed < allowed else { return nil }
    completionsUsed += 1
    guard case .optimal(let best) = assignments.answer(key).verdict else { return nil }
    return relaxation.extended(best)
  }

  private func ask(_ moment: HeuristicMoment, _ search: BranchAndCut) -> [(point: [Double], source: String)] {
    guard let socket = context.heuristics, socket.wants(moment) else { return [] }
    _ = socket.ask(
      HeuristicSocket.Question(
        moment: moment, relaxation: moment == .beforeSearch ? nil : lift(search.point.array),
        lower: original.linear.columnLower, upper: original.linear.columnUpper,
        complete: { [unowned self] in completed($0, $1) }))
    guard let best = socket.best else { return [] }
    return [(relaxation.extended(postsolve?.restrict(point: best.point) ?? best.point), best.source)]
  }

  /// The best point of the original form within bounds that fix all whole columns; nil for other bounds.
  private func completed(_ lower: [Double], _ upper: [Double]) -> [Double]? {
    guard originalColumns.integers.allSatisfy({ lower[Int($0)] == upper[Int($0)] }) else { return nil }
    var narrowed = original
    narrowed.linear.columnLower = lower
    narrowed.linear.columnUpper = upper
    narrowed.linear.isInteger = [UInt8](repeating: 0, count: lower.count)
    narrowed.linear.separators = []
    let outcome = ConicSolve.run(narrowed, ConicSolve.options(options), context)
    return outcome?.outcome == .optimal ? outcome?.point : nil
  }

  // MARK: - Reports

  private func report(_ search: BranchAndCut, _ source: String?) {
    let now = context.deadline.elapsed
    guard source != nil || now - lastReport > 0.1 else { return }
    lastReport = now
    let bound = bound(search)
    if bound.isFinite, bestBound.map({ (bound - $0) * sign > 0 }) ?? true { bestBound = bound }
    let progress = SolveEvent.Progress(
      seconds: now, nodes: search.nodeCount, open: search.queue.count,
      incumbent: search.incumbentObjective.isFinite ? sign * (search.incumbentObjective + search.form.constant) : nil,
      bound: bestBound)
    context.report(source.map { .incumbent(progress, source: $0) } ?? .progress(progress))
  }

  /// The bound that tree and continuous relaxation prove, in the sense of the form.
  private func bound(_ search: BranchAndCut) -> Double {
    let tree = search.bound + search.form.constant
    return sign * max(tree, rootBound.map { sign * $0 } ?? -.infinity)
  }

  private func outcome(_ search: BranchAndCut, _ end: BranchAndCut.End) -> FormOutcome {
    var outcome = FormOutcome(.unknown, Termination(end.reason(context)))
    if end == .unbounded { outcome.termination.detail = "the relaxation is unbounded" }
    let bound = bound(search)
    if let best = search.incumbent {
      outcome.point = Array(best.prefix(conic.linear.columnCount))
      outcome.source = search.incumbentSource
      let objective = conic.value(at: outcome.point)
      outcome.objective = objective
      outcome.bound = end == .exhausted ? objective : bound
      let distance = end == .exhausted ? 0 : sign * (objective - bound)
      let isClosed = distance <= options.absoluteGap || distance <= options.gap * max(1e-10, abs(objective))
      outcome.outcome = isClosed ? .optimal : .feasible
      if isClosed {
        outcome.proof = .bound(gap: max(0, distance) / max(1e-10, abs(objective)))
        outcome.termination = Termination(.proved, detail: end == .exhausted ? "tree empty" : "gap closed")
      }
    } else if end == .exhausted {
      outcome.outcome = .infeasible
      outcome.termination.detail = "tree empty"
      outcome.proof = .search
    } else if bound.isFinite {
      outcome.bound = bound
    }
    outcome.statistics.solver = "outer approximation"
    outcome.statistics.nodes = search.nodeCount
    outcome.statistics.iterations = search.simplex.iterations + assignments.iterations
    outcome.statistics.rows = conic.linear.rowCount
    outcome.statistics.columns = conic.linear.columnCount
    outcome.statistics.entries = conic.linear.entryCount
    return outcome
  }
}
