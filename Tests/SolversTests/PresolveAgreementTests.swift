import Constraints
import LinearAlgebra
import Testing

@testable import Solvers

/// A form with its rows and columns in another order, and that order: new position to old.
private struct Shuffled {
  var form: ConicForm
  var columns: [Int]
  var rows: [Int]

  init(_ original: ConicForm, seed: UInt64) {
    var random = Random(seed: seed)
    let linear = original.linear
    columns = Array(0..<linear.columnCount).shuffled(using: &random)
    rows = Array(0..<linear.rowCount).shuffled(using: &random)
    var position = [Int](repeating: 0, count: linear.columnCount)
    for (new, old) in columns.enumerated() { position[old] = new }
    var result = LinearForm()
    result.sense = linear.sense
    result.constant = linear.constant
    for j in columns {
      _ = result.addColumn(lower: linear.columnLower[j], upper: linear.columnUpper[j], objective: linear.objective[j])
    }
    for i in rows {
      let terms = (linear.starts[i]..<linear.starts[i + 1]).map {
        (position[Int(linear.entryColumns[$0])], linear.entryValues[$0])
      }
      result.addRow(terms.sorted { $0.0 < $1.0 }, lower: linear.rowLower[i], upper: linear.rowUpper[i])
    }
    var triangle = [[Int: Double]](repeating: [:], count: linear.columnCount)
    for j in 0..<linear.columnCount {
      for k in original.hessian.starts[j]..<original.hessian.starts[j + 1] {
        let (a, b) = (position[j], position[Int(original.hessian.rowIndices[k])])
        triangle[min(a, b)][max(a, b)] = original.hessian.values[k]
      }
    }
    form = ConicForm(result, hessian: lowerTriangle(triangle))
    form.cones = original.cones
    form.coneStarts = original.coneStarts
    form.coneColumns = original.coneColumns.map { Int32(position[Int($0)]) }
    form.coneValues = original.coneValues
    form.coneOffsets = original.coneOffsets
  }

  /// An answer of the shuffled form in the order of the original.
  func restored(_ answer: Postsolve.Answer) -> Postsolve.Answer {
    var result = answer
    for (new, old) in columns.enumerated() {
      result.point[old] = answer.point[new]
      result.reducedCosts[old] = answer.reducedCosts[new]
    }
    for (new, old) in rows.enumerated() { result.rowDuals[old] = answer.rowDuals[new] }
    return result
  }
}

private func lowerTriangle(_ columns: [[Int: Double]]) -> SparseMatrix {
  var starts = [0]
  var indices: [Int32] = []
  var values: [Double] = []
  for column in columns {
    for (i, value) in column.sorted(by: { $0.key < $1.key }) {
      indices.append(Int32(i))
      values.append(value)
    }
    starts.append(values.count)
  }
  return SparseMatrix(
    rowCount: columns.count, columnCount: columns.count, starts: starts, rowIndices: indices, values: values)
}

/// A linear form with much to reduce, and a convex quadratic objective in some of its columns.
private func reducibleQuadratic(seed: UInt64) -> ConicForm {
  var random = Random(seed: seed &+ 77_000)
  let linear = randomReducibleForm(seed: seed)
  let n = linear.columnCount
  let chosen = (0..<n).filter { _ in random.chance(0.3) }
  var triangle = [[Int: Double]](repeating: [:], count: n)
  for _ in chosen {
    // One more square of a short sum.
    let terms = chosen.filter { _ in random.chance(0.4) }.map { ($0, Double(random.below(5) - 2)) }
    for (a, x) in terms {
      for (b, y) in terms where b >= a { triangle[a][b, default: 0] += linear.sense.sign * x * y }
    }
  }
  return ConicForm(linear, hessian: lowerTriangle(triangle))
}

/// Adds a second-order cone that holds some columns within a distance of a point.
private func withCone(_ form: ConicForm, seed: UInt64) -> ConicForm {
  var random = Random(seed: seed &+ 99_000)
  var result = form
  result.cones = [.secondOrder(dimension: 3)]
  result.coneStarts = [0, 0]
  result.coneOffsets = [Double(4 + random.below(8))]
  for _ in 0..<2 {
    result.coneColumns.append(Int32(random.below(form.linear.columnCount)))
    result.coneValues.append(Double(1 + random.below(2)))
    result.coneStarts.append(result.coneValues.count)
    result.coneOffsets.append(Double(random.below(3) - 1))
  }
  return result
}

private func interior(_ form: ConicForm, presolve: Bool) throws -> FormOutcome {
  var options = SolveOptions()
  options.presolve = presolve
  return try InteriorPointSolver().solve(.conic(form), options: options, context: SolveContext())
}

