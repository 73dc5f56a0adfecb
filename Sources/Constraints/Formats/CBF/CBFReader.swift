/// Reads the conic benchmark format: lines of blank-separated words, sections with counts. The first error ends it, for
/// after a wrong count nothing that follows can be trusted.
struct CBFReader: ~Copyable {
  /// Domains of variables and rows.
  enum Domain: Hashable {
    case free, nonnegative, nonpositive, zero
    case secondOrder, rotated, exponential, dualExponential
    case power(Int), dualPower(Int)
  }
  /// So many variables or rows in one domain.
  struct Block {
    var domain: Domain
    var count: Int
    /// Where the file says so.
    var place: Range<Int>
  }
  struct Entry {
    var row: Int
    var column: Int
    var value: Double
  }
  /// An entry of a symmetric matrix that is a coefficient: of matrix variable (or scalar variable) `column` in `row`.
  struct MatrixEntry {
    var row: Int
    var column: Int
    var i: Int
    var j: Int
    var value: Double
  }

  /// More variables or rows than this are taken for damage.
  static let countLimit = 50_000_000

  let source: SourceText
  let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  /// The words of the present line.
  private(set) var words: [Range<Int>] = []
  /// The keyword of the present section.
  private(set) var section = ""
  var warnings: [Diagnostic] = []

  var sense = ObjectiveSense.minimize
  var powers: [[Double]] = []
  var dualPowers: [[Double]] = []
  var variableBlocks: [Block] = []
  var variableCount = 0
  var matrixVariables: [Int] = []
  var integers: [Int] = []
  var rowBlocks: [Block] = []
  var rowCount = 0
  var matrixConstraints: [Int] = []
  var objective: [LinearTerm] = []
  var objectiveMatrices: [MatrixEntry] = []
  var objectiveConstant = 0.0
  var rowEntries: [Entry] = []
  var rowMatrices: [MatrixEntry] = []
  var rowConstants: [Entry] = []
  var constraintMatrices: [MatrixEntry] = []
  var constraintConstants: [MatrixEntry] = []

  init(_ source: SourceText, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.source = source
    self.bytes = bytes
  }

  // MARK: - Lines and words

  /// Goes to the next line that is neither blank nor a comment; false at the end of the file.
  mutating func nextLine() -> Bool {
    while at < bytes.count {
      words.removeAll(keepingCapacity: true)
      let start = at
      while at < bytes.count, bytes[at] != 10, bytes[at] != 13 {
        if bytes[at] <= 32 {
          at += 1
          continue
        }
        let word = at
        while at < bytes.count, bytes[at] > 32 { at += 1 }
        words.append(word..<at)
      }
      if at < bytes.count { at += 1 }
      if !words.isEmpty, bytes[start] != UInt8(ascii: "#") { return true }
    }
    words.removeAll()
    return false
  }

  func text(_ word: Range<Int>) -> String { String(decoding: bytes[word], as: UTF8.self) }

  func failure(
    _ code: DiagnosticCode, _ message: String, at place: Range<Int>, mend: String? = nil
  ) -> ConstraintsError {
    .invalid(warnings + [
      Diagnostic(code, message, at: source.location(at: place.lowerBound, length: max(1, place.count)), mend: mend)
    ])
  }

  /// The next line, with this many words.
  mutating func dataLine(_ count: Int, _ fields: String) throws(ConstraintsError) {
    guard nextLine() else {
      throw failure(.missingEnd, "the file ends inside the section \(section)", at: bytes.count..<bytes.count)
    }
    guard words.count == count else {
      throw failure(
        .badLine, "the section \(section) has \(words.count) words on a line instead of \(count)",
        at: words[0].lowerBound..<words[words.count - 1].upperBound, mend: "write \(fields)")
    }
  }

  /// A word of the present line as a number of things, from 0 to the limit.
  func count(_ word: Int, limit: Int = countLimit) throws(ConstraintsError) -> Int {
    let range = words[word]
    var value = 0
    for k in range {
      let digit = Int(bytes[k]) - 48
      guard digit >= 0, digit <= 9 else {
        throw failure(.badNumber, "'\(text(range))' is not a whole number from 0", at: range)
      }
      value = value * 10 + digit
      guard value <= limit else {
        throw failure(.badNumber, "'\(text(range))' is more than the \(limit) that there can be", at: range)
      }
    }
    return value
  }

  /// A word of the present line as an index below `bound`.
  func index(_ word: Int, below bound: Int, of thing: String) throws(ConstraintsError) -> Int {
    guard bound > 0 else { throw failure(.badNumber, "there is no \(thing) for this entry", at: words[word]) }
    let range = words[word]
    let value = try count(word)
    guard value < bound else {
      throw failure(
        .badNumber, "\(thing) \(value) does not exist", at: range, mend: "use 0 to \(bound - 1); indices begin at 0")
    }
    return value
  }

  /// A word of the present line as a finite number.
  func number(_ word: Int) throws(ConstraintsError) -> Double {
    let range = words[word]
    guard let value = NumberParser.parse(bytes, from: range.lowerBound, to: range.upperBound), value.isFinite else {
      throw failure(.badNumber, "'\(text(range))' is not a finite number", at: range)
    }
    return value
  }

  /// The line that says how many entries follow.
  mutating func entryCount() throws(ConstraintsError) -> Int {
    try dataLine(1, "the number of entries")
    // Every entry takes a line of its own.
    return try count(0, limit: max(0, bytes.count - at))
  }

  // MARK: - Sections

  mutating func readSections() throws(ConstraintsError) {
    var hasVersion = false
    while nextLine() {
      section = text(words[0])
      let place = words[0]
      guard words.count == 1 else {
        throw failure(
          .badLine, "a section begins with its keyword alone on a line", at: words[1], mend: "check the counts before it")
      }
      if !hasVersion, section != "VER" {
        throw failure(.unknownSection, "the file begins with '\(section)'", at: place, mend: "begin with VER")
      }
      switch section {
      case "VER":
        try dataLine(1, "the version")
        let version = try count(0)
        guard (1...4).contains(version) else {
          throw failure(.unsupportedSection, "version \(version) of the format is not known", at: words[0])
        }
        hasVersion = true
      case "CHANGE":
        warnings.append(
          Diagnostic(
            .textAfterEnd, .warning, "only the first of several problems is read", at: source.location(at: place.lowerBound)))
        return
      default: try readSection(place)
      }
    }
    if !hasVersion { throw failure(.missingEnd, "the file is empty", at: 0..<0, mend: "begin with VER") }
  }
}
