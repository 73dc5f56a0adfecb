import LinearAlgebra

/// The augmented system of a large face in one sparse matrix of order n + m, of which columns and rows outside the face
/// are replaced by those of the unit matrix.
final class SparseAugmentedSystem {
  private let n: Int
  private let m: Int
  private let jacobian: ReducedPattern
  private let hessian: ReducedPattern
  private let factorization: LDLFactorization
  private let refined: RefinedSolve
  private let matrix: UnsafeMutablePointer<Double>
  private let starts: UnsafeMutablePointer<Int>
  private let rows: UnsafeMutablePointer<Int32>
  /// Where the diagonal entries, those of the Hessian and those of the Jacobian are in `matrix`.
  private let diagonalPlace: UnsafeMutablePointer<Int>
  private let hessianPlace: UnsafeMutablePointer<Int>
  private let jacobianPlace: UnsafeMutablePointer<Int>
  private let rightHandSide: Vector
  private let solution: Vector
  private let entryCount: Int

  /// Rows of the Jacobian with more entries than this are eliminated among the columns, not before them.
  static let longRow = 64

  init(_ n: Int, _ m: Int, jacobian: ReducedPattern, hessian: ReducedPattern) {
    self.n = n
    self.m = m
    self.jacobian = jacobian
    self.hessian = hessian
    // Column k < n: diagonal, Hessian below it, then the Jacobian's column.
    var counts = [Int](repeating: 1, count: n + m)
    for j in 0..<n {
      for p in hessian.starts[j]..<hessian.starts[j + 1] where Int(hessian.indices[p]) != j { counts[j] += 1 }
    }
    for p in 0..<jacobian.entryCount { counts[Int(jacobian.indices[p])] += 1 }
    starts = .allocate(capacity: n + m + 1)
    starts[0] = 0
    for k in 0..<(n + m) { starts[k + 1] = starts[k] + counts[k] }
    entryCount = starts[n + m]
    rows = .allocate(capacity: max(1, entryCount))
    matrix = .allocate(capacity: max(1, entryCount))
    matrix.initialize(repeating: 0, count: max(1, entryCount))
    diagonalPlace = .allocate(capacity: n + m + 1)
    hessianPlace = .allocate(capacity: max(1, hessian.entryCount))
    jacobianPlace = .allocate(capacity: max(1, jacobian.entryCount))
    var next = (0..<(n + m)).map { [starts] in starts[$0] }
    for k in 0..<(n + m) {
      diagonalPlace[k] = next[k]
      rows[next[k]] = Int32(k)
      next[k] += 1
    }
    for j in 0..<n {
      for p in hessian.starts[j]..<hessian.starts[j + 1] {
        if Int(hessian.indices[p]) == j {
          hessianPlace[p] = diagonalPlace[j]
        } else {
          hessianPlace[p] = next[j]
          rows[next[j]] = hessian.indices[p]
          next[j] += 1
        }
      }
    }
    for i in 0..<m {
      for p in jacobian.starts[i]..<jacobian.starts[i + 1] {
        let j = Int(jacobian.indices[p])
        jacobianPlace[p] = next[j]
        rows[next[j]] = Int32(n + i)
        next[j] += 1
      }
    }
    let startArray = (0...(n + m)).map { [starts] in starts[$0] }
    let rowArray = (0..<entryCount).map { [rows] in rows[$0] }
    let order = Self.order(n, m, jacobian, hessian)
    let analysis = LDLAnalysis(
      order: n + m, starts: startArray, rowIndices: rowArray, ordering: .given(order))
    var options = LDLFactorization.Options()
    options.pivotThreshold = 1e-14
    options.pivotReplacement = 1e-7
    options.pivotScale = .absolute
    let signs = [Int8](repeating: 1, count: n) + [Int8](repeating: -1, count: m)
    factorization = LDLFactorization(analysis, signs: signs, options: options)
    refined = RefinedSolve(order: n + m)
    rightHandSide = Vector(count: n + m)
    solution = Vector(count: n + m)
  }

