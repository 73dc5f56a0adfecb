/// A value of a ``JSONDocument``: its position on the tape.
struct JSONNode: Sendable, Hashable {
  var index: Int
}

enum JSONKind: Sendable {
  case object, array, string, number, boolean, null

  /// For messages: "a number".
  var phrase: String {
    switch self {
    case .object: "an object"
    case .array: "a list"
    case .string: "a string"
    case .number: "a number"
    case .boolean: "true or false"
    case .null: "null"
    }
  }
}

/// A checked JSON text with random access to its values, in eight bytes a value.
///
/// The tape holds one entry a value and a key, in the order of the text: where it begins, and for containers the entry
/// after their end, for everything else where it ends. Positions, pointers, strings and numbers are worked out when
/// asked for.
struct JSONDocument: Sendable {
  struct Entry: Sendable {
    var start: UInt32
    var link: UInt32
  }

  let source: SourceText
  private(set) var tape: [Entry] = []

  /// Parses a whole text.
  /// - Throws: ``ConstraintsError/invalid(_:)`` with one located diagnostic.
  /// - Complexity: O(bytes).
  init(_ source: SourceText, options: JSONParser.Options = JSONParser.Options()) throws(ConstraintsError) {
    self.source = source
    guard source.bytes.count < Int(UInt32.max) - 2 else {
      throw .invalid([Diagnostic(.tooLargeJSON, "\(source.file) is larger than 4 GiB", mend: "split the file")])
    }
    var tape: [Entry] = []
    var keys = DuplicateKeyCheck()
    var failure: JSONSyntaxError?
    // The value where parsing failed, or the container around it.
    var place: Int?
    source.bytes.withUnsafeBufferPointer { bytes in
      tape.reserveCapacity(bytes.count / 8)
      var parser = JSONParser(bytes, options: options)
      var stack: [Int] = []
      do throws(JSONSyntaxError) {
        parsing: while true {
          let token = try parser.next()
          switch token.kind {
          case .beginObject, .beginArray:
            stack.append(tape.count)
            tape.append(Entry(start: UInt32(token.start), link: 0))
          case .endObject, .endArray:
            let first = stack.removeLast()
            tape[first].link = UInt32(tape.count)
            if token.kind == .endObject { try keys.check(first, tape, bytes) }
          case .end: break parsing
          case .key, .string:
            tape.append(Entry(start: UInt32(token.start - 1), link: UInt32(token.end)))
          case .number, .yes, .no, .null:
            tape.append(Entry(start: UInt32(token.start), link: UInt32(token.end)))
          }
        }
      } catch {
        failure = error
        // What was read so far becomes a whole document, to point into it.
        if parser.isAfterKey, let key = tape.last {
          tape.append(key)
          place = tape.count - 1
        } else {
          place = error.code == .duplicateKey ? tape.firstIndex { $0.start == error.offset } : stack.last
        }
        for container in stack { tape[container].link = UInt32(tape.count) }
      }
    }
    self.tape = tape
    if let failure {
      let path = place.map { pointer(JSONNode(index: $0)) }
      throw .invalid([
        Diagnostic(
          failure.code, failure.message, at: source.location(at: failure.offset, length: failure.length, pointer: path),
          mend: failure.mend)
      ])
    }
  }

  var root: JSONNode { JSONNode(index: 0) }

  @inline(__always)
  func start(_ node: JSONNode) -> Int { Int(tape[node.index].start) }

