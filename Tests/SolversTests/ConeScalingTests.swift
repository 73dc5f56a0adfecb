import Testing

@testable import Solvers

/// Scalings of the cones: the identities that define them, and the block of the KKT matrix.
@Suite struct ConeScalingTests {
  @Test(arguments: sampleCones) func `the scaling takes z to s and is positive definite`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 11)
    let product = ConeProduct([cone])
    for distance in [10.0, 1, 1e-2, 1e-4] {
      for _ in 0..<20 {
        let s = samples.point(cone, distance: distance)
        let z = samples.point(cone, isDual: true, distance: distance)
        #expect(product.updateScaling(s: s, z: z))
        let h = product.denseH()
        let size = h.map(maxNorm).max()!
        #expect(difference(product.applied(z), s) <= 1e-12 * size * maxNorm(z))
        for i in h.indices { for j in h.indices { #expect(abs(h[i][j] - h[j][i]) <= 1e-12 * size) } }
        #expect(pivotsFromBelow(h).allSatisfy { $0 > 0 })
      }
    }
  }

  /// The scaling point of Nesterov and Todd is where the Hessian of the barrier takes s to z; the barrier's Hessian at
  /// w is the inverse of H, and H takes gradients of the barrier at s to those at z.
  @Test(arguments: sampleCones.filter { ConeProduct([$0]).isSymmetric })
  func `the scaling of a symmetric cone takes inverses to inverses`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 12)
    let product = ConeProduct([cone])
    for _ in 0..<20 {
      let s = samples.point(cone)
      let z = samples.point(cone, isDual: true)
      #expect(product.updateScaling(s: s, z: z))
      let (sInverse, zInverse) = (coneInverse(cone, s), coneInverse(cone, z))
      #expect(difference(product.applied(sInverse), zInverse) <= 1e-10 * maxNorm(zInverse))
    }
  }

  @Test(arguments: sampleCones.filter { !ConeProduct([$0]).isSymmetric })
  func `the scaling of another cone takes the shadow of s to the shadow of z`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 13)
    let product = ConeProduct([cone])
    var barrier: any NonsymmetricBarrier = ExponentialBarrier()
    if case .power(let exponent) = cone { barrier = PowerBarrier(exponent: exponent) }
    for distance in [1.0, 1e-2, 1e-4] {
      for _ in 0..<20 {
        let s = samples.point(cone, distance: distance)
        let z = samples.point(cone, isDual: true, distance: distance)
        #expect(product.updateScaling(s: s, z: z))
        let dualShadow = -barrier.conjugateGradient(Vector3(s[0], s[1], s[2]))
        let shadow = -barrier.gradient(Vector3(z[0], z[1], z[2]))
        let image = product.applied([dualShadow.x, dualShadow.y, dualShadow.z])
        let size = product.denseH().map(maxNorm).max()! * dualShadow.norm
        #expect(difference(image, [shadow.x, shadow.y, shadow.z]) <= 1e-11 * size)
      }
    }
  }

  @Test func `on the central path the scaling is the Hessian of the barrier`() {
    var samples = ConeSamples(seed: 14)
    for cone in sampleCones where !ConeProduct([cone]).isSymmetric {
      var barrier: any NonsymmetricBarrier = ExponentialBarrier()
      if case .power(let exponent) = cone { barrier = PowerBarrier(exponent: exponent) }
      let product = ConeProduct([cone])
      for _ in 0..<20 {
        let zs = samples.point(cone, isDual: true)
        let z = Vector3(zs[0], zs[1], zs[2])
        let (gradient, hessian) = barrier.derivatives(z)
        let s = -0.3 * gradient
        #expect(product.updateScaling(s: [s.x, s.y, s.z], z: zs))
        let v = Vector3(samples.normal(), samples.normal(), samples.normal())
        let expected = 0.3 * hessian(v)
        let image = product.applied([v.x, v.y, v.z])
        #expect(difference(image, [expected.x, expected.y, expected.z]) <= 1e-6 * expected.norm)
      }
    }
  }

  @Test func `the block is the scaling after its auxiliary rows are eliminated`() {
    var samples = ConeSamples(seed: 15)
    let product = ConeProduct(sampleCones)
    for distance in [1.0, 1e-3] {
      let s = samples.point(sampleCones, distance: distance)
      let z = samples.point(sampleCones, isDual: true, distance: distance)
      #expect(product.updateScaling(s: s, z: z))
      let h = product.denseH()
      var block = product.denseBlock()
      for k in stride(from: block.count - 1, through: product.dimension, by: -1) {
        for i in 0..<k where block[i][k] != 0 {
          let factor = block[i][k] / block[k][k]
          for j in 0..<k { block[i][j] -= factor * block[k][j] }
        }
      }
      for i in 0..<product.dimension {
        for j in 0..<product.dimension {
          #expect(abs(block[i][j] + h[i][j]) <= 1e-10 * (1 + abs(h[i][i]) + abs(h[j][j])))
        }
      }
    }
  }

  @Test func `the block is quasi-definite with the promised signs`() {
    var samples = ConeSamples(seed: 16)
    let product = ConeProduct(sampleCones)
    #expect(product.auxiliaryCount == 4 && product.auxiliarySigns == [-1, 1, -1, 1])
    let s = samples.point(sampleCones)
    let z = samples.point(sampleCones, isDual: true)
    #expect(product.updateScaling(s: s, z: z))
    // Quasi-definite: the block of the negative signs alone is negative definite, and so is the positive one positive.
    let block = product.denseBlock()
    let signs = [Int8](repeating: -1, count: product.dimension) + product.auxiliarySigns
    for sign in [Int8(-1), 1] {
      let part = signs.indices.filter { signs[$0] == sign }
      let pivots = pivotsFromBelow(part.map { i in part.map { block[i][$0] } })
      #expect(pivots.allSatisfy { sign > 0 ? $0 > 0 : $0 < 0 })
    }
  }

  @Test func `the pattern is a lower triangle with sorted columns`() {
    let product = ConeProduct(sampleCones)
    #expect(product.dimension == sampleCones.reduce(0) { $0 + $1.dimension })
    #expect(product.blockStarts.count == product.dimension + product.auxiliaryCount + 1)
    #expect(product.blockStarts.last == product.blockRows.count)
    for j in 0..<product.blockStarts.count - 1 {
      let rows = product.blockRows[product.blockStarts[j]..<product.blockStarts[j + 1]]
      #expect(rows.first == Int32(j))
      #expect(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test(arguments: sampleCones) func `points on the boundary have no scaling`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 17)
    let product = ConeProduct([cone])
    let inside = samples.point(cone)
    let dual = samples.point(cone, isDual: true)
    let outside = inside.map { -$0 }
    #expect(!product.updateScaling(s: outside, z: dual))
    #expect(!product.updateScaling(s: inside, z: dual.map { -$0 }))
    #expect(!product.updateScaling(s: [Double](repeating: 0, count: inside.count), z: dual))
    #expect(!product.updateScaling(s: [Double](repeating: .nan, count: inside.count), z: dual))
    #expect(product.updateScaling(s: inside, z: dual))
  }

  /// The inverse in the Jordan algebra.
  private func coneInverse(_ cone: ConicForm.Cone, _ v: [Double]) -> [Double] {
    switch cone {
    case .secondOrder:
      let square = v[0] * v[0] - v.dropFirst().reduce(0) { $0 + $1 * $1 }
      return [v[0] / square] + v.dropFirst().map { -$0 / square }
    case .rotatedSecondOrder:
      // (t, u, x) is the second-order point ((t+u)/√2, (t-u)/√2, x), whose inverse swaps t and u and negates x.
      let square = 2 * v[0] * v[1] - v.dropFirst(2).reduce(0) { $0 + $1 * $1 }
      return [v[1] / square, v[0] / square] + v.dropFirst(2).map { -$0 / square }
    case .semidefinite(let n):
      var a = matrix(n, v)
      for i in 0..<n { a[i] += (0..<n).map { $0 == i ? 1 : 0 } }
      // Gauss and Jordan.
      for k in 0..<n {
        let pivot = a[k][k]
        a[k] = a[k].map { $0 / pivot }
        for i in 0..<n where i != k {
          let factor = a[i][k]
          for j in 0..<2 * n { a[i][j] -= factor * a[k][j] }
        }
      }
      return packed(a.map { Array($0[n...]) })
    default: return v
    }
  }
}

/// The matrix of a packed triangle.
func matrix(_ n: Int, _ v: [Double]) -> [[Double]] {
  var a = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
  var k = 0
  for j in 0..<n {
    for i in 0...j {
      let x = i == j ? v[k] : v[k] / 2.0.squareRoot()
      a[i][j] = x
      a[j][i] = x
      k += 1
    }
  }
  return a
}

func packed(_ a: [[Double]]) -> [Double] {
  a.indices.flatMap { j in (0...j).map { i in i == j ? a[i][j] : a[i][j] * 2.0.squareRoot() } }
}
