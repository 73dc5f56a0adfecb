import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One run of a ``StructureLearner``: chooses the score, searches, proves, selects edges.
struct LearningRun {
  let options: StructureLearner.Options
  let covariance: SampleCovariance
  let constraints: OrderConstraints
  var warnings: [LearnedStructure.Warning]
  let shouldStop: () -> Bool

  private var d: Int { covariance.variableCount }
  private var n: Int { covariance.sampleCount }
  private var penalty: Double { options.penaltyDiscount * log(Double(n)) / (2 * Double(n)) }

  init(
    options: StructureLearner.Options, covariance: SampleCovariance, constraints: OrderConstraints,
    warnings: [LearnedStructure.Warning], shouldStop: @escaping () -> Bool
  ) {
    self.options = options
    self.covariance = covariance
    self.constraints = constraints
    self.warnings = warnings
    self.shouldStop = shouldStop
  }

  /// An order with its score and what is proven about it.
  private struct Found {
    var order: [Int]
    var value: Double
    var bound: Double
    var proof: LearnedStructure.Proof
    var method: String
    var moves = 0
  }

  mutating func learn() throws(StructureLearningError) -> LearnedStructure {
    if options.score == .bic || isStandardized && options.score == .automatic { return try learnBIC() }
    let found = try leastSquares()
    // What a search that was stopped ends with says nothing about the noises.
    let spread = found.proof != .optimal && shouldStop() ? 0 : residualSpread(found.order)
    if spread > options.equalVarianceSpread + 2 / Double(n) {
      if options.score == .automatic { return try learnBIC() }
      warnings.append(.unequalVariances(spread: spread))
    }
    return try selected(found)
  }

  /// Arithmetic over geometric mean of the residual variances of an order, less 1: about half the variance of their
  /// logarithms, and 1/n where all noises have the same variance. Constant columns do not count.
  private func residualSpread(_ order: [Int]) -> Double {
    guard let factor = OrderFactor(covariance.matrix, order: order) else { return 0 }
    let constant = Set(warnings.compactMap { if case .constantColumn(let name) = $0 { name } else { nil } })
    let left = (0..<d).filter { !constant.contains(covariance.names[order[$0]]) }.map { factor.residualVariance($0) }
    if left.isEmpty { return 0 }
    let count = Double(left.count)
    return left.reduce(0, +) / count / exp(left.reduce(0) { $0 + log($1) } / count) - 1
  }

  private var isStandardized: Bool { warnings.contains(.standardized) }

  private var varianceBound: Double { VarianceProductBound.leastSquares(covariance.matrix)?.bound ?? 0 }

  private var wantsExact: Bool {
    options.exactness == .always || options.exactness == .automatic && d <= options.exactLimit
  }

  // MARK: Least squares

  private func leastSquares() throws(StructureLearningError) -> Found {
    if wantsExact,
      let exact = try SubsetProgram.leastSquares(covariance, constraints: constraints, shouldStop: shouldStop)
    {
      return Found(
        order: exact.order, value: exact.score, bound: exact.score, proof: .optimal,
        method: "dynamic programming over all 2^\(d) sets")
    }
    var found = constraints.restrictsParents ? restrictedSearch() : try freeSearch()
    found.bound = min(varianceBound, found.value)
    found.proof = .bounded
    return found
  }

  /// The order of increasing variance, which knows nothing but scale.
  private var byVariance: [Int] {
    constraints.repaired((0..<d).sorted { covariance.matrix[$0, $0] < covariance.matrix[$1, $1] })
  }

  private func freeSearch() throws(StructureLearningError) -> Found {
    let first = constraints.repaired(options.start ?? GreedyOrder.leastVariance(covariance.matrix))
    guard let factor = OrderFactor(covariance.matrix, order: first),
      let memory = OrderFactor(covariance.matrix, order: first), let best = OrderFactor(covariance.matrix, order: first)
    else { throw .singularCovariance("a column repeats a combination of others") }
    var random = SplitMix64(seed: options.seed)
    var moves = 0
    var value = Double.infinity
    for start in 0...options.restarts(d) {
      if start > 0 {
        if shouldStop() { break }
        factor.set(constraints.repaired(Array(0..<d).shuffled(using: &random)))
      }
      let search = InsertionSearch(factor: factor, seed: random.next(), positions: constraints.positions)
      search.descend(shouldStop: shouldStop)
      search.shake(
        memory, idle: min(1000, options.shakesPerVariable * d), longest: options.longestShake, shouldStop: shouldStop)
      moves += search.moveCount
      factor.refresh()
      if factor.score < value {
        value = factor.score
        best.copy(from: factor)
      }
    }
    return Found(
      order: best.order, value: value, bound: 0, proof: .none,
      method: "insertion search over orders, \(options.restarts(d) + 1) start\(options.restarts(d) > 0 ? "s" : "")", moves: moves)
  }

  private func restrictedSearch() -> Found {
    var score = RestrictedLeastSquares(covariance.matrix, constraints: constraints)
    return search(
      &score, from: byVariance, shakes: 10, method: "insertion search over orders with restricted parents")
  }

