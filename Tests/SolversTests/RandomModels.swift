import Constraints

/// SplitMix64, so that a seed gives the same models everywhere.
struct Random: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &self) }
  mutating func chance(_ p: Double) -> Bool { Double.random(in: 0..<1, using: &self) < p }
}

/// A small linear model of any kind: feasible or not, bounded or not, degenerate, with free columns, empty rows, ranges
/// and equations.
func randomLinearModel(seed: UInt64, integers: Bool = false) -> Model {
  var random = Random(seed: seed)
  var model = Model("random \(seed)")
  let n = 1 + random.below(6)
  let m = random.below(6)
  for j in 0..<n {
    let kind = random.below(6)
    let low = Double(random.below(7) - 3)
    let whole = integers && random.chance(0.6)
    // Whole variables get both bounds, so that every search is finite.
    let (lower, upper): (Double, Double) =
      switch whole ? 5 : kind {
      case 0: (-.infinity, .infinity)
      case 1: (-.infinity, low)
      case 2: (low, low)
      case 3: (low, .infinity)
      case 4: (0, .infinity)
      default: (low, low + Double(random.below(6)))
      }
    model.addVariable("x\(j)", lower: lower, upper: upper, domain: whole ? .integer : .real)
  }
  for i in 0..<m {
    var terms: [LinearTerm] = []
    for j in 0..<n where random.chance(0.6) { terms.append(LinearTerm(Double(random.below(9) - 4), Int32(j))) }
    let side = Double(random.below(21) - 8)
    let set: ScalarSet =
      switch random.below(5) {
      case 0: .equalTo(side)
      case 1: .greaterThan(side)
      case 2: .interval(side, side + Double(random.below(5)))
      default: .lessThan(side)
      }
    model.addRow(.name("c\(i)"), terms, lower: set.lower, upper: set.upper)
  }
  var costs: [LinearTerm] = []
  for j in 0..<n where random.chance(0.8) { costs.append(LinearTerm(Double(random.below(11) - 5), Int32(j))) }
  model.setObjective(
    random.chance(0.5) ? .minimize : .maximize, ScalarFunction(constant: Double(random.below(5)), linear: costs))
  return model
}
