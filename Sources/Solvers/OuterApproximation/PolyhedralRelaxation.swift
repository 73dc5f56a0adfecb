import Constraints
import LinearAlgebra

/// A conic form as a linear one with rows that are stated when a point violates them.
///
/// The first columns are those of the conic form. Behind them stand one column for each square of the objective,
/// `w >= ½ (fᵀx)²` with P = FᵀF, and, for each second-order cone of more than three coordinates, one for each of its
/// squares, which ties them by one linear row and cones of three coordinates: far fewer tangents then describe it as well
/// (J. P. Vielma, I. Dunning, J. Huchette and M. Lubin, "Extended formulations in mixed integer conic quadratic
/// programming", Mathematical Programming Computation 9, 2017).
struct PolyhedralRelaxation: Sendable {
  let conic: ConicForm
  /// Without tangents but the first.
  var form: LinearForm
  private(set) var blocks: [ConeBlock] = []

  /// Entries of the objective's factor this small beside their column's length are rounding errors.
  static let factorDust = 1e-13

  /// How the multipliers of a conic form concern a block.
  private enum Origin {
    /// A square of the objective, which has none.
    case objective
    /// All coordinates from this row of G on.
    case cone(first: Int)
    /// A square of a second-order cone: head and own row of G, and whether the cone is rotated.
    case square(head: Int, row: Int, isRotated: Bool)
  }

  /// Columns that hold the squares of a cone.
  private struct Squares {
    var firstColumn: Int
    var cone: ConeBlock
    /// Coordinates before those that are squared.
    var skipped: Int
  }

  private var origins: [Origin] = []
  private var squares: [Squares] = []

  /// - Throws: ``SolverError/refused(_:)`` when the objective is not convex, or too large to be factorized.
  /// - Complexity: O(entries), and a factorization of P.
  init(_ conic: ConicForm) throws(SolverError) {
    self.conic = conic
    form = conic.linear
    try addObjective()
    var first = 0
    for cone in conic.cones {
      add(cone, first: first)
      first += cone.dimension
    }
    let bounds = ColumnBounds(form)
    for block in blocks { addRows(block.initialMultipliers.compactMap { block.row($0, within: bounds) }) }
    for lifted in squares { addRows(lifted.cone.initialSigns.compactMap { lifted.cone.row($0, within: bounds) }) }
  }

  private mutating func addObjective() throws(SolverError) {
    let hessian = conic.hessian
    if hessian.entryCount == 0 { return }
    guard hessian.values.allSatisfy(\.isFinite) else {
      throw .refused([Diagnostic(.unsupported, "the objective has coefficients that are not finite")])
    }
    let sign = conic.linear.sense.sign
    var terms: [QuadraticTerm] = []
    for j in 0..<hessian.columnCount {
      for k in hessian.starts[j]..<hessian.starts[j + 1] where hessian.values[k] != 0 {
        let i = Int(hessian.rowIndices[k])
        terms.append(QuadraticTerm(sign * (i == j ? hessian.values[k] / 2 : hessian.values[k]), Int32(j), Int32(i)))
      }
    }
    switch QuadraticForm(terms).definiteness() {
    case .semidefinite(let factor):
      var lengths = [Double](repeating: 0, count: form.columnCount)
      for (j, value) in zip(factor.variables, factor.values) { lengths[Int(j)] += value * value }
      for i in 0..<factor.rowCount {
        // What the factorization's rounding errors leave is no entry.
        let terms = factor.terms(i).filter {
          abs($0.coefficient) > PolyhedralRelaxation.factorDust * lengths[Int($0.variable)].squareRoot()
        }
        if terms.isEmpty { continue }
        let column = form.addColumn(lower: 0, upper: .infinity, objective: sign)
        var block = ConeBlock(.rotated)
        block.add([(Int32(column), 1)])
        block.add([], offset: 1)
        block.add(terms.map { ($0.variable, $0.coefficient) })
        blocks.append(block)
        origins.append(.objective)
      }
    case .indefinite:
      let needed = sign > 0 ? "convex" : "concave"
      throw .refused([
        Diagnostic(
          .unsupported, "the objective is quadratic and not \(needed)",
          mend: "nonconvex quadratic objectives need a solver that this build does not have")
      ])
    case .undetermined:
      throw .refused([
        Diagnostic(
          .unsupported, "the objective has a quadratic part that is too large to be factorized",
          mend: "write it as a sum of squares of new variables")
      ])
    }
  }

  private mutating func add(_ cone: ConicForm.Cone, first: Int) {
    switch cone {
    case .secondOrder(let n) where n > 3: addSquares(first: first, dimension: n, isRotated: false)
    case .rotatedSecondOrder(let n) where n > 3: addSquares(first: first, dimension: n, isRotated: true)
    case .secondOrder(let n):
      if n == 1 { return addRows([coordinates(first..<(first + 1), .secondOrder).row([1], within: ColumnBounds(form))].compactMap { $0 }) }
      blocks.append(coordinates(first..<(first + n), .secondOrder))
      origins.append(.cone(first: first))
    case .rotatedSecondOrder(let n):
      if n == 2 {
        let head = coordinates(first..<(first + 2), .rotated)
        let bounds = ColumnBounds(form)
        return addRows([head.row([1, 0], within: bounds), head.row([0, 1], within: bounds)].compactMap { $0 })
      }
      blocks.append(coordinates(first..<(first + 3), .rotated))
      origins.append(.cone(first: first))
    case .exponential:
      blocks.append(coordinates(first..<(first + 3), .exponential))
      origins.append(.cone(first: first))
    case .power(let exponent):
      blocks.append(coordinates(first..<(first + 3), .power(exponent)))
      origins.append(.cone(first: first))
    case .semidefinite(let order):
      blocks.append(coordinates(first..<(first + cone.dimension), .semidefinite(order: order)))
      origins.append(.cone(first: first))
    }
  }

