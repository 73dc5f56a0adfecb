import Dispatch

/// Sums over sources: result k is `base[k] + Σ coefficient * source[index]` over its entries.
///
/// A sparse matrix by rows; each result is added up in one fixed order, whatever the number of threads.
struct GatherTable: Sendable {
  var starts: [Int] = [0]
  var indices: [Int32] = []
  var coefficients: [Double] = []
  var base: [Double] = []

  var count: Int { base.count }

  mutating func append(_ index: Int32, _ coefficient: Double) {
    indices.append(index)
    coefficients.append(coefficient)
  }

  mutating func close(base value: Double) {
    base.append(value)
    starts.append(indices.count)
  }

  /// Fewer entries than this stay on the calling thread.
  private static let parallelEntries = 100_000

  /// All results.
  /// - Complexity: O(entries).
  func gather(from source: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>, threads: Int) {
    if threads == 1 || indices.count + count < GatherTable.parallelEntries {
      gather(0..<count, from: source, into: result)
      return
    }
    // Each thread writes its own range of the results.
    nonisolated(unsafe) let (source, result) = (source, result)
    DispatchQueue.concurrentPerform(iterations: threads) { t in
      gather(count * t / threads..<count * (t + 1) / threads, from: source, into: result)
    }
  }

  /// - Complexity: O(entries of the range).
  func gather(
    _ range: Range<Int>, from source: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    starts.withUnsafeBufferPointer { starts in
      indices.withUnsafeBufferPointer { indices in
        coefficients.withUnsafeBufferPointer { coefficients in
          base.withUnsafeBufferPointer { base in
            var k = range.isEmpty ? 0 : starts[range.lowerBound]
            for i in range {
              var sum = base[i]
              let end = starts[i + 1]
              while k < end {
                sum += coefficients[k] * source[Int(indices[k])]
                k += 1
              }
              result[i] = sum
            }
          }
        }
      }
    }
  }
}