extension FormOutcome {
  fileprivate var interiorAnswer: Postsolve.Answer {
    Postsolve.Answer(point: point, rowDuals: rowDuals, reducedCosts: reducedCosts, coneDuals: coneDuals)
  }
}

@Suite("Presolve agrees with itself")
struct PresolveAgreementTests {
  /// What is wrong with the answers to a form solved with presolve, without it, and in another order.
  private func faults(_ form: ConicForm, seed: UInt64, optima: inout Int, undecided: inout Int) throws -> [String] {
    let plain = try interior(form, presolve: false)
    let presolved = try interior(form, presolve: true)
    let shuffled = Shuffled(form, seed: seed)
    let permuted = try interior(shuffled.form, presolve: true)
    var faults: [String] = []
    let answers = [("presolved", presolved, presolved.interiorAnswer)]
      + (permuted.outcome == .optimal ? [("permuted", permuted, shuffled.restored(permuted.interiorAnswer))] : [])
    // A solver that gives up on an unbounded form in one of the orders says nothing about presolve; it must be rare.
    let isUndecided = (presolved.outcome == .unknown || permuted.outcome == .unknown) && plain.outcome != .optimal
    if presolved.outcome != permuted.outcome {
      if isUndecided { undecided += 1 } else { faults.append("\(presolved.outcome), in another order \(permuted.outcome)") }
    }
    guard plain.outcome == .optimal || presolved.outcome == .optimal else { return faults }
    optima += 1
    for (name, outcome, answer) in answers {
      guard outcome.outcome == .optimal, let value = outcome.objective else {
        faults.append("\(name): \(outcome.outcome), without presolve \(plain.outcome)")
        continue
      }
      let gap = OptimalityGap(answer, of: form)
      if gap.largest > 1e-5 { faults.append("\(name): \(gap)") }
      // Where the solver without presolve gives up or ends far off, the conditions of optimality decide alone.
      if plain.outcome == .optimal, let best = plain.objective {
        if OptimalityGap(plain.interiorAnswer, of: form).largest > 1e-6 { continue }
        let difference = abs(value - best)
        if difference > 1e-5 * max(1, abs(best)) { faults.append("\(name): objective \(value), without presolve \(best)") }
      } else if plain.outcome != .unknown {
        faults.append("\(name): optimal, without presolve \(plain.outcome)")
      }
    }
    return faults
  }

  @Test("300 random quadratic forms, with and without presolve and in another order", arguments: 0..<3)
  func quadratic(block: Int) throws {
    var (optima, undecided) = (0, 0)
    for seed in UInt64(block * 100)..<UInt64(block * 100 + 100) {
      let found = try faults(reducibleQuadratic(seed: seed), seed: seed, optima: &optima, undecided: &undecided)
      #expect(found.isEmpty, "seed \(seed): \(found)")
    }
    #expect(optima > 50)
    #expect(undecided <= 1)
  }

  @Test("200 random forms with a cone, with and without presolve and in another order", arguments: 0..<2)
  func conic(block: Int) throws {
    var (optima, undecided) = (0, 0)
    for seed in UInt64(block * 100)..<UInt64(block * 100 + 100) {
      let form = withCone(reducibleQuadratic(seed: seed), seed: seed)
      let found = try faults(form, seed: seed, optima: &optima, undecided: &undecided)
      #expect(found.isEmpty, "seed \(seed): \(found)")
    }
    #expect(optima > 30)
    #expect(undecided <= 1)
  }

  #if GLPK
    @Test func `500 random linear forms in another order`() throws {
      var optima = 0
      for seed in UInt64(0)..<500 {
        let form = randomReducibleForm(seed: seed)
        let shuffled = Shuffled(ConicForm(form), seed: seed)
        let reference = try simplex(form)
        switch Presolve.run(shuffled.form).result {
        case .infeasible: #expect(reference.outcome == .infeasible, "seed \(seed)")
        case .infeasibleOrUnbounded: #expect(reference.outcome != .optimal, "seed \(seed)")
        case .reduced(let smaller, let postsolve):
          let outcome = try simplex(smaller.linear)
          #expect(outcome.outcome == reference.outcome || outcome.outcome != .optimal && reference.outcome != .optimal)
          guard outcome.outcome == .optimal, let best = reference.objective else { continue }
          optima += 1
          let answer = shuffled.restored(postsolve.lift(outcome.answer))
          let gap = OptimalityGap(answer, of: ConicForm(form))
          #expect(gap.largest <= 1e-8, "seed \(seed): \(gap)")
          #expect(abs(form.value(at: answer.point) - best) <= 1e-7 * max(1, abs(best)), "seed \(seed)")
        }
      }
      #expect(optima > 250)
    }
  #endif
}
