import Testing

@testable import Solvers

/// The barriers of exponential and power cones against their definitions.
@Suite struct ConeBarrierTests {
  static let cones: [ConicForm.Cone] = [
    .exponential, .power(exponent: 0.5), .power(exponent: 0.02), .power(exponent: 0.3), .power(exponent: 0.95),
  ]

  private func barrier(_ cone: ConicForm.Cone) -> any NonsymmetricBarrier {
    if case .power(let exponent) = cone { return PowerBarrier(exponent: exponent) }
    return ExponentialBarrier()
  }

  private func vector(_ a: [Double]) -> Vector3 { Vector3(a[0], a[1], a[2]) }
  private func size(_ v: Vector3) -> Double { max(abs(v.x), abs(v.y), abs(v.z)) }

  @Test(arguments: cones) func `the derivatives are those of the barrier`(cone: ConicForm.Cone) {
    let barrier = barrier(cone)
    var samples = ConeSamples(seed: 1)
    for _ in 0..<100 {
      let z = vector(samples.point(cone, isDual: true))
      // A step that is small beside the distance to the boundary.
      var p = vector(samples.direction(3))
      let (gradient, hessian) = barrier.derivatives(z)
      p *= 1e-2 / p.dot(hessian(p)).squareRoot()
      let q = vector(samples.direction(3)) * (1e-2 / hessian(p).norm) * p.norm
      #expect(size(gradient - barrier.gradient(z)) <= 1e-13 * size(gradient))
      let h = 1e-3
      let slope = (barrier.value(z + h * p) - barrier.value(z - h * p)) / (2 * h)
      #expect(abs(slope - gradient.dot(p)) <= 1e-8 * (abs(slope) + 1e-2))
      let curve = (1 / (2 * h)) * (barrier.gradient(z + h * p) - barrier.gradient(z - h * p))
      #expect(size(curve - hessian(p)) <= 1e-7 * size(hessian(p)))
      let change = (1 / (2 * h)) * (barrier.derivatives(z + h * p).hessian(q) - barrier.derivatives(z - h * p).hessian(q))
      let third = barrier.thirdDerivative(z, p, q)
      #expect(size(change - third) <= 1e-6 * size(change) + 1e-9 * size(hessian(q)))
    }
  }

  @Test(arguments: cones) func `the barrier is homogeneous of degree three`(cone: ConicForm.Cone) {
    let barrier = barrier(cone)
    var samples = ConeSamples(seed: 2)
    for distance in [1.0, 1e-3, 1e-6] {
      for _ in 0..<30 {
        let z = vector(samples.point(cone, isDual: true, distance: distance))
        let (gradient, hessian) = barrier.derivatives(z)
        #expect(abs(gradient.dot(z) + 3) <= 1e-13 * size(gradient) * size(z) / distance)
        #expect(size(hessian(z) + gradient) <= 1e-12 * size(gradient) / distance)
        #expect(abs(barrier.value(2 * z) - barrier.value(z) + 3 * 0.6931471805599453) <= 1e-12 / distance)
        let p = vector(samples.direction(3))
        let third = barrier.thirdDerivative(z, p, z)
        #expect(size(third + 2 * hessian(p)) <= 1e-10 * size(hessian(p)) / distance)
      }
    }
  }

  @Test(arguments: cones) func `the conjugate gradient inverts the gradient`(cone: ConicForm.Cone) {
    let barrier = barrier(cone)
    var samples = ConeSamples(seed: 3)
    for distance in [100.0, 1, 1e-3, 1e-6] {
      for _ in 0..<100 {
        let s = vector(samples.point(cone, distance: distance))
        let z = -barrier.conjugateGradient(s)
        #expect(barrier.dualContains(z))
        let back = -barrier.gradient(z)
        // Near the boundary both maps magnify rounding by the inverse of the distance.
        #expect(size(back - s) <= 2e-12 / min(1, distance) * size(s))
        #expect(abs(s.dot(z) - 3) <= 1e-12 * size(s) * size(z))
      }
    }
  }

  @Test func `the conjugate gradient of a power cone is smooth across the plane of symmetry`() {
    let barrier = PowerBarrier(exponent: 0.3)
    for z in [0.0, 1e-300, 1e-160, 1e-30, 1e-22, 1e-20, 1e-10] {
      let s = Vector3(2, 3, z)
      let image = barrier.conjugateGradient(s)
      let mirror = barrier.conjugateGradient(Vector3(2, 3, -z))
      #expect(abs(image.x + 0.65) <= 1e-14 && abs(image.y + 1.7 / 3) <= 1e-14)
      #expect(image.z == -mirror.z && (z == 0 ? image.z == 0 : image.z / z > 0.1 && image.z / z < 10))
      let back = -barrier.gradient(-image)
      #expect(abs(back.z - z) <= 1e-13 * z)
    }
  }

  @Test(arguments: cones) func `the central point is its own image`(cone: ConicForm.Cone) {
    let barrier = barrier(cone)
    let e = barrier.central
    #expect(size(e + barrier.gradient(e)) <= 1e-14)
    #expect(size(e + barrier.conjugateGradient(e)) <= 1e-14)
    #expect(abs(barrier.value(e) + barrier.conjugateValue(e) + 3) <= 1e-14)
  }
}
