import LinearAlgebra

/// Sketch-and-project on a symmetric sparse system `K z = b`: the sketch takes a block S of rows, and z moves to the
/// nearest point of `{ z : K_S z = b_S }`. With one row a block this is the method of Kaczmarz.
///
/// Rows and columns are equilibrated first. The rows are cut once into blocks of neighbours in the graph of K; the Gram
/// matrix of each block is factored once for each K. A projection forms the residual of its own rows only, so that a pass
/// over all blocks costs as much as two products with K and a pair of dense triangular solves a block.
///
/// Plain steps draw blocks at random. Accelerated steps take all blocks in a random order and back, which is a symmetric
/// linear operation, and hand it to conjugate gradients.
///
/// Sources: Gower, Richtárik, "Randomized iterative methods for linear systems", 2015; Needell, Tropp, "Paved with good
/// intentions: analysis of a randomized block Kaczmarz method", 2014; Björck, Elfving, "Accelerated projection methods for
/// computing pseudoinverse solutions of systems of linear equations", 1979.
final class BlockProjections {
  struct Options {
    /// Rows in a block. Default 64.
    var blockRows = 64
    /// Whether conjugate gradients accelerate the projections. Default true.
    var isAccelerated = true
    /// Passes over all blocks for one system. Default 500.
    var sweepLimit = 500
    /// Added to the Gram matrices, times their diagonal. Default 1e-13.
    var ridge = 1e-13
    /// Passes of equilibration. Default 3.
    var equilibrations = 3
  }

  let options: Options
  let order: Int
  private let blockCount: Int
  /// K by rows in the order of the blocks, both triangles, columns renumbered in the same way.
  private let starts: [Int]
  private let columns: [Int32]
  /// Where each entry is in the lower triangle.
  private let sources: [Int]
  private let values: Vector
  /// The row of K that stands at each position.
  private let rows: [Int32]
  /// Equilibration by position.
  private let scales: Vector
  /// Where the factor of each block is; lower triangles by columns.
  private let factorStarts: [Int]
  private let factors: Vector
  private let scattered: Vector
  private let blockResidual: Vector
  private let rightHandSide: Vector
  private let zero: Vector
  private let z: Vector
  private let direction: Vector
  private let image: Vector
  private let gap: Vector
  private var blockOrder: [Int]
  private var random: SplitMix64
  private(set) var flops = 0.0
  private(set) var sweeps = 0
  private var isUsable = true

  init(_ matrix: NewtonMatrix, options: Options, seed: UInt64) {
    self.options = options
    let n = matrix.order
    order = n
    let graph = SymmetricRows(matrix)
    rows = graph.breadthFirstOrder()
    var place = [Int32](repeating: 0, count: n)
    for (k, row) in rows.enumerated() { place[Int(row)] = Int32(k) }
    var starts = [0]
    var columns: [Int32] = []
    var sources: [Int] = []
    columns.reserveCapacity(graph.columns.count)
    sources.reserveCapacity(graph.columns.count)
    for row in rows {
      for k in graph.starts[Int(row)]..<graph.starts[Int(row) + 1] {
        columns.append(place[Int(graph.columns[k])])
        sources.append(graph.sources[k])
      }
      starts.append(columns.count)
    }
    self.starts = starts
    self.columns = columns
    self.sources = sources
    values = Vector(count: columns.count)
    scales = Vector(count: n)
    let b = max(1, options.blockRows)
    blockCount = (n + b - 1) / b
    factorStarts = (0...blockCount).map { k in k * b * b }
    factors = Vector(count: blockCount * b * b)
    scattered = Vector(count: n)
    blockResidual = Vector(count: b)
    rightHandSide = Vector(count: n)
    zero = Vector(count: n)
    z = Vector(count: n)
    direction = Vector(count: n)
    image = Vector(count: n)
    gap = Vector(count: n)
    blockOrder = Array(0..<blockCount)
    random = SplitMix64(seed: seed)
  }

  private func block(_ s: Int) -> Range<Int> {
    let b = max(1, options.blockRows)
    return s * b..<min(order, (s + 1) * b)
  }

  // MARK: - A new matrix

  /// Takes the numbers of a matrix: equilibrates and factors the Gram matrices.
  /// - Complexity: O(entries + Σ over blocks of rows · entries of the block + blocks · blockRows³/3).
  func prepare(_ matrix: NewtonMatrix) {
    let lower = matrix.values.pointer, v = values.pointer, scale = scales.pointer
    for k in 0..<values.count { v[k] = lower[sources[k]] }
    scales.fill(1)
    for _ in 0..<options.equilibrations {
      for i in 0..<order {
        var largest = 0.0
        for k in starts[i]..<starts[i + 1] { largest = max(largest, abs(v[k]) * scale[i] * scale[Int(columns[k])]) }
        image[i] = largest > 0 ? 1 / largest.squareRoot() : 1
      }
      for i in 0..<order { scale[i] *= image[i] }
    }
    for i in 0..<order {
      for k in starts[i]..<starts[i + 1] { v[k] *= scale[i] * scale[Int(columns[k])] }
    }
    flops += Double(3 * options.equilibrations + 2) * Double(values.count)
    isUsable = true
    for s in 0..<blockCount where !factorBlock(s) { isUsable = false }
    blockOrder.shuffle(using: &random)
  }

