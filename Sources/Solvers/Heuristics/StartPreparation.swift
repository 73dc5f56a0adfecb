import Constraints

/// Makes feasible points of what a user gave to start from: as it is, completed, or repaired by as few changes as possible.
///
/// The repair holds each given value by two bounds and lets these give at a price, as the explanation of infeasibility
/// does with any other requirement; see ``Constraints/Model/relaxing(_:)``.
struct StartPreparation {
  let model: Model
  let options: SolveOptions
  let cancellation: Cancellation
  let deadline: Deadline

  /// Share of the time left that one start may take, at most ``SolveOptions/startLimit`` seconds.
  static let timeShare = 0.2
  /// Relative gap at which a repair counts as close enough.
  static let repairGap = 0.1

  /// The point that came of the given values, NaN where there are none, and what was done; no point where it is rejected.
  func prepare(_ given: [Double], name: String) -> (point: [Double]?, report: StartReport) {
    guard given.count == model.variableCount else {
      return (nil, StartReport(name: name, fate: .rejected, reason: "\(given.count) values for \(model.variableCount) variables"))
    }
    var values = given
    for j in values.indices where model.domains[j].isIntegral && values[j].isFinite { values[j] = values[j].rounded() }
    let stated = values.indices.filter { values[$0].isFinite }
    if stated.isEmpty { return (nil, StartReport(name: name, fate: .rejected, reason: "it gives no values")) }
    let isWhole = stated.count == values.count
    var trouble = ""
    if isWhole {
      let check = Checker().check(point: values, of: model)
      guard case .refuted = check.verdict else {
        return (values, StartReport(name: name, fate: .used, reason: "", objective: check.objective))
      }
      let worst = check.violations.prefix(3).map { "'\($0.name)' by \($0.absolute.rounded(toSignificant: 6).text)" }
      trouble = "it violates " + worst.joined(separator: ", ")
    }
    let integers = stated.filter { model.domains[$0].isIntegral }
    let kept = isWhole ? integers : stated
    if kept.count < values.count, let point = completed(keeping: kept, values) {
      let count = values.count - kept.count
      let reason =
        isWhole
        ? "\(trouble); its whole values were kept and the \(count) others found"
        : "\(count) of \(values.count) values were missing"
      return (point, report(name, isWhole ? .repaired : .completed, reason, point))
    }
    let held = integers.isEmpty ? stated : integers
    if let point = nearest(holding: held, values) {
      let changed = held.filter { abs(point[$0] - values[$0]) > 1e-6 * max(1, abs(values[$0])) }
      let names = changed.prefix(3).map { "'\(model.variableNames[$0])'" }.joined(separator: ", ")
      let what = changed.isEmpty ? "other values than the whole ones changed" : "\(changed.count) of \(held.count) given values changed, such as \(names)"
      return (point, report(name, .repaired, trouble.isEmpty ? what : "\(trouble); \(what)", point))
    }
    let reason = trouble.isEmpty ? "no feasible point has its values" : trouble
    return (nil, StartReport(name: name, fate: .rejected, reason: "\(reason), and no feasible point was found near it"))
  }

  private func report(_ name: String, _ fate: StartReport.Fate, _ reason: String, _ point: [Double]) -> StartReport {
    StartReport(name: name, fate: fate, reason: reason, objective: Checker().objective(of: point, in: model))
  }

  /// The best point with these values as they are.
  private func completed(keeping kept: [Int], _ values: [Double]) -> [Double]? {
    var fixed = model
    for j in kept {
      let isOutside = values[j] < model.lower[j] - 1e-9 || values[j] > model.upper[j] + 1e-9
      if isOutside && !(model.domains[j].isSemi && values[j] == 0) { return nil }
      fixed.fix(model.variable(at: j), to: values[j])
    }
    return solve(fixed, gap: options.gap)
  }

  /// A feasible point with as little change of these values as possible, its other values the best for them.
  private func nearest(holding held: [Int], _ values: [Double]) -> [Double]? {
    var pinned = model
    for j in held { pinned.fix(model.variable(at: j), to: values[j]) }
    let sides = held.flatMap { [Requirement.variableLower($0), .variableUpper($0)] }
    var relaxed = pinned.relaxing(sides)
    var terms: [LinearTerm] = []
    for (k, change) in relaxed.changes.enumerated() {
      guard let change else { continue }
      let value = values[held[k / 2]]
      terms.append(LinearTerm(1 / max(1, abs(value)), change.index))
    }
    for j in held { relaxed.model.setBounds(of: model.variable(at: j), lower: model.lower[j], upper: model.upper[j]) }
    relaxed.model.setObjective(.minimize, ScalarFunction(linear: terms))
    guard let near = solve(relaxed.model, gap: StartPreparation.repairGap) else { return nil }
    let integers = held.filter { model.domains[$0].isIntegral }
    guard !integers.isEmpty, integers.count < model.variableCount else { return near }
    return completed(keeping: integers, near) ?? near
  }

  private func solve(_ problem: Model, gap: Double) -> [Double]? {
    var own = options
    let share = StartPreparation.timeShare * deadline.remaining
    own.timeLimit = .milliseconds(Int64((1000 * min(options.startLimit, share)).rounded(.up)))
    own.gap = gap
    own.heuristics = false
    own.poolSize = 1
    own.duals = false
    own.solver = "auto"
    guard let solution = try? SolvePipeline(options: own, cancellation: cancellation).solve(problem),
      solution.hasPoint, solution.primalStatus == .feasible
    else { return nil }
    var point = Array(solution.values.prefix(model.variableCount))
    for j in point.indices where model.domains[j].isIntegral { point[j] = point[j].rounded() }
    guard case .confirmed = Checker().check(point: point, of: model).verdict else { return nil }
    return point
  }
}
