import LinearAlgebra

@testable import Solvers

/// Small random conic forms with whole columns, and their optima by solving for every assignment of whole values.
enum WholeConicSamples {
  enum Family: String, CaseIterable, Sendable {
    case quadratic, secondOrder, rotated, exponential, power, semidefinite
  }

  private struct Draw {
    var generator: SplitMix64
    mutating func real(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &generator) }
    mutating func whole(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func isTaken() -> Bool { Bool.random(using: &generator) }
  }

  /// A form of one to four whole columns in boxes of at most five values, up to four others, rows and one or two cones, or
  /// a quadratic objective.
  static func form(_ family: Family, seed: UInt64) -> ConicForm {
    var draw = Draw(generator: SplitMix64(seed: seed &* 0x9E37_79B9 &+ UInt64(family.rawValue.utf8.count)))
    let (wholeCount, otherCount) = (draw.whole(1...4), draw.whole(0...4))
    let n = wholeCount + otherCount
    var linear = LinearForm()
    linear.sense = seed % 2 == 0 ? .minimize : .maximize
    linear.constant = draw.real(-5...5)
    for _ in 0..<wholeCount {
      let low = Double(draw.whole(-3...0))
      _ = linear.addColumn(
        lower: low, upper: low + Double(draw.whole(1...4)), objective: draw.real(-3...3), isInteger: true)
    }
    for _ in 0..<otherCount {
      _ = linear.addColumn(lower: draw.real(-4...0), upper: draw.real(0...5), objective: draw.real(-3...3))
    }
    for _ in 0..<draw.whole(0...3) {
      let terms = (0..<n).filter { _ in draw.isTaken() }.map { ($0, Double(draw.whole(-4...4))) }
      let middle = draw.real(-3...3)
      linear.addRow(terms, lower: draw.isTaken() ? middle - 2 : -.infinity, upper: middle + 2)
    }
    var form = ConicForm(linear, hessian: family == .quadratic || seed % 3 == 0 ? hessian(n, linear.sense.sign, &draw) : nil)
    if family == .quadratic { return form }
    for _ in 0..<draw.whole(1...2) {
      switch family {
      case .quadratic: break
      case .secondOrder:
        let dimension = draw.whole(1...6)
        add(.secondOrder(dimension: dimension), [4] + [Double](repeating: 0, count: dimension - 1), n, &draw, &form)
      case .rotated:
        let dimension = draw.whole(2...6)
        add(.rotatedSecondOrder(dimension: dimension), [3, 3] + [Double](repeating: 0, count: dimension - 2), n, &draw, &form)
      case .exponential: add(.exponential, [0, 2, 6], n, &draw, &form)
      case .power: add(.power(exponent: draw.real(0.1...0.9)), [3, 3, 0], n, &draw, &form)
      case .semidefinite:
        let order = draw.whole(1...3)
        let middles = (0..<order).flatMap { j in (0...j).map { $0 == j ? 4.0 : 0 } }
        add(.semidefinite(order: order), middles, n, &draw, &form)
      }
    }
    return form
  }

  /// FᵀF for a random sparse F, in the sense of the form.
  private static func hessian(_ n: Int, _ sign: Double, _ draw: inout Draw) -> SparseMatrix {
    let factor = (0..<draw.whole(1...n)).map { _ in
      (0..<n).map { _ in draw.whole(0...2) == 0 ? 0 : draw.real(-2...2) }
    }
    var starts = [0]
    var rows: [Int32] = []
    var values: [Double] = []
    for j in 0..<n {
      for i in j..<n {
        let value = factor.reduce(0) { $0 + $1[i] * $1[j] }
        if value == 0 { continue }
        rows.append(Int32(i))
        values.append(sign * value)
      }
      starts.append(rows.count)
    }
    return SparseMatrix(rowCount: n, columnCount: n, starts: starts, rowIndices: rows, values: values)
  }

  /// Adds a cone of random affine functions around the given values.
  private static func add(
    _ cone: ConicForm.Cone, _ middles: [Double], _ n: Int, _ draw: inout Draw, _ form: inout ConicForm
  ) {
    form.cones.append(cone)
    for middle in middles {
      for j in 0..<n where draw.isTaken() {
        form.coneColumns.append(Int32(j))
        form.coneValues.append(draw.real(-2...2))
      }
      form.coneStarts.append(form.coneValues.count)
      form.coneOffsets.append(middle + draw.real(-1...1))
    }
  }

  /// The best objective of all assignments; nil when none has a point.
  static func optimum(_ form: ConicForm) throws -> Double? {
    let whole = form.linear.isInteger.indices.filter { form.linear.isInteger[$0] != 0 }
    var best: Double?
    func search(_ depth: Int, _ current: ConicForm) throws {
      guard depth < whole.count else {
        guard let value = try value(of: current, isPoint: whole.count == form.linear.columnCount) else { return }
        if best.map({ (value - $0) * form.linear.sense.sign < 0 }) ?? true { best = value }
        return
      }
      let j = whole[depth]
      var value = form.linear.columnLower[j]
      while value <= form.linear.columnUpper[j] {
        var next = current
        next.linear.columnLower[j] = value
        next.linear.columnUpper[j] = value
        next.linear.isInteger[j] = 0
        try search(depth + 1, next)
        value += 1
      }
    }
    try search(0, form)
    return best
  }

  private static func value(of form: ConicForm, isPoint: Bool) throws -> Double? {
    if isPoint {
      let point = form.linear.columnLower
      return form.isFeasible(point, columns: FormColumns(form.linear)) ? form.value(at: point) : nil
    }
    let answer = try InteriorPointSolver().solve(.conic(form), options: SolveOptions(), context: SolveContext())
    return answer.outcome == .optimal ? answer.objective : nil
  }
}
