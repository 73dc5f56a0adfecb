import Constraints
import LinearAlgebra

/// Tours for models that are a circuit with symmetric costs and nothing else: the nearest neighbour's, improved by 2-opt
/// and by moving short paths, then again and again from a small disturbance of the best.
///
/// G. A. Croes, "A method for solving traveling-salesman problems", Operations Research 6 (1958); I. Or, "Traveling
/// salesman-type combinatorial problems" (1976); O. Martin, S. Otto, E. Felten, "Large-step Markov chains for the
/// traveling salesman problem", Complex Systems 5 (1991).
public struct TourImprovement: Heuristic {
  /// Disturbances tried, times the number of nodes.
  public var kicksPerNode: Int

  public init(kicksPerNode: Int = 30) { self.kicksPerNode = kicksPerNode }

  public var name: String { "tour" }
  public var moments: Set<HeuristicMoment> { [.beforeSearch] }

  public func applies(to model: Model) -> Bool { TourImprovement.problem(model) != nil }

  /// The successors and what they cost, where the only constraint is a circuit without direction.
  private static func problem(_ model: Model) -> (successors: [Int32], costs: SuccessorCosts)? {
    let circuits = model.generalConstraints.indices.filter {
      if case .vector(_, let set) = model.generalConstraints[$0].body { set is Circuit } else { false }
    }
    guard circuits.count == 1, let successors = model.circuitVariables(circuits[0]), successors.count >= 5,
      successors.count == model.variableCount,
      let costs = SuccessorCosts(model, successors, circuit: circuits[0]), costs.isSymmetric
    else { return nil }
    return (successors, costs)
  }

  public func propose(_ situation: HeuristicSituation) -> HeuristicProposal {
    guard let (successors, costs) = TourImprovement.problem(situation.model) else { return HeuristicProposal() }
    let n = successors.count
    let sign = situation.model.sense.sign
    var search = TourSearch(costs: costs.costs.map { sign * $0 }, count: n)
    search.startFromNearestNeighbours()
    search.improve()
    var best = search.tour
    var bestLength = search.length
    var random = SplitMix64(seed: situation.seed)
    for kick in 0..<(kicksPerNode * n) {
      if kick % 16 == 0 && situation.deadline.isOver { break }
      search.disturb(&random)
      search.improve()
      let length = search.length
      if length < bestLength {
        bestLength = length
        best = search.tour
      } else if length > bestLength {
        search.tour = best
      }
    }
    var point = [Double](repeating: .nan, count: situation.model.variableCount)
    for (k, node) in best.enumerated() { point[Int(successors[node])] = Double(best[(k + 1) % n] + 1) }
    return HeuristicProposal(points: [point])
  }
}

/// A tour as a list of nodes, and its improvement.
struct TourSearch {
  private let costs: [Double]
  private let count: Int
  /// For each node the nearest others, nearest first.
  private let neighbours: [[Int]]
  private var position: [Int]
  var tour: [Int] {
    didSet { for (k, node) in tour.enumerated() { position[node] = k } }
  }

  /// How many of the nearest nodes are tried as new neighbours.
  static let nearest = 10
  /// Gains smaller than this times the longest distance are rounding.
  static let rounding = 1e-12

  init(costs: [Double], count: Int) {
    self.costs = costs
    self.count = count
    neighbours = (0..<count).map { i in
      Array((0..<count).filter { $0 != i }.sorted { costs[i * count + $0] < costs[i * count + $1] }.prefix(TourSearch.nearest))
    }
    position = Array(0..<count)
    tour = Array(0..<count)
  }

  private func cost(_ i: Int, _ j: Int) -> Double { costs[i * count + j] }

  var length: Double { (0..<count).reduce(0) { $0 + cost(tour[$1], tour[($1 + 1) % count]) } }

  mutating func startFromNearestNeighbours() {
    var visited = [Bool](repeating: false, count: count)
    var result = [0]
    visited[0] = true
    while result.count < count {
      let last = result[result.count - 1]
      var next = -1
      for j in 0..<count where !visited[j] && (next < 0 || cost(last, j) < cost(last, next)) { next = j }
      visited[next] = true
      result.append(next)
    }
    tour = result
  }

  /// Exchanges two pairs of edges that lie near each other: a double bridge over a short stretch.
  mutating func disturb(_ random: inout SplitMix64) {
    let span = min(count, 50)
    let start = Int.random(in: 0..<count, using: &random)
    var cuts: Set<Int> = []
    while cuts.count < 3 { cuts.insert(Int.random(in: 1..<span, using: &random)) }
    let c = cuts.sorted()
    let turned = Array(tour[start...]) + Array(tour[..<start])
    tour = Array(turned[..<c[0]]) + Array(turned[c[1]..<c[2]]) + Array(turned[c[0]..<c[1]]) + Array(turned[c[2]...])
  }

