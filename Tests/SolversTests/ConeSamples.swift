@testable import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Cones of every kind, with and without auxiliary rows.
let sampleCones: [ConicForm.Cone] = [
  .secondOrder(dimension: 1), .secondOrder(dimension: 2), .secondOrder(dimension: 3), .secondOrder(dimension: 9),
  .rotatedSecondOrder(dimension: 2), .rotatedSecondOrder(dimension: 3), .rotatedSecondOrder(dimension: 4),
  .rotatedSecondOrder(dimension: 12), .exponential, .power(exponent: 0.5), .power(exponent: 0.1),
  .power(exponent: 0.83), .semidefinite(order: 1), .semidefinite(order: 2), .semidefinite(order: 5),
]

/// Random points of a cone and of its dual, written from the definitions of the cones.
struct ConeSamples {
  var random: Random
  init(seed: UInt64) { random = Random(seed: seed) }

  mutating func normal() -> Double {
    let u = Double.random(in: .leastNormalMagnitude..<1, using: &random)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
  }

  mutating func positive() -> Double { exp(normal()) }

  /// A point whose relative distance from the boundary is about `distance`.
  mutating func point(_ cone: ConicForm.Cone, isDual: Bool = false, distance: Double = 1) -> [Double] {
    let inside = 1 + distance * Double.random(in: 0.1..<1, using: &random)
    switch cone {
    case .secondOrder(let n):
      let x = (1..<max(n, 1)).map { _ in normal() }
      let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return [n == 1 ? positive() : length * inside] + x
    case .rotatedSecondOrder(let n):
      let x = (2..<max(n, 2)).map { _ in normal() }
      let t = positive()
      let square = x.reduce(0) { $0 + $1 * $1 }
      return [t, n == 2 ? positive() : square / (2 * t) * inside] + x
    case .exponential:
      if isDual {
        let (u, v) = (-positive(), normal())
        return [u, v, -u * exp(v / u - 1) * inside]
      }
      let (x, y) = (normal(), positive())
      return [x, y, y * exp(x / y) * inside]
    case .power(let a):
      let (x, y) = (positive(), positive())
      let mean = isDual ? pow(x / a, a) * pow(y / (1 - a), 1 - a) : pow(x, a) * pow(y, 1 - a)
      return [x, y, (random.chance(0.5) ? 1 : -1) * mean / inside]
    case .semidefinite(let n):
      // A product AAᵀ of a rectangular matrix, plus a multiple of the identity as far as the boundary is far.
      let columns = max(1, n - 1)
      let a = (0..<n).map { _ in (0..<columns).map { _ in normal() } }
      var packed: [Double] = []
      for j in 0..<n {
        for i in 0...j {
          let dot = zip(a[i], a[j]).reduce(0) { $0 + $1.0 * $1.1 }
          packed.append(i == j ? dot + (inside - 1) : dot * 2.0.squareRoot())
        }
      }
      return packed
    }
  }

  mutating func direction(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  /// A point of a product of cones.
  mutating func point(_ cones: [ConicForm.Cone], isDual: Bool = false, distance: Double = 1) -> [Double] {
    cones.flatMap { point($0, isDual: isDual, distance: distance) }
  }
}

extension ConeProduct {
  /// H as a dense matrix by columns.
  func denseH() -> [[Double]] {
    (0..<dimension).map { j in
      var unit = [Double](repeating: 0, count: dimension)
      unit[j] = 1
      return applied(unit)
    }
  }

  func applied(_ v: [Double]) -> [Double] {
    var out = [Double](repeating: 0, count: dimension)
    applyH(v, into: &out)
    return out
  }

  /// The KKT block as a dense symmetric matrix, auxiliary rows last.
  func denseBlock() -> [[Double]] {
    let n = dimension + auxiliaryCount
    var values = [Double](repeating: 0, count: blockRows.count)
    writeBlock(into: &values)
    var dense = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for j in 0..<n {
      for k in blockStarts[j]..<blockStarts[j + 1] {
        dense[Int(blockRows[k])][j] = values[k]
        dense[j][Int(blockRows[k])] = values[k]
      }
    }
    return dense
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
func maxNorm(_ a: [Double]) -> Double { a.reduce(0) { max($0, abs($1)) } }
func difference(_ a: [Double], _ b: [Double]) -> Double { maxNorm(zip(a, b).map { $0 - $1 }) }

/// Gaussian elimination without pivoting, from the last row up: the pivots, last first.
func pivotsFromBelow(_ matrix: [[Double]]) -> [Double] {
  var a = matrix
  var pivots: [Double] = []
  for k in stride(from: a.count - 1, through: 0, by: -1) {
    pivots.append(a[k][k])
    for i in 0..<k {
      let factor = a[i][k] / a[k][k]
      for j in 0..<k { a[i][j] -= factor * a[k][j] }
    }
  }
  return pivots
}
