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
