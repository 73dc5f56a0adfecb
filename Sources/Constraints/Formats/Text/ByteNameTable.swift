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

  /// A name with its first sixteen bytes, so that most comparisons do not touch the text.
  private struct Place {
    var start: Int
    var length: Int32
    var hash: UInt32
    var head: UInt64
    var tail: UInt64
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
    let wanted = place(start, end)
    var slot = Int(wanted.hash) & mask
    while true {
      let candidate = Int(slots[slot]) - 1
      if candidate < 0 || isName(candidate, wanted) { return candidate }
      slot = (slot + 1) & mask
    }
  }

  /// The number of the name at `start..<end`, which is added when it is new.
  @inline(__always)
  mutating func insert(_ start: Int, _ end: Int) -> (number: Int, isNew: Bool) {
    let wanted = place(start, end)
    var slot = Int(wanted.hash) & mask
    while true {
      let candidate = Int(slots[slot]) - 1
      if candidate < 0 { break }
      if isName(candidate, wanted) { return (candidate, false) }
      slot = (slot + 1) & mask
    }
    names.append(wanted)
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
  private func isName(_ i: Int, _ wanted: Place) -> Bool {
    let known = names[i]
    guard known.hash == wanted.hash, known.length == wanted.length, known.head == wanted.head,
      known.tail == wanted.tail
    else { return false }
    var k = 16
    while k < Int(known.length) {
      if text[known.start + k] != text[wanted.start + k] { return false }
      k += 1
    }
    return true
  }

  /// The place of a name with its hash: multiply and fold, eight bytes at a time.
  @inline(__always)
  private func place(_ start: Int, _ end: Int) -> Place {
    let head = word(start, end)
    let tail = end - start > 8 ? word(start + 8, end) : 0
    var h = mixed(seed &+ UInt64(truncatingIfNeeded: end - start) ^ head) ^ tail
    h = mixed(h)
    var at = start + 16
    while at < end {
      h = mixed(h ^ word(at, end))
      at += 8
    }
    return Place(
      start: start, length: Int32(truncatingIfNeeded: end - start), hash: UInt32(truncatingIfNeeded: h ^ h >> 32),
      head: head, tail: tail)
  }

  @inline(__always)
  private func mixed(_ h: UInt64) -> UInt64 {
    let product = h.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// Up to eight bytes from `at`, zeros from `end` on.
  @inline(__always)
  private func word(_ at: Int, _ end: Int) -> UInt64 {
    let raw = UnsafeRawBufferPointer(text)
    if at + 8 <= raw.count {
      let whole = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
      return end - at < 8 ? whole & ((1 << UInt64(8 * (end - at))) &- 1) : whole
    }
    var word: UInt64 = 0
    var k = 0
    while at + k < end {
      word |= UInt64(raw[at + k]) << UInt64(8 * k)
      k += 1
    }
    return word
  }
}
