/// An index value while a model is read: a whole number, or the number of an interned text, told apart by the lowest bit.
struct Key: Hashable, Sendable {
  let raw: Int

  @inline(__always) init(integer: Int) { raw = integer << 1 | 1 }
  @inline(__always) init(symbol: Int) { raw = symbol << 1 }
  @inline(__always) private init(raw: Int) { self.raw = raw }

  @inline(__always) var isInteger: Bool { raw & 1 == 1 }
  /// The whole number, or the number of the symbol.
  @inline(__always) var number: Int { raw >> 1 }

  /// What stands for no key at all.
  static let none = Key(raw: Int.min)

  /// Whole numbers beyond this are refused as keys.
  static let integerLimit = 1_000_000_000_000_000
}

/// The texts used as keys, each with one number.
struct SymbolTable: Sendable {
  private(set) var texts: [String] = []
  private var numbers: [String: Int] = [:]

  /// The key of a text. A text that reads as a whole number is that number, so that `{"1": 5}` is data for index 1.
  mutating func key(_ text: String) -> Key {
    if let integer = SymbolTable.integer(text) { return Key(integer: integer) }
    if let n = numbers[text] { return Key(symbol: n) }
    numbers[text] = texts.count
    texts.append(text)
    return Key(symbol: texts.count - 1)
  }

  /// The key of a text, without a new number for one that was never used.
  func known(_ text: String) -> Key? {
    SymbolTable.integer(text).map { Key(integer: $0) } ?? numbers[text].map { Key(symbol: $0) }
  }

  static func integer(_ text: String) -> Int? {
    let utf8 = text.utf8
    guard utf8.count <= 16, let first = utf8.first else { return nil }
    if utf8.count == 1 { return first &- 48 < 10 ? Int(first - 48) : nil }
    guard first == UInt8(ascii: "-") || (first > 48 && first < 58) else { return nil }
    guard let value = Int(text), String(value) == text, abs(value) <= Key.integerLimit else { return nil }
    return value
  }

  /// The key as text; `?` for no key.
  func text(_ key: Key) -> String {
    if key.isInteger { return String(key.number) }
    return key == .none ? "?" : texts[key.number]
  }

  /// As written in an expression: `'bread'`, `3`.
  func quoted(_ key: Key) -> String { key.isInteger ? String(key.number) : "'\(text(key))'" }

  func indexKey(_ key: Key) -> IndexKey { key.isInteger ? .integer(key.number) : .text(text(key)) }
}

/// A list of distinct keys with the position of each.
///
/// Runs of consecutive numbers, or of texts interned one after the other, need no table.
struct KeyPositions: Sendable {
  private(set) var list: [Key]
  private enum Lookup: Sendable {
    case consecutive
    case dense(low: Int, table: [Int32])
    case hashed([Key: Int32])
  }
  private var lookup: Lookup
  private var first: Int

  /// - Returns: nil when a key occurs twice; `repeated` tells its position.
  init?(_ list: [Key], repeated: inout Int) {
    self.list = list
    first = list.first?.raw ?? 0
    lookup = .consecutive
    var isConsecutive = true
    for i in list.indices where list[i].raw != first + 2 * i {
      isConsecutive = false
      break
    }
    if isConsecutive { return }
    var low = Int.max
    var high = Int.min
    for key in list {
      low = min(low, key.raw)
      high = max(high, key.raw)
    }
    if high - low < 8 * list.count + 1024 {
      var table = [Int32](repeating: -1, count: high - low + 1)
      for (i, key) in list.enumerated() {
        if table[key.raw - low] >= 0 {
          repeated = i
          return nil
        }
        table[key.raw - low] = Int32(i)
      }
      lookup = .dense(low: low, table: table)
    } else {
      var table: [Key: Int32] = [:]
      table.reserveCapacity(list.count)
      for (i, key) in list.enumerated() {
        if table.updateValue(Int32(i), forKey: key) != nil {
          repeated = i
          return nil
        }
      }
      lookup = .hashed(table)
    }
  }

  /// The distinct keys among `keys`, in order of first appearance.
  init(distinct keys: [Key]) {
    var seen = Set<Key>()
    var list: [Key] = []
    for key in keys where seen.insert(key).inserted { list.append(key) }
    var repeated = 0
    self = KeyPositions(list, repeated: &repeated) ?? KeyPositions()
  }

  init() {
    list = []
    lookup = .consecutive
    first = 0
  }

  @inline(__always) var count: Int { list.count }

  /// The position of a key, or -1.
  @inline(__always)
  func position(of key: Key) -> Int {
    switch lookup {
    case .consecutive:
      let distance = key.raw &- first
      if distance & 1 != 0 { return -1 }
      let position = distance >> 1
      return position >= 0 && position < list.count ? position : -1
    case .dense(let low, let table):
      let position = key.raw &- low
      return position >= 0 && position < table.count ? Int(table[position]) : -1
    case .hashed(let table):
      return table[key].map(Int.init) ?? -1
    }
  }
}

