// Feeds mutated files to every reader until the time is up: `fuzz-readers [seconds] [seed]`.
//
// A crash ends the process within ten thousand cases of the number printed last; `fuzz-readers 0 SEED CASE` writes the
// input of a case to standard output. A case that takes over two seconds is reported too.

import Constraints

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct SplitMix64: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

let seeds: [(format: any ModelFormat.Type, texts: [[UInt8]])] = {
  var model = Model("seed")
  let x = model.variables("x", over: ["a", "b", "c"], in: 0...10, .integer)
  let y = model.variable("y", in: 1...5, .semicontinuous)
  let z = model.binary("z")
  model.subject(to: "range") { (2 * x["a"] - 1.5 * x["b"]).within(-3...4) }
  model.subject(to: "equal") { x["c"] + y == 2.25 }
  model.subject(to: "door", if: z.isZero) { x["a"] <= 3 }
  model.subject(to: "sos") { ConstraintExpression(x.variables, in: SOS2(weights: [1, 2, 3])) }
  model.maximize(sum(x) + 3 * y - 1e-3 * z + 7)
  var nonlinear = model
  nonlinear.subject(to: "curve") { exp(y) + x["a"] * x["b"] ** 2 <= 40 }
  nonlinear.subject(to: "cone") { ConstraintExpression([y, x["a"], x["b"]], in: SecondOrderCone(dimension: 3)) }
  return ModelFormats.all.map { format in
    let texts = [model, nonlinear].compactMap { try? format.write($0, options: WriteOptions()).bytes }
    return (format, texts + extraTexts(format.name))
  }
}()

/// Hand-written files with what the writers do not write.
func extraTexts(_ format: String) -> [[UInt8]] {
  let texts: [String: [String]] = [
    "mps": [
      "NAME t\nOBJSENSE\n MAX\nROWS\n N o\n L a\n G b\n E c\nCOLUMNS\n M1 'MARKER' 'INTORG'\n x o 1 a 2\n x b 3\n M2 'MARKER' 'INTEND'\n y o 1.0D+01 c 4\nRHS\n r a 5 b 6\n r o -3\nRANGES\n g a 2 b -1\nBOUNDS\n UP n x 4\n MI n y\n SC n y 8\nQUADOBJ\n x x 2\n x y 1\nINDICATORS\n IF a x 1\nENDATA\n",
    ],
    "lp": [
      "\\ comment\nmaximize\n obj: 3 x + 2 y + [ x ^2 + 4 x * y ] / 2\nsubject to\n c1: x + y <= 4\n r: -2 <= x - y <= 3\n i: z = 1 -> x >= 1\n s: S1 :: x:1 y:2\nbounds\n -inf <= x <= 5\n y free\ngeneral\n x\nbinary\n z\nsemi-continuous\n y\nend\n",
    ],
    "algebraic": [
      "{\"format\":\"algebraic\",\"version\":1,\"sets\":{\"P\":[\"a\",\"b\"],\"T\":{\"range\":[1,4]},\"A\":\"{ (p,t) for p in P, t in T if t > 1 }\"},\"data\":{\"c\":{\"a\":1,\"b\":2}},\"parameters\":{\"k\":3},\"variables\":{\"x\":{\"over\":\"p in P, t in T\",\"lower\":0,\"upper\":\"c[p]*t\"},\"z\":\"binary\"},\"objective\":{\"minimize\":\"sum(c[p]*x[p,t]^2 for p in P, t in T if t != 2) + exp(z)\"},\"constraints\":{\"m\":{\"over\":\"p in P, t in T where t > 1\",\"expr\":\"x[p,t] <= x[p,t-1] + k\"},\"l\":\"z == 1 => x['a',1] >= 1\",\"r\":\"1 <= sum(x[p,1] for p in P) <= 9\"}}",
    ],
    "mof": [
      "{\"version\":{\"major\":1,\"minor\":7},\"variables\":[{\"name\":\"x\"},{\"name\":\"y\"}],\"objective\":{\"sense\":\"min\",\"function\":{\"type\":\"ScalarNonlinearFunction\",\"root\":{\"type\":\"node\",\"index\":2},\"node_list\":[{\"type\":\"sin\",\"args\":[\"x\"]},{\"type\":\"+\",\"args\":[{\"type\":\"node\",\"index\":1},\"y\",2.5]}]}},\"constraints\":[{\"function\":{\"type\":\"Variable\",\"name\":\"x\"},\"set\":{\"type\":\"Interval\",\"lower\":0,\"upper\":1}},{\"function\":{\"type\":\"VectorAffineFunction\",\"terms\":[{\"output_index\":1,\"scalar_term\":{\"coefficient\":1,\"variable\":\"y\"}}],\"constants\":[0,1,2]},\"set\":{\"type\":\"ExponentialCone\"}}]}",
    ],
  ]
  return (texts[format] ?? []).map { Array($0.utf8) }
}

