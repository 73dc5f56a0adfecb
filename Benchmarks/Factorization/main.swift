// Speed of the factorization next to CHOLMOD's, in the same order, on normal equations of linear programs:
// `factorization-benchmark FILE.mps.gz ...`. One thread; times are the best of alternating repetitions.

import Constraints
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

let clock = ContinuousClock()

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let start = clock.now
  try work()
  let d = clock.now - start
  return Double(d.components.seconds) + Double(d.components.attoseconds) * 1e-18
}

/// Seconds of each of two contestants, repeated in turns for about `budget` seconds: the best of each.
func duel(budget: Double = 0.6, _ a: () -> Void, _ b: () -> Void) -> (Double, Double) {
  var best = (Double.infinity, Double.infinity)
  var spent = 0.0, rounds = 0
  while rounds < 3 || (spent < budget && rounds < 500) {
    let times = (seconds(a), seconds(b))
    best = (min(best.0, times.0), min(best.1, times.1))
    spent += times.0 + times.1
    rounds += 1
  }
  return best
}

func text(_ x: Double, _ digits: Int = 3) -> String {
  if x == 0 || !x.isFinite { return "\(x)" }
  var scale = 1.0
  while abs(x) * scale < Double([1, 10, 100][max(0, digits - 1)]) { scale *= 10 }
  let rounded = (x * scale).rounded() / scale
  return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
}

func padded(_ cells: [String]) -> String {
  cells.enumerated().map { i, cell in
    let gap = String(repeating: " ", count: max(0, (i == 0 ? 14 : 10) - cell.count))
    return i == 0 ? cell + gap : gap + cell
  }.joined(separator: " ")
}

let paths = Array(CommandLine.arguments.dropFirst())
if paths.isEmpty {
  print("usage: factorization-benchmark FILE.mps.gz ...")
} else {
  // CHOLMOD asks OpenMP for four threads wherever it copies; that and the pool of OpenBLAS are settled at start only.
  if getenv("OMP_THREAD_LIMIT") == nil {
    for name in ["OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"] { setenv(name, "1", 1) }
    execvp(CommandLine.unsafeArgv[0]!, CommandLine.unsafeArgv)
  }
  let size = 1500
  let dense = DenseMatrix(rowCount: size, columnCount: size) { i, j in Double((i * 7 + j * 13) % 11) - 5 }
  var product = dense
  var peak = 0.0
  for _ in 0..<5 {
    let flops = 2 * Double(size * size * size)
    peak = max(peak, flops / seconds { dense.multiply(dense, into: &product) })
  }
  print("dgemm of order \(size): \(text(peak / 1e9)) GFlop/s")
  print("times in milliseconds; ratio: CHOLMOD's time over ours; peak: our factorization's share of dgemm")
  print(padded(["instance", "order", "entries", "factor", "GFlop", "analyse", "cholmod", "ours", "ratio", "peak",
    "cholmod s.", "solve", "ratio"]))
  var logarithms = (0.0, 0.0)
  for path in paths {
    let model = try ModelFormats.read(path: path).model
    let k = NormalEquations(model)
    var analyses: [LDLAnalysis] = []
    let analyse = seconds { analyses.append(LDLAnalysis(order: k.order, starts: k.starts, rowIndices: k.rowIndices)) }
    let analysis = analyses[0]
    let factorization = LDLFactorization(analysis, signs: [Int8](repeating: 1, count: k.order))
    let peer = CholmodFactorization(k, permutation: analysis.permutation)
    let times = duel({ peer.refactor() }, { precondition(factorization.factor(k.values) == 0) })
    let b = (0..<k.order).map { Double($0 % 7) - 3 }
    var x = b, y = b
    let solves = duel(budget: 0.2, { y = peer.solve(b) }, {
      x = b
      factorization.solve(&x, count: 1)
    })
    let largest = y.reduce(0) { max($0, abs($1)) }
    for i in 0..<k.order { precondition(abs(x[i] - y[i]) <= 1e-6 * largest, "the solutions differ in row \(i)") }
    let flops = analysis.flopCount
    logarithms.0 += log2(times.0 / times.1)
    logarithms.1 += log2(solves.0 / solves.1)
    let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? path
    print(padded([
      name, "\(k.order)", "\(k.values.count)", "\(analysis.factorEntryCount)", text(flops / 1e9), text(analyse * 1e3),
      text(times.0 * 1e3), text(times.1 * 1e3), text(times.0 / times.1), text(flops / times.1 / peak, 2),
      text(solves.0 * 1e3), text(solves.1 * 1e3), text(solves.0 / solves.1),
    ]))
  }
  let count = Double(paths.count)
  print("geometric means of the ratios: factorization \(text(exp2(logarithms.0 / count))), "
    + "solve \(text(exp2(logarithms.1 / count)))")
}
