import Constraints

/// A search inside of another one, for what is left of a form when some of its columns are fixed: presolved, with limits
/// in work rather than time, so that what comes of it does not depend on the machine's load.
struct InnerSearch {
  var nodeLimit = 200
  /// Simplex steps; those of the size of the form besides.
  var iterationLimit = 10_000
  var gap = 0.01
  var seed: UInt64 = 1
  /// Only points of a form to be minimized whose objective, without the form's constant, is below it count.
  var cutoff = Double.infinity
  /// Simplex steps taken.
  private(set) var iterations = 0
  var shouldStop: () -> Bool = { false }

  init(shouldStop: @escaping () -> Bool) { self.shouldStop = shouldStop }

  /// - Returns: the best point found, with its objective without constant, and whether nothing better exists; nil when
  ///   there is none.
  mutating func solve(_ form: LinearForm) -> (point: [Double], isOptimal: Bool)? {
    guard !zip(form.columnLower, form.columnUpper).contains(where: { $0 > $1 }) else { return nil }
    let presolve = Presolve.run(form)
    guard case .reduced(let reduced, let postsolve) = presolve.result else { return nil }
    var options = BranchAndCut.Options()
    options.nodeLimit = nodeLimit
    options.iterationLimit = iterationLimit + 2 * (form.rowCount + form.columnCount)
    options.gap = gap
    options.seed = seed
    options.isInner = true
    options.rootCuts.rounds = 10
    options.branching.iterationCredit = 1000
    var environment = BranchAndCut.Environment()
    environment.shouldStop = shouldStop
    if reduced.linear.columnCount == 0 { return (postsolve.lift(Postsolve.Answer(point: [])).point, true) }
    let search = BranchAndCut(reduced.linear, options: options, environment: environment)
    // The reduced form has taken costs of fixed columns into its constant.
    search.setCutoff(cutoff - (reduced.linear.constant - form.constant))
    let end = search.run()
    iterations += search.simplex.iterations
    guard let point = search.incumbent else { return nil }
    return (postsolve.lift(Postsolve.Answer(point: point)).point, end == .exhausted)
  }
}