let fragments: [[UInt8]] = [
  "1e999", "-1e308", "nan", "inf", "\"", "{", "}", "[", "]", ",", ":", "\n", "\t", " ", "\u{0}", "99999999999999999999",
  "for", "in", "sum(", "=>", "<=", "((((((((", "1e-320", "\\u0000", "/*", "//", "RANGES\n", "BOUNDS\n", "\u{FEFF}", "-",
  "x", "x[a]", "'", "é", "\u{1F600}", "18446744073709551616", "-9223372036854775809", "0.", ".5", "1e", "e5",
].map { Array($0.utf8) }

/// Case number `index`: which reader, and its input.
func input(seed: UInt64, index: Int) -> (format: any ModelFormat.Type, bytes: [UInt8]) {
  var random = SplitMix64(state: seed &+ UInt64(index) &* 0x2545_F491_4F6C_DD1D)
  let (format, texts) = seeds[Int.random(in: 0..<seeds.count, using: &random)]
  var bytes = texts.randomElement(using: &random) ?? []
  for _ in 0..<(1 + Int.random(in: 0..<8, using: &random)) {
    let at = Int.random(in: 0...bytes.count, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.insert(contentsOf: fragments.randomElement(using: &random) ?? [], at: at)
    case 2:
      let end = min(bytes.count, at + Int.random(in: 0..<40, using: &random))
      bytes.removeSubrange(at..<end)
    case 3:
      let end = min(bytes.count, at + Int.random(in: 0..<60, using: &random))
      bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...bytes.count, using: &random))
    case 4: bytes.removeSubrange(at...)
    case 5:
      let other = texts.randomElement(using: &random) ?? []
      let from = Int.random(in: 0...other.count, using: &random)
      bytes.insert(contentsOf: other[from..<min(other.count, from + 80)], at: at)
    default:
      let fragment = fragments.randomElement(using: &random) ?? []
      for k in fragment.indices where at + k < bytes.count { bytes[at + k] = fragment[k] }
    }
  }
  return (format, bytes)
}

let arguments = CommandLine.arguments.dropFirst().map { $0 }
let seconds = arguments.first.flatMap(Double.init) ?? 60
let seed = arguments.dropFirst().first.flatMap(UInt64.init) ?? 1
if let index = arguments.dropFirst(2).first.flatMap(Int.init) {
  let bytes = input(seed: seed, index: index).bytes
  bytes.withUnsafeBytes { _ = write(1, $0.baseAddress, $0.count) }
  exit(0)
}

let clock = ContinuousClock()
let begin = clock.now
var count = 0
var accepted = 0
var slow = 0
var unlocated = 0
while clock.now - begin < .seconds(seconds) {
  let (format, bytes) = input(seed: seed, index: count)
  // The number of the case goes out first, so that a crash can be traced.
  if count % 10_000 == 0 {
    let line = "\(count)\n"
    _ = write(2, line, line.utf8.count)
  }
  let start = clock.now
  do {
    let model = try format.read(SourceText(file: "case \(count)", bytes: bytes), options: ReadOptions()).model
    accepted += 1
    if model.validate().contains(where: { $0.severity == .error }) == false {
      for other in ModelFormats.all { _ = try? other.write(model, options: WriteOptions()) }
    }
  } catch ConstraintsError.invalid(let diagnostics) {
    if !diagnostics.contains(where: { $0.severity == .error && $0.location != nil }) {
      unlocated += 1
      print("\ncase \(count) (\(format.name)): no located error: \(diagnostics.map(\.message))")
    }
  } catch {
    print("\ncase \(count): \(error)")
  }
  if clock.now - start > .seconds(2) {
    slow += 1
    print("\ncase \(count) (\(format.name)) took \(clock.now - start)")
  }
  count += 1
}
print("\n\(count) cases, \(accepted) accepted, \(slow) slow, \(unlocated) without a place, seed \(seed)")
exit(slow + unlocated == 0 ? 0 : 1)
