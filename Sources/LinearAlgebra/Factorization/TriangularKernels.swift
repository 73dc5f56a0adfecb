/// Products of a few columns of a panel with a vector, for the solves with a factor. Four columns at a time, so that
/// the vector is loaded and stored once for four products; pairs of lanes, which every machine has.
enum TriangularKernels {
  typealias Pair = SIMD2<Double>

  @inline(__always)
  static func load(_ p: UnsafePointer<Double>, _ i: Int) -> Pair {
    UnsafeRawPointer(p + i).loadUnaligned(as: Pair.self)
  }

  @inline(__always)
  static func store(_ x: Pair, _ p: UnsafeMutablePointer<Double>, _ i: Int) {
    UnsafeMutableRawPointer(p + i).storeBytes(of: x, as: Pair.self)
  }

  /// `v ← L⁻¹ v` for the first `width` entries of v, and the products with the other columns subtracted from the rest.
  /// - Parameters:
  ///   - panel: column-major with `ld` rows, lower triangular in its first `width` rows.
  ///   - v: `ld` entries.
  static func forward(_ panel: UnsafePointer<Double>, _ ld: Int, _ width: Int, _ v: UnsafeMutablePointer<Double>) {
    var j = 0
    while j &+ 4 <= width {
      let a0 = panel + j &* ld, a1 = a0 + ld, a2 = a1 + ld, a3 = a2 + ld
      let t0 = v[j] / a0[j]
      let t1 = (v[j &+ 1] - a0[j &+ 1] * t0) / a1[j &+ 1]
      let t2 = (v[j &+ 2] - a0[j &+ 2] * t0 - a1[j &+ 2] * t1) / a2[j &+ 2]
      let t3 = (v[j &+ 3] - a0[j &+ 3] * t0 - a1[j &+ 3] * t1 - a2[j &+ 3] * t2) / a3[j &+ 3]
      v[j] = t0
      v[j &+ 1] = t1
      v[j &+ 2] = t2
      v[j &+ 3] = t3
      let p0 = Pair(repeating: t0), p1 = Pair(repeating: t1), p2 = Pair(repeating: t2), p3 = Pair(repeating: t3)
      var i = j &+ 4
      while i &+ 4 <= ld {
        let x = (load(a0, i) * p0 + load(a1, i) * p1) + (load(a2, i) * p2 + load(a3, i) * p3)
        let k = i &+ 2
        let y = (load(a0, k) * p0 + load(a1, k) * p1) + (load(a2, k) * p2 + load(a3, k) * p3)
        store(load(v, i) - x, v, i)
        store(load(v, k) - y, v, k)
        i &+= 4
      }
      while i < ld {
        v[i] -= (a0[i] * t0 + a1[i] * t1) + (a2[i] * t2 + a3[i] * t3)
        i &+= 1
      }
      j &+= 4
    }
    while j < width {
      let a = panel + j &* ld
      let t = v[j] / a[j]
      v[j] = t
      var i = j &+ 1
      while i < ld {
        v[i] -= a[i] * t
        i &+= 1
      }
      j &+= 1
    }
  }

  /// `v ← L⁻ᵀ v` for the first `width` entries of v, given the rest.
  static func backward(_ panel: UnsafePointer<Double>, _ ld: Int, _ width: Int, _ v: UnsafeMutablePointer<Double>) {
    var j = width
    while j & 3 != 0 {
      j &-= 1
      let a = panel + j &* ld
      var s = Pair(repeating: 0), i = j &+ 1
      while i &+ 2 <= ld {
        s += load(a, i) * load(v, i)
        i &+= 2
      }
      var t = v[j] - (s[0] + s[1])
      if i < ld { t -= a[i] * v[i] }
      v[j] = t / a[j]
    }
    while j > 0 {
      j &-= 4
      let a0 = panel + j &* ld, a1 = a0 + ld, a2 = a1 + ld, a3 = a2 + ld
      var s0 = Pair(repeating: 0), s1 = s0, s2 = s0, s3 = s0
      var i = j &+ 4
      while i &+ 2 <= ld {
        let x = load(v, i)
        s0 += load(a0, i) * x
        s1 += load(a1, i) * x
        s2 += load(a2, i) * x
        s3 += load(a3, i) * x
        i &+= 2
      }
      var t0 = v[j] - (s0[0] + s0[1]), t1 = v[j &+ 1] - (s1[0] + s1[1])
      var t2 = v[j &+ 2] - (s2[0] + s2[1]), t3 = v[j &+ 3] - (s3[0] + s3[1])
      if i < ld {
        let x = v[i]
        t0 -= a0[i] * x
        t1 -= a1[i] * x
        t2 -= a2[i] * x
        t3 -= a3[i] * x
      }
      t3 /= a3[j &+ 3]
      t2 = (t2 - a2[j &+ 3] * t3) / a2[j &+ 2]
      t1 = (t1 - a1[j &+ 2] * t2 - a1[j &+ 3] * t3) / a1[j &+ 1]
      t0 = (t0 - a0[j &+ 1] * t1 - a0[j &+ 2] * t2 - a0[j &+ 3] * t3) / a0[j]
      v[j] = t0
      v[j &+ 1] = t1
      v[j &+ 2] = t2
      v[j &+ 3] = t3
    }
  }
}
