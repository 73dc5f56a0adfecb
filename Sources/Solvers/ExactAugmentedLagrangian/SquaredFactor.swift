import Constraints
import LinearAlgebra

/// The Cholesky factor of `S = B + Gᵀ Δ⁻¹ G`, what is left of a Newton matrix when its equations are eliminated first.
final class SquaredFactor {
  private let problem: EqualityProblem
  private let matrix: NewtonMatrix
  private let factorization: LDLFactorization
  private let values: Vector
  /// The entries of K that go into S as they are, and where: those of B.
  private let copied: [(source: Int, target: Int)]
  /// Where the products of the entries of each row of G go, each entry with itself and those after it.
  private let products: [Int32]
  /// Where the entries of G are in K, by rows.
  private let sources: [Int]
  private let row: Vector

  static var pivotOptions: LDLFactorization.Options {
    var options = LDLFactorization.Options()
    options.pivotScale = .diagonal
    return options
  }

  init(_ problem: EqualityProblem, _ matrix: NewtonMatrix) {
    self.problem = problem
    self.matrix = matrix
    let (g, n) = (problem.jacobianPattern, problem.n)
    var lists = [[Int32]](repeating: [], count: n)
    for j in 0..<n {
      for k in matrix.starts[j]..<matrix.starts[j + 1] where matrix.rowIndices[k] < n {
        lists[j].append(matrix.rowIndices[k])
      }
    }
    for i in 0..<problem.m {
      let row = g.indices[g.starts[i]..<g.starts[i + 1]]
      for k in row.indices { lists[Int(row[k])].append(contentsOf: row[k...]) }
    }
    var starts = [0]
    var rows: [Int32] = []
    for list in lists {
      var last: Int32 = -1
      for i in list.sorted() where i != last {
        rows.append(i)
        last = i
      }
      starts.append(rows.count)
    }
    func position(_ i: Int32, _ j: Int) -> Int {
      var (low, high) = (starts[j], starts[j + 1] - 1)
      while low < high {
        let middle = (low + high) / 2
        if rows[middle] < i { low = middle + 1 } else { high = middle }
      }
      return low
    }
    var copied: [(source: Int, target: Int)] = []
    for j in 0..<n {
      for k in matrix.starts[j]..<matrix.starts[j + 1] where matrix.rowIndices[k] < n {
        copied.append((k, position(matrix.rowIndices[k], j)))
      }
    }
    var products: [Int32] = []
    for i in 0..<problem.m {
      let row = g.indices[g.starts[i]..<g.starts[i + 1]]
      for k in row.indices {
        for other in row[k...] { products.append(Int32(position(other, Int(row[k])))) }
      }
    }
    self.copied = copied
    self.products = products
    sources = matrix.jacobianPositions
    values = Vector(count: rows.count)
    row = Vector(count: max(n, problem.m))
    let analysis = LDLAnalysis(order: n, starts: starts, rowIndices: rows)
    factorization = LDLFactorization(
      analysis, signs: [Int8](repeating: 1, count: n), options: Self.pivotOptions)
  }

  var flopCount: Double { factorization.analysis.flopCount + 2 * Double(products.count) }
  var solveFlopCount: Double { 4 * Double(factorization.analysis.factorEntryCount) + 4 * Double(sources.count) }

  /// - Returns: whether S is positive definite.
  func factor(_ dual: Vector) -> Bool {
    let k = matrix.values.pointer, v = values.pointer
    values.fill(0)
    for (source, target) in copied { v[target] += k[source] }
    var next = 0
    let starts = problem.jacobianPattern.starts
    for i in 0..<problem.m {
      for p in starts[i]..<starts[i + 1] {
        let t = k[sources[p]] / dual[i]
        for q in p..<starts[i + 1] {
          v[Int(products[next])] += t * k[sources[q]]
          next += 1
        }
      }
    }
    return factorization.factor(v) == 0
  }

  /// `(x, y) ← K⁻¹ (x, y)`: `S dx = x + Gᵀ Δ⁻¹ y`, `dy = Δ⁻¹ (G dx - y)`.
  func solve(_ x: UnsafeMutablePointer<Double>, _ dual: Vector) {
    let (n, m) = (problem.n, problem.m)
    let y = x + n, t = row.pointer
    for i in 0..<m { t[i] = y[i] / dual[i] }
    addTransposed(t, to: x)
    factorization.solve(x)
    multiply(x, into: t)
    for i in 0..<m { y[i] = (t[i] - y[i]) / dual[i] }
  }

  private func multiply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let g = problem.jacobianPattern, k = matrix.values.pointer
    for i in 0..<problem.m {
      var sum = 0.0
      for p in g.starts[i]..<g.starts[i + 1] { sum += k[sources[p]] * x[Int(g.indices[p])] }
      y[i] = sum
    }
  }

  private func addTransposed(_ y: UnsafePointer<Double>, to x: UnsafeMutablePointer<Double>) {
    let g = problem.jacobianPattern, k = matrix.values.pointer
    for i in 0..<problem.m {
      for p in g.starts[i]..<g.starts[i + 1] { x[Int(g.indices[p])] += k[sources[p]] * y[i] }
    }
  }
}
