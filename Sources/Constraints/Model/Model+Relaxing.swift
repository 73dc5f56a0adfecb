extension Model {
  /// A model in which some requirements may be broken at a price that further variables measure.
  public struct Relaxed: Sendable {
    /// Objectives removed; further variables and rows stand behind those of the original.
    public var model: Model
    /// For each requirement asked about the variable that says by how much its limit is moved, at least 0; nil for what
    /// cannot be moved: whole values, and sets other than cones with an inside.
    public var changes: [Variable?]
  }

  /// Gives each of these requirements a variable by which its limit may be moved: a'x >= b becomes a'x + s >= b.
  ///
  /// A bound of a variable becomes a row. A constraint in a cone is moved along a direction that points inwards: the first
  /// coordinate of a norm cone, all coordinates of an orthant, the unit matrix of a semidefinite cone. An indicator
  /// constraint gives on its right-hand side.
  ///
  /// The elastic program of G. G. Brown, G. W. Graves, "Elastic programming: a new approach to large-scale mixed integer
  /// optimization" (ORSA/TIMS meeting, 1975), as used by J. W. Chinneck, "Feasibility and Infeasibility in Optimization"
  /// (2008), section 6.1.
  /// - Complexity: O(size of the model).
  public func relaxing(_ requirements: [Requirement]) -> Relaxed {
    var copy = self
    copy.objectives = []
    copy.namedExpressions = []
    copy.parametricUses = []
    copy.lazyRows = []
    copy.starts = []
    var changes = [Variable?](repeating: nil, count: requirements.count)
    var rowTerms: [Int: [LinearTerm]] = [:]
    // Those of upper sides that lie below the lower one: such sides cannot stand in one row.
    var upperTerms: [Int: [LinearTerm]] = [:]
    var boundRows: [(Requirement, Variable)] = []
    func change(_ k: Int, _ requirement: Requirement) -> Variable {
      copy.variableNames.appendAnonymous(prefix: "change of ", place: "")
      let variable = copy.appendVariable(lower: 0, upper: .infinity, domain: .real, start: nil)
      changes[k] = variable
      return variable
    }
    for (k, requirement) in requirements.enumerated() {
      switch requirement {
      case .rowLower(let i):
        rowTerms[i, default: []].append(LinearTerm(1, change(k, requirement).index))
      case .rowUpper(let i):
        let isCrossed = rows.lower[i] > rows.upper[i]
        let term = LinearTerm(-1, change(k, requirement).index)
        if isCrossed { upperTerms[i, default: []].append(term) } else { rowTerms[i, default: []].append(term) }
      case .variableLower(let j), .variableUpper(let j):
        guard !domains[j].isSemi else { continue }
        boundRows.append((requirement, change(k, requirement)))
      case .generalLower(let i), .generalUpper(let i):
        guard case .scalar(var function, let set) = copy.generalConstraints[i].body else { continue }
        function.linear.append(LinearTerm(requirement.side == .lower ? 1 : -1, change(k, requirement).index))
        copy.generalConstraints[i].body = .scalar(function, set)
      case .general(let i):
        guard case .vector(var functions, let set) = copy.generalConstraints[i].body,
          let direction = Model.inward(set), direction.count == functions.count
        else { continue }
        let variable = change(k, requirement)
        for (f, d) in direction.enumerated() where d != 0 { functions[f].linear.append(LinearTerm(d, variable.index)) }
        copy.generalConstraints[i].body = .vector(functions, set)
      case .integrality: continue
      }
    }
    var newRows = LinearRows()
    for i in 0..<rows.count {
      let isCrossed = rows.lower[i] > rows.upper[i]
      newRows.append(rows.terms(i) + (rowTerms[i] ?? []), lower: rows.lower[i], upper: isCrossed ? .infinity : rows.upper[i])
    }
    copy.rows = newRows
    for i in 0..<rows.count where rows.lower[i] > rows.upper[i] {
      copy.rowNames.appendAnonymous(prefix: "upper side ", place: "")
      copy.rows.append(rows.terms(i) + (upperTerms[i] ?? []), lower: -.infinity, upper: rows.upper[i])
      copy.noteOrder(isRow: true)
    }
    for (requirement, variable) in boundRows {
      guard let j = requirement.variable else { continue }
      let isLower = requirement.side == .lower
      let own = Model.ownBounds(of: domains[j])
      copy.rowNames.appendAnonymous(prefix: "bound ", place: "")
      copy.rows.append(
        [LinearTerm(1, Int32(j)), LinearTerm(isLower ? 1 : -1, variable.index)],
        lower: isLower ? lower[j] : -.infinity, upper: isLower ? .infinity : upper[j])
      copy.noteOrder(isRow: true)
      if isLower { copy.lower[j] = own.lower } else { copy.upper[j] = own.upper }
    }
    return Relaxed(model: copy, changes: changes)
  }

  /// A direction that points into a set from wherever one is: moving along it far enough leads inside.
  private static func inward(_ set: any VectorSet) -> [Double]? {
    switch set {
    case is Nonnegatives: return [Double](repeating: 1, count: set.dimension)
    case is Nonpositives: return [Double](repeating: -1, count: set.dimension)
    case is SecondOrderCone, is NormOneCone, is NormInfinityCone, is NormCone:
      return [1] + [Double](repeating: 0, count: set.dimension - 1)
    case is RotatedSecondOrderCone:
      return [1, 1] + [Double](repeating: 0, count: set.dimension - 2)
    case let cone as PositiveSemidefiniteConeTriangle:
      // The upper triangle column by column.
      return (0..<cone.sideDimension).flatMap { column in (0...column).map { $0 == column ? 1.0 : 0.0 } }
    case let cone as PositiveSemidefiniteConeSquare:
      let n = cone.sideDimension
      return (0..<(n * n)).map { $0 % (n + 1) == 0 ? 1 : 0 }
    case let indicator as Indicator:
      guard case .scalar(let side) = indicator.inner else { return nil }
      if side.upper.isFinite && !side.lower.isFinite { return [0, -1] }
      if side.lower.isFinite && !side.upper.isFinite { return [0, 1] }
      return nil
    default: return nil
    }
  }
}

extension Model {
  /// Takes away all start values.
  public mutating func clearStarts() { starts = [] }
}
