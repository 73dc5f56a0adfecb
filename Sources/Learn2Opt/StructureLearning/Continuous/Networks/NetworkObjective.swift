import LinearAlgebra
import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `μ (1/(2n) ‖X - X̂‖² + λ₁ Σ |T| + λ₂/2 (Σ T² + Σ v²)) + α h(A) + ρ/2 h(A)²` for networks with one hidden layer,
/// `A(i, j) = ‖Tⱼ(:, i)‖²`, with its gradient by back propagation.
///
/// Variables are the positive and negative parts of T, the biases b, then v and c. What T has of a variable's own network
/// and of edges that may not be there is fixed at zero.
///
/// Source: Zheng, Dan, Aragam, Ravikumar, Xing, "Learning sparse nonparametric DAGs", 2020, section 4.
final class NetworkObjective: PathObjective {
  let nodeCount: Int
  let layout: WeightLayout
  var acyclicity: AcyclicityWorkspace
  var lossFactor = 1.0
  var multiplier = 0.0
  var penalty = 0.0
  private(set) var lossValue = Double.nan
  private(set) var score = Double.nan
  private(set) var h = Double.nan

  private let n, m, units: Int
  private let squarePenalty: Double
  private let samples, meanSquares, constants: Vector
  private let first, hiddenBiases, firstGradient, hiddenSlope: Vector
  private let second, biases, secondGradient, slope: Vector
  private let hidden, residual, strengths: Vector
  private let packed, sizes: Vector

  /// - Parameters:
  ///   - samples: n × d.
  ///   - layout: of T with its biases: d × (m · d).
  ///   - constants: d × d numbers to add to A; nil for none.
  init(
    _ samples: DenseMatrix, hiddenCount m: Int, layout: WeightLayout, squarePenalty: Double,
    _ acyclicity: AcyclicityWorkspace, constants: DenseMatrix?
  ) {
    BLAS.useOneThreadUnlessAsked()
    let d = samples.columnCount
    precondition(layout.rowCount == d && layout.targetCount == m * d && layout.interceptCount == m * d)
    n = samples.rowCount
    nodeCount = d
    self.m = m
    units = m * d
    self.layout = layout
    self.squarePenalty = squarePenalty
    self.acyclicity = acyclicity
    self.samples = Vector(samples.values)
    meanSquares = Vector(count: d)
    for i in 0..<d {
      let column = self.samples.pointer + i * n
      meanSquares[i] = max(1e-12, VectorKernels.dot(n, column, column) / Double(n))
    }
    self.constants = constants.map { Vector($0.values) } ?? Vector(count: d * d)
    first = Vector(count: d * units)
    firstGradient = Vector(count: d * units)
    hiddenBiases = Vector(count: units)
    hiddenSlope = Vector(count: units)
    second = Vector(count: units)
    secondGradient = Vector(count: units)
    biases = Vector(count: d)
    slope = Vector(count: d)
    hidden = Vector(count: n * units)
    residual = Vector(count: n)
    strengths = Vector(count: d * d)
    packed = Vector(count: layout.variableCount + units + d)
    sizes = Vector(count: d * units)
  }

  var variableCount: Int { layout.variableCount + units + nodeCount }
  var lower: [Double] { layout.lower + [Double](repeating: -.infinity, count: units + nodeCount) }

  /// The networks at the last point.
  var model: NetworkModel {
    NetworkModel(
      hiddenCount: m, first: DenseMatrix(rowCount: nodeCount, columnCount: units, values: first.array),
      hiddenBiases: hiddenBiases.array, second: second.array, biases: biases.array)
  }

