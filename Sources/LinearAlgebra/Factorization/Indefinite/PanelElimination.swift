/// Elimination of the columns of one front, with pivots of order 1 and 2 chosen among them.
///
/// Columns are taken a block at a time: pivots are sought, and columns brought up to date, within the block; the columns
/// after it follow in one product. Where a block has no acceptable pivot left, it is extended to all columns; columns that
/// then still have none are left, up to date, to the parent front, unless there is none.
struct PanelElimination {
  struct Rule {
    /// See ``IndefiniteFactorization/Options/pivotThreshold``.
    var threshold: Double
    /// Pivots not above this in modulus are replaced.
    var zero: Double
    /// By what they are replaced.
    var replacement: Double
  }

  /// Column-major with `rows` rows; its lower triangle holds the matrix, then L.
  let panel: UnsafeMutablePointer<Double>
  /// Of the same shape: receives `L D`.
  let products: UnsafeMutablePointer<Double>
  let rows: Int
  let width: Int
  let diagonal: UnsafeMutablePointer<Double>
  let subdiagonal: UnsafeMutablePointer<Double>
  /// What stands at each column; is permuted along.
  let order: UnsafeMutablePointer<Int32>
  let rule: Rule
  /// Whether every column is to be eliminated, by the best pivot where none is acceptable.
  let takesAll: Bool

  private static let blockWidth = 32
  /// Products of fewer multiplications are written out.
  private static let smallProduct = 600

  /// - Returns: how many columns have been eliminated; they are the first ones.
  /// - Complexity: O(rows · width²).
  mutating func run(_ inertia: inout IndefiniteFactorization.Inertia) -> Int {
    var k = 0, block = Self.blockWidth
    while k < width {
      let end = width - k <= block + block / 2 ? width : k + block
      let start = k
      k = eliminate(k, end, &inertia)
      if end < width {
        update(from: start, to: k, columns: end)
        block = k < end ? width : Self.blockWidth
      } else if k < end {
        break
      }
    }
    return k
  }

  /// Columns `columns..<width` brought up to date with pivots `from..<to`.
  private func update(from: Int, to: Int, columns: Int) {
    if from == to { return }
    var j = columns
    while j < width {
      let count = min(48, width - j)
      FrontalKernels.multiplyTiled(
        rows - j, count, to - from, -1, panel + (from * rows + j), rows, products + (from * rows + j), rows, 1,
        panel + (j * rows + j), rows)
      j += count
    }
  }

  /// What is off the diagonal in column j of what remains, by modulus: the largest, and the largest in columns k..<end
  /// with its index.
  @inline(__always)
  private func offDiagonal(_ j: Int, _ k: Int, _ end: Int) -> (largest: Double, inBlock: Double, index: Int) {
    var inBlock = 0.0, index = -1
    for i in k..<j {
      let t = abs(panel[i &* rows &+ j])
      if t > inBlock { (inBlock, index) = (t, i) }
    }
    let column = panel + j &* rows
    var i = j &+ 1
    while i < end {
      let t = abs(column[i])
      if t > inBlock { (inBlock, index) = (t, i) }
      i &+= 1
    }
    var largest = inBlock
    while i < rows {
      largest = max(largest, abs(column[i]))
      i &+= 1
    }
    return (largest, inBlock, index)
  }

  /// Eliminates what can be of columns start..<end; of the last block all if ``takesAll``.
  /// - Returns: the first column that is left.
  private mutating func eliminate(_ start: Int, _ end: Int, _ inertia: inout IndefiniteFactorization.Inertia) -> Int {
    var k = start
    while k < end {
      var j = k, found = false
      var best = -1.0, bestColumn = k
      while j < end {
        let (largest, inBlock, r) = offDiagonal(j, k, end)
        let pivot = abs(panel[j &* rows &+ j])
        // A column of zeros is no better in another front.
        let isZero = pivot <= rule.zero && largest <= rule.zero
        if isZero || (pivot > rule.zero && pivot >= rule.threshold * largest) {
          exchange(k, j)
          eliminateOne(k, end, &inertia)
          k += 1
          found = true
          break
        }
        if r >= 0 && inBlock > rule.zero && acceptsPair(j, r, k, end, largest) {
          exchange(k, min(j, r))
          exchange(k + 1, max(j, r))
          eliminateTwo(k, end, &inertia)
          k += 2
          found = true
          break
        }
        let quality = largest > 0 ? pivot / largest : pivot > rule.zero ? .infinity : 0
        if quality > best { (best, bestColumn) = (quality, j) }
        j += 1
      }
      if found { continue }
      if end < width || !takesAll { return k }
      exchange(k, bestColumn)
      inertia.weak += 1
      eliminateOne(k, end, &inertia)
      k += 1
    }
    return k
  }

