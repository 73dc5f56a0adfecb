/// A sparse matrix laid out for products in which every output is written once: the outputs sorted by their number of
/// entries, four at a time.
///
/// Four outputs of about equal length form a chunk. A chunk of short outputs holds their entries interleaved, four lanes
/// beside each other and padded with zeros to the longest; so the loop over them has no dependence between lanes and
/// one branch for four outputs. A chunk of long outputs holds them one after another, each padded to a multiple of four.
///
/// A. Monakov, A. Lokhmotov, A. Avetisyan, "Automatically tuning sparse matrix-vector multiplication for GPU
/// architectures" (2010), the sliced ELLPACK format; M. Kreutzer et al., "A unified sparse matrix data format for
/// efficient general sparse matrix-vector multiplication", SIAM Journal on Scientific Computing 36 (2014).
///
/// Unchecked: filled by one thread, and only read once iterations begin.
final class ChunkedMatrix: @unchecked Sendable {
  /// Number of chunks; outputs, padding included, are four times as many.
  let chunkCount: Int
  /// The first chunks are those of long outputs.
  let longChunkCount: Int
  /// For each long output and then for each short chunk its first group of four entries.
  let starts: UnsafeMutablePointer<Int>
  let indices: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<SIMD4<Double>>
  /// Groups of four entries, padding included.
  let groupCount: Int
  /// Next free entry of every output while the matrix is filled.
  private var cursors: [Int]

  /// Lays out a matrix with the given numbers of entries, which must not increase.
  /// - Complexity: O(outputs + entries).
  init(lengths: [Int]) {
    let chunks = (lengths.count + 3) / 4
    chunkCount = chunks
    func length(_ output: Int) -> Int { output < lengths.count ? lengths[output] : 0 }
    // Alone, an output costs its own groups and about two more for adding up its lanes.
    var long = 0
    while long < chunks {
      let interleaved = length(4 * long)
      let alone = (0..<4).reduce(0) { $0 + (length(4 * long + $1) + 3) / 4 + 2 }
      if interleaved <= alone { break }
      long += 1
    }
    longChunkCount = long
    let startCount = chunks + 3 * long + 1
    starts = .allocate(capacity: startCount)
    cursors = [Int](repeating: 0, count: 4 * chunks)
    var groups = 0
    for chunk in 0..<chunks {
      if chunk < long {
        for lane in 0..<4 {
          let output = 4 * chunk + lane
          starts[output] = groups
          cursors[output] = 4 * groups
          groups += (length(output) + 3) / 4
        }
      } else {
        starts[chunk + 3 * long] = groups
        for lane in 0..<4 { cursors[4 * chunk + lane] = 4 * groups + lane }
        groups += length(4 * chunk)
      }
    }
    starts[startCount - 1] = groups
    groupCount = groups
    indices = .allocate(capacity: 4 * groups)
    indices.initialize(repeating: 0, count: 4 * groups)
    values = .allocate(capacity: groups)
    values.initialize(repeating: .zero, count: groups)
  }

  deinit {
    starts.deallocate()
    indices.deallocate()
    values.deallocate()
  }

  /// Adds an entry to an output.
  func add(_ value: Double, to output: Int, index: Int32) {
    let position = cursors[output]
    indices[position] = index
    values[position >> 2][position & 3] = value
    cursors[output] = position + (output < 4 * longChunkCount ? 1 : 4)
  }

  /// Frees what only filling needs.
  func finish() { cursors = [] }

  var view: View {
    View(longChunkCount: longChunkCount, starts: starts, indices: indices, values: values)
  }

  /// What a product reads.
  struct View {
    let longChunkCount: Int
    let starts: UnsafePointer<Int>
    let indices: UnsafePointer<Int32>
    let values: UnsafePointer<SIMD4<Double>>

    /// The four outputs of a chunk.
    @inline(__always)
    func product(_ chunk: Int, _ x: UnsafePointer<Double>) -> SIMD4<Double> {
      if chunk >= longChunkCount {
        let position = chunk &+ 3 &* longChunkCount
        return sum(from: starts[position], to: starts[position &+ 1], x)
      }
      let position = 4 &* chunk
      return SIMD4(
        sum(from: starts[position], to: starts[position &+ 1], x).sum(),
        sum(from: starts[position &+ 1], to: starts[position &+ 2], x).sum(),
        sum(from: starts[position &+ 2], to: starts[position &+ 3], x).sum(),
        sum(from: starts[position &+ 3], to: starts[position &+ 4], x).sum())
    }

    @inline(__always)
    private func sum(from first: Int, to end: Int, _ x: UnsafePointer<Double>) -> SIMD4<Double> {
      var total = SIMD4<Double>.zero
      var group = first
      while group < end {
        let i = indices + 4 &* group
        let gathered = SIMD4(x[Int(i[0])], x[Int(i[1])], x[Int(i[2])], x[Int(i[3])])
        total += values[group] * gathered
        group &+= 1
      }
      return total
    }
  }

  /// Splits the chunks into parts of about equal work for threads: `parts + 1` ascending chunk numbers.
  func split(into parts: Int) -> [Int] {
    // A chunk costs its groups, and about four more for the vectors that pass with it.
    func work(before chunk: Int) -> Int {
      starts[chunk < longChunkCount ? 4 * chunk : chunk + 3 * longChunkCount] + 4 * chunk
    }
    let total = work(before: chunkCount)
    var bounds = [0]
    for part in 1..<max(1, parts) {
      var (low, high) = (bounds[part - 1], chunkCount)
      let target = total * part / parts
      while low < high {
        let middle = (low + high) / 2
        if work(before: middle) < target { low = middle + 1 } else { high = middle }
      }
      bounds.append(low)
    }
    bounds.append(chunkCount)
    return bounds
  }
}
