/// A vector that is mostly zeros: room for all values, and the list of places that may hold others than zero.
///
/// Every place outside the list holds zero.
public final class SparseVector {
  public let count: Int
  /// All values.
  public let values: UnsafeMutablePointer<Double>
  /// The listed places, each once, in any order.
  public let indices: UnsafeMutablePointer<Int32>
  /// How many places are listed.
  public internal(set) var entryCount = 0
  /// 1 for listed places.
  let marks: UnsafeMutablePointer<UInt8>

  public init(count: Int) {
    self.count = count
    values = .allocate(capacity: count + 1)
    values.initialize(repeating: 0, count: count + 1)
    indices = .allocate(capacity: count + 1)
    indices.initialize(repeating: 0, count: count + 1)
    marks = .allocate(capacity: count + 1)
    marks.initialize(repeating: 0, count: count + 1)
  }

  deinit {
    values.deallocate()
    indices.deallocate()
    marks.deallocate()
  }

  /// Adds to the value at a place.
  @inline(__always)
  public func add(_ value: Double, at i: Int) {
    if marks[i] == 0 {
      marks[i] = 1
      indices[entryCount] = Int32(truncatingIfNeeded: i)
      entryCount += 1
    }
    values[i] += value
  }

  /// Sets all to zero.
  /// - Complexity: O(listed places).
  public func clear() {
    for t in 0..<entryCount {
      let i = Int(indices[t])
      values[i] = 0
      marks[i] = 0
    }
    entryCount = 0
  }

  /// Takes values of size at most `tolerance` off the list.
  /// - Complexity: O(listed places).
  func drop(_ tolerance: Double) {
    var kept = 0
    for t in 0..<entryCount {
      let i = Int(indices[t])
      if abs(values[i]) <= tolerance {
        values[i] = 0
        marks[i] = 0
      } else {
        indices[kept] = indices[t]
        kept += 1
      }
    }
    entryCount = kept
  }

  /// Lists the places of values above `tolerance` anew, after they were changed past the list.
  /// - Complexity: O(count).
  func relist(_ tolerance: Double) {
    entryCount = 0
    for i in 0..<count {
      if abs(values[i]) > tolerance {
        marks[i] = 1
        indices[entryCount] = Int32(truncatingIfNeeded: i)
        entryCount += 1
      } else {
        values[i] = 0
        marks[i] = 0
      }
    }
  }
}
