#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The exponential cone `y exp(x/y) <= z`, y > 0, with the dual `-u exp(v/u - 1) <= w`, u < 0.
///
///     f*(u, v, w) = -log(v - u - u log(w / -u)) - log(-u) - log w
///
/// Chares, "Cones and interior-point algorithms for structured convex optimization involving powers and exponentials",
/// doctoral thesis, Université catholique de Louvain (2009); the conjugate as in Serrano, "Algorithms for unsymmetric
/// cone optimization and an implementation for problems with the exponential cone", doctoral thesis, Stanford (2015).
struct ExponentialBarrier: NonsymmetricBarrier {
  @inline(__always) func slack(_ s: Vector3) -> Double {
    s.y > 0 && s.z > 0 ? s.y * log(s.z / s.y) - s.x : .nan
  }

  @inline(__always) func slackSlope(_ s: Vector3, along d: Vector3) -> Double {
    d.y * (log(s.z / s.y) - 1) + s.y / s.z * d.z - d.x
  }

  @inline(__always) func dualSlack(_ z: Vector3) -> Double {
    z.x < 0 && z.z > 0 ? z.y - z.x - z.x * log(z.z / -z.x) : .nan
  }

  @inline(__always) func dualSlackSlope(_ z: Vector3, along d: Vector3) -> Double {
    d.y - d.x * log(z.z / -z.x) - z.x / z.z * d.z
  }

  @inline(__always) func domainStep(_ s: Vector3, along d: Vector3) -> Double {
    min(d.y < 0 ? -s.y / d.y : .infinity, d.z < 0 ? -s.z / d.z : .infinity)
  }

  @inline(__always) func dualDomainStep(_ z: Vector3, along d: Vector3) -> Double {
    min(d.x > 0 ? -z.x / d.x : .infinity, d.z < 0 ? -z.z / d.z : .infinity)
  }

  func value(_ z: Vector3) -> Double { -log(dualSlack(z)) - log(-z.x) - log(z.z) }

  @inline(__always) func gradient(_ z: Vector3) -> Vector3 {
    let r = log(z.z / -z.x)
    let slack = z.y - z.x - z.x * r
    return Vector3(r / slack - 1 / z.x, -1 / slack, (z.x / slack - 1) / z.z)
  }

  @inline(__always) func derivatives(_ z: Vector3) -> (gradient: Vector3, hessian: Symmetric3) {
    let r = log(z.z / -z.x)
    let slack = z.y - z.x - z.x * r
    let gradient = Vector3(r / slack - 1 / z.x, -1 / slack, (z.x / slack - 1) / z.z)
    // Every term is positive semidefinite: nothing cancels near the boundary.
    var hessian = Symmetric3(xx: 1 / (z.x * z.x), zz: 1 / (z.z * z.z))
    hessian.add(1 / (slack * slack), outer: Vector3(-r, 1, -z.x / z.z))
    hessian.add(-1 / (z.x * slack), outer: Vector3(1, 0, -z.x / z.z))
    return (gradient, hessian)
  }

  func thirdDerivative(_ z: Vector3, _ p: Vector3, _ q: Vector3) -> Vector3 {
    let (u, w) = (z.x, z.z)
    let r = log(w / -u)
    let slack = z.y - u - u * r
    let first = Vector3(-r, 1, -u / w)
    let c = Vector3(1, 0, -u / w)
    let (pc, qc) = (p.dot(c), q.dot(c))
    let (p1, q1) = (p.dot(first), q.dot(first))
    let mixed = p.x * q.z + p.z * q.x - 2 * u / w * p.z * q.z
    let third = Vector3(p.z * q.z / (w * w) - p.x * q.x / (u * u), 0, mixed / (w * w))
    // Products of derivatives of the slack, all over its powers.
    let second = pc * qc / (u * slack)
    let cross = (pc * q1 + qc * p1) / (u * slack * slack)
    let firstFactor = second / slack - 2 * p1 * q1 / (slack * slack * slack)
    var result = firstFactor * first + cross * c - (1 / slack) * third
    result.x -= 2 * p.x * q.x / (u * u * u)
    result.z -= 2 * p.z * q.z / (w * w * w)
    return result
  }

  /// With p = -uy and q = 1/p, `s = -∇f*(z)` is `q + log(1 + q) = log(z/y) - x/y`: a Wright omega function.
  @inline(__always) func conjugateGradient(_ s: Vector3) -> Vector3 {
    let target = log(s.z / s.y) - s.x / s.y
    // The left side is concave and increasing with slope 2 at 0 and 1 at infinity: Newton's method started below the
    // root climbs to it.
    var q = target > 3 ? target - log(target) : target / 2
    for _ in 0..<30 {
      let change = (target - q - log1p(q)) * (1 + q) / (2 + q)
      q += change
      // Convergence is quadratic: the change after this one would be below rounding.
      if abs(change) <= 1e-8 * q { break }
    }
    let u = -1 / (q * s.y)
    let w = (1 + 1 / q) / s.z
    // y = 1/slack gives v; r = log(w / -u) = log((1 + q) y / z).
    let v = 1 / s.y + u * (1 + log1p(q) - log(s.z / s.y))
    return Vector3(-u, -v, -w)
  }

  var central: Vector3 { Vector3(-1.051383943750228927, 0.556409618604338437, 1.258967886464460258) }
}