  /// - Parameter score: keeps what the search has found out about it.
  private func search<Score: LocalScore>(
    _ score: inout Score, from first: [Int], shakes: Int, method: String
  ) -> Found {
    var random = SplitMix64(seed: options.seed)
    var search = LocalOrderSearch(
      score, order: options.start ?? first, constraints: constraints, seed: random.next())
    var best = Found(order: search.order, value: search.value, bound: -.infinity, proof: .none, method: method)
    for start in 0...options.restarts(d) {
      if start > 0 {
        if shouldStop() { break }
        search.set(Array(0..<d).shuffled(using: &random))
      }
      search.descend(shouldStop: shouldStop)
      search.shake(idle: shakes, longest: options.longestShake, shouldStop: shouldStop)
      if search.value < best.value {
        best.order = search.order
        best.value = search.value
      }
    }
    best.moves = search.moveCount
    score = search.score
    return best
  }

  /// Edges of an order that least squares found, weights refitted on them, and the result.
  private func selected(_ found: Found) throws(StructureLearningError) -> LearnedStructure {
    let selection =
      options.criticalValue.map { EdgeSelection(criticalValue: $0) }
      ?? EdgeSelection(familywiseLevel: options.familywiseLevel, nodeCount: d)
    guard let factor = OrderFactor(covariance.matrix, order: found.order) else {
      throw .singularCovariance("a column repeats a combination of others")
    }
    let fits = selection.parents(factor, covariance.matrix, sampleCount: n, constraints: constraints)
    let sorted = OrderFactor(covariance.matrix, order: byVariance)
    return result(
      found, fits, score: .leastSquares, refitted: fits.reduce(0) { $0 + $1.residualVariance } / 2,
      baselines: [
        .init(name: "sort by variance", score: sorted?.score ?? .infinity, edgeCount: d * (d - 1) / 2),
        .init(name: "empty graph", score: (0..<d).reduce(0) { $0 + covariance.matrix[$1, $1] } / 2, edgeCount: 0),
      ])
  }

  // MARK: BIC

  private mutating func learnBIC() throws(StructureLearningError) -> LearnedStructure {
    var score = GrowShrinkScore(covariance.matrix, penalty: penalty, constraints: constraints)
    if wantsExact,
      let exact = try ParentSetProgram.bic(
        covariance, penalty: penalty, constraints: constraints, shouldStop: shouldStop)
    {
      let fits = (0..<d).map { Regression(covariance.matrix, $0, on: exact.parents[$0]) }
      let found = Found(
        order: exact.order, value: exact.score, bound: exact.score, proof: .optimal,
        method: "dynamic programming over all 2^\(d) sets")
      return resultBIC(found, fits, &score)
    }
    var found = search(
      &score, from: byVariance, shakes: options.shakesPerVariable * 5, method: "best-position search over orders")
    found.bound = min(found.value, (varianceLogarithms ?? -.infinity) / 2)
    found.proof = .bounded
    let fits = regressions(found.order, &score)
    return resultBIC(found, fits, &score)
  }

  private func resultBIC(_ found: Found, _ fits: [Regression], _ score: inout GrowShrinkScore) -> LearnedStructure {
    let sorted = regressions(byVariance, &score)
    return result(
      found, fits, score: .bic, refitted: fits.reduce(0) { $0 + $1.cost(penalty) },
      baselines: [
        .init(
          name: "sort by variance", score: sorted.reduce(0) { $0 + $1.cost(penalty) },
          edgeCount: sorted.reduce(0) { $0 + $1.parents.count }),
        .init(
          name: "empty graph", score: (0..<d).reduce(0.0) { $0 + log(covariance.matrix[$1, $1]) } / 2, edgeCount: 0),
      ])
  }

  /// `log det S`, which the logarithms of the residual variances of any order add up to.
  private var varianceLogarithms: Double? {
    guard let factor = OrderFactor(covariance.matrix, order: Array(0..<d)) else { return nil }
    return (0..<d).reduce(0.0) { $0 + log(factor.residualVariance($1)) }
  }

  private func regressions(_ order: [Int], _ score: inout GrowShrinkScore) -> [Regression] {
    var seen = NodeSet(nodeCount: d)
    var result = [Regression?](repeating: nil, count: d)
    for v in order {
      result[v] = Regression(covariance.matrix, v, on: score.fit(v, predecessors: seen).parents)
      seen.insert(v)
    }
    return result.map { $0! }
  }

  // MARK: Result

  private func result(
    _ found: Found, _ fits: [Regression], score: LearnedStructure.Score, refitted: Double,
    baselines: [LearnedStructure.Baseline]
  ) -> LearnedStructure {
    var graph = WeightedGraph(names: covariance.names, edges: [])
    var edges: [LearnedStructure.EdgeStatistic] = []
    for v in 0..<d {
      for (k, p) in fits[v].parents.enumerated() {
        graph.weights[p, v] = fits[v].weights[k]
        let t = fits[v].tValue(k, sampleCount: n)
        edges.append(
          .init(
            from: p, to: v, weight: fits[v].weights[k], standardError: t == 0 ? .infinity : fits[v].weights[k] / t,
            tValue: t))
      }
    }
    edges.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    var learned = LearnedStructure(
      graph: graph, order: found.order, score: score, value: found.value, refittedValue: refitted, bound: found.bound,
      proof: found.proof, method: found.method, edges: edges, baselines: baselines, warnings: warnings,
      moveCount: found.moves)
    if score == .bic { learned.markReversibleEdges(constraints) }
    return learned
  }
}
