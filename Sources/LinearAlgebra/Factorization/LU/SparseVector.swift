/// A vector that is mostly zeros: room for all values, and the list of places that may hold others than zero.
///
/// Every place outside the list holds zero.
public final class SparseVector {
  public let count: Int
  /// All values.
  public let values: UnsafeMutablePointer<Double>
  /// The listed places, each once, in any order.
  public let indices: UnsafeMutablePointer<Int32>
  /// 1 for listed places.
  @usableFromInline let marks: UnsafeMutablePointer<UInt8>
  /// The number of listed places, on the heap: loops over a stored property would check each access to it.
  @usableFromInline let countCell: UnsafeMutablePointer<Int>

  /// How many places are listed.
  @inlinable public var entryCount: Int { countCell.pointee }

  public init(count: Int) {
    self.count = count
    values = .allocate(capacity: count + 1)
    values.initialize(repeating: 0, count: count + 1)
    indices = .allocate(capacity: count + 1)
    indices.initialize(repeating: 0, count: count + 1)
    marks = .allocate(capacity: count + 1)
    marks.initialize(repeating: 0, count: count + 1)
    countCell = .allocate(capacity: 1)
    countCell.initialize(to: 0)
  }

  deinit {
    values.deallocate()
    indices.deallocate()
    marks.deallocate()
    countCell.deallocate()
  }

  /// Adds to the value at a place.
  @inlinable @inline(__always)
  public func add(_ value: Double, at i: Int) {
    if marks[i] == 0 {
      marks[i] = 1
      indices[countCell.pointee] = Int32(truncatingIfNeeded: i)
      countCell.pointee += 1
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
    countCell.pointee = 0
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
    countCell.pointee = kept
  }

  /// Lists the places of values above `tolerance` anew, after they were changed past the list.
  /// - Complexity: O(count).
  func relist(_ tolerance: Double) {
    countCell.pointee = 0
    for i in 0..<count {
      if abs(values[i]) > tolerance {
        marks[i] = 1
        indices[countCell.pointee] = Int32(truncatingIfNeeded: i)
        countCell.pointee += 1
      } else {
        values[i] = 0
        marks[i] = 0
      }
    }
  }
}
