import Constraints
import LinearAlgebra

/// Where a sparse matrix of an evaluator has entries, without those of fixed columns. Rows, or the lower triangle by
/// columns, as the evaluator has it.
final class ReducedPattern {
  let lineCount: Int
  let entryCount: Int
  /// The entries of line i are `starts[i]..<starts[i + 1]`.
  let starts: UnsafeMutablePointer<Int>
  let indices: UnsafeMutablePointer<Int32>
  /// The evaluator's entry for each of these, and memory for what the evaluator fills; nil if nothing was left out.
  private let kept: UnsafeMutablePointer<Int>?
  private let all: UnsafeMutablePointer<Double>?

  /// - Parameters:
  ///   - pattern: nil for a matrix that does not exist.
  ///   - columns: the new place of each index, -1 for those that go; empty if all stay.
  ///   - keepsLines: whether lines are numbered apart from columns, and all stay.
  init(_ pattern: SparsityPattern?, lines: Int, columns: [Int32], keepsLines: Bool) {
    let pattern = pattern ?? SparsityPattern(starts: [Int](repeating: 0, count: lines + 1))
    var starts = pattern.starts, indices = pattern.indices
    if columns.isEmpty {
      kept = nil
      all = nil
    } else {
      starts = [0]
      indices = []
      var places: [Int] = []
      for i in 0..<pattern.lineCount {
        if !keepsLines && columns[i] < 0 { continue }
        for p in pattern.starts[i]..<pattern.starts[i + 1] where columns[Int(pattern.indices[p])] >= 0 {
          indices.append(columns[Int(pattern.indices[p])])
          places.append(p)
        }
        starts.append(indices.count)
      }
      kept = .allocate(capacity: max(1, places.count))
      kept!.update(from: places, count: places.count)
      all = .allocate(capacity: max(1, pattern.entryCount))
    }
    lineCount = starts.count - 1
    entryCount = indices.count
    self.starts = .allocate(capacity: starts.count)
    self.starts.update(from: starts, count: starts.count)
    self.indices = .allocate(capacity: max(1, indices.count))
    self.indices.update(from: indices, count: indices.count)
  }

  deinit {
    starts.deallocate()
    indices.deallocate()
    kept?.deallocate()
    all?.deallocate()
  }

  /// Lets the evaluator fill in its entries, and keeps those of this pattern.
  func evaluate(into values: UnsafeMutablePointer<Double>, _ fill: (UnsafeMutablePointer<Double>) -> Void) {
    guard let all, let kept else { return fill(values) }
    fill(all)
    for k in 0..<entryCount { values[k] = all[kept[k]] }
  }

  /// `result = A v`, lines as rows.
  func multiply(
    _ values: UnsafePointer<Double>, _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<lineCount {
      var sum = 0.0
      for p in starts[i]..<starts[i &+ 1] { sum += values[p] * v[Int(indices[p])] }
      result[i] = sum
    }
  }

  /// `result += Aᵀ y`, lines as rows.
  func addTransposeProduct(
    _ values: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<lineCount where y[i] != 0 {
      let t = y[i]
      for p in starts[i]..<starts[i &+ 1] { result[Int(indices[p])] += t * values[p] }
    }
  }

  /// `result = H v`, lines as the columns of a lower triangle.
  func multiplySymmetric(
    _ values: UnsafePointer<Double>, _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    result.update(repeating: 0, count: lineCount)
    for j in 0..<lineCount {
      let t = v[j]
      var sum = 0.0
      for p in starts[j]..<starts[j &+ 1] {
        let i = Int(indices[p])
        if i == j {
          sum += values[p] * t
        } else {
          sum += values[p] * v[i]
          result[i] += values[p] * t
        }
      }
      result[j] += sum
    }
  }
}
