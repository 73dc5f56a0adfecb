import Testing

@testable import Solvers

/// Targets of Newton directions against their definitions.
@Suite struct ConeDirectionTests {
  private func target(
    _ product: ConeProduct, _ s: [Double], _ z: [Double], _ ds: [Double], _ dz: [Double], _ sigmaMu: Double
  ) -> [Double] {
    var xi = [Double](repeating: 0, count: product.dimension)
    product.combinedTarget(s: s, z: z, ds: ds, dz: dz, sigmaMu: sigmaMu, into: &xi)
    return xi
  }

  @Test func `the affine target is minus s`() {
    let product = ConeProduct(sampleCones)
    var samples = ConeSamples(seed: 21)
    let s = samples.direction(product.dimension)
    var xi = s
    product.affineTarget(s: s, into: &xi)
    #expect(xi == s.map { -$0 })
    let zero = [Double](repeating: 0, count: product.dimension)
    let inside = samples.point(sampleCones)
    let z = samples.point(sampleCones, isDual: true)
    #expect(product.updateScaling(s: inside, z: z))
    #expect(difference(target(product, inside, z, zero, zero, 0), inside.map { -$0 }) <= 1e-14)
  }

  /// The central path through (s, z) has s = -μ∇f*(z): there, centring at μ asks for no move, and centring at σμ for a
  /// move along the path.
  @Test func `on the central path centring is at rest`() {
    let product = ConeProduct(sampleCones)
    var s = [Double](repeating: 0, count: product.dimension)
    var z = s
    product.setCentral(s: &s, z: &z)
    let zero = [Double](repeating: 0, count: product.dimension)
    let mu = 0.37
    let scaled = s.map { $0 * mu }
    #expect(product.updateScaling(s: scaled, z: z))
    #expect(maxNorm(target(product, scaled, z, zero, zero, mu)) <= 1e-14)
    #expect(difference(target(product, scaled, z, zero, zero, 0.5 * mu), s.map { -0.5 * mu * $0 }) <= 1e-14)
  }

