import LinearAlgebra
import Testing

@Suite struct SparseLUTests {
  /// A sparse matrix with its unit columns behind it.
  private struct Sample {
    var matrix: SparseMatrix
    let order: Int
    let columnCount: Int

    /// - Parameter entry: the value in row i of column j; 0 for none.
    init(order: Int, columnCount: Int, entry: (Int, Int) -> Double) {
      self.order = order
      self.columnCount = columnCount
      matrix = SparseMatrix(rowCount: order, columnCount: columnCount + order)
      for j in 0..<columnCount + order {
        for i in 0..<order {
          let value = j < columnCount ? entry(i, j) : j - columnCount == i ? 1 : 0
          if value == 0 { continue }
          matrix.rowIndices.append(Int32(i))
          matrix.values.append(value)
        }
        matrix.starts[j + 1] = matrix.values.count
      }
    }

    /// Columns as a dense matrix.
    func dense(_ columns: [Int32]) -> DenseMatrix {
      var values = [Double](repeating: 0, count: order * columns.count)
      for (c, j) in columns.enumerated() {
        for k in matrix.starts[Int(j)]..<matrix.starts[Int(j) + 1] {
          values[c * order + Int(matrix.rowIndices[k])] = matrix.values[k]
        }
      }
      return DenseMatrix(rowCount: order, columnCount: columns.count, values: values)
    }

    /// The largest residual of both solves, for right-hand sides of size 1, relative to the numbers that enter.
    func residual(_ solve: (SparseVector) -> Void, _ solveTransposed: (SparseVector) -> Void, columns: [Int32], _ b: [Double])
      -> Double
    {
      var worst = 0.0
      let forward = SparseVector(count: order)
      let backward = SparseVector(count: order)
      for (i, value) in b.enumerated() where value != 0 {
        forward.add(value, at: i)
        backward.add(value, at: i)
      }
      solve(forward)
      solveTransposed(backward)
      var rest = b
      var size = [Double](repeating: 1, count: order)
      for (row, j) in columns.enumerated() {
        var sum = 0.0
        var entering = 1.0
        for k in matrix.starts[Int(j)]..<matrix.starts[Int(j) + 1] {
          let i = Int(matrix.rowIndices[k])
          rest[i] -= matrix.values[k] * forward.values[row]
          size[i] = max(size[i], abs(matrix.values[k] * forward.values[row]))
          sum += matrix.values[k] * backward.values[i]
          entering = max(entering, abs(matrix.values[k] * backward.values[i]))
        }
        worst = max(worst, abs(sum - b[row]) / entering)
      }
      for i in 0..<order { worst = max(worst, abs(rest[i]) / size[i]) }
      return worst
    }
  }

  private static func random(_ generator: inout SplitMix64) -> Double { Double.random(in: -1...1, using: &generator) }

  @Test func `solutions agree with the dense factorization on random sparse matrices`() throws {
    var generator = SplitMix64(seed: 1)
    for trial in 0..<200 {
      let n = 1 + Int.random(in: 0..<60, using: &generator)
      let density = Double.random(in: 0.02...0.4, using: &generator)
      let isScaled = trial % 4 == 0
      let scales: [Double] = (0..<2 * n).map { _ in
        isScaled ? Double(sign: .plus, exponent: 4 * Int.random(in: -4...4, using: &generator), significand: 1) : 1
      }
      let shift = Int.random(in: 0..<n, using: &generator)
      let sample = Sample(order: n, columnCount: n) { i, j in
        let isOnDiagonal = (i + shift) % n == j
        let value = SparseLUTests.random(&generator)
        let isThere = isOnDiagonal || Double.random(in: 0..<1, using: &generator) < density
        return isThere ? (value + (isOnDiagonal ? 2 : 0)) * scales[i] * scales[n + j] : 0
      }
      let dense = sample.dense((0..<Int32(n)).map { $0 })
      guard let reference = LU(dense) else { continue }
      var options = SparseLU.Options()
      // Rows of very different size make what is small in a column no sign of dependence.
      if isScaled { options.singular = 1e-15 }
      let factors = SparseLU(rowCount: n, options: options)
      factors.factor(sample.matrix, classes: [(0..<Int32(n)).shuffled(using: &generator)], unitColumns: n)
      try #require(factors.rejected.isEmpty && factors.filledCount == 0)
      #expect(Set(factors.columnOfRow) == Set(0..<Int32(n)))
      for entries in [1, n] {
        var b = [Double](repeating: 0, count: n)
        for _ in 0..<entries { b[Int.random(in: 0..<n, using: &generator)] = SparseLUTests.random(&generator) }
        let x = SparseVector(count: n)
        for (i, value) in b.enumerated() where value != 0 { x.add(value, at: i) }
        factors.solve(x)
        let expected = reference.solve(b)
        if !isScaled {
          for (row, j) in factors.columnOfRow.enumerated() {
            #expect(abs(x.values[row] - expected[Int(j)]) <= 1e-8 * (1 + abs(expected[Int(j)])))
          }
        }
        let residual = sample.residual(
          { factors.solve($0) }, { factors.solveTransposed($0) }, columns: factors.columnOfRow, b)
        #expect(residual < 1e-9)
      }
    }
  }