  /// - Complexity: O(4 n m d² + d³), and n m d exponentials.
  @discardableResult
  func evaluate(at x: UnsafePointer<Double>) -> Double {
    let d = nodeCount, t = first.pointer, count = layout.variableCount
    layout.unpack(x, weights: t, intercepts: hiddenBiases.pointer)
    second.pointer.update(from: x + count, count: units)
    biases.pointer.update(from: x + count + units, count: d)
    let a = strengths.pointer
    for j in 0..<d {
      for i in 0..<d {
        var sum = constants[j &* d &+ i]
        for u in j &* m..<(j &+ 1) &* m { sum += t[u &* d &+ i] * t[u &* d &+ i] }
        a[j &* d &+ i] = sum
      }
    }
    let usesAcyclicity = multiplier != 0 || penalty != 0
    h = usesAcyclicity ? acyclicity.value(of: a, gradient: a) : 0
    if !h.isFinite { return .infinity }
    score = propagate()
    if !score.isFinite { return .infinity }
    var squares = VectorKernels.dot(d * units, t, t)
    squares += VectorKernels.dot(units, second.pointer, second.pointer)
    lossValue = score + layout.penalty(x) + 0.5 * squarePenalty * squares
    VectorKernels.add(d * units, squarePenalty, t, to: firstGradient.pointer)
    VectorKernels.add(units, squarePenalty, second.pointer, to: secondGradient.pointer)
    if lossFactor != 1 {
      for vector in [firstGradient, hiddenSlope, secondGradient, slope] {
        VectorKernels.scale(vector.count, lossFactor, vector.pointer)
      }
    }
    if usesAcyclicity {
      let factor = 2 * (multiplier + penalty * h), g = firstGradient.pointer
      for u in 0..<units {
        let column = a + u / m * d
        for i in 0..<d { g[u &* d &+ i] += factor * t[u &* d &+ i] * column[i] }
      }
    }
    layout.pack(
      gradient: firstGradient.pointer, slope: hiddenSlope.pointer, factor: lossFactor, into: packed.pointer)
    (packed.pointer + count).update(from: secondGradient.pointer, count: units)
    (packed.pointer + count + units).update(from: slope.pointer, count: d)
    return lossFactor * lossValue + (multiplier + 0.5 * penalty * h) * h
  }

  /// Half the mean squared error, with its derivatives by all parameters.
  private func propagate() -> Double {
    let d = nodeCount, x = samples.pointer, share = 1 / Double(n)
    BLAS.product(
      rows: n, columns: units, inner: d, BLAS.Operand(x, stride: n), BLAS.Operand(first.pointer, stride: d),
      into: hidden.pointer, stride: n)
    var total = 0.0
    let r = residual.pointer
    for j in 0..<d {
      let target = x + j * n
      for i in 0..<n { r[i] = biases[j] - target[i] }
      for u in j * m..<(j + 1) * m {
        let unit = hidden.pointer + u * n, bias = hiddenBiases[u], weight = second[u]
        for i in 0..<n {
          let activation = 1 / (1 + exp(-(unit[i] + bias)))
          unit[i] = activation
          r[i] += weight * activation
        }
      }
      var sum = 0.0
      for i in 0..<n {
        total += r[i] * r[i]
        r[i] *= share
        sum += r[i]
      }
      slope[j] = sum
      for u in j * m..<(j + 1) * m {
        let unit = hidden.pointer + u * n, weight = second[u]
        var along = 0.0, unitSum = 0.0
        for i in 0..<n {
          let activation = unit[i]
          along += r[i] * activation
          let derivative = r[i] * weight * activation * (1 - activation)
          unit[i] = derivative
          unitSum += derivative
        }
        secondGradient[u] = along
        hiddenSlope[u] = unitSum
      }
    }
    BLAS.product(
      rows: d, columns: units, inner: n, BLAS.Operand(x, stride: n, isTransposed: true),
      BLAS.Operand(hidden.pointer, stride: n), into: firstGradient.pointer, stride: d)
    return 0.5 * total * share
  }

  func value(at x: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    let value = evaluate(at: x)
    if value.isFinite { gradient.update(from: packed.pointer, count: packed.count) }
    return value
  }

  /// A unit's weight squared counts as this at least.
  private static let leastSquare = 1e-2

  /// Gauss-Newton terms with the mean slope of σ, and the acyclicity's as for linear weights.
  func curvature(into result: UnsafeMutablePointer<Double>) {
    let d = nodeCount, factor = 2 * (multiplier + penalty * h)
    for u in 0..<units {
      let square = max(Self.leastSquare, second[u] * second[u]) / 16
      hiddenSlope[u] = lossFactor * square
      let column = strengths.pointer + u / m * d
      for i in 0..<d {
        sizes[u &* d &+ i] = lossFactor * (square * meanSquares[i] + squarePenalty) + factor * column[i]
      }
    }
    layout.spread(sizes.pointer, slope: hiddenSlope.pointer, into: result)
    let rest = result + layout.variableCount
    for u in 0..<units { rest[u] = lossFactor * (0.25 + squarePenalty) }
    for j in 0..<d { rest[units + j] = lossFactor }
  }
}
