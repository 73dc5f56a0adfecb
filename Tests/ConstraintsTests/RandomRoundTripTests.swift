import Testing

@testable import Constraints

/// Seeded random models over all that MPS or LP can hold.
@Suite("Random models survive being written and read")
struct RandomRoundTripTests {
  struct Random {
    var state: UInt64
    mutating func below(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(n))
    }
    /// Mostly short numbers, sometimes all digits; never 0.
    mutating func number() -> Double {
      switch below(6) {
      case 0: Double(below(2_000_001) - 1_000_000) / 997 + 1e-4
      case 1: Double(below(9) + 1) * 1e-7
      case 2: Double(below(9) + 1) * 1e15
      default: Double(below(40) + 1) * (below(2) == 0 ? 1 : -1)
      }
    }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  }

  enum Target { case mps, lp }

  private func linear(_ random: inout Random, _ n: Int) -> ScalarFunction {
    var f = ScalarFunction()
    for j in 0..<n where random.chance(40) { f.linear.append(LinearTerm(random.number(), Int32(j))) }
    return f
  }

  private func quadratic(_ random: inout Random, _ n: Int) -> ScalarFunction {
    var f = linear(&random, n)
    for _ in 0...random.below(4) {
      f.quadratic.append(QuadraticTerm(random.number(), Int32(random.below(n)), Int32(random.below(n))))
    }
    f.canonicalize()
    if f.quadratic.isEmpty { f.quadratic.append(QuadraticTerm(1, 0, 0)) }
    return f
  }

  private func interval(_ random: inout Random) -> ScalarSet {
    let low = Double(random.below(100)) - 50
    switch random.below(5) {
    case 0: return .lessThan(random.number())
    case 1: return .greaterThan(random.number())
    case 2: return .equalTo(random.number())
    case 3: return .interval(low, low + Double(random.below(50) + 1) / 4)
    default: return ScalarSet()
    }
  }

  private func model(_ seed: UInt64, _ target: Target) -> Model {
    var random = Random(state: seed &* 7919 &+ 1)
    var model = Model("random \(seed)")
    let n = random.below(8) + 3
    for j in 0..<n {
      let name = random.chance(15) ? "bad name [\(j),1]" : random.chance(10) ? "e\(j)" : "x\(j)"
      let domain: Domain = j == 0 ? .binary : Domain.allCases[random.below(Domain.allCases.count)]
      var set = interval(&random)
      if random.chance(40) { set = ScalarSet(lower: 0) }
      if domain == .binary { set = j == 0 ? .interval(0, 1) : [.interval(0, 1), .interval(1, 1), .interval(0, 0)][random.below(3)] }
      if domain.isSemi, set.lower == -.infinity { set.lower = 0 }
      model.addVariable(name, lower: set.lower, upper: set.upper, domain: domain)
    }
    if random.chance(90) {
      var f = random.chance(40) ? quadratic(&random, n) : linear(&random, n)
      if random.chance(50) { f.constant = random.number() }
      if f.kind != .constant || f.constant != 0 {
        model.addObjective(Objective(random.chance(50) ? .minimize : .maximize, f, name: random.chance(80) ? "cost" : "a cost"))
      }
    }
    for i in 0..<random.below(6) { model.addConstraint(.name("c\(i)"), linear(&random, n), in: interval(&random)) }
    if random.chance(30) { model.markLazy(model.addConstraint(.name("lazy"), linear(&random, n), in: interval(&random))) }
    for i in 0..<random.below(3) {
      if random.chance(50) {
        model.addConstraint(.name("q\(i)"), quadratic(&random, n), in: interval(&random))
      } else {
        let z = ScalarFunction(linear: [LinearTerm(1, 0)])
        model.addConstraint(.name("i\(i)"), [z, linear(&random, n)], in: Indicator(activeOn: random.chance(50), interval(&random)))
      }
    }
    for i in 0..<random.below(3) {
      let members = (0..<3).map { ScalarFunction(linear: [LinearTerm(1, Int32($0))]) }
      let weights = [1.0, 2.5, Double(random.below(5)) + 3]
      if random.chance(50) {
        model.addConstraint(.name("s\(i)"), members, in: SOS1(weights: weights))
      } else {
        model.addConstraint(.name("s\(i)"), members, in: SOS2(weights: weights))
      }
    }
    if target == .mps {
      let members = (0..<3).map { ScalarFunction(linear: [LinearTerm(1, Int32($0))]) }
      if random.chance(30) { model.addConstraint(.name("k1"), members, in: SecondOrderCone(dimension: 3)) }
      if random.chance(30) { model.addConstraint(.name("k2"), members, in: ExponentialCone()) }
      if random.chance(30) { model.addConstraint(.name("k3"), members, in: PowerCone(exponent: 0.25)) }
      if random.chance(30) { model.addNamedExpression("other", linear(&random, n)) }
    }
    return model
  }

  @Test func throughMPS() throws {
    for seed in 0..<1500 as Range<UInt64> {
      let model = model(seed, .mps)
      for fixed in [false, true] {
        var options = WriteOptions()
        options.fixedColumns = fixed
        let written = try MPSFormat.write(model, options: options)
        let read = try MPSFormat.read(SourceText(file: "m.mps", bytes: written.bytes), options: ReadOptions()).model
        let difference = read.renamed(by: written.renamed).difference(from: model)
        #expect(difference == nil, "seed \(seed), fixed \(fixed): \(written.bytes.text)")
        if difference != nil { return }
      }
    }
  }

  @Test func throughLP() throws {
    for seed in 0..<1500 as Range<UInt64> {
      let model = model(seed, .lp)
      let written = try LPFormat.write(model, options: WriteOptions())
      let read = try LPFormat.read(SourceText(file: "m.lp", bytes: written.bytes), options: ReadOptions()).model
      let difference = read.renamed(by: written.renamed).difference(from: model)
      #expect(difference == nil, "seed \(seed): \(written.bytes.text)")
      if difference != nil { return }
      let twice = try LPFormat.write(read, options: WriteOptions())
      if written.renamed.isEmpty { #expect(twice.bytes == written.bytes, "seed \(seed)") }
    }
  }
}
