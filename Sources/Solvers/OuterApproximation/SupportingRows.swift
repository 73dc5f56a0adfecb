#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import LinearAlgebra

/// Multipliers of dual cones: those that cut a point off, and the extreme ones that given multipliers are sums of.
///
/// M. Coey, M. Lubin and J. P. Vielma, "Outer approximation with conic certificates for mixed-integer convex problems",
/// Mathematical Programming Computation 12 (2020), sections 4 and 5.
extension ConeBlock {
  /// Multipliers that state what is true of every point of the cone and easily said: signs of coordinates, and for small
  /// matrices `Xᵢᵢ + Xⱼⱼ >= 2 |Xᵢⱼ|`.
  var initialMultipliers: [[Double]] {
    switch kind {
    case .rotated: return [[1, 0, 0], [0, 1, 0]]
    case .secondOrder:
      var result: [[Double]] = []
      for k in 1..<dimension {
        for sign in [1.0, -1.0] {
          var z = [Double](repeating: 0, count: dimension)
          z[0] = 1
          z[k] = sign
          result.append(z)
        }
      }
      return result
    case .exponential: return [[0, 1, 0], [0, 0, 1], ConeBlock.exponentialRay(0)]
    case .power(let a):
      return [[1, 0, 0], [0, 1, 0]] + [1.0, -1.0].map { ConeBlock.powerRay(0, exponent: a, sign: $0) }
    case .semidefinite(let order):
      var result: [[Double]] = []
      var vector = [Double](repeating: 0, count: order)
      for i in 0..<order {
        vector[i] = 1
        result.append(ConeBlock.square(vector))
        if order <= ConeBlock.pairedOrder {
          for j in 0..<i {
            for sign in [1.0, -1.0] {
              vector[j] = sign
              result.append(ConeBlock.square(vector))
            }
            vector[j] = 0
          }
        }
        vector[i] = 0
      }
      return result
    }
  }

  /// Largest order of a matrix for which all pairs of rows are bounded at the start.
  static let pairedOrder = 20

  /// Multipliers that cut a point off.
  /// - Parameter s: coordinates outside of the cone.
  func cuts(at s: [Double]) -> [[Double]] {
    switch kind {
    case .rotated:
      if s[0] < 0 && s[1] < 0 { return [] }
      var slopes: [Double] = []
      if s[1] > 0 { slopes.append(s[2] / s[1]) }
      if !isConstant(1), s[0] > 0, s[2] != 0 {
        slopes.append(2 * s[0] / s[2])
        if s[1] > 0 { slopes.append((s[2] < 0 ? -1 : 1) * (2 * s[0] / s[1]).squareRoot()) }
      }
      return best(slopes.map { ConeBlock.rotatedRay($0) }, s)
    case .secondOrder:
      var square = 0.0
      for x in s.dropFirst() { square += x * x }
      let length = square.squareRoot()
      guard length > 0 else { return [] }
      return [[1] + s.dropFirst().map { -$0 / length }]
    case .exponential:
      let (x, y, z) = (s[0], s[1], s[2])
      var ratios: [Double] = []
      if y > 0 { ratios.append(x / y) }
      if y > 0 && z > 0 { ratios.append(log(z / y)) }
      if ratios.count == 2 { ratios.append((ratios[0] + ratios[1]) / 2) }
      if x > 0 && z > 0 { ratios.append(log(2 * z / x)) }
      return best(ratios.map { ConeBlock.exponentialRay(min(max($0, -30), 30)) }, s)
    case .power(let a):
      let (x, y, z) = (s[0], s[1], abs(s[2]))
      var ratios = [0.0]
      if x > 0 && y > 0 { ratios.append(log(x / y)) }
      if y > 0 && z > 0 { ratios.append(log(z / (2 * (1 - a) * y)) / a) }
      if x > 0 && z > 0 { ratios.append(-log(z / (2 * a * x)) / (1 - a)) }
      return best(ratios.map { ConeBlock.powerRay(min(max($0, -30), 30), exponent: a, sign: s[2] < 0 ? 1 : -1) }, s)
    case .semidefinite(let order):
      guard let eigen = SymmetricEigenvalues(ConeBlock.matrix(s, order: order)) else { return [] }
      var result: [[Double]] = []
      for k in 0..<order where eigen.values[k] < 0 {
        result.append(ConeBlock.square((0..<order).map { eigen.vectors[$0, k] }))
      }
      return result
    }
  }

