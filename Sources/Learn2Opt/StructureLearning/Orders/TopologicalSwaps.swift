import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bi-level search over topological orders by swapping pairs (TOPO).
///
/// For an order the best weights are known; the pairs worth swapping are those whose edge against the order would close
/// the weakest cycles: `H_ij`, the derivative of `-log det(I - |W|)`, is the total weight of all directed paths from j to
/// i. A small set of such pairs is tried first, a large one when it fails; all improving swaps whose stretches of the
/// order do not overlap are made together, since their gains add up exactly.
///
/// - Source: C. Deng, K. Bello, B. Aragam, P. Ravikumar, "Optimizing NOTEARS objectives via topological swaps",
///   ICML 2023, algorithms 1 and 2.
/// - Complexity: O(d³) a round for least squares, from one factor of the covariance: all pairs together cost no more.
public struct TopologicalSwaps: Sendable {
  /// What is done with the nodes of a pair, of which j stands before i.
  public enum Move: String, Sendable, Hashable, CaseIterable {
    /// i and j change places.
    case exchange
    /// j goes to the place of i; those between step back.
    case later
    /// i goes to the place of j; those between step forward.
    case earlier
  }

  public struct Options: Sendable, Equatable {
    public var move = Move.exchange
    /// Pairs tried first; nil for the automatic number.
    public var smallSize: Int?
    /// Pairs tried when no small one improves; nil for the automatic number.
    public var largeSize: Int?
    /// How often the large set may be used; nil for the automatic number.
    public var largeSearches: Int?
    /// All pairs are candidates in every round.
    public var allPairs = false
    /// A score counts as lower when it falls by more than this part of itself: ties would cycle for ever.
    public var relativeTolerance = 1e-9

    public init() {}

    /// Sizes as the published package chooses them for linear models of d nodes.
    func sizes(_ d: Int) -> (small: Int, large: Int, searches: Int) {
      let pairs = d * (d - 1) / 2
      let cap = min(Int(Double(d).squareRoot() * Double(d - 1) * log10(Double(max(1, d)))), pairs)
      if allPairs { return (pairs, pairs, 0) }
      let half = Int(1.5 * Double(d))
      return (
        min(pairs, max(1, smallSize ?? min(half, cap))), min(pairs, max(1, largeSize ?? max(half, cap))),
        largeSearches ?? min(d / 10, 1)
      )
    }
  }

  /// One round of the search.
  public struct Step: Sendable, Equatable {
    /// The score before the round.
    public var score: Double
    /// Whether the large set of pairs was needed.
    public var usedLargeSet: Bool
    /// The pairs (i, j) that were swapped, best first.
    public var swaps: [Pair]
  }

  /// Node i stands after node j.
  public struct Pair: Sendable, Hashable {
    public var i: Int
    public var j: Int
    public init(i: Int, j: Int) {
      self.i = i
      self.j = j
    }
  }

  public struct Outcome: Sendable, Equatable {
    public var order: [Int]
    public var score: Double
    /// The best weights for the order: entry (i, j) is that of the edge i → j.
    public var weights: DenseMatrix
    /// The rounds that changed the order.
    public var steps: [Step]
  }

  public var options: Options
  public init(_ options: Options = Options()) { self.options = options }

  /// The search on any inner problem.
  func run<Problem: SwapProblem>(_ problem: inout Problem, shouldStop: () -> Bool) -> Outcome {
    let d = problem.order.count
    var steps: [Step] = []
    var score = problem.score
    let sizes = options.sizes(d)
    var largeLeft = sizes.searches
    while d > 1 && !shouldStop() {
      let paths = pathWeights(of: problem.edgeWeights(), nodeCount: d)
      var values: [Double] = []
      for b in 1..<d { values += paths[b * d..<b * d + b] }
      values.sort()
      let small = pairs(paths, d, values[sizes.small - 1], above: -1)
      var found = improving(&problem, small, score)
      var usedLarge = false
      if found.isEmpty {
        if largeLeft == 0 { break }
        largeLeft -= 1
        usedLarge = true
        found = improving(&problem, pairs(paths, d, values[sizes.large - 1], above: values[sizes.small - 1]), score)
        if found.isEmpty { break }
      }
      var order = problem.order
      var taken = [Bool](repeating: false, count: d)
      var swaps: [Pair] = []
      for (a, b) in found where !taken[a...b].contains(true) {
        for k in a...b { taken[k] = true }
        swaps.append(Pair(i: order[b], j: order[a]))
        options.move.apply(a, b, to: &order)
      }
      steps.append(Step(score: score, usedLargeSet: usedLarge, swaps: swaps))
      problem.set(order)
      score = problem.score
    }
    let edges = problem.edgeWeights()
    var weights = DenseMatrix(rowCount: d, columnCount: d)
    for b in 0..<d {
      for a in 0..<b { weights[problem.order[a], problem.order[b]] = edges[b * d + a] }
    }
    return Outcome(order: problem.order, score: score, weights: weights, steps: steps)
  }

  /// Positions (a, b) of pairs whose path weight lies above one value and at most at another.
  private func pairs(_ paths: [Double], _ d: Int, _ most: Double, above least: Double) -> [(Int, Int)] {
    var result: [(Int, Int)] = []
    for b in 1..<d {
      for a in 0..<b where paths[b * d + a] <= most && paths[b * d + a] > least { result.append((a, b)) }
    }
    return result
  }

  /// Those that lower the score, the best first.
  private func improving<Problem: SwapProblem>(
    _ problem: inout Problem, _ pairs: [(Int, Int)], _ score: Double
  ) -> [(Int, Int)] {
    let scores = problem.scores(afterMoving: pairs)
    let limit = score - abs(score) * options.relativeTolerance
    return pairs.indices.filter { scores[$0] < limit }.sorted { (scores[$0], $0) < (scores[$1], $1) }.map { pairs[$0] }
  }
}

extension TopologicalSwaps.Move {
  /// Moves the nodes at positions a < b.
  func apply(_ a: Int, _ b: Int, to order: inout [Int]) {
    switch self {
    case .exchange: order.swapAt(a, b)
    case .later: order.insert(order.remove(at: a), at: b)
    case .earlier: order.insert(order.remove(at: b), at: a)
    }
  }
}
