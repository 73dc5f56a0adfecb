/// A text with the name of its file, and the place of any byte in it.
public struct SourceText: Sendable {
  /// The file as the user named it.
  public let file: String
  /// UTF-8, decompressed, without a byte order mark.
  public let bytes: [UInt8]

  public init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  public init(file: String = "<input>", _ text: String) { self.init(file: file, bytes: Array(text.utf8)) }

  /// Line and column of a byte, with the text of the line.
  /// - Complexity: O(offset); meant for diagnostics.
  public func location(at offset: Int, length: Int = 1, pointer: String? = nil) -> SourceLocation {
    let offset = max(0, min(offset, bytes.count))
    var line = 1
    var start = 0
    bytes.withUnsafeBufferPointer { b in
      var i = 0
      while i < offset {
        if b[i] == 10 || (b[i] == 13 && !(i + 1 < b.count && b[i + 1] == 10)) {
          line += 1
          start = i + 1
        }
        i += 1
      }
    }
    var end = start
    while end < bytes.count, bytes[end] != 10, bytes[end] != 13, end < start + 100_000 { end += 1 }
    let column = bytes[start..<max(start, min(offset, end))].reduce(1) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
    return SourceLocation(
      file: file, line: line, column: column, length: length, pointer: pointer,
      lineText: String(decoding: bytes[start..<end], as: UTF8.self))
  }

  /// Where a word first stands on its own, not as part of a longer name.
  /// - Complexity: O(bytes).
  func firstWord(_ word: String) -> Int? {
    let target = Array(word.utf8)
    guard let first = target.first, bytes.count >= target.count else { return nil }
    func isNamePart(_ b: UInt8) -> Bool { b >= 0x80 || b == 95 || (b | 32 >= 97 && b | 32 <= 122) || (b >= 48 && b <= 57) }
    return bytes.withUnsafeBufferPointer { b in
      for at in 0...(b.count - target.count) where b[at] == first {
        var k = 1
        while k < target.count, b[at + k] == target[k] { k += 1 }
        guard k == target.count else { continue }
        let isStart = at == 0 || !isNamePart(b[at - 1])
        let isEnd = at + k == b.count || !isNamePart(b[at + k])
        if isStart && isEnd { return at }
      }
      return nil
    }
  }
}
