/// Where the rows of a front lie in another matrix, for adding a lower triangle of the one into the other.
struct ScatterMap {
  /// Row of the other matrix for each row of the front, ascending.
  let rows: UnsafePointer<Int32>
  /// Ends of runs of consecutive rows; `runCount` is 0 where runs are too short to be used.
  private let runEnds: UnsafePointer<Int32>
  private let runCount: Int

  /// The rows of a front in the panel of its parent.
  @inline(__always)
  init(_ layout: FrontalLayout, _ front: FrontalLayout.Front) {
    rows = UnsafePointer(layout.parentRows + front.rowStart)
    runEnds = UnsafePointer(layout.runEnds + front.runStart)
    runCount = Int(front.runCount)
  }

  @inline(__always)
  init(rows: UnsafePointer<Int32>) {
    self.rows = rows
    runEnds = rows
    runCount = 0
  }

  /// Adds columns of a lower triangle.
  /// - Parameters:
  ///   - source: column-major with `order` rows; its first row and column are the front's row `skipped`.
  ///   - columns: rows of the front whose columns are added.
  ///   - target: column-major with `ld` rows; its first row and column are row `offset` of the other matrix.
  @inline(__always)
  func add(
    _ source: UnsafePointer<Double>, _ order: Int, columns: Range<Int>, skipped: Int,
    to target: UnsafeMutablePointer<Double>, _ ld: Int, offset: Int
  ) {
    let end = skipped &+ order
    if runCount == 0 {
      for j in columns {
        let from = source + ((j &- skipped) &* order &- skipped)
        let to = target + ((Int(rows[j]) &- offset) &* ld &- offset)
        var i = j
        while i < end {
          to[Int(rows[i])] += from[i]
          i &+= 1
        }
      }
      return
    }
    var firstRun = 0
    for j in columns {
      let from = source + ((j &- skipped) &* order &- skipped)
      let to = target + ((Int(rows[j]) &- offset) &* ld &- offset)
      while Int(runEnds[firstRun]) <= j { firstRun &+= 1 }
      var run = firstRun, i = j
      while run < runCount {
        let stop = Int(runEnds[run])
        ScatterMap.add(from + i, to + Int(rows[i]), stop &- i)
        i = stop
        run &+= 1
      }
    }
  }

  @inline(__always)
  private static func add(_ from: UnsafePointer<Double>, _ to: UnsafeMutablePointer<Double>, _ count: Int) {
    typealias Pair = SIMD2<Double>
    let from = UnsafeRawPointer(from), to = UnsafeMutableRawPointer(to)
    var i = 0
    while i &+ 2 <= count {
      let sum = from.loadUnaligned(fromByteOffset: i &* 8, as: Pair.self)
        + to.loadUnaligned(fromByteOffset: i &* 8, as: Pair.self)
      to.storeBytes(of: sum, toByteOffset: i &* 8, as: Pair.self)
      i &+= 2
    }
    if i < count {
      let sum = from.load(fromByteOffset: i &* 8, as: Double.self) + to.load(fromByteOffset: i &* 8, as: Double.self)
      to.storeBytes(of: sum, toByteOffset: i &* 8, as: Double.self)
    }
  }
}
