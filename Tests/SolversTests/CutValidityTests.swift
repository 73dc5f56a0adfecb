import LinearAlgebra
import Testing

@testable import Solvers

/// What one run over many small models has seen.
struct CutTally {
  var found: [CutKind: Int] = [:]
  var models = 0
  var failures: [String] = []
}

@Suite("No cut loses a feasible point")
struct CutValidityTests {
  /// Separates at vertices of the relaxation, at random points and with random weights, cuts of cuts too, and checks
  /// every cut at all feasible vertices.
  private func run(
    _ shape: SmallModelShape, models: Range<UInt64>, kinds: (CutSeparation, inout [Cut]) -> Void
  ) throws -> CutTally {
    var tally = CutTally()
    for seed in models {
      let form = LinearForm.small(shape, seed: seed)
      let points = FeasibleVertices(form).points
      var random = SplitMix64(seed: seed &+ 77)
      let probing = Probing(form)
      if probing.isInfeasible { continue }
      let separation = CutSeparation(
        form, cliques: CliqueTable(form, conflicts: probing.conflicts), impliedBounds: probing.impliedBounds)
      separation.setBounds(lower: form.columnLower, upper: form.columnUpper)
      tally.models += 1
      for round in 0..<5 {
        var x = (0..<form.columnCount).map { j in
          Double.random(in: form.columnLower[j]...form.columnUpper[j], using: &random)
        }
        if round < 3 {
          var tilted = form
          if round > 0 { tilted.objective = tilted.objective.map { _ in Double.random(in: -1...1, using: &random) } }
          guard let vertex = try tilted.relaxationOptimum(with: separation.extraRows) else { break }
          x = vertex
        }
        separation.setPoint(x, reducedCosts: nil)
        var cuts: [Cut] = []
        kinds(separation, &cuts)
        let rowCount = form.rowCount + separation.extraRows.count
        for _ in 0..<4 {
          let rows = (0..<rowCount).filter { _ in Bool.random(using: &random) }.map { Int32($0) }
          let weights = rows.map { _ in Double.random(in: -2...2, using: &random) }
          if rows.isEmpty { continue }
          separation.cutsFromAggregation(rows: rows, weights: weights, kind: .gomory, into: &cuts)
        }
        for cut in cuts {
          tally.found[cut.kind, default: 0] += 1
          if cut.efficacy(at: x) <= 0 { tally.failures.append("\(shape) \(seed): \(cut) does not cut off \(x)") }
          for point in points {
            let excess = cut.activity(at: point) - cut.upper
            if excess > 1e-7 * max(1, cut.norm) {
              tally.failures.append("\(shape) \(seed): \(cut) cuts off \(point) by \(excess)")
              break
            }
          }
        }
        separation.extraRows += cuts.prefix(6)
      }
    }
    return tally
  }

  @Test(arguments: SmallModelShape.allCases)
  func `rounding of paths of rows and of random aggregations`(shape: SmallModelShape) throws {
    let tally = try run(shape, models: 0..<200) { $0.separateMIR(into: &$1) }
    #expect(tally.failures.isEmpty, "\(tally.failures.count): \(tally.failures.prefix(3))")
    #expect(tally.found[.gomory, default: 0] > 50, "\(tally.found)")
    if shape == .fixedCharge { #expect(tally.found[.flowCover, default: 0] > 50, "\(tally.found)") }
  }

  @Test(arguments: SmallModelShape.allCases)
  func `lifted covers`(shape: SmallModelShape) throws {
    let tally = try run(shape, models: 0..<200) { $0.separateCovers(into: &$1) }
    #expect(tally.failures.isEmpty, "\(tally.failures.count): \(tally.failures.prefix(3))")
    if shape == .knapsacks { #expect(tally.found[.cover, default: 0] > 50, "\(tally.found)") }
  }

  @Test(arguments: SmallModelShape.allCases)
  func `zero-half cuts`(shape: SmallModelShape) throws {
    let tally = try run(shape, models: 0..<200) { $0.separateZeroHalf(into: &$1) }
    #expect(tally.failures.isEmpty, "\(tally.failures.count): \(tally.failures.prefix(3))")
    if shape == .wholeRows { #expect(tally.found[.zeroHalf, default: 0] > 20, "\(tally.found)") }
  }

  @Test(arguments: SmallModelShape.allCases)
  func `implied bounds`(shape: SmallModelShape) throws {
    let tally = try run(shape, models: 0..<200) { $0.separateImpliedBounds(into: &$1) }
    #expect(tally.failures.isEmpty, "\(tally.failures.count): \(tally.failures.prefix(3))")
    if shape == .fixedCharge { #expect(tally.found[.impliedBound, default: 0] > 20, "\(tally.found)") }
  }

  @Test(arguments: SmallModelShape.allCases)
  func `clique cuts`(shape: SmallModelShape) throws {
    let tally = try run(shape, models: 0..<200) { $0.separateCliques(into: &$1) }
    #expect(tally.failures.isEmpty, "\(tally.failures.count): \(tally.failures.prefix(3))")
    if shape == .setPacking || shape == .knapsacks { #expect(tally.found[.clique, default: 0] > 20, "\(tally.found)") }
  }
}
