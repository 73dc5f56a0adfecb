// Time and memory of building and reading large models: `modelling-benchmark`.

import Constraints

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Peak resident memory of the process in megabytes.
func peakMegabytes() -> Double {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return Double(usage.ru_maxrss) / 1_048_576
  #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  #endif
}

let clock = ContinuousClock()

func measure(_ name: String, _ work: () throws -> Double) rethrows {
  let before = peakMegabytes()
  let start = clock.now
  let megabytes = try work()
  let d = clock.now - start
  let seconds = Double(d.components.seconds) + Double(d.components.attoseconds) * 1e-18
  var line = "\(name): \((seconds * 1000).rounded() / 1000) s, peak memory \(Int(peakMegabytes())) MB (before: \(Int(before)) MB)"
  if megabytes > 0 { line += ", \(Int(megabytes / seconds)) MB/s" }
  print(line)
}

/// A transport problem with n suppliers and n customers: n² variables, 2 n² linear terms in rows, n² in the objective.
func transport(_ n: Int) -> Model {
  var model = Model("transport")
  let ship = model.variables("ship", over: product(Array(0..<n), Array(0..<n)), in: 0...)
  let flows = ship.variables
  model.subject(to: "supply", over: 0..<n) { i in sum(0..<n) { flows[i * n + $0] } <= 2 }
  model.subject(to: "demand", over: 0..<n) { j in sum(0..<n) { flows[$0 * n + j] } >= 1 }
  var cost = Expression()
  cost.reserveCapacity(n * n)
  for k in 0..<(n * n) { cost.add(Double(k % 17 + 1), flows[k]) }
  model.minimize(cost)
  return model
}

/// Rows of ten terms over a thousand variables, a million terms in all.
func millionTerms() -> Model {
  var model = Model("terms")
  let x = model.variables("x", over: 0..<1000, in: 0...).variables
  for i in 0..<100_000 {
    model.subject(to: "c") { sum(0..<10) { Double($0 + 1) * x[(i * 7 + $0 * 13) % 1000] } <= 5 }
  }
  return model
}

let text = """
  {"format": "algebraic", "version": 1,
   "sets": {"I": {"range": [1, 1000]}, "J": {"range": [1, 1000]}},
   "variables": {"x": {"over": "i in I", "lower": 0}, "y": {"over": "j in J", "lower": 0}},
   "objective": {"minimize": "sum(x[i] for i in I) + sum(y[j] for j in J)"},
   "constraints": {"row": {"over": "i in I", "expr": "sum((i + 2 * j) * y[j] for j in J) + x[i] >= i"}}}
  """
let pairs = """
  {"format": "algebraic", "version": 1,
   "sets": {"I": {"range": [1, 1000]}, "J": {"range": [1, 1000]}},
   "variables": {"x": {"over": "i in I, j in J", "lower": 0}},
   "objective": {"minimize": "sum((i + j) * x[i,j] for i in I, j in J)"},
   "constraints": {"supply": {"over": "i in I", "expr": "sum(x[i,j] for j in J) <= 2"},
                   "demand": {"over": "j in J", "expr": "sum(x[i,j] for i in I) >= 1"}}}
  """

measure("10^6 linear terms in Swift") { _ = millionTerms(); return 0 }
try measure("algebraic JSON, a sum over 10^6 index pairs") { _ = try AlgebraicFormat.read(SourceText(text), options: ReadOptions()); return 0 }
try measure("algebraic JSON, 10^6 variables and 3 * 10^6 terms") { _ = try AlgebraicFormat.read(SourceText(pairs), options: ReadOptions()); return 0 }
let model = transport(400)
for format in ModelFormats.all {
  var bytes: [UInt8] = []
  try measure("\(format.name): writing 480 000 terms") {
    bytes = try format.write(model, options: WriteOptions()).bytes
    return Double(bytes.count) / 1e6
  }
  let source = SourceText(file: "model", bytes: bytes)
  try measure("\(format.name): reading them") {
    _ = try format.read(source, options: ReadOptions())
    return Double(bytes.count) / 1e6
  }
}
