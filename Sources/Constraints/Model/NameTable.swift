/// One coordinate of an indexed name: the `bread` of `make[bread]`, the `3` of `x[3]`.
public enum IndexKey: Sendable, Hashable, CustomStringConvertible {
  case integer(Int)
  case text(String)

  public var description: String {
    switch self {
    case .integer(let i): String(i)
    case .text(let s): s
    }
  }
}

extension IndexKey: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

/// Names of a list of things, stored compactly and formed on demand.
///
/// Plain names lie end to end in one byte buffer. A family such as `make[p]` stores its base name once and one small
/// number per key. Things without a name are called after their place in the source, as `c17 (Factory.swift:42)`.
public struct NameTable: Sendable {
  private enum Kind: Sendable {
    case plain(firstName: Int)
    case family(base: String, arity: Int, firstKey: Int)
    case anonymous(prefix: String, place: String)
  }
  private struct Segment: Sendable {
    var start: Int
    var kind: Kind
  }

  public private(set) var count = 0
  private var segments: [Segment] = []
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var keys: [Int32] = []
  private var symbols: [IndexKey] = []
  private var symbolNumbers: [IndexKey: Int32] = [:]

  public init() {}

  /// Adds a plain name.
  public mutating func append(_ name: String) {
    if case .plain? = segments.last?.kind {} else {
      segments.append(Segment(start: count, kind: .plain(firstName: ends.count)))
    }
    bytes.append(contentsOf: name.utf8)
    ends.append(bytes.count)
    count += 1
  }

  /// Adds a plain name given as UTF-8.
  public mutating func append(utf8 name: some Collection<UInt8>) {
    if case .plain? = segments.last?.kind {} else {
      segments.append(Segment(start: count, kind: .plain(firstName: ends.count)))
    }
    bytes.append(contentsOf: name)
    ends.append(bytes.count)
    count += 1
  }

  /// Adds `base[key,...]`; consecutive calls with the same base and number of keys share one segment.
  public mutating func append(family base: String, keys newKeys: [IndexKey]) {
    if newKeys.isEmpty { return append(base) }
    if case .family(let last, newKeys.count, _)? = segments.last?.kind, last == base {} else {
      segments.append(
        Segment(start: count, kind: .family(base: base, arity: newKeys.count, firstKey: keys.count)))
    }
    for key in newKeys { keys.append(number(of: key)) }
    count += 1
  }

  /// Adds something without a name, made at `place` (such as `Factory.swift:42`).
  public mutating func appendAnonymous(prefix: String, place: String) {
    if case .anonymous(prefix, place)? = segments.last?.kind {} else {
      segments.append(Segment(start: count, kind: .anonymous(prefix: prefix, place: place)))
    }
    count += 1
  }

  private mutating func number(of key: IndexKey) -> Int32 {
    if let n = symbolNumbers[key] { return n }
    let n = Int32(symbols.count)
    symbols.append(key)
    symbolNumbers[key] = n
    return n
  }

  private func segment(of i: Int) -> Segment {
    var low = 0
    var high = segments.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if segments[middle].start <= i { low = middle } else { high = middle - 1 }
    }
    return segments[low]
  }

  /// The full name of item `i`.
  /// - Complexity: O(log s + length) for s segments.
  public subscript(i: Int) -> String {
    let s = segment(of: i)
    switch s.kind {
    case .plain(let first):
      let n = first + (i - s.start)
      return String(decoding: bytes[(n == 0 ? 0 : ends[n - 1])..<ends[n]], as: UTF8.self)
    case .family(let base, let arity, let firstKey):
      let at = firstKey + (i - s.start) * arity
      var text = base + "["
      for k in 0..<arity {
        if k > 0 { text += "," }
        text += symbols[Int(keys[at + k])].description
      }
      return text + "]"
    case .anonymous(let prefix, let place):
      return place.isEmpty ? "\(prefix)\(i + 1)" : "\(prefix)\(i + 1) (\(place))"
    }
  }

  /// Whether item `i` was given a name.
  public func isNamed(_ i: Int) -> Bool {
    if case .anonymous = segment(of: i).kind { return false }
    return true
  }

  /// The base name and keys of item `i`, when it belongs to an indexed family.
  public func familyAndKeys(_ i: Int) -> (base: String, keys: [IndexKey])? {
    let s = segment(of: i)
    guard case .family(let base, let arity, let firstKey) = s.kind else { return nil }
    let at = firstKey + (i - s.start) * arity
    return (base, (0..<arity).map { symbols[Int(keys[at + $0])] })
  }

  /// Base name without keys: `make` for `make[bread]`, the whole name otherwise.
  public func base(_ i: Int) -> String { familyAndKeys(i)?.base ?? self[i] }

  /// Position of every name; for repeated names the first.
  /// - Complexity: O(total length).
  public func positions() -> [String: Int] {
    var result: [String: Int] = [:]
    result.reserveCapacity(count)
    for i in 0..<count {
      let name = self[i]
      if result[name] == nil { result[name] = i }
    }
    return result
  }

  /// The first name that occurs twice, with both positions.
  public func firstRepetition() -> (name: String, first: Int, second: Int)? {
    var seen: [String: Int] = [:]
    seen.reserveCapacity(count)
    for i in 0..<count where isNamed(i) {
      if let first = seen.updateValue(i, forKey: self[i]) { return (self[i], first, i) }
    }
    return nil
  }
}