  /// Where s = z the scaling is the identity, and the linearized s ∘ z = σμ e reads
  /// `λ ∘ (ξ + s) = σμ e - ds ∘ dz` with λ = s, in the Jordan product written out.
  @Test(arguments: sampleCones.filter { ConeProduct([$0]).isSymmetric })
  func `the target of a symmetric cone solves the scaled equation`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 22)
    let product = ConeProduct([cone])
    for _ in 0..<20 {
      let s = samples.point(cone)
      let (ds, dz) = (samples.direction(s.count), samples.direction(s.count))
      #expect(product.updateScaling(s: s, z: s))
      let xi = target(product, s, s, ds, dz, 0.7)
      let left = jordan(cone, s, zip(xi, s).map { $0 + $1 })
      var right = jordan(cone, ds, dz).map { -$0 }
      right.withUnsafeMutableBufferPointer { product.addIdentity(0.7, to: $0.baseAddress!) }
      #expect(difference(left, right) <= 1e-11 * (1 + maxNorm(right)) * (1 + maxNorm(s)))
    }
  }

  /// ξ is equivariant: automorphisms of the cone carry solutions to solutions. Scaling by numbers is one of them.
  @Test(arguments: sampleCones) func `the target scales with s and z`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 23)
    let product = ConeProduct([cone])
    for _ in 0..<20 {
      let s = samples.point(cone)
      let z = samples.point(cone, isDual: true)
      let (ds, dz) = (samples.direction(s.count), samples.direction(s.count))
      #expect(product.updateScaling(s: s, z: z))
      let xi = target(product, s, z, ds, dz, 0.1)
      let (a, b) = (3.0, 0.2)
      let (s2, z2) = (s.map { a * $0 }, z.map { b * $0 })
      #expect(product.updateScaling(s: s2, z: z2))
      let scaled = target(product, s2, z2, ds.map { a * $0 }, dz.map { b * $0 }, 0.1 * a * b)
      #expect(difference(scaled, xi.map { a * $0 }) <= 1e-9 * maxNorm(scaled))
    }
  }

  /// Along the central path s(μ), z(μ) of a problem, s(μ) + μ∇f*(z(μ)) = 0. A step of the combined direction with
  /// σ = 1 - t misses the path by O(t³) when the second-order term is right, by O(t²) without it.
  @Test(arguments: sampleCones) func `the second-order term follows the curvature of the central path`(
    cone: ConicForm.Cone
  ) {
    var samples = ConeSamples(seed: 24)
    let product = ConeProduct([cone])
    let n = product.dimension
    for _ in 0..<5 {
      // On the path at μ = 1: s = -∇f*(z), which centring targets give: ξ + s = -σμ∇f*(z).
      let z = samples.point(cone, isDual: true)
      let zero = [Double](repeating: 0, count: n)
      let any = samples.point(cone)
      #expect(product.updateScaling(s: any, z: z))
      let minusGradient = zip(target(product, any, z, zero, zero, 1), any).map { $0 + $1 }
      // The centring term is -∇f*(z) off the path too, but for symmetric cones only where s = z.
      let s = cone.isSymmetric ? inverse(product, z) : minusGradient
      #expect(product.updateScaling(s: s, z: z))
      // The problem ds = m dz: directions of the path satisfy (M + H) dz = ξ.
      let m = 0.5
      func direction(_ xi: [Double], _ h: [[Double]]) -> [Double] {
        solveLinearSystem((0..<n).map { i in (0..<n).map { j in h[i][j] + (i == j ? m : 0) } }, xi)
      }
      let h = product.denseH()
      var errors: [Double] = []
      for t in [0.04, 0.02] {
        #expect(product.updateScaling(s: s, z: z))
        let affine = direction(s.map { -$0 }, h)
        let affineS = affine.map { m * $0 }
        // The corrector of a step t is t² of the full one.
        let correction = target(product, s, z, affineS, affine, 1)
        let xi = zip(s, correction).map { -t * $0 + t * t * $1 }
        let dz = direction(xi, h)
        let (s2, z2) = (zip(s, dz).map { $0 + m * $1 }, zip(z, dz).map { $0 + $1 })
        let wanted = cone.isSymmetric ? inverse(product, z2) : negativeGradient(cone, z2)
        errors.append(difference(s2, wanted.map { $0 * (1 - t) }))
      }
      #expect(errors[1] <= errors[0] / 5, "\(errors)")
    }
  }

  private func negativeGradient(_ cone: ConicForm.Cone, _ z: [Double]) -> [Double] {
    let v = Vector3(z[0], z[1], z[2])
    if case .power(let exponent) = cone {
      let g = PowerBarrier(exponent: exponent).gradient(v)
      return [-g.x, -g.y, -g.z]
    }
    let g = ExponentialBarrier().gradient(v)
    return [-g.x, -g.y, -g.z]
  }

  /// z⁻¹ in the Jordan algebra: where s = z, the centring target is ξ = -z + μ z⁻¹.
  private func inverse(_ product: ConeProduct, _ z: [Double]) -> [Double] {
    #expect(product.updateScaling(s: z, z: z))
    let zero = [Double](repeating: 0, count: z.count)
    return zip(target(product, z, z, zero, zero, 1), z).map { $0 + $1 }
  }

  /// The Jordan product of a symmetric cone, with identity e.
  private func jordan(_ cone: ConicForm.Cone, _ a: [Double], _ b: [Double]) -> [Double] {
    switch cone {
    case .secondOrder: return [dot(a, b)] + (1..<max(a.count, 1)).map { a[0] * b[$0] + b[0] * a[$0] }
    case .rotatedSecondOrder:
      func rotated(_ v: [Double]) -> [Double] {
        let root = 0.5.squareRoot()
        return [(v[0] + v[1]) * root, (v[0] - v[1]) * root] + v.dropFirst(2)
      }
      return rotated(jordan(.secondOrder(dimension: a.count), rotated(a), rotated(b)))
    case .semidefinite(let n):
      let (x, y) = (matrix(n, a), matrix(n, b))
      var product = x
      for i in 0..<n {
        for j in 0..<n { product[i][j] = 0.5 * (dot(x[i], y[j]) + dot(y[i], x[j])) }
      }
      return packed(product)
    default: return []
    }
  }
}

extension ConicForm.Cone {
  var isSymmetric: Bool { ConeProduct([self]).isSymmetric }
}

/// The solution of a linear system by elimination with row pivoting.
func solveLinearSystem(_ matrix: [[Double]], _ rhs: [Double]) -> [Double] {
  let n = rhs.count
  let width = n + 1
  var flat = zip(matrix, rhs).flatMap { $0 + [$1] }
  var x = rhs
  flat.withUnsafeMutableBufferPointer { a in
    for k in 0..<n {
      var pivot = k
      for i in k..<n where abs(a[i * width + k]) > abs(a[pivot * width + k]) { pivot = i }
      if pivot != k { for j in k...n { a.swapAt(k * width + j, pivot * width + j) } }
      // A singular but consistent system: this unknown is free.
      if abs(a[k * width + k]) < 1e-14 { a[k * width + k] = 1e14 }
      let inverse = 1 / a[k * width + k]
      for i in (k + 1)..<max(n, k + 1) where a[i * width + k] != 0 {
        let factor = a[i * width + k] * inverse
        for j in (k + 1)...n { a[i * width + j] -= factor * a[k * width + j] }
      }
    }
    for k in stride(from: n - 1, through: 0, by: -1) {
      var sum = a[k * width + n]
      for j in (k + 1)..<max(n, k + 1) { sum -= a[k * width + j] * x[j] }
      x[k] = sum / a[k * width + k]
    }
  }
  return x
}
