#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The power cone `x^a y^(1-a) >= |z|`, x and y at least 0, with the dual `(u/a)^a (v/(1-a))^(1-a) >= |w|`.
///
///     f*(u, v, w) = -log((u/a)^(2a) (v/(1-a))^(2-2a) - w²) - (1-a) log u - a log v
///
/// Chares, "Cones and interior-point algorithms for structured convex optimization involving powers and exponentials",
/// doctoral thesis, Université catholique de Louvain (2009).
struct PowerBarrier: NonsymmetricBarrier {
  /// a, strictly between 0 and 1.
  var exponent: Double
  @inline(__always) private var rest: Double { 1 - exponent }

  @inline(__always) func slack(_ s: Vector3) -> Double {
    s.x > 0 && s.y > 0 ? exp(exponent * log(s.x) + rest * log(s.y)) - abs(s.z) : .nan
  }

  @inline(__always) func slackSlope(_ s: Vector3, along d: Vector3) -> Double {
    let mean = exp(exponent * log(s.x) + rest * log(s.y))
    return mean * (exponent * d.x / s.x + rest * d.y / s.y) - (s.z < 0 ? -d.z : d.z)
  }

  @inline(__always) func dualSlack(_ z: Vector3) -> Double {
    z.x > 0 && z.y > 0 ? dualMean(z) - abs(z.z) : .nan
  }

  @inline(__always) func dualSlackSlope(_ z: Vector3, along d: Vector3) -> Double {
    dualMean(z) * (exponent * d.x / z.x + rest * d.y / z.y) - (z.z < 0 ? -d.z : d.z)
  }

  @inline(__always) func domainStep(_ s: Vector3, along d: Vector3) -> Double {
    min(d.x < 0 ? -s.x / d.x : .infinity, d.y < 0 ? -s.y / d.y : .infinity)
  }

  @inline(__always) func dualDomainStep(_ z: Vector3, along d: Vector3) -> Double { domainStep(z, along: d) }

  /// (u/a)^a (v/(1-a))^(1-a).
  @inline(__always) private func dualMean(_ z: Vector3) -> Double {
    exp(exponent * log(z.x / exponent) + rest * log(z.y / rest))
  }

  func value(_ z: Vector3) -> Double {
    let mean = dualMean(z)
    return -log((mean - abs(z.z)) * (mean + abs(z.z))) - rest * log(z.x) - exponent * log(z.y)
  }

  @inline(__always) func gradient(_ z: Vector3) -> Vector3 {
    let mean = dualMean(z)
    let slack = (mean - abs(z.z)) * (mean + abs(z.z))
    let ratio = mean * mean / slack
    return Vector3(
      -(2 * exponent * ratio + rest) / z.x, -(2 * rest * ratio + exponent) / z.y, 2 * z.z / slack)
  }

  @inline(__always) func derivatives(_ z: Vector3) -> (gradient: Vector3, hessian: Symmetric3) {
    let (a, b) = (exponent, rest)
    let (u, v, w) = (z.x, z.y, z.z)
    let mean = dualMean(z)
    let slack = (mean - abs(w)) * (mean + abs(w))
    // With φ = mean² and ψ = slack: φ/ψ and φ/ψ - 1 = w²/ψ, so that every term below is positive.
    let ratio = mean * mean / slack
    let excess = w * w / slack
    let gradient = Vector3(-(2 * a * ratio + b) / u, -(2 * b * ratio + a) / v, 2 * w / slack)
    let mixed = 4 * ratio * excess
    let hessian = Symmetric3(
      xx: (mixed * a * a + 2 * a * ratio + b) / (u * u),
      yx: mixed * a * b / (u * v),
      zx: -4 * a * ratio * w / (u * slack),
      yy: (mixed * b * b + 2 * b * ratio + a) / (v * v),
      zy: -4 * b * ratio * w / (v * slack),
      zz: (4 * excess + 2) / slack)
    return (gradient, hessian)
  }

  func thirdDerivative(_ z: Vector3, _ p: Vector3, _ q: Vector3) -> Vector3 {
    let (a, b) = (exponent, rest)
    let mean = dualMean(z)
    let slack = (mean - abs(z.z)) * (mean + abs(z.z))
    let ratio = mean * mean / slack
    let inverse = Vector3(1 / z.x, 1 / z.y, 0)
    // Directions relative to u and v; g holds the exponents of the monomial φ. Derivatives of ψ are divided by ψ.
    let (ph, qh) = (p * inverse, q * inverse)
    let g = Vector3(2 * a, 2 * b, 0)
    let (gp, gq, gpq) = (g.dot(ph), g.dot(qh), g.dot(ph * qh))
    let (zp, zq) = (2 * p.z / slack, 2 * q.z / slack)
    let gradient = ratio * g * inverse
    var first = gradient
    first.z = -2 * z.z / slack
    let (p1, q1) = (first.dot(p), first.dot(q))
    let second = ratio * (gp * gq - gpq) - zp * q.z
    var secondP = gradient * (Vector3(repeating: gp) - ph)
    secondP.z = -zp
    var secondQ = gradient * (Vector3(repeating: gq) - qh)
    secondQ.z = -zq
    let bracket: Vector3 = Vector3(repeating: gp * gq - gpq) - gq * ph - gp * qh + 2 * (ph * qh)
    let third = gradient * bracket
    let firstFactor = second - 2 * p1 * q1
    var result: Vector3 = firstFactor * first - third
    result += q1 * secondP
    result += p1 * secondQ
    result.x -= 2 * b * ph.x * qh.x / z.x
    result.y -= 2 * a * ph.y * qh.y / z.y
    return result
  }

  /// With q = ψ / w², `s = -∇f*(z)` is
  /// `2a log(1 + c q) + 2(1-a) log(1 + d q) - log(1 + q) = 2a log x + 2(1-a) log y - 2 log |z|`,
  /// c = (1+a)/2a and d = (2-a)/2(1-a).
  @inline(__always) func conjugateGradient(_ s: Vector3) -> Vector3 {
    let (a, b) = (exponent, rest)
    let target = 2 * (a * log(s.x) + b * log(s.y) - log(abs(s.z)))
    // z so small that ψ and φ are one number: the third coordinate does not matter for the others.
    let (c, d) = ((1 + a) / (2 * a), (1 + b) / (2 * b))
    guard target < 100 else {
      let third = 2 * s.z * exp(2 * (a * log(c / s.x) + b * log(d / s.y)))
      return Vector3(-(1 + a) / s.x, -(1 + b) / s.y, third)
    }
    // The left side is increasing with slope 2 at 0 and grows like log q; started below the root, in logarithms where
    // that is closer.
    var q = target / 2
    for _ in 0..<60 {
      let value = 2 * (a * log1p(c * q) + b * log1p(d * q)) - log1p(q)
      let slope = (1 + a) / (1 + c * q) + (1 + b) / (1 + d * q) - 1 / (1 + q)
      let step = (target - value) / slope
      // In log q the function is convex, and Newton's method may be bold.
      let next = step > q ? q * exp(min(step / q, 30)) : q + step
      let change = abs(next - q)
      q = next > 0 ? next : q / 2
      // Convergence is quadratic: the change after this one would be below rounding.
      if change <= 1e-8 * q { break }
    }
    let r = 1 / q
    return Vector3(-(1 + a + 2 * a * r) / s.x, -(1 + b + 2 * b * r) / s.y, 2 * r / s.z)
  }

  var central: Vector3 { Vector3((1 + exponent).squareRoot(), (1 + rest).squareRoot(), 0) }
}