  deinit {
    matrix.deallocate()
    starts.deallocate()
    rows.deallocate()
    diagonalPlace.deallocate()
    hessianPlace.deallocate()
    jacobianPlace.deallocate()
  }

  /// Short rows first; then columns and long rows in the order of approximate minimum degree of what their elimination
  /// leaves.
  private static func order(_ n: Int, _ m: Int, _ jacobian: ReducedPattern, _ hessian: ReducedPattern) -> [Int32] {
    var lists = [[Int32]](repeating: [], count: n)
    var first: [Int32] = [], long: [Int32] = []
    for j in 0..<n { lists[j].append(Int32(j)) }
    for j in 0..<n {
      for p in hessian.starts[j]..<hessian.starts[j + 1] { lists[j].append(hessian.indices[p]) }
    }
    for i in 0..<m {
      let range = jacobian.starts[i]..<jacobian.starts[i + 1]
      if range.count > longRow {
        for p in range { lists[Int(jacobian.indices[p])].append(Int32(n + long.count)) }
        long.append(Int32(n + i))
        continue
      }
      first.append(Int32(n + i))
      for p in range {
        for q in p..<range.upperBound {
          let a = jacobian.indices[p], b = jacobian.indices[q]
          lists[Int(min(a, b))].append(max(a, b))
        }
      }
    }
    var starts = [0], indices: [Int32] = []
    for j in 0..<n {
      lists[j].sort()
      var last: Int32 = -1
      for i in lists[j] where i != last {
        indices.append(i)
        last = i
      }
      starts.append(indices.count)
    }
    for k in 0..<long.count {
      indices.append(Int32(n + k))
      starts.append(indices.count)
    }
    let estimate = LDLAnalysis.estimate(order: n + long.count, starts: starts, rowIndices: indices)
    guard case .given(let rest) = estimate.ordering else { return (0..<Int32(n + m)).map { $0 } }
    return first + rest.map { Int($0) < n ? $0 : long[Int($0) - n] }
  }

  /// - Parameter place: not negative for the columns and rows of the face.
  /// - Returns: whether every pivot had its sign.
  func factor(
    _ h: UnsafePointer<Double>, _ j: UnsafePointer<Double>, place: UnsafePointer<Int32>,
    inversePenalty: UnsafePointer<Double>, shift: Double
  ) -> Bool {
    matrix.update(repeating: 0, count: entryCount)
    for k in 0..<n {
      if place[k] < 0 {
        matrix[diagonalPlace[k]] = 1
        continue
      }
      for p in hessian.starts[k]..<hessian.starts[k &+ 1] where place[Int(hessian.indices[p])] >= 0 {
        matrix[hessianPlace[p]] = h[p]
      }
      matrix[diagonalPlace[k]] += shift
    }
    for i in 0..<m {
      if place[n &+ i] < 0 {
        matrix[diagonalPlace[n &+ i]] = -1
        continue
      }
      matrix[diagonalPlace[n &+ i]] = -inversePenalty[i]
      for p in jacobian.starts[i]..<jacobian.starts[i &+ 1] where place[Int(jacobian.indices[p])] >= 0 {
        matrix[jacobianPlace[p]] = j[p]
      }
    }
    return factorization.factor(matrix) == 0
  }

  func solve(_ u: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>, place: UnsafePointer<Int32>) {
    for k in 0..<n { rightHandSide[k] = place[k] >= 0 ? u[k] : 0 }
    for i in 0..<m { rightHandSide[n + i] = place[n + i] >= 0 ? v[i] : 0 }
    _ = refined(
      rightHandSide.pointer, solution.pointer, apply: { multiply($0, $1) }, solve: { factorization.solve($0) })
    for k in 0..<n { u[k] = solution[k] }
    for i in 0..<m { v[i] = solution[n + i] }
  }

  private func multiply(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    y.update(repeating: 0, count: n + m)
    for k in 0..<(n + m) {
      let t = x[k]
      var sum = 0.0
      for p in starts[k]..<starts[k &+ 1] {
        let i = Int(rows[p])
        sum += matrix[p] * x[i]
        if i != k { y[i] += matrix[p] * t }
      }
      y[k] += sum
    }
  }
}
