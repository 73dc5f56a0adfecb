import Testing

@testable import Solvers

/// Longest steps, margins and start points.
@Suite struct ConeStepTests {
  @Test(arguments: sampleCones) func `the longest step ends at the boundary`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 31)
    let product = ConeProduct([cone])
    var lengths: [Double] = []
    for distance in [1.0, 1e-3, 1e-6] {
      for _ in 0..<100 {
        let s = samples.point(cone, distance: distance)
        let z = samples.point(cone, isDual: true, distance: distance)
        let (ds, dz) = (samples.direction(s.count), samples.direction(s.count))
        #expect(product.updateScaling(s: s, z: z))
        func isInside(_ step: Double) -> Bool {
          product.margin(zip(s, ds).map { $0 + step * $1 }) >= 0
            && product.dualMargin(zip(z, dz).map { $0 + step * $1 }) >= 0
        }
        let limit = 1.0
        let step = product.maxStep(s: s, ds: ds, z: z, dz: dz, limit: limit)
        lengths.append(step)
        var (low, high) = (0.0, limit)
        if isInside(limit) {
          low = limit
        } else {
          for _ in 0..<60 {
            let middle = (low + high) / 2
            if isInside(middle) { low = middle } else { high = middle }
          }
        }
        let rounding = 1e-10 / distance
        #expect(step <= low * (1 + rounding) + 1e-15)
        #expect(step >= low * (product.isSymmetric ? 1 - rounding : 0.998 - rounding))
      }
    }
    #expect(lengths.contains { $0 < 1 } && lengths.contains { $0 > 0 })
  }

  @Test(arguments: sampleCones) func `directions into the cone are never stopped`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 32)
    let product = ConeProduct([cone])
    for distance in [1.0, 1e-3] {
      for _ in 0..<20 {
        let s = samples.point(cone, distance: distance)
        let z = samples.point(cone, isDual: true, distance: distance)
        #expect(product.updateScaling(s: s, z: z))
        let step = product.maxStep(
          s: s, ds: samples.point(cone), z: z, dz: samples.point(cone, isDual: true), limit: 1e6)
        #expect(step == 1e6)
      }
    }
  }

  @Test(arguments: sampleCones) func `straight out of the cone the step is one`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 33)
    let product = ConeProduct([cone])
    for _ in 0..<20 {
      let s = samples.point(cone)
      let z = samples.point(cone, isDual: true)
      #expect(product.updateScaling(s: s, z: z))
      let step = product.maxStep(s: s, ds: s.map { -$0 }, z: z, dz: z, limit: 5)
      #expect(step <= 1 + 1e-12 && step >= 0.998)
      let half = product.maxStep(s: s, ds: s, z: z, dz: z.map { -2 * $0 }, limit: 5)
      #expect(half <= 0.5 + 1e-12 && half >= 0.499)
    }
  }

  @Test(arguments: sampleCones) func `margins are positive inside and negative outside`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 34)
    let product = ConeProduct([cone])
    for isDual in [false, true] {
      for distance in [1.0, 1e-6] {
        for _ in 0..<50 {
          let inside = samples.point(cone, isDual: isDual, distance: distance)
          #expect((isDual ? product.dualMargin(inside) : product.margin(inside)) > 0)
          // Mirrored at the boundary: the negative distance is outside by as much.
          if case .semidefinite(1) = cone { continue }
          if cone.dimension == 1 { continue }
          if case .rotatedSecondOrder(2) = cone { continue }
          let outside = samples.point(cone, isDual: isDual, distance: -min(distance, 0.5))
          #expect((isDual ? product.dualMargin(outside) : product.margin(outside)) < 0)
        }
      }
      let nan = [Double](repeating: .nan, count: cone.dimension)
      #expect((isDual ? product.dualMargin(nan) : product.margin(nan)) < 0)
    }
  }

  @Test func `the smallest margin of all cones counts`() {
    let product = ConeProduct([.secondOrder(dimension: 3), .semidefinite(order: 2), .rotatedSecondOrder(dimension: 3)])
    #expect(abs(product.margin([5, 3, 4, 2, 0, 2, 1, 1, 0]) - 0) <= 1e-15)
    #expect(abs(product.margin([7, 3, 4, 2, 0.5 * 2.0.squareRoot(), 2, 3, 3, 0]) - 1.5) <= 1e-15)
    #expect(abs(product.margin([7, 3, 4, 2, 0, 2, 1, -1, 0]) + 2.0.squareRoot()) <= 1e-15)
    #expect(ConeProduct([]).margin([0]) == .infinity)
  }

  @Test func `central points lie inside and on the central path`() {
    let product = ConeProduct(sampleCones)
    var s = [Double](repeating: 0, count: product.dimension)
    var z = s
    product.setCentral(s: &s, z: &z)
    #expect(product.margin(s) > 0.1 && product.dualMargin(z) > 0.1)
    #expect(abs(dot(s, z) - product.degree) <= 1e-13 * product.degree)
    #expect(product.isNearCentralPath(s: s, z: z, mu: 1, nearness: 1 - 1e-12))
    #expect(!product.isNearCentralPath(s: s, z: z, mu: 1.01, nearness: 1))
  }

  @Test(arguments: sampleCones.filter { !ConeProduct([$0]).isSymmetric })
  func `points that ran ahead are not near the central path`(cone: ConicForm.Cone) {
    var samples = ConeSamples(seed: 35)
    let product = ConeProduct([cone])
    for _ in 0..<20 {
      let s = samples.point(cone)
      let z = samples.point(cone, isDual: true)
      let mu = dot(s, z) / 3
      // sᵀz/3 is never below its harmonic counterpart.
      #expect(!product.isNearCentralPath(s: s, z: z, mu: mu, nearness: 1 + 1e-12))
      #expect(product.isNearCentralPath(s: s, z: z, mu: mu, nearness: 1e-9))
      let close = samples.point(cone, isDual: true, distance: 1e-8)
      #expect(!product.isNearCentralPath(s: s, z: close, mu: dot(s, close) / 3, nearness: 1e-2))
      #expect(!product.isNearCentralPath(s: s, z: z.map { -$0 }, mu: mu, nearness: 0.1))
    }
  }

  @Test func `points outside are shifted inside, points inside stay`() {
    let cones = sampleCones.filter(\.isSymmetric)
    let product = ConeProduct(cones)
    var samples = ConeSamples(seed: 36)
    let inside = samples.point(cones)
    var v = inside
    product.shiftInside(&v)
    #expect(v == inside)
    var w = samples.direction(product.dimension)
    let before = product.margin(w)
    #expect(before < 0)
    product.shiftInside(&w)
    #expect(abs(product.margin(w) - 1) <= 1e-12)
    var zero = [Double](repeating: 0, count: product.dimension)
    product.shiftInside(&zero)
    #expect(abs(product.margin(zero) - 1) <= 1e-15)
  }
}
