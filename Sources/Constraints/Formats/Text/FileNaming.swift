/// Gives everything in a file a name that its format allows, and keeps the table of what was changed.
///
/// Names that are legal and new keep their spelling; all others get a spelling that no legal name has, so that the
/// table can be read backwards.
struct FileNaming {
  /// Longest name in bytes.
  let longest: Int
  /// Whether a byte may stand in a name, at its beginning (true) or later (false).
  let isLegal: (_ byte: UInt8, _ isFirst: Bool) -> Bool
  /// Whether a name of legal bytes means something else in the format; never of one that begins with an underscore.
  let isReserved: (String) -> Bool
  private(set) var renamed: [(old: String, new: String)] = []
  /// New names, and all names, of any kind so far: nothing else is called as a new name is, so that the table reads
  /// backwards without saying kinds.
  private var given: Set<String> = []
  private var used: Set<String> = []

  init(
    longest: Int, isLegal: @escaping (UInt8, Bool) -> Bool, isReserved: @escaping (String) -> Bool = { _ in false }
  ) {
    self.longest = longest
    self.isLegal = isLegal
    self.isReserved = isReserved
  }

  /// Names for `count` things of one kind, among which they must differ.
  ///
  /// - Parameters:
  ///   - prefix: begins the names of things whose own name is empty or too long, before their number.
  /// - Complexity: O(total length).
  mutating func names(
    _ count: Int, prefix: String, of name: (Int) -> String
  ) -> [String] {
    var taken: Set<String> = []
    taken.reserveCapacity(count)
    var result: [String] = []
    result.reserveCapacity(count)
    var open: [Int] = []
    for i in 0..<count {
      let own = name(i)
      if isFine(own), !given.contains(own), taken.insert(own).inserted {
        result.append(own)
      } else {
        result.append("")
        open.append(i)
      }
    }
    var nextNumbers: [String: Int] = [:]
    for i in open {
      let own = name(i)
      let base = spelling(of: own, prefix: prefix, number: i + 1)
      var candidate = base
      var number = nextNumbers[base] ?? 2
      while !isFine(candidate) || used.contains(candidate) || !taken.insert(candidate).inserted {
        let tail = "_\(number)"
        candidate = String(decoding: base.utf8.prefix(max(0, longest - tail.utf8.count)), as: UTF8.self) + tail
        number += 1
      }
      nextNumbers[base] = number
      result[i] = candidate
      renamed.append((own, candidate))
      given.insert(candidate)
    }
    used.formUnion(taken)
    return result
  }

  private func isFine(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, bytes.count <= longest, isLegal(first, true) else { return false }
    return bytes.dropFirst().allSatisfy { isLegal($0, false) } && !isReserved(name)
  }

  private func spelling(of name: String, prefix: String, number: Int) -> String {
    // What has no name is called after its place in the source, as `c17 (Factory.swift:42)`; the first word will do.
    let short = name.hasSuffix(")") ? name.prefix { $0 != " " } : Substring(name)
    if short.isEmpty || short.utf8.count > longest { return "\(prefix)\(number)" }
    let brackets: [UInt8: UInt8] = [UInt8(ascii: "["): UInt8(ascii: "("), UInt8(ascii: "]"): UInt8(ascii: ")")]
    var bytes: [UInt8] = []
    for byte in short.utf8 {
      if isLegal(byte, false) {
        bytes.append(byte)
      } else if let other = brackets[byte], isLegal(other, false) {
        bytes.append(other)
      } else {
        bytes.append(UInt8(ascii: "_"))
      }
    }
    // A name that begins with an underscore means nothing else in any format, whatever follows.
    if let first = bytes.first, !isLegal(first, true) || isReserved(String(decoding: bytes, as: UTF8.self)) {
      bytes.insert(UInt8(ascii: "_"), at: 0)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.utf8.count > longest ? "\(prefix)\(number)" : text
  }
}

extension [UInt8] {
  /// Appends text.
  @inline(__always)
  mutating func put(_ text: String) { append(contentsOf: text.utf8) }

  /// Appends blanks until the line that began at `start` has `width` bytes.
  mutating func pad(to width: Int, from start: Int) {
    while count - start < width { append(UInt8(ascii: " ")) }
  }
}
