import Constraints
import Testing

@testable import Solvers

@Suite("First-order method: matrix and scaling")
struct FirstOrderKernelTests {
  /// Rows of all lengths: empty, short, and some long ones.
  private func mixedForm(seed: UInt64) -> LinearForm {
    var random = Random(seed: seed)
    var form = LinearForm()
    let n = 30 + random.below(60)
    for _ in 0..<n { _ = form.addColumn(lower: -1, upper: 1, objective: Double(random.below(5))) }
    for i in 0..<(20 + random.below(40)) {
      let density = i % 7 == 0 ? 0.9 : i % 5 == 0 ? 0 : 0.05
      var terms: [(Int, Double)] = []
      for j in 0..<n where random.chance(density) { terms.append((j, Double.random(in: -1000...1000, using: &random))) }
      form.addRow(terms, lower: -1, upper: 1)
    }
    return form
  }

  @Test func `products in chunks agree with the rows of the form`() throws {
    for seed in 1...20 {
      let form = mixedForm(seed: UInt64(seed))
      let matrix = try #require(ScaledMatrix(form, options: FirstOrder.Options(), shouldStop: { false }))
      let iteration = HalpernIteration(FirstOrderProblem(form, matrix: matrix), team: BlockTeam(size: 1))
      var random = Random(seed: UInt64(seed))
      let x = (0..<matrix.n).map { _ in Double.random(in: -1...1, using: &random) }
      let y = (0..<matrix.m).map { _ in Double.random(in: -1...1, using: &random) }
      let (activity, price) = (iteration.product(x), iteration.transposedProduct(y))
      var expectedPrice = [Double](repeating: 0, count: matrix.n)
      var place = [Int](repeating: 0, count: form.columnCount)
      for (p, j) in matrix.columnOrder.enumerated() { place[Int(j)] = p }
      for (p, i) in matrix.rowOrder.enumerated() {
        var sum = 0.0
        for k in form.starts[Int(i)]..<form.starts[Int(i) + 1] {
          let q = place[Int(form.entryColumns[k])]
          let value = form.entryValues[k] * matrix.rowScale[p] * matrix.columnScale[q]
          sum += value * x[q]
          expectedPrice[q] += value * y[p]
        }
        #expect(abs(activity[p] - sum) <= 1e-12)
      }
      for q in 0..<matrix.n { #expect(abs(price[q] - expectedPrice[q]) <= 1e-12) }
      for p in matrix.rowOrder.count..<matrix.m { #expect(activity[p] == 0) }
    }
  }

  @Test func `scaling bounds the norm by 1, and the estimate of the norm is right`() throws {
    for seed in 1...10 {
      let form = mixedForm(seed: UInt64(seed))
      let matrix = try #require(ScaledMatrix(form, options: FirstOrder.Options(), shouldStop: { false }))
      let iteration = HalpernIteration(FirstOrderProblem(form, matrix: matrix), team: BlockTeam(size: 1))
      let norm = iteration.spectralNorm(shouldStop: { false }).norm
      #expect(norm <= 1 + 1e-12)
      // The power method from another start, run long.
      var x = (0..<matrix.n).map { Double($0 % 7) - 2.9 }
      var length = 0.0
      for _ in 0..<3000 {
        x = iteration.transposedProduct(iteration.product(x))
        length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        x = x.map { $0 / length }
      }
      #expect(abs(norm - length.squareRoot()) <= 1e-3 * norm)
    }
  }

  @Test func `the norm of a row or of a matrix of ones is found at once`() throws {
    var form = LinearForm()
    for _ in 0..<9 { _ = form.addColumn(lower: 0, upper: 1) }
    form.addRow((0..<9).map { ($0, 1) }, lower: 0, upper: 1)
    for rows in 1...4 {
      let matrix = try #require(ScaledMatrix(form, options: FirstOrder.Options(), shouldStop: { false }))
      let iteration = HalpernIteration(FirstOrderProblem(form, matrix: matrix), team: BlockTeam(size: 1))
      #expect(abs(iteration.spectralNorm(shouldStop: { false }).norm - 1) <= 1e-9, "\(rows) rows")
      form.addRow((0..<9).map { ($0, 1) }, lower: 0, upper: 1)
    }
  }

  @Test func `least squares finds the smallest correction`() throws {
    let form = mixedForm(seed: 3)
    let matrix = try #require(ScaledMatrix(form, options: FirstOrder.Options(), shouldStop: { false }))
    let iteration = HalpernIteration(FirstOrderProblem(form, matrix: matrix), team: BlockTeam(size: 1))
    let squares = LeastSquares(iteration)
    var random = Random(seed: 4)
    for j in 0..<matrix.n { squares.columnMark[j] = random.chance(0.5) ? 1 : 0 }
    for i in 0..<matrix.m { squares.rowMark[i] = random.chance(0.5) ? 1 : 0 }
    let side = (0..<matrix.m).map { _ in Double.random(in: -1...1, using: &random) }
    for i in 0..<matrix.m { squares.rowSide[i] = side[i] }
    _ = squares.correctColumns(limit: 1000, tolerance: 1e-14, shouldStop: { false })
    let correction = (0..<matrix.n).map { squares.columnCorrection[$0] }
    for j in 0..<matrix.n where squares.columnMark[j] == 0 { #expect(correction[j] == 0) }
    // The residual on the marked rows is orthogonal to the marked columns.
    let activity = iteration.product(correction)
    let residual = (0..<matrix.m).map { squares.rowMark[$0] * (side[$0] - activity[$0]) }
    let gradient = iteration.transposedProduct(residual)
    for j in 0..<matrix.n { #expect(abs(squares.columnMark[j] * gradient[j]) <= 1e-9) }
  }

  @Test func `an even matrix needs no geometric scaling, an uneven one is evened out`() throws {
    var form = LinearForm()
    for j in 0..<3 { _ = form.addColumn(lower: 0, upper: 1, objective: Double(j)) }
    form.addRow([(0, 1e-6), (1, 1e3)], lower: 0, upper: 1)
    form.addRow([(1, 1e5), (2, 1e-2)], lower: 0, upper: 1)
    let scaling = try #require(Preconditioner(form, geometricPasses: 4, ruizPasses: 10, shouldStop: { false }))
    for i in 0..<2 {
      for k in form.starts[i]..<form.starts[i + 1] {
        let size = form.entryValues[k] * scaling.row[i] * scaling.column[Int(form.entryColumns[k])]
        #expect(size > 0.1 && size <= 1)
      }
    }
    #expect(Preconditioner(form, geometricPasses: 4, ruizPasses: 10, shouldStop: { true }) == nil)
  }

  @Test func `a team runs every part and can be used again after a pause`() {
    final class Count: BlockTeam.Work {
      var first = [Int](repeating: 0, count: 3)
      var second = [Int](repeating: 0, count: 3)
      func run(part: Int, barrier: BlockTeam.Barrier) {
        first[part] += 1
        barrier.wait()
        second[part] = first.reduce(0, +)
        barrier.wait()
      }
    }
    let team = BlockTeam(size: 3)
    let count = Count()
    for round in 1...200 {
      team.run(count)
      for part in 0..<team.size { #expect(count.second[part] == team.size * round) }
      if round % 50 == 0 { WorkerThread().sync { for _ in 0..<100_000 { _ = ContinuousClock.now } } }
    }
  }
}
