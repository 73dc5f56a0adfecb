/// Vectors of one length in one piece of memory, which goes with its owner.
final class VectorStorage {
  private let length: Int
  private let base: UnsafeMutablePointer<Double>

  init(count: Int, length: Int) {
    self.length = length
    base = .allocate(capacity: max(1, count * length))
    base.initialize(repeating: 0, count: max(1, count * length))
  }

  deinit { base.deallocate() }

  subscript(_ k: Int) -> UnsafeMutablePointer<Double> { base + k * length }
}
