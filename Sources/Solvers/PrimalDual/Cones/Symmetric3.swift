/// Coordinates of a three-dimensional cone.
typealias Vector3 = SIMD3<Double>

extension SIMD3<Double> {
  @inline(__always) func dot(_ other: Vector3) -> Double { x * other.x + y * other.y + z * other.z }

  @inline(__always) func cross(_ other: Vector3) -> Vector3 {
    Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  @inline(__always) var norm: Double { dot(self).squareRoot() }

  @inline(__always) init(at p: UnsafePointer<Double>) { self.init(p[0], p[1], p[2]) }

  @inline(__always) func store(_ p: UnsafeMutablePointer<Double>) {
    p[0] = x
    p[1] = y
    p[2] = z
  }
}

/// A symmetric 3 × 3 matrix by its lower triangle.
struct Symmetric3 {
  var xx = 0.0
  var yx = 0.0
  var zx = 0.0
  var yy = 0.0
  var zy = 0.0
  var zz = 0.0

  /// The matrix times a vector.
  @inline(__always) func callAsFunction(_ v: Vector3) -> Vector3 {
    Vector3(xx * v.x + yx * v.y + zx * v.z, yx * v.x + yy * v.y + zy * v.z, zx * v.x + zy * v.y + zz * v.z)
  }

  /// Adds `factor * v vᵀ`.
  @inline(__always) mutating func add(_ factor: Double, outer v: Vector3) {
    let w = factor * v
    xx += w.x * v.x
    yx += w.y * v.x
    zx += w.z * v.x
    yy += w.y * v.y
    zy += w.z * v.y
    zz += w.z * v.z
  }

  @inline(__always) static func * (factor: Double, m: Symmetric3) -> Symmetric3 {
    Symmetric3(
      xx: factor * m.xx, yx: factor * m.yx, zx: factor * m.zx, yy: factor * m.yy, zy: factor * m.zy, zz: factor * m.zz)
  }

  @inline(__always) var isFinite: Bool { (xx + yx + zx + yy + zy + zz).isFinite }

  /// The solution of `self * v = b`; nil when the matrix is not numerically positive definite.
  ///
  /// Cholesky's factorization of the matrix with a unit diagonal, since barrier Hessians near the boundary have rows of
  /// very different size.
  @inline(__always) func solve(_ b: Vector3) -> Vector3? {
    guard xx > 0, yy > 0, zz > 0 else { return nil }
    let (sx, sy, sz) = (1 / xx.squareRoot(), 1 / yy.squareRoot(), 1 / zz.squareRoot())
    let l21 = yx * sx * sy
    let l31 = zx * sx * sz
    let d2 = 1 - l21 * l21
    let l32 = zy * sy * sz - l21 * l31
    guard d2 > 0 else { return nil }
    let d3 = 1 - l31 * l31 - l32 * l32 / d2
    guard d3 > 0 else { return nil }
    let y1 = b.x * sx
    let y2 = b.y * sy - l21 * y1
    let y3 = (b.z * sz - l31 * y1 - l32 * y2 / d2) / d3
    let v2 = (y2 - l32 * y3) / d2
    let v1 = y1 - l21 * v2 - l31 * y3
    let v = Vector3(v1 * sx, v2 * sy, y3 * sz)
    return (v.x + v.y + v.z).isFinite ? v : nil
  }

  @inline(__always) init(at p: UnsafePointer<Double>) {
    self.init(xx: p[0], yx: p[1], zx: p[2], yy: p[3], zy: p[4], zz: p[5])
  }

  @inline(__always) init(
    xx: Double = 0, yx: Double = 0, zx: Double = 0, yy: Double = 0, zy: Double = 0, zz: Double = 0
  ) {
    self.xx = xx
    self.yx = yx
    self.zx = zx
    self.yy = yy
    self.zy = zy
    self.zz = zz
  }

  @inline(__always) func store(_ p: UnsafeMutablePointer<Double>) {
    p[0] = xx
    p[1] = yx
    p[2] = zx
    p[3] = yy
    p[4] = zy
    p[5] = zz
  }
}