  /// Applies improving moves until there is none among near neighbours.
  mutating func improve() {
    let largest = costs.reduce(0) { max($0, abs($1)) }
    let least = TourSearch.rounding * largest
    var order = tour
    var place = position
    let n = count
    costs.withUnsafeBufferPointer { d in
      order.withUnsafeMutableBufferPointer { t in
        place.withUnsafeMutableBufferPointer { p in
          func reverse(_ from: Int, _ to: Int) {
            // Positions from...to, around the end; the shorter of the two sides is turned.
            var inside = to - from
            if inside < 0 { inside += n }
            var (i, j, steps) = (from, to, (inside + 1) / 2)
            if 2 * (inside + 1) > n {
              (i, j) = (to + 1 == n ? 0 : to + 1, from == 0 ? n - 1 : from - 1)
              steps = (n - inside - 1) / 2
            }
            for _ in 0..<steps {
              let (a, b) = (t[i], t[j])
              (t[i], t[j], p[b], p[a]) = (b, a, i, j)
              i = i + 1 == n ? 0 : i + 1
              j = j == 0 ? n - 1 : j - 1
            }
          }
          /// Moves the path of `size` nodes that starts at position `from` between a node and its successor or predecessor.
          func move(_ a: Int) -> Bool {
            for size in 1...3 where size + 2 < n {
              for isForward in [true, false] {
                // The path runs from a away, forward or backward.
                let end = isForward ? t[(p[a] + size - 1) % n] : t[(p[a] + n - size + 1) % n]
                let before = isForward ? t[(p[a] + n - 1) % n] : t[(p[a] + 1) % n]
                let after = isForward ? t[(p[end] + 1) % n] : t[(p[end] + n - 1) % n]
                let removed = d[before * n + a] + d[end * n + after] - d[before * n + after]
                for c in neighbours[a] {
                  let near = d[a * n + c]
                  if near >= removed { break }
                  let distance = isForward ? (p[c] - p[a] + n) % n : (p[a] - p[c] + n) % n
                  if distance < size { continue }
                  for next in [t[(p[c] + 1) % n], t[(p[c] + n - 1) % n]] {
                    let gap = isForward ? (p[next] - p[a] + n) % n : (p[a] - p[next] + n) % n
                    if gap < size || (c == before && next == after) || (c == after && next == before) { continue }
                    let added = near + d[end * n + next] - d[c * n + next]
                    if added < removed - least {
                      relocate(a, end, c, next, isForward)
                      return true
                    }
                  }
                }
              }
            }
            return false
          }
          func relocate(_ a: Int, _ end: Int, _ c: Int, _ next: Int, _ isForward: Bool) {
            // Rebuilt from the list without the path: rare enough to be simple.
            var path: [Int] = []
            var node = a
            while true {
              path.append(node)
              if node == end { break }
              node = isForward ? t[(p[node] + 1) % n] : t[(p[node] + n - 1) % n]
            }
            let moved = Set(path)
            var result: [Int] = []
            result.reserveCapacity(n)
            for k in 0..<n where !moved.contains(t[k]) { result.append(t[k]) }
            let at = result.firstIndex(of: c)!
            let isAfter = result[(at + 1) % result.count] == next
            if isAfter { result.insert(contentsOf: path, at: at + 1) } else { result.insert(contentsOf: path.reversed(), at: at) }
            for k in 0..<n {
              t[k] = result[k]
              p[result[k]] = k
            }
          }
          func exchange(_ a: Int) -> Bool {
            for isForward in [true, false] {
              let b = isForward ? t[(p[a] + 1) % n] : t[(p[a] + n - 1) % n]
              let old = d[a * n + b]
              for c in neighbours[a] {
                let near = d[a * n + c]
                if near >= old { break }
                let e = isForward ? t[(p[c] + 1) % n] : t[(p[c] + n - 1) % n]
                if c == b || e == a { continue }
                if near + d[b * n + e] < old + d[c * n + e] - least {
                  // a-b and c-e become a-c and b-e.
                  if isForward { reverse(p[b], p[c]) } else { reverse(p[c], p[b]) }
                  return true
                }
              }
            }
            return false
          }
          var queue = Array(t)
          var isQueued = [Bool](repeating: true, count: n)
          var head = 0
          while head < queue.count {
            let a = queue[head]
            head += 1
            isQueued[a] = false
            while exchange(a) || move(a) {
              for k in [p[a], (p[a] + 1) % n, (p[a] + n - 1) % n] where !isQueued[t[k]] {
                isQueued[t[k]] = true
                queue.append(t[k])
              }
            }
            if head > 4 * n {
              queue.removeFirst(head)
              head = 0
            }
          }
        }
      }
    }
    tour = order
  }
}
