import Constraints

/// Tasks that share a resource: by the time at which each starts where these are few, else by who precedes whom.
///
/// With indicators of start times the load at every start time is a row, the tightest of the known formulations
/// (A. A. B. Pritsker, L. J. Watters, P. M. Wolfe, "Multiproject scheduling with limited resources", Management Science 16,
/// 1969). Otherwise two tasks that exceed the capacity together are put one before the other (A. S. Manne, "On the
/// job-shop scheduling problem", Operations Research 8, 1960), and for the others a binary column says whether one runs
/// when another starts, which is when loads peak.
enum CumulativeBridge: Bridge {
  static let name = "cumulative to rows"
  /// Start times of all tasks together up to which each gets an indicator.
  static let startTimes = 2_000

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body else { return false }
    return set is Cumulative && functions.allSatisfy { $0.kind <= .linear }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, _) = body else { return "" }
    let what = "constraint '\(name)'"
    let parts = functions.map { Affine(linear: $0) }
    let n = (parts.count - 1) / 3
    let capacity = parts[3 * n]
    var tasks: [Task] = []
    for i in 0..<n {
      let task = Task(start: parts[i], duration: parts[n + i], demand: parts[2 * n + i])
      let (_, longest, _, _) = builder.range(of: task.duration)
      let (least, most, _, _) = builder.range(of: task.demand)
      guard least >= 0 else {
        throw .refused([
          Diagnostic(
            .unsupported, "\(what): the demand of task \(i + 1) may be negative",
            mend: "give demands a lower bound of at least 0")
        ])
      }
      if longest > 0 && most > 0 { tasks.append(task) }
    }
    if let detail = try addByTime(tasks, capacity, what, &builder) { return detail }
    return try addByOrder(tasks, capacity, what, &builder)
  }

  private struct Task {
    var start: Affine
    var duration: Affine
    var demand: Affine
  }

  /// The load at each time at which a task may start; nil where durations or demands vary or there are too many times.
  private static func addByTime(
    _ tasks: [Task], _ capacity: Affine, _ what: String, _ builder: inout FormBuilder
  ) throws(SolverError) -> String? {
    var total = 0
    for task in tasks {
      guard task.duration.isConstant, task.demand.isConstant, let count = builder.valueCount(of: task.start) else {
        return nil
      }
      total += count
    }
    if total > startTimes { return nil }
    let families = try builder.valueFamilies(of: tasks.map(\.start), what)
    for now in Set(families.flatMap(\.values)).sorted() {
      var load = capacity.scaled(by: -1)
      for (task, family) in zip(tasks, families) {
        for (k, y) in family.indicators.enumerated() {
          let start = family.value(k)
          if start <= now && now < start + task.duration.constant { load.add(y, times: task.demand.constant) }
        }
      }
      builder.addRow(load, lower: -.infinity, upper: 0)
    }
    return "\(total) start times"
  }

  private static func addByOrder(
    _ tasks: [Task], _ capacity: Affine, _ what: String, _ builder: inout FormBuilder
  ) throws(SolverError) -> String {
    var mayOverlap = [Bool](repeating: false, count: tasks.count * tasks.count)
    var pairs = 0
    for i in tasks.indices {
      for j in 0..<i {
        let excess = tasks[i].demand + tasks[j].demand - capacity
        guard builder.range(of: excess).least > 0 else {
          mayOverlap[i * tasks.count + j] = true
          mayOverlap[j * tasks.count + i] = true
          continue
        }
        pairs += 1
        try builder.require(
          .any([ends(tasks[i], before: tasks[j]), ends(tasks[j], before: tasks[i])] + absences([tasks[i], tasks[j]], builder)),
          what)
      }
    }
    for k in tasks.indices {
      var load = capacity.scaled(by: -1)
      load.add(try loaded(tasks[k], absences([tasks[k]], builder), what, &builder))
      var others = 0
      for i in tasks.indices where i != k && mayOverlap[i * tasks.count + k] {
        let isLater = Condition.atMost(tasks[k].start - tasks[i].start, isStrict: true)
        let away = [ends(tasks[i], before: tasks[k]), isLater] + absences([tasks[i]], builder)
        load.add(try loaded(tasks[i], away, what, &builder))
        others += 1
      }
      if others > 0 || builder.range(of: load).most > 0 { builder.addRow(load, lower: -.infinity, upper: 0) }
    }
    return "\(pairs) pairs in order"
  }

  private static func ends(_ task: Task, before other: Task) -> Condition {
    .atMost(task.start + task.duration - other.start, isStrict: false)
  }

  /// Tasks that may have no duration run never.
  private static func absences(_ tasks: [Task], _ builder: FormBuilder) -> [Condition] {
    var builder = builder
    return tasks.filter { builder.range(of: $0.duration).least <= 0 }.map { .atMost($0.duration, isStrict: false) }
  }

  /// The demand of a task, or 0 where one of the conditions holds.
  private static func loaded(
    _ task: Task, _ away: [Condition], _ what: String, _ builder: inout FormBuilder
  ) throws(SolverError) -> Affine {
    if away.isEmpty { return task.demand }
    let isAway = Condition.any(away)
    let runs = Affine(column: builder.addColumn(lower: 0, upper: 1, isInteger: true) { isAway.holds(at: $0) ? 0 : 1 })
    try builder.require(.any([.literal(runs)] + away), what)
    return try builder.product(runs, task.demand, what)
  }
}