  /// `t u >= Σ x²` as `t >= Σ w` and `w u >= x²` for each x, with u = t where the cone is not rotated.
  private mutating func addSquares(first: Int, dimension: Int, isRotated: Bool) {
    let skipped = isRotated ? 2 : 1
    let whole = coordinates(first..<(first + dimension), isRotated ? .rotated : .secondOrder)
    var sum = ConeBlock(.secondOrder)
    let firstColumn = form.columnCount
    for row in (first + skipped)..<(first + dimension) {
      let column = form.addColumn(lower: 0, upper: .infinity)
      var block = ConeBlock(.rotated)
      block.add([(Int32(column), 1)])
      // In 2 s₀ s₁ >= s₂², s₁ is u, or half of t.
      let partner = isRotated ? first + 1 : first
      let share = isRotated ? 1.0 : 0.5
      block.add(terms(partner).map { ($0.0, share * $0.1) }, offset: share * conic.coneOffsets[partner])
      block.add(terms(row), offset: conic.coneOffsets[row])
      blocks.append(block)
      origins.append(.square(head: first, row: row, isRotated: isRotated))
    }
    let added = (firstColumn..<form.columnCount).map { (Int32($0), -1.0) }
    sum.add(terms(first) + added, offset: conic.coneOffsets[first])
    addRows([sum.row([1], within: ColumnBounds(form))].compactMap { $0 })
    squares.append(Squares(firstColumn: firstColumn, cone: whole, skipped: skipped))
  }

  private func terms(_ row: Int) -> [(Int32, Double)] {
    (conic.coneStarts[row]..<conic.coneStarts[row + 1]).map { (conic.coneColumns[$0], conic.coneValues[$0]) }
  }

  private func coordinates(_ rows: Range<Int>, _ kind: ConeBlock.Kind) -> ConeBlock {
    var block = ConeBlock(kind)
    for row in rows { block.add(terms(row), offset: conic.coneOffsets[row]) }
    return block
  }

  mutating func addRows(_ rows: [LinearRow]) {
    for row in rows {
      form.addRow(zip(row.columns, row.values).map { (Int($0), $1) }, lower: row.lower, upper: row.upper)
    }
  }

  /// States that no point is better than the continuous optimum.
  /// - Parameter objective: of the conic form, with its constant.
  mutating func addObjectiveRow(_ objective: Double) {
    let terms = form.objective.indices.filter { form.objective[$0] != 0 }.map { ($0, form.objective[$0]) }
    let slack = PolyhedralRelaxation.objectiveSlack * max(1, abs(objective))
    let side = objective - form.constant
    let isMinimized = form.sense == .minimize
    form.addRow(terms, lower: isMinimized ? side - slack : -.infinity, upper: isMinimized ? .infinity : side + slack)
  }

  /// How far, relatively, the continuous optimum may be wrong.
  static let objectiveSlack = 1e-7

  // MARK: - Points and multipliers

  /// A point of the conic form in the columns of the linear one.
  /// - Complexity: O(terms of the cones).
  func extended(_ point: [Double]) -> [Double] {
    var result = point
    result += [Double](repeating: 0, count: form.columnCount - point.count)
    for (block, origin) in zip(blocks, origins) {
      guard case .objective = origin else { continue }
      let x = block.coordinates(at: result)[2]
      result[Int(block.columns[0])] = x * x / 2
    }
    for lifted in squares {
      // In proportion to the squares, so that their sum is right and each small cone is as near as the whole one.
      let s = lifted.cone.coordinates(at: result)
      var total = 0.0
      for k in lifted.skipped..<s.count { total += s[k] * s[k] }
      if total == 0 { continue }
      for k in lifted.skipped..<s.count {
        result[lifted.firstColumn + k - lifted.skipped] = max(0, s[0]) * s[k] * s[k] / total
      }
    }
    return result
  }

  /// Rows that follow from multipliers of the cones, in the dual cones, and from tangents of the objective at a point.
  /// - Parameters:
  ///   - multipliers: one a row of G, or none.
  ///   - point: in the columns of the conic form or more; nil for none.
  /// - Complexity: O(terms), and an eigenvalue decomposition for each matrix.
  func rows(multipliers: [Double], point: [Double]?) -> [LinearRow] {
    var result: [LinearRow] = []
    let bounds = ColumnBounds(form)
    let hasMultipliers = multipliers.count == conic.coneRowCount
    for (block, origin) in zip(blocks, origins) {
      switch origin {
      case .objective:
        guard let point else { continue }
        var slope = 0.0
        for t in block.starts[2]..<block.starts[3] { slope += block.values[t] * point[Int(block.columns[t])] }
        if let row = block.row(ConeBlock.rotatedRay(slope), within: bounds) { result.append(row) }
      case .cone(let first):
        guard hasMultipliers else { continue }
        let z = Array(multipliers[first..<(first + block.dimension)])
        result += block.extremes(of: z).compactMap { block.row($0, within: bounds) }
      case .square(let head, let row, let isRotated):
        guard hasMultipliers, multipliers[head] > 0 else { continue }
        let slope = -(isRotated ? 1 : 2) * multipliers[row] / multipliers[head]
        if slope.isFinite, let row = block.row(ConeBlock.rotatedRay(slope), within: bounds) { result.append(row) }
      }
    }
    return result
  }
}

extension ConeBlock {
  /// Multipliers that state the signs of the leading coordinates.
  fileprivate var initialSigns: [[Double]] {
    (0..<(kind == .rotated ? 2 : 1)).map { k in
      var z = [Double](repeating: 0, count: dimension)
      z[k] = 1
      return z
    }
  }
}