/// The index combinations of a set, of a data table or of a family, each with a slot number.
struct IndexSpace: Sendable {
  private enum Slots: Sendable {
    /// Every combination has a slot, the last key running fastest.
    case product
    /// Slot by linear index.
    case table([Int32])
    case hashed([Int: Int32])
    /// Too many combinations to number: by the keys themselves.
    case tuples([[Key]: Int32])
  }
  private(set) var dimensions: [KeyPositions]
  private var strides: [Int]
  private var slots: Slots
  /// The keys of each slot, end to end; empty for a full product.
  private var members: [Key] = []
  private(set) var count: Int

  var arity: Int { dimensions.count }
  /// Number of combinations of the dimensions, whether they have a slot or not.
  var combinations: Int { dimensions.reduce(1) { $0.multipliedReportingOverflow(by: max($1.count, 0)).overflow ? Int.max : $0 * $1.count } }

  /// The single slot of something without indices.
  init() {
    dimensions = []
    strides = []
    slots = .product
    count = 1
  }

  /// All combinations of lists of keys.
  init(product dimensions: [KeyPositions]) {
    self.dimensions = dimensions
    count = dimensions.reduce(1) { $0 * $1.count }
    slots = .product
    strides = IndexSpace.strides(dimensions)
  }

  /// Chosen combinations, `arity` keys each, end to end.
  /// - Returns: nil when a combination occurs twice; `repeated` tells which.
  init?(members: [Key], arity: Int, repeated: inout Int) {
    count = arity == 0 ? 1 : members.count / arity
    if arity == 1 {
      guard let positions = KeyPositions(members, repeated: &repeated) else { return nil }
      dimensions = [positions]
      strides = [1]
      slots = .product
      return
    }
    self.members = members
    var parts: [KeyPositions] = []
    for d in 0..<arity {
      parts.append(KeyPositions(distinct: stride(from: d, to: members.count, by: arity).map { members[$0] }))
    }
    dimensions = parts
    var total = 1
    var overflows = false
    for d in parts {
      let (product, overflow) = total.multipliedReportingOverflow(by: d.count)
      total = product
      overflows = overflows || overflow
    }
    if overflows {
      strides = []
      var table: [[Key]: Int32] = [:]
      for i in 0..<count {
        if table.updateValue(Int32(i), forKey: Array(members[(i * arity)..<(i * arity + arity)])) != nil {
          repeated = i
          return nil
        }
      }
      slots = .tuples(table)
      return
    }
    let steps = IndexSpace.strides(parts)
    strides = steps
    func linear(_ i: Int) -> Int {
      var sum = 0
      for d in 0..<arity { sum += parts[d].position(of: members[i * arity + d]) * steps[d] }
      return sum
    }
    if total <= 16 * count + 1024 {
      var table = [Int32](repeating: -1, count: total)
      var isOrdered = total == count
      for i in 0..<count {
        let at = linear(i)
        if table[at] >= 0 {
          repeated = i
          return nil
        }
        if at != i { isOrdered = false }
        table[at] = Int32(i)
      }
      if isOrdered {
        slots = .product
        self.members = []
      } else {
        slots = .table(table)
      }
    } else {
      var table: [Int: Int32] = [:]
      table.reserveCapacity(count)
      for i in 0..<count {
        if table.updateValue(Int32(i), forKey: linear(i)) != nil {
          repeated = i
          return nil
        }
      }
      slots = .hashed(table)
    }
  }

  private static func strides(_ dimensions: [KeyPositions]) -> [Int] {
    var result = [Int](repeating: 1, count: dimensions.count)
    var stride = 1
    for d in dimensions.indices.reversed() {
      result[d] = stride
      stride *= max(1, dimensions[d].count)
    }
    return result
  }

  /// The slot of a combination, or -1. `key(d)` gives key number d.
  @inline(__always)
  func slot(_ key: (Int) -> Key) -> Int {
    var linear = 0
    if case .tuples(let table) = slots { return table[dimensions.indices.map(key)].map(Int.init) ?? -1 }
    for d in 0..<dimensions.count {
      let position = dimensions[d].position(of: key(d))
      if position < 0 { return -1 }
      linear += position * strides[d]
    }
    switch slots {
    case .product: return linear
    case .table(let table): return Int(table[linear])
    case .hashed(let table): return table[linear].map(Int.init) ?? -1
    case .tuples: return -1
    }
  }

  /// Key number `d` of a slot.
  @inline(__always)
  func key(_ slot: Int, _ d: Int) -> Key {
    if members.isEmpty { return dimensions[d].list[slot / strides[d] % max(1, dimensions[d].count)] }
    return members[slot * dimensions.count + d]
  }

  /// The key of a slot of a space of single keys.
  @inline(__always)
  func firstKey(_ slot: Int) -> Key { dimensions[0].list[slot] }

  func keys(_ slot: Int) -> [Key] { (0..<arity).map { key(slot, $0) } }
}
