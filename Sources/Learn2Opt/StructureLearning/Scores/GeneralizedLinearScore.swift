import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Logistic or Poisson regression of a node on its predecessors with an absolute-value penalty:
/// `1/n Σ (φ(m_i) - y_i m_i) + λ Σ |w|` for `m = b + X w`, where φ is `log(1 + eᵐ)` for 0/1 data and `eᵐ` for counts. The
/// intercept b is free.
///
/// - Source: J. Friedman, T. Hastie, R. Tibshirani, "Regularization paths for generalized linear models via coordinate
///   descent", 2010: Newton steps on the linear predictor, each solved by coordinate descent.
/// - Complexity: O(n k²) a Newton step for n samples and k predecessors.
struct GeneralizedLinearScore: LocalScore {
  enum Family: String, Sendable, CaseIterable { case logistic, poisson }

  /// Newton steps at most.
  static let stepLimit = 100
  /// A step that lowers the cost by less than this is the last one.
  static let tolerance = 1e-11

  let nodeCount: Int
  let family: Family
  let lambda: Double
  private let table: SampleTable
  private let constraints: OrderConstraints
  private var answers: [[NodeSet: LocalFit]]

  init(_ table: SampleTable, family: Family, lambda: Double, constraints: OrderConstraints) {
    nodeCount = table.variableCount
    self.family = family
    self.lambda = lambda
    self.table = table
    self.constraints = constraints
    answers = [[NodeSet: LocalFit]](repeating: [:], count: nodeCount)
  }

  mutating func cost(of node: Int, predecessors: NodeSet) -> Double { fit(node, predecessors: predecessors).cost }

  mutating func fit(_ node: Int, predecessors: NodeSet) -> LocalFit {
    let open = predecessors.intersection(constraints.allowedParents[node])
    if let known = answers[node][open] { return known }
    let result = solve(node, open.nodes)
    answers[node][open] = result
    return result
  }

  /// φ(m), φ'(m), φ''(m).
  @inline(__always)
  private func link(_ m: Double) -> (value: Double, mean: Double, variance: Double) {
    switch family {
    case .logistic:
      let p = m >= 0 ? 1 / (1 + exp(-m)) : exp(m) / (1 + exp(m))
      return (m >= 0 ? m + log1p(exp(-m)) : log1p(exp(m)), p, max(p * (1 - p), 1e-10))
    case .poisson:
      let rate = exp(min(m, 500))
      return (rate, rate, max(rate, 1e-10))
    }
  }

  private func solve(_ node: Int, _ open: [Int]) -> LocalFit {
    let n = table.sampleCount, k = open.count
    let y = Array(table.values.values[node * n..<(node + 1) * n])
    // The intercept alone first: it has a closed form.
    let mean = y.reduce(0, +) / Double(n)
    var beta = [Double](repeating: 0, count: k + 1)
    switch family {
    case .logistic: beta[0] = log(max(mean, 1e-8) / max(1 - mean, 1e-8))
    case .poisson: beta[0] = log(max(mean, 1e-8))
    }
    var predictor = predictor(open, beta)
    var cost = cost(y, predictor, beta)
    for _ in 0..<Self.stepLimit {
      let target = newtonTarget(open, y, predictor, beta)
      // Halves the step until the cost falls: Newton's own may go too far.
      var size = 1.0
      var improved = false
      while size > 1e-6 {
        let trial = zip(beta, target).map { $0 + size * ($1 - $0) }
        let there = self.predictor(open, trial)
        let value = self.cost(y, there, trial)
        if value < cost {
          improved = cost - value > Self.tolerance * max(1, abs(cost))
          (beta, predictor, cost) = (trial, there, value)
          break
        }
        size /= 2
      }
      if !improved { break }
    }
    let kept = (0..<k).filter { beta[$0 + 1] != 0 }
    return LocalFit(cost: cost, parents: kept.map { open[$0] }, weights: kept.map { beta[$0 + 1] })
  }

  private func predictor(_ open: [Int], _ beta: [Double]) -> [Double] {
    let n = table.sampleCount
    var result = [Double](repeating: beta[0], count: n)
    table.values.values.withUnsafeBufferPointer { x in
      for (j, u) in open.enumerated() where beta[j + 1] != 0 {
        for i in 0..<n { result[i] += beta[j + 1] * x[u * n + i] }
      }
    }
    return result
  }

  private func cost(_ y: [Double], _ predictor: [Double], _ beta: [Double]) -> Double {
    var sum = 0.0
    for i in y.indices { sum += link(predictor[i]).value - y[i] * predictor[i] }
    return sum / Double(y.count) + lambda * beta.dropFirst().reduce(0) { $0 + abs($1) }
  }

  /// The minimum of the penalized quadratic model of the cost at the present point.
  private func newtonTarget(_ open: [Int], _ y: [Double], _ predictor: [Double], _ beta: [Double]) -> [Double] {
    let n = table.sampleCount, k = open.count + 1
    var gradient = [Double](repeating: 0, count: k)
    var hessian = [Double](repeating: 0, count: k * k)
    var weighted = [Double](repeating: 0, count: k * n)
    var residual = [Double](repeating: 0, count: n)
    table.values.values.withUnsafeBufferPointer { x in
      for i in 0..<n {
        let here = link(predictor[i])
        residual[i] = (here.mean - y[i]) / Double(n)
        weighted[i] = here.variance / Double(n)
      }
      for (j, u) in open.enumerated() {
        for i in 0..<n { weighted[(j + 1) * n + i] = weighted[i] * x[u * n + i] }
      }
      for a in 0..<k {
        for i in 0..<n { gradient[a] += a == 0 ? residual[i] : residual[i] * x[open[a - 1] * n + i] }
        for b in 0...a {
          var sum = 0.0
          for i in 0..<n { sum += b == 0 ? weighted[a * n + i] : weighted[a * n + i] * x[open[b - 1] * n + i] }
          hessian[a * k + b] = sum
          hessian[b * k + a] = sum
        }
      }
    }
    var point = beta
    for _ in 0..<1000 {
      var largest = 0.0
      for a in 0..<k where hessian[a * k + a] > 0 {
        let own = hessian[a * k + a]
        let target = own * point[a] - gradient[a]
        let limit = a == 0 ? 0 : lambda
        let next = target > limit ? (target - limit) / own : target < -limit ? (target + limit) / own : 0
        let change = next - point[a]
        if change == 0 { continue }
        for b in 0..<k { gradient[b] += change * hessian[a * k + b] }
        point[a] = next
        largest = max(largest, change * change * own)
      }
      if largest < 1e-16 { break }
    }
    return point
  }
}
