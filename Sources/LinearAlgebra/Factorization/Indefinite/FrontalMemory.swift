/// Memory that fronts lie in one after the other, and that grows when pivots are handed on to the parent front.
struct FrontalMemory<Element: BitwiseCopyable> {
  private(set) var pointer: UnsafeMutablePointer<Element>
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    pointer = .allocate(capacity: self.capacity)
  }

  /// Makes room for `count` elements; those before `used` stay, at a place that may be another.
  /// - Complexity: O(1) while there is room, else O(used).
  @inline(__always)
  mutating func reserve(_ count: Int, used: Int) {
    if count > capacity { grow(count, used) }
  }

  private mutating func grow(_ count: Int, _ used: Int) {
    capacity = count + count / 4
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: pointer, count: used)
    pointer.deallocate()
    pointer = larger
  }

  func deallocate() { pointer.deallocate() }
}
