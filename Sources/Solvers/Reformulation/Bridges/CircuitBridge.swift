import Constraints

/// A circuit as an assignment of successors, with subtour elimination rows found when violated.
enum CircuitBridge: Bridge {
  static let name = "circuit to arcs"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body else { return false }
    return set is Circuit && functions.allSatisfy { $0.kind <= .linear }
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, _) = body, !functions.isEmpty else { return "" }
    let what = "constraint '\(name)'"
    let n = functions.count
    if builder.edges[builder.constraint ?? -1] != nil { return "\(n * (n - 1) / 2) edges, costs are symmetric" }
    let families = try builder.valueFamilies(of: functions.map { Affine(linear: $0) }, what)
    var arcs: [CircuitGraph.Arc] = []
    var entering = [Affine](repeating: Affine(), count: n)
    for (i, family) in families.enumerated() {
      for (k, y) in family.indicators.enumerated() {
        let value = family.value(k)
        guard value >= 1, value <= Double(n), value == value.rounded(), n == 1 || Int(value) != i + 1 else {
          builder.addRow(y, lower: 0, upper: 0)
          continue
        }
        let j = Int(value) - 1
        entering[j].add(y)
        var arc = CircuitGraph.Arc(tail: Int32(i), head: Int32(j), column: -1, coefficient: 0, constant: y.constant)
        var indicator = y
        indicator.merge()
        if let term = indicator.terms.first { (arc.column, arc.coefficient) = (term.column, term.value) }
        arcs.append(arc)
      }
    }
    for total in entering { builder.addRow(total, lower: 1, upper: 1) }
    if n > 3 {
      builder.addSeparator(SubtourSeparator(CircuitGraph(nodeCount: n, arcs: arcs), name: "subtours of '\(name)'"))
    }
    return "\(arcs.count) arcs"
  }
}