  func kind(_ node: JSONNode) -> JSONKind {
    switch source.bytes[start(node)] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  @inline(__always)
  private func isContainer(_ node: JSONNode) -> Bool {
    let c = source.bytes[start(node)]
    return c == UInt8(ascii: "{") || c == UInt8(ascii: "[")
  }

  /// The entry after the value.
  @inline(__always)
  func next(_ node: JSONNode) -> JSONNode {
    JSONNode(index: isContainer(node) ? Int(tape[node.index].link) : node.index + 1)
  }

  /// Where the value ends in the text.
  func end(_ node: JSONNode) -> Int {
    if !isContainer(node) { return Int(tape[node.index].link) + (kind(node) == .string ? 1 : 0) }
    return start(node) + 1
  }

  // MARK: - Containers

  /// Keys and values of an object; empty for anything else.
  func members(_ node: JSONNode) -> Members { Members(document: self, node: node, isObject: kind(node) == .object) }

  /// Values of an array; empty for anything else.
  func elements(_ node: JSONNode) -> Elements { Elements(document: self, node: node, isArray: kind(node) == .array) }

  /// Number of elements or members. O(number).
  func count(_ node: JSONNode) -> Int {
    guard isContainer(node) else { return 0 }
    var n = 0
    var at = JSONNode(index: node.index + 1)
    while at.index < Int(tape[node.index].link) {
      at = next(at)
      n += 1
    }
    return kind(node) == .object ? n / 2 : n
  }

  /// The value of a key. O(members).
  func member(_ node: JSONNode, _ key: String) -> JSONNode? {
    for (name, value) in members(node) where isText(name, key) { return value }
    return nil
  }

  struct Members: Sequence, IteratorProtocol {
    let document: JSONDocument
    var at: JSONNode
    let end: Int
    init(document: JSONDocument, node: JSONNode, isObject: Bool) {
      self.document = document
      at = JSONNode(index: node.index + 1)
      end = isObject ? Int(document.tape[node.index].link) : 0
    }
    mutating func next() -> (key: JSONNode, value: JSONNode)? {
      guard at.index < end else { return nil }
      let key = at
      let value = JSONNode(index: at.index + 1)
      at = document.next(value)
      return (key, value)
    }
  }

  struct Elements: Sequence, IteratorProtocol {
    let document: JSONDocument
    var at: JSONNode
    let end: Int
    init(document: JSONDocument, node: JSONNode, isArray: Bool) {
      self.document = document
      at = JSONNode(index: node.index + 1)
      end = isArray ? Int(document.tape[node.index].link) : 0
    }
    mutating func next() -> JSONNode? {
      guard at.index < end else { return nil }
      defer { at = document.next(at) }
      return at
    }
  }

  // MARK: - Scalars

  /// The number, or nil for another kind.
  func number(_ node: JSONNode) -> Double? {
    let entry = tape[node.index]
    let c = source.bytes[Int(entry.start)]
    guard c == UInt8(ascii: "-") || c &- 48 < 10 else { return nil }
    return source.bytes.withUnsafeBufferPointer { JSONNumber.value($0, Int(entry.start), Int(entry.link)) }
  }

  /// The number as a whole one, or nil when it is not, or larger than 2^53.
  func integer(_ node: JSONNode) -> Int? {
    guard let d = number(node), d == d.rounded(), abs(d) <= 9_007_199_254_740_992 else { return nil }
    return Int(d)
  }

  func boolean(_ node: JSONNode) -> Bool? {
    kind(node) == .boolean ? source.bytes[start(node)] == UInt8(ascii: "t") : nil
  }

  /// The decoded bytes of a string or key; empty for another kind.
  func textBytes(_ node: JSONNode) -> [UInt8] {
    guard kind(node) == .string else { return [] }
    let entry = tape[node.index]
    let (start, end) = (Int(entry.start) + 1, Int(entry.link))
    return source.bytes.withUnsafeBufferPointer { bytes in
      if bytes[start..<end].contains(UInt8(ascii: "\\")) { return JSONText.decode(bytes, start, end) }
      return Array(bytes[start..<end])
    }
  }

  /// The decoded string or key, or nil for another kind.
  func text(_ node: JSONNode) -> String? {
    guard kind(node) == .string else { return nil }
    let entry = tape[node.index]
    let (start, end) = (Int(entry.start) + 1, Int(entry.link))
    return source.bytes.withUnsafeBufferPointer { bytes in
      if bytes[start..<end].contains(UInt8(ascii: "\\")) {
        return String(decoding: JSONText.decode(bytes, start, end), as: UTF8.self)
      }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  /// Whether the node is the string `wanted`.
  func isText(_ node: JSONNode, _ wanted: String) -> Bool {
    let entry = tape[node.index]
    guard source.bytes[Int(entry.start)] == UInt8(ascii: "\"") else { return false }
    let (start, end) = (Int(entry.start) + 1, Int(entry.link))
    let utf8 = wanted.utf8
    if end - start == utf8.count {
      var i = start
      for c in utf8 {
        if source.bytes[i] != c { return false }
        i += 1
      }
      return true
    }
    return end - start > utf8.count && text(node) == wanted
  }

  // MARK: - Places

  /// The offset in the file of decoded byte `target` of a string.
  func offset(inString node: JSONNode, _ target: Int) -> Int {
    let entry = tape[node.index]
    return source.bytes.withUnsafeBufferPointer {
      JSONText.sourceOffset($0, Int(entry.start) + 1, Int(entry.link), target: target)
    }
  }

  /// The place of a value or key, for a diagnostic. O(offset).
  func location(_ node: JSONNode) -> SourceLocation {
    let (from, to) = (start(node), end(node))
    return source.location(at: from, length: scalars(from, to), pointer: pointer(node))
  }

  /// The place of a part of a string, given by decoded bytes.
  func location(inString node: JSONNode, _ range: Range<Int>) -> SourceLocation {
    let from = offset(inString: node, range.lowerBound)
    let to = offset(inString: node, range.upperBound)
    return source.location(at: from, length: max(1, scalars(from, to)), pointer: pointer(node))
  }

  private func scalars(_ from: Int, _ to: Int) -> Int {
    source.bytes[from..<max(from, min(to, source.bytes.count))].reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
  }

  /// The JSON pointer (RFC 6901) of a value; of a key that of its value.
  func pointer(_ node: JSONNode) -> String {
    var result = ""
    var at = root
    while at.index < node.index, isContainer(at) {
      var child: JSONNode?
      if kind(at) == .object {
        for (key, value) in members(at) where node.index < next(value).index {
          let name = (text(key) ?? "").split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
          result += "/" + name.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
          child = value
          break
        }
      } else {
        for (i, value) in elements(at).enumerated() where node.index < next(value).index {
          result += "/\(i)"
          child = value
          break
        }
      }
      guard let child, child.index <= node.index else { break }
      at = child
    }
    return result
  }
}

/// Finds keys that an object has twice, in linear time and without allocation for small objects.
private struct DuplicateKeyCheck {
  private var starts: [UInt32] = []
  private var table: [Int32] = []

  mutating func check(
    _ object: Int, _ tape: [JSONDocument.Entry], _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(JSONSyntaxError) {
    starts.removeAll(keepingCapacity: true)
    var i = object + 1
    while i < tape.count {
      starts.append(UInt32(i))
      let c = bytes[Int(tape[i + 1].start)]
      i = c == UInt8(ascii: "{") || c == UInt8(ascii: "[") ? Int(tape[i + 1].link) : i + 2
    }
    let n = starts.count
    if n < 2 { return }
    if n <= 8 {
      for a in 1..<n {
        for b in 0..<a where same(tape[Int(starts[a])], tape[Int(starts[b])], bytes) {
          throw failure(tape[Int(starts[a])], bytes)
        }
      }
      return
    }
    var capacity = 32
    while capacity < 2 * n { capacity *= 2 }
    table.removeAll(keepingCapacity: true)
    table.append(contentsOf: repeatElement(-1, count: capacity))
    for a in 0..<n {
      let entry = tape[Int(starts[a])]
      var slot = Int(truncatingIfNeeded: hash(entry, bytes)) & (capacity - 1)
      while table[slot] >= 0 {
        if same(entry, tape[Int(starts[Int(table[slot])])], bytes) { throw failure(entry, bytes) }
        slot = (slot + 1) & (capacity - 1)
      }
      table[slot] = Int32(a)
    }
  }

  private func failure(_ entry: JSONDocument.Entry, _ bytes: UnsafeBufferPointer<UInt8>) -> JSONSyntaxError {
    let (start, end) = (Int(entry.start) + 1, Int(entry.link))
    let name = String(decoding: JSONText.decode(bytes, start, end), as: UTF8.self)
    return JSONSyntaxError(
      code: .duplicateKey, message: "the key '\(name)' occurs twice in one object", offset: Int(entry.start),
      length: end - start + 2, mend: "rename or remove one")
  }

  private func same(_ a: JSONDocument.Entry, _ b: JSONDocument.Entry, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let (s, t) = (Int(a.start) + 1, Int(b.start) + 1)
    let (m, n) = (Int(a.link) - s, Int(b.link) - t)
    if m == n {
      var k = 0
      while k < m, bytes[s + k] == bytes[t + k] { k += 1 }
      if k == m { return true }
    }
    if m != 0, n != 0, bytes[s] != bytes[t], bytes[s] != UInt8(ascii: "\\"), bytes[t] != UInt8(ascii: "\\") { return false }
    guard hasEscape(a, bytes) || hasEscape(b, bytes) else { return false }
    return JSONText.decode(bytes, s, s + m) == JSONText.decode(bytes, t, t + n)
  }

  private func hasEscape(_ a: JSONDocument.Entry, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes[(Int(a.start) + 1)..<Int(a.link)].contains(UInt8(ascii: "\\"))
  }

  private func hash(_ a: JSONDocument.Entry, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var h: UInt64 = 0xcbf2_9ce4_8422_2325
    let (start, end) = (Int(a.start) + 1, Int(a.link))
    if hasEscape(a, bytes) {
      for c in JSONText.decode(bytes, start, end) { h = (h ^ UInt64(c)) &* 0x100_0000_01b3 }
    } else {
      for k in start..<end { h = (h ^ UInt64(bytes[k])) &* 0x100_0000_01b3 }
    }
    return h ^ (h >> 32)
  }
}