  /// Whether columns j and r together make a pivot of order 2: the entries of L that it leads to are at most
  /// `1 / threshold`.
  private func acceptsPair(_ j: Int, _ r: Int, _ k: Int, _ end: Int, _ largest: Double) -> Bool {
    let a = panel[j &* rows &+ j], c = panel[r &* rows &+ r]
    let b = j < r ? panel[j &* rows &+ r] : panel[r &* rows &+ j]
    let p = a / b, q = c / b
    let scaled = p * q - 1
    // |D⁻¹| times the columns beside the pivot.
    let (other, _, _) = offDiagonal(r, k, end)
    let bound = abs(scaled) * abs(b)
    return bound > rule.zero && rule.threshold * (abs(q) * largest + other) <= bound
      && rule.threshold * (largest + abs(p) * other) <= bound
  }

  /// Swaps rows and columns k and r >= k of what remains, and the rows of L.
  private func exchange(_ k: Int, _ r: Int) {
    if k == r { return }
    swap(&order[k], &order[r])
    for j in 0..<k {
      swap(&panel[j &* rows &+ k], &panel[j &* rows &+ r])
      swap(&products[j &* rows &+ k], &products[j &* rows &+ r])
    }
    let a = panel + k &* rows, b = panel + r &* rows
    swap(&a[k], &b[r])
    var i = k &+ 1
    while i < r {
      swap(&a[i], &panel[i &* rows &+ r])
      i &+= 1
    }
    i = r &+ 1
    while i < rows {
      swap(&a[i], &b[i])
      i &+= 1
    }
  }

  private func eliminateOne(_ k: Int, _ end: Int, _ inertia: inout IndefiniteFactorization.Inertia) {
    let column = panel + k &* rows, product = products + k &* rows
    var d = column[k]
    if !(abs(d) > rule.zero) {
      d = d < 0 ? -rule.replacement : rule.replacement
      inertia.zero += 1
    } else if d > 0 {
      inertia.positive += 1
    } else {
      inertia.negative += 1
    }
    diagonal[k] = d
    subdiagonal[k] = 0
    let inverse = 1 / d
    var i = k &+ 1
    while i < rows {
      product[i] = column[i]
      column[i] *= inverse
      i &+= 1
    }
    var j = k &+ 1
    while j < end {
      let t = column[j]
      if t != 0 {
        let target = panel + j &* rows
        i = j
        while i < rows {
          target[i] -= product[i] * t
          i &+= 1
        }
      }
      j &+= 1
    }
  }

  private func eliminateTwo(_ k: Int, _ end: Int, _ inertia: inout IndefiniteFactorization.Inertia) {
    let first = panel + k &* rows, second = panel + (k &+ 1) &* rows
    let firstProduct = products + k &* rows, secondProduct = products + (k &+ 1) &* rows
    let a = first[k], b = first[k &+ 1], c = second[k &+ 1]
    let p = a / b, q = c / b
    let determinant = b * (p * q - 1)
    if p * q < 1 {
      inertia.positive += 1
      inertia.negative += 1
    } else if a > 0 {
      inertia.positive += 2
    } else {
      inertia.negative += 2
    }
    diagonal[k] = a
    diagonal[k &+ 1] = c
    subdiagonal[k] = b
    subdiagonal[k &+ 1] = 0
    first[k &+ 1] = 0
    firstProduct[k &+ 1] = 0
    let scale = 1 / determinant
    var i = k &+ 2
    while i < rows {
      let s = first[i], t = second[i]
      firstProduct[i] = s
      secondProduct[i] = t
      first[i] = (q * s - t) * scale
      second[i] = (p * t - s) * scale
      i &+= 1
    }
    var j = k &+ 2
    while j < end {
      let s = first[j], t = second[j]
      if s != 0 || t != 0 {
        let target = panel + j &* rows
        i = j
        while i < rows {
          target[i] -= firstProduct[i] * s + secondProduct[i] * t
          i &+= 1
        }
      }
      j &+= 1
    }
  }
}