  @Test func `a permuted triangular matrix is factored without fill and without arithmetic`() {
    var generator = SplitMix64(seed: 2)
    for isLower in [true, false] {
      let n = 300
      let rows = Array(0..<n).shuffled(using: &generator)
      let columns = Array(0..<n).shuffled(using: &generator)
      let sample = Sample(order: n, columnCount: n) { i, j in
        let (r, c) = (rows[i], columns[j])
        if r == c { return 1.5 }
        let isInside = isLower ? r > c : r < c
        return isInside && Double.random(in: 0..<1, using: &generator) < 0.02 ? SparseLUTests.random(&generator) : 0
      }
      let factors = SparseLU(rowCount: n)
      factors.factor(sample.matrix, classes: [Array(0..<Int32(n))], unitColumns: n)
      #expect(factors.rejected.isEmpty)
      #expect(factors.singletonCount == n)
      #expect(factors.entryCount == sample.matrix.entryCount - n)
      var b = [Double](repeating: 0, count: n)
      b[17] = 1
      #expect(
        sample.residual({ factors.solve($0) }, { factors.solveTransposed($0) }, columns: factors.columnOfRow, b) < 1e-9)
    }
  }

  @Test func `dependent columns are rejected, and as many as the rank are kept`() throws {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<60 {
      let n = 8 + Int.random(in: 0..<30, using: &generator)
      let rank = Int.random(in: 1..<n, using: &generator)
      // Products of sparse integer factors have exactly the rank of the inner dimension or less.
      let left = (0..<n * rank).map { _ in Double(Int.random(in: -1...1, using: &generator)) }
      let right = (0..<n * rank).map { _ in Double(Int.random(in: -1...1, using: &generator)) }
      let sample = Sample(order: n, columnCount: n) { i, j in
        (0..<rank).reduce(0) { $0 + left[i * rank + $1] * right[j * rank + $1] }
      }
      let singularValues = try #require(SingularValues(sample.dense(Array(0..<Int32(n))))).values
      let expected = singularValues.filter { $0 > 1e-9 * singularValues[0] }.count
      let factors = SparseLU(rowCount: n)
      factors.factor(sample.matrix, classes: [Array(0..<Int32(n))], unitColumns: n)
      #expect(factors.filledCount == n - expected)
      #expect(factors.rejected.count == n - expected)
      let b = (0..<n).map { _ in SparseLUTests.random(&generator) }
      #expect(
        sample.residual({ factors.solve($0) }, { factors.solveTransposed($0) }, columns: factors.columnOfRow, b) < 1e-8)
    }
  }

  @Test func `columns of an earlier class are taken before any of a later one`() {
    var generator = SplitMix64(seed: 4)
    for _ in 0..<60 {
      let n = 20
      let sample = Sample(order: n, columnCount: 3 * n) { i, j in
        Double.random(in: 0..<1, using: &generator) < 0.15 ? Double(Int.random(in: 1...3, using: &generator)) : 0
      }
      let order = Array(0..<Int32(3 * n)).shuffled(using: &generator)
      let (first, second) = (Array(order[0..<12]), Array(order[12...]))
      let alone = SparseLU(rowCount: n)
      alone.factor(sample.matrix, classes: [first], unitColumns: 3 * n)
      let both = SparseLU(rowCount: n)
      both.factor(sample.matrix, classes: [first, second], unitColumns: 3 * n)
      let kept = Set(both.columnOfRow)
      #expect(first.filter { kept.contains($0) }.count == n - alone.filledCount)
      #expect(both.filledCount <= alone.filledCount)
      let b = (0..<n).map { _ in SparseLUTests.random(&generator) }
      #expect(sample.residual({ both.solve($0) }, { both.solveTransposed($0) }, columns: both.columnOfRow, b) < 1e-8)
    }
  }

  @Test func `solutions stay right while columns are replaced`() {
    var generator = SplitMix64(seed: 5)
    let n = 120
    let sample = Sample(order: n, columnCount: 2 * n) { i, j in
      if i == j % n { return 2 }
      return Double.random(in: 0..<1, using: &generator) < 0.03 ? SparseLUTests.random(&generator) : 0
    }
    let basis = ProductFormBasis(SparseLU(rowCount: n))
    basis.factors.factor(sample.matrix, classes: [Array(0..<Int32(n))], unitColumns: 2 * n)
    var columns = basis.factors.columnOfRow
    for j in n..<2 * n {
      let direction = SparseVector(count: n)
      for k in sample.matrix.starts[j]..<sample.matrix.starts[j + 1] {
        direction.add(sample.matrix.values[k], at: Int(sample.matrix.rowIndices[k]))
      }
      basis.solve(direction)
      let row = (0..<n).max { abs(direction.values[$0]) < abs(direction.values[$1]) }!
      basis.replace(row: row, direction: direction)
      columns[row] = Int32(j)
      var b = [Double](repeating: 0, count: n)
      b[j - n] = 1
      #expect(
        sample.residual({ basis.solve($0) }, { basis.solveTransposed($0) }, columns: columns, b) < 1e-8)
    }
    #expect(basis.replacementCount == n)
  }

  @Test func `a matrix of zeros is filled with unit columns`() {
    let sample = Sample(order: 3, columnCount: 2) { _, _ in 0 }
    let factors = SparseLU(rowCount: 3)
    factors.factor(sample.matrix, classes: [[0, 1]], unitColumns: 2)
    #expect(factors.columnOfRow == [2, 3, 4])
    #expect(factors.rejected == [0, 1])
  }
}