  /// The Cholesky factor of the Gram matrix of a block's rows.
  private func factorBlock(_ s: Int) -> Bool {
    let rows = block(s)
    let size = rows.count
    let gram = factors.pointer + factorStarts[s]
    let v = values.pointer
    for (j, row) in rows.enumerated() {
      for k in starts[row]..<starts[row + 1] { scattered[Int(columns[k])] += v[k] }
      for (i, other) in rows.enumerated() where i >= j {
        var sum = 0.0
        for k in starts[other]..<starts[other + 1] { sum += v[k] * scattered.pointer[Int(columns[k])] }
        gram[j * size + i] = sum
        flops += 2 * Double(starts[other + 1] - starts[other])
      }
      for k in starts[row]..<starts[row + 1] { scattered[Int(columns[k])] = 0 }
      // A row without entries says nothing: its component stays 0.
      let diagonal = gram[j * size + j]
      gram[j * size + j] = diagonal > 0 ? diagonal * (1 + options.ridge) : 1
    }
    flops += Double(size * size * size) / 3
    return BLAS.factorCholesky(size, gram)
  }

  // MARK: - A solve

  /// Solves `K d = b` from d = 0.
  /// - Parameter residual: the relative residual of a vector in the original system, called once a sweep or two.
  /// - Returns: the last relative residual.
  func solve(
    _ b: UnsafePointer<Double>, into d: UnsafeMutablePointer<Double>, tolerance: Double,
    residual: (UnsafePointer<Double>) -> Double
  ) -> Double {
    d.update(repeating: 0, count: order)
    if !isUsable { return 1 }
    for i in 0..<order { rightHandSide[i] = scales[i] * b[Int(rows[i])] }
    z.fill(0)
    return options.isAccelerated
      ? accelerated(into: d, tolerance: tolerance, residual: residual)
      : plain(into: d, tolerance: tolerance, residual: residual)
  }

  /// Blocks drawn at random.
  private func plain(
    into d: UnsafeMutablePointer<Double>, tolerance: Double, residual: (UnsafePointer<Double>) -> Double
  ) -> Double {
    var relative = 1.0
    for _ in 0..<options.sweepLimit {
      for _ in 0..<blockCount {
        project(Int(random.next() % UInt64(blockCount)), z.pointer, rightHandSide.pointer)
      }
      sweeps += 1
      store(into: d)
      relative = residual(d)
      if relative <= tolerance { break }
    }
    return relative
  }

  /// Conjugate gradients on `(I - Q) z = R b`, where `z ↦ Q z + R b` is a pass over all blocks and back.
  private func accelerated(
    into d: UnsafeMutablePointer<Double>, tolerance: Double, residual: (UnsafePointer<Double>) -> Double
  ) -> Double {
    let n = order
    gap.fill(0)
    doubleSweep(gap.pointer, rightHandSide.pointer)
    direction.copy(from: gap)
    var square = VectorKernels.dot(n, gap.pointer, gap.pointer)
    var relative = 1.0
    for _ in 0..<max(1, options.sweepLimit / 2) where square > 0 {
      image.copy(from: direction)
      doubleSweep(image.pointer, zero.pointer)
      for i in 0..<n { image.pointer[i] = direction.pointer[i] - image.pointer[i] }
      let curvature = VectorKernels.dot(n, direction.pointer, image.pointer)
      if !(curvature > 0) { break }
      let step = square / curvature
      VectorKernels.add(n, step, direction.pointer, to: z.pointer)
      VectorKernels.add(n, -step, image.pointer, to: gap.pointer)
      store(into: d)
      relative = residual(d)
      flops += 11 * Double(n)
      if relative <= tolerance { break }
      let next = VectorKernels.dot(n, gap.pointer, gap.pointer)
      let ratio = next / square
      square = next
      for i in 0..<n { direction.pointer[i] = gap.pointer[i] + ratio * direction.pointer[i] }
    }
    return relative
  }

  private func store(into d: UnsafeMutablePointer<Double>) {
    for i in 0..<order { d[Int(rows[i])] = scales.pointer[i] * z.pointer[i] }
  }

  private func doubleSweep(_ z: UnsafeMutablePointer<Double>, _ b: UnsafePointer<Double>) {
    for s in blockOrder { project(s, z, b) }
    for s in blockOrder.reversed() { project(s, z, b) }
    sweeps += 2
  }

  /// `z ← z + K_Sᵀ (K_S K_Sᵀ)⁻¹ (b_S - K_S z)`.
  private func project(_ s: Int, _ z: UnsafeMutablePointer<Double>, _ b: UnsafePointer<Double>) {
    let rows = block(s)
    let first = rows.lowerBound, size = rows.count
    let t = blockResidual.pointer, v = values.pointer, lower = factors.pointer + factorStarts[s]
    starts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        for i in 0..<size {
          var sum = b[first &+ i]
          for k in starts[first &+ i]..<starts[first &+ i &+ 1] { sum -= v[k] * z[Int(columns[k])] }
          t[i] = sum
        }
        for j in 0..<size {
          t[j] /= lower[j &* size &+ j]
          VectorKernels.add(size &- j &- 1, -t[j], lower + (j &* size &+ j &+ 1), to: t + (j &+ 1))
        }
        for j in (0..<size).reversed() {
          let sum = VectorKernels.dot(size &- j &- 1, lower + (j &* size &+ j &+ 1), t + (j &+ 1))
          t[j] = (t[j] - sum) / lower[j &* size &+ j]
        }
        for i in 0..<size {
          for k in starts[first &+ i]..<starts[first &+ i &+ 1] { z[Int(columns[k])] += v[k] * t[i] }
        }
      }
    }
    flops += 4 * Double(starts[first + size] - starts[first]) + 2 * Double(size * size)
  }
}
