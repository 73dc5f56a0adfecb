/// Names that lie in one text, numbered in order of appearance and found by their bytes.
///
/// Open addressing with linear probing over the places of the names; no name is copied and no string is made. The hash
/// is seeded anew for every table, so that a text cannot be written to make it slow.
struct ByteNameTable: ~Copyable {
  private let text: UnsafeBufferPointer<UInt8>
  private let seed = UInt64.random(in: .min ... .max) | 1
  /// Place and hash of each name.
  private var names: [Place] = []
  /// Number of the name plus one, 0 for an empty slot.
  private var slots: UnsafeMutablePointer<Int32>
  private var mask: Int

  private struct Place {
    var start: Int
    var length: Int32
    var hash: UInt32
  }

  /// - Parameter text: the bytes that all ranges refer to; must outlive the table.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    mask = 1023
    slots = .allocate(capacity: 1024)
    slots.initialize(repeating: 0, count: 1024)
  }

  deinit { slots.deallocate() }

  var count: Int { names.count }

  /// Where name number `i` first stands.
  func range(_ i: Int) -> Range<Int> { names[i].start..<(names[i].start + Int(names[i].length)) }

  func name(_ i: Int) -> String { String(decoding: text[range(i)], as: UTF8.self) }

  /// The number of the name at `start..<end`, or -1.
  @inline(__always)
  func find(_ start: Int, _ end: Int) -> Int {
    let h = hash(start, end)
    var slot = Int(h) & mask
    while true {
      let candidate = Int(slots[slot]) - 1
      if candidate < 0 { return -1 }
      if isName(candidate, h, start, end) { return candidate }
      slot = (slot + 1) & mask
    }
  }

  /// The number of the name at `start..<end`, which is added when it is new.
  @inline(__always)
  mutating func insert(_ start: Int, _ end: Int) -> (number: Int, isNew: Bool) {
    let h = hash(start, end)
    var slot = Int(h) & mask
    while true {
      let candidate = Int(slots[slot]) - 1
      if candidate < 0 { break }
      if isName(candidate, h, start, end) { return (candidate, false) }
      slot = (slot + 1) & mask
    }
    names.append(Place(start: start, length: Int32(truncatingIfNeeded: end - start), hash: h))
    slots[slot] = Int32(truncatingIfNeeded: names.count)
    if names.count * 2 > mask { grow() }
    return (names.count - 1, true)
  }

  private mutating func grow() {
    slots.deallocate()
    let capacity = (mask + 1) * 4
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    mask = capacity - 1
    for (i, place) in names.enumerated() {
      var slot = Int(place.hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: i + 1)
    }
  }

  @inline(__always)
  private func isName(_ i: Int, _ h: UInt32, _ start: Int, _ end: Int) -> Bool {
    let place = names[i]
    guard place.hash == h, Int(place.length) == end - start else { return false }
    var k = 0
    while k < end - start {
      if text[place.start + k] != text[start + k] { return false }
      k += 1
    }
    return true
  }

  /// Multiply-and-fold over eight bytes at a time.
  @inline(__always)
  private func hash(_ start: Int, _ end: Int) -> UInt32 {
    let raw = UnsafeRawBufferPointer(text)
    var h = seed &+ UInt64(truncatingIfNeeded: end - start)
    var at = start
    while at < end {
      var word: UInt64
      if at + 8 <= raw.count {
        word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        if end - at < 8 { word &= (1 << UInt64(8 * (end - at))) &- 1 }
      } else {
        word = 0
        var k = 0
        while at + k < end {
          word |= UInt64(raw[at + k]) << UInt64(8 * k)
          k += 1
        }
      }
      let product = (h ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      h = product.high ^ product.low
      at += 8
    }
    return UInt32(truncatingIfNeeded: h ^ h >> 32)
  }
}