  /// The extreme multipliers that add up to z, or to less than it.
  /// - Parameter z: in the dual cone, up to rounding, which is taken away.
  func extremes(of z: [Double]) -> [[Double]] {
    switch kind {
    case .rotated:
      if z[0] > 0 { return [ConeBlock.rotatedRay(-z[2] / z[0])] }
      return []
    case .secondOrder:
      var square = 0.0
      for x in z.dropFirst() { square += x * x }
      let length = square.squareRoot()
      guard length > 0 else { return [] }
      return [[1] + z.dropFirst().map { $0 / length }]
    case .exponential:
      // (u, v, w) with u < 0: the tangent at ratio ρ has u = -1, v = ρ - 1.
      guard z[0] < 0 else { return [] }
      let ratio = 1 - z[1] / z[0]
      guard abs(ratio) <= 30 else { return [] }
      return [ConeBlock.exponentialRay(ratio)]
    case .power(let a):
      guard z[0] > 0, z[1] > 0, z[2] != 0 else { return [] }
      // u / v = a / (1 - a) times y / x.
      let ratio = log(z[1] * a / (z[0] * (1 - a)))
      guard abs(ratio) <= 30 else { return [] }
      return [ConeBlock.powerRay(ratio, exponent: a, sign: z[2] > 0 ? 1 : -1)]
    case .semidefinite(let order):
      guard let eigen = SymmetricEigenvalues(ConeBlock.matrix(z, order: order)) else { return [] }
      let least = ConeBlock.eigenvalueShare * (eigen.values.last ?? 0)
      return (0..<order).filter { eigen.values[$0] > max(0, least) }.map { k in
        ConeBlock.square((0..<order).map { eigen.vectors[$0, k] })
      }
    }
  }

  /// Eigenvalues of multipliers below this share of the largest count as zero.
  static let eigenvalueShare = 1e-9

  /// `s₀ + slope² s₁ / 2 - slope s₂`.
  static func rotatedRay(_ slope: Double) -> [Double] { [1, slope * slope / 2, -slope] }

  /// The tangent plane at `s₀ / s₁ = ratio`: `exp(-ratio) s₂ - s₀ - (1 - ratio) s₁`.
  private static func exponentialRay(_ ratio: Double) -> [Double] { [-1, ratio - 1, exp(-ratio)] }

  /// The tangent plane at `log(s₀ / s₁) = ratio`, for one sign of s₂.
  private static func powerRay(_ ratio: Double, exponent a: Double, sign: Double) -> [Double] {
    [a * exp(-ratio * (1 - a)), (1 - a) * exp(ratio * a), sign]
  }

  /// `v vᵀ` as coordinates.
  private static func square(_ v: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(v.count * (v.count + 1) / 2)
    let root = 2.0.squareRoot()
    for j in v.indices {
      for i in 0..<j { result.append(root * v[i] * v[j]) }
      result.append(v[j] * v[j])
    }
    return result
  }

  private static func matrix(_ s: [Double], order: Int) -> DenseMatrix {
    var matrix = DenseMatrix(rowCount: order, columnCount: order)
    let root = 0.5.squareRoot()
    var k = 0
    for j in 0..<order {
      for i in 0..<j {
        matrix[i, j] = root * s[k]
        matrix[j, i] = root * s[k]
        k += 1
      }
      matrix[j, j] = s[k]
      k += 1
    }
    return matrix
  }

  /// The one of some multipliers that cuts coordinates off deepest.
  private func best(_ candidates: [[Double]], _ s: [Double]) -> [[Double]] {
    var best: (z: [Double], depth: Double)?
    for z in candidates {
      var (product, square) = (0.0, 0.0)
      for k in z.indices {
        product += z[k] * s[k]
        square += z[k] * z[k]
      }
      let depth = -product / square.squareRoot()
      if depth > best?.depth ?? 0 { best = (z, depth) }
    }
    return best.map { [$0.z] } ?? []
  }
}
