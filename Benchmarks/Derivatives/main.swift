// Times of derivatives of nonlinear models, for `Benchmarks/derivative-times`: `derivative-benchmark FILE ...` prints a line of JSON
// for each file. One thread; a time is that of one call at a point that changes, the fastest of several batches.

import Constraints
import Solvers

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

/// Seconds of a call, from batches of at least 50 microseconds: the fastest batch within the budget.
func fastest(budget: Double = 0.1, _ call: () -> Void) -> Double {
  var (batch, best, spent, rounds) = (1, Double.infinity, 0.0, 0)
  while rounds < 3 || spent < budget {
    let elapsed = seconds { for _ in 0..<batch { call() } }
    best = min(best, elapsed / Double(batch))
    spent += elapsed
    rounds += 1
    if elapsed < 5e-5 { batch *= 2 }
  }
  return best
}

/// A JSON value: null where there is no number.
func text(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

func object(_ members: [(String, Double)]) -> String {
  "{" + members.map { "\"\($0.0)\": \(text($0.1))" }.joined(separator: ", ") + "}"
}

/// What one file's derivatives take, and sums of their entries to compare.
func report(_ path: String) throws -> String {
  var models: [Model] = []
  let reading = try seconds { models.append(try ModelFormats.read(path: path).model) }
  var forms: [NonlinearForm] = []
  var evaluators: [any NonlinearEvaluator] = []
  let setup = try seconds {
    forms.append(try NonlinearReformulation(models[0]).form)
    evaluators.append(forms[0].makeEvaluator())
  }
  let (model, evaluator) = (models[0], evaluators[0])
  let n = evaluator.variableCount
  let m = evaluator.constraintCount
  // The stated starting point, whether or not it lies within the bounds, moved off zeros and symmetries.
  let point = (0..<n).map { j in
    let start = j < model.starts.count && model.starts[j].isFinite ? model.starts[j] : 0
    return start + 0.01 * Double(1 + j % 7)
  }
  let ones = [Double](repeating: 1, count: m)
  var gradient = [Double](repeating: 0, count: n)
  var rows = [Double](repeating: 0, count: m)
  var jacobian = [Double](repeating: 0, count: evaluator.jacobianPattern.entryCount)
  var hessian = [Double](repeating: 0, count: evaluator.hessianPattern.entryCount)
  var value = evaluator.objective(at: point)
  evaluator.gradient(at: point, into: &gradient)
  evaluator.jacobian(at: point, into: &jacobian)
  evaluator.hessian(at: point, objective: 1, multipliers: ones, into: &hessian)
  // The difference of two points, since reading moves constants of linear rows to the sides.
  evaluator.constraints(at: point.map { $0 + 0.001 }, into: &rows)
  var growth = rows.reduce(0, +)
  evaluator.constraints(at: point, into: &rows)
  growth -= rows.reduce(0, +)
  let values = [
    ("objective", value), ("gradient", gradient.reduce(0, +)), ("constraints", growth), ("jacobian", jacobian.reduce(0, +)),
    ("hessian", hessian.reduce(0, +)),
  ]

  // Two points in turns, so that nothing known of the last one helps.
  var others = point
  if n > 0 { others[0] += 1e-9 }
  var isSecond = false
  let times = point.withUnsafeBufferPointer { first in
    others.withUnsafeBufferPointer { second in
      func next() -> UnsafePointer<Double> {
        isSecond.toggle()
        return (isSecond ? second : first).baseAddress!
      }
      return [
        ("objective", fastest { value = evaluator.objective(at: next()) }),
        ("gradient", fastest { evaluator.gradient(at: next(), into: &gradient) }),
        ("constraints", fastest { evaluator.constraints(at: next(), into: &rows) }),
        ("jacobian", fastest { evaluator.jacobian(at: next(), into: &jacobian) }),
        ("hessian", fastest { evaluator.hessian(at: next(), objective: 1, multipliers: ones, into: &hessian) }),
      ]
    }
  }
  let counts =
    "\"variables\": \(n), \"constraints\": \(m), \"jacobian_entries\": \(jacobian.count), \"hessian_entries\": \(hessian.count)"
  return "{\(counts), \"read_seconds\": \(reading), \"setup_seconds\": \(setup), \"seconds\": \(object(times)), \"values\": \(object(values))}"
}

let paths = CommandLine.arguments.dropFirst()
if paths.isEmpty {
  print("usage: derivative-benchmark FILE ...")
  exit(64)
}
do {
  for path in paths { print(try report(path)) }
} catch {
  print("error: \(error)")
  exit(1)
}
