import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

@Suite("Scaling of forms")
struct ScalingTests {
  /// A badly scaled quadratic form with a cone.
  private func badlyScaled(seed: UInt64) -> ConicForm {
    var random = Random(seed: seed)
    var linear = LinearForm()
    linear.constant = 3
    let n = 6
    for _ in 0..<n {
      _ = linear.addColumn(lower: -10, upper: .infinity, objective: Double(random.below(9)) * 1e3)
    }
    for _ in 0..<5 {
      let size = [1e-5, 1e-2, 1, 1e4][random.below(4)]
      linear.addRow(
        (0..<n).filter { _ in random.chance(0.6) }.map { ($0, size * Double(1 + random.below(90))) }, lower: -size,
        upper: .infinity)
    }
    let diagonal = SparseMatrix(
      rowCount: n, columnCount: n, starts: Array(0...n), rowIndices: (0..<n).map { Int32($0) },
      values: (0..<n).map { 10.0 * Double($0) })
    var form = ConicForm(linear, hessian: diagonal)
    form.cones = [.secondOrder(dimension: 3)]
    form.coneStarts = [0, 1, 2, 3]
    form.coneColumns = [0, 1, 2]
    form.coneValues = [1, 1e3, 1e-3]
    form.coneOffsets = [5, 1, 1]
    return form
  }

  @Test func `Ruiz brings the largest entry of every row and column near 1`() {
    for seed in 0..<50 {
      let form = badlyScaled(seed: UInt64(seed))
      let scaled = Scaling.ruiz(form, passes: 30, scalesObjective: false, limit: 1e8).apply(form)
      for i in 0..<scaled.linear.rowCount where scaled.linear.starts[i] < scaled.linear.starts[i + 1] {
        let largest = scaled.linear.entryValues[scaled.linear.starts[i]..<scaled.linear.starts[i + 1]].map { abs($0) }.max() ?? 0
        #expect(largest > 0.8 && largest < 1.2, "seed \(seed), row \(i): \(largest)")
      }
    }
  }

  @Test func `the rows of a cone share one factor`() {
    let scaling = Scaling.ruiz(badlyScaled(seed: 1))
    #expect(Set(scaling.coneRows).count == 1)
  }

  @Test func `geometric scaling narrows the spread of the entries`() {
    for seed in 0..<50 {
      let form = badlyScaled(seed: UInt64(seed))
      func spread(_ values: [Double]) -> Double { (values.map { abs($0) }.max() ?? 1) / (values.map { abs($0) }.min() ?? 1) }
      let scaled = Scaling.geometric(form).apply(form)
      #expect(spread(scaled.linear.entryValues) <= spread(form.linear.entryValues) * (1 + 1e-12), "seed \(seed)")
    }
  }

  @Test func `entries within 0.1 and 10 are left alone`() {
    var linear = LinearForm()
    for _ in 0..<3 { _ = linear.addColumn(lower: 0, upper: 1) }
    linear.addRow([(0, 0.1), (1, -10), (2, 3)], lower: 0, upper: 1)
    #expect(Scaling.geometric(ConicForm(linear)).columns == [1, 1, 1])
  }

  @Test func `powers of two make no rounding errors`() {
    let form = badlyScaled(seed: 3)
    let scaling = Scaling.ruiz(form).roundedToPowersOfTwo()
    for factor in scaling.rows + scaling.columns + [scaling.objective] { #expect(factor.significand == 1) }
    let scaled = scaling.apply(form)
    for j in 0..<form.linear.columnCount {
      #expect(scaled.linear.objective[j] / scaling.columns[j] / scaling.objective == form.linear.objective[j])
    }
  }

  @Test func `stationarity and complementarity survive the way there and back`() {
    for seed in 0..<50 {
      let form = badlyScaled(seed: UInt64(seed))
      let scaling = Scaling.ruiz(form)
      let scaled = scaling.apply(form)
      var random = Random(seed: UInt64(seed))
      func numbers(_ n: Int) -> [Double] { (0..<n).map { _ in Double(random.below(9)) } }
      let x = numbers(6)
      var answer = Postsolve.Answer(point: x, rowDuals: numbers(5), reducedCosts: numbers(6), coneDuals: numbers(3))
      // The reduced costs that the scaled form demands.
      answer.reducedCosts = gradient(scaled, answer)
      let lifted = scaling.lift(answer)
      let expected = gradient(form, lifted)
      let size = expected.reduce(1) { max($0, abs($1)) }
      for j in 0..<6 { #expect(abs(lifted.reducedCosts[j] - expected[j]) <= 1e-9 * size, "seed \(seed)") }
      let value = form.linear.value(at: lifted.point) * scaling.objective
      #expect(abs(scaled.linear.value(at: x) - value) <= 1e-12 * max(1, abs(value)))
    }
  }

  private func gradient(_ form: ConicForm, _ answer: Postsolve.Answer) -> [Double] {
    var result = form.linear.objective
    for j in result.indices {
      for k in form.hessian.starts[j]..<form.hessian.starts[j + 1] {
        result[j] += form.hessian.values[k] * answer.point[Int(form.hessian.rowIndices[k])]
      }
    }
    for i in 0..<form.linear.rowCount {
      for k in form.linear.starts[i]..<form.linear.starts[i + 1] {
        result[Int(form.linear.entryColumns[k])] -= form.linear.entryValues[k] * answer.rowDuals[i]
      }
    }
    for g in 0..<form.coneRowCount {
      for k in form.coneStarts[g]..<form.coneStarts[g + 1] {
        result[Int(form.coneColumns[k])] -= form.coneValues[k] * answer.coneDuals[g]
      }
    }
    return result
  }
}
