import Solvers

/// What presolve did, in words.
struct PresolveText {
  let presolve: Presolve

  var text: String {
    switch presolve.result {
    case .reduced:
      let after = presolve.summary.after
      let done = rules.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
      let size = "leaves \(after.rows) rows, \(after.columns) columns, \(after.entries) entries"
      return done.isEmpty ? size : "\(size)\n\(pad("", 14))\(done)"
    case .infeasible: return "proves that the model is infeasible"
    case .infeasibleOrUnbounded: return "finds the model infeasible or unbounded"
    }
  }

  var json: String {
    let outcome =
      switch presolve.result {
      case .reduced: "reduced"
      case .infeasible: "infeasible"
      case .infeasibleOrUnbounded: "infeasibleOrUnbounded"
      }
    let after = presolve.summary.after
    let rules = rules.map { "\(Terminal.quoted($0.name)):\($0.count)" }.joined(separator: ",")
    return "{\"outcome\":\"\(outcome)\",\"rows\":\(after.rows),\"columns\":\(after.columns),\"entries\":\(after.entries),"
      + "\"rules\":{\(rules)}}"
  }

  /// The rules that applied, with how often.
  private var rules: [(name: String, count: Int)] {
    let c = presolve.summary.counts
    let all: [(String, Int)] = [
      ("empty rows", c.emptyRows), ("rows of one entry", c.singletonRows), ("redundant rows", c.redundantRows),
      ("redundant sides", c.sides), ("implied sides", c.impliedSides), ("forcing rows", c.forcingRows),
      ("rows pulled to a side", c.pulledRows), ("empty columns", c.emptyColumns), ("fixed columns", c.fixedColumns),
      ("columns fixed by their costs", c.dualFixed), ("free columns of one entry", c.freeSingletons),
      ("slack columns", c.slacks), ("equations of two entries", c.doubletons),
      ("columns that rows keep in bounds", c.impliedFree), ("dominated columns", c.dominated),
      ("rows held at a side", c.heldRows), ("parallel rows", c.parallelRows), ("parallel columns", c.parallelColumns),
      ("equations that others imply", c.dependentRows),
      ("cancelled entries", c.cancelledEntries), ("tightened coefficients", c.coefficients),
      ("columns found whole", c.impliedIntegers), ("reductions by whole values", c.wholeValues),
    ]
    return all.filter { $0.1 > 0 }.map { (name: $0.0, count: $0.1) }
  }
}
