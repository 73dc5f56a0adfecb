/// Reads MPS in one pass over the bytes: rows and columns are found by hash, entries go straight into column-wise
/// arrays, and ``assemble()`` turns those into the rows of a model.
///
/// A value of this type reads either blank-separated words or fixed columns; ``MPSFormat`` decides which, by trying
/// words first (see ``mayGiveUp``).
struct MPSReader: ~Copyable {
  enum Section: Equatable {
    case none, name, sense, objectiveName, rows, lazyRows, cuts, columns, rhs, ranges, bounds
    case sets, quadraticObjective, quadraticMatrix, quadraticSection, quadraticConstraint, indicators, cone, end
  }
  struct Token {
    var start: Int
    var end: Int
    var isEmpty: Bool { start == end }
  }

  let source: SourceText
  let bytes: UnsafeBufferPointer<UInt8>
  let options: ReadOptions
  /// Whether fields are found by their columns.
  let isFixed: Bool
  /// Whether to stop at the first line that may be explained by fixed columns.
  var mayGiveUp: Bool
  /// Set when a line may be explained by fixed columns.
  var looksFixed = false
  /// Set when a line does not fit the columns of the fixed form.
  var hasMisfit = false

  var found = DiagnosticCollector()
  private var seenKinds: Set<String> = []

  // The current line.
  var lineStart = 0
  static let tokenLimit = 12
  private let tokenStorage = UnsafeMutablePointer<Token>.allocate(capacity: MPSReader.tokenLimit)
  /// Words of the line; those beyond ``tokenLimit`` are counted but not kept.
  var tokenCount = 0
  var section = Section.none

  // Rows, in order of declaration.
  enum RowRole: UInt8 { case ordinary, lazy, cut }
  var rows: ByteNameTable
  var rowTypes: [UInt8] = []
  var rowRoles: [RowRole] = []
  var rhs: [Double] = []
  var hasRHS: [Bool] = []
  /// NaN for none.
  var ranges: [Double] = []
  /// Position of the row's last entry in ``entryRows``, -1 for none.
  var lastEntries: [Int] = []
  var freeRowConstants: [(row: Int, value: Double, place: Token)] = []
  var firstFreeRow = -1

  // Columns with their entries, in order.
  struct ColumnFlags: OptionSet {
    let rawValue: UInt8
    static let integer = ColumnFlags(rawValue: 1)
    static let lowerGiven = ColumnFlags(rawValue: 2)
    static let upperGiven = ColumnFlags(rawValue: 4)
    static let named = ColumnFlags(rawValue: 8)
    static let binary = ColumnFlags(rawValue: 16)
    static let semicontinuous = ColumnFlags(rawValue: 32)
  }
  var columns: ByteNameTable
  var columnStarts: [Int] = []
  var columnFlags: [ColumnFlags] = []
  var lower: [Double] = []
  var upper: [Double] = []
  var entryRows: [Int32] = []
  var entryValues: [Double] = []
  var splitEntries: [(column: Int32, row: Int32, value: Double)] = []
  /// Column of the last line, -1 before the first.
  var currentColumn = -1
  var isInteger = false
  var uppersAtMostZero: [(column: Int, value: Double, place: Token)] = []

  var modelName = Token(start: 0, end: 0)
  var sense = ObjectiveSense.minimize
  var objectiveName: Token?
  /// Names of the sets that RHS, RANGES and BOUNDS lines belong to; later sets are ignored.
  var chosenSets: [Section: Token] = [:]

  // Extensions.
  var quadraticTerms: [Int: [MPSQuadraticEntry]] = [:]  // by row; -1 is the objective
  var quadraticRow = -1
  var indicatorConditions: [Int: (column: Int, activeOn: Bool)] = [:]
  var orderedSets: [MPSOrderedSet] = []
  var cones: [MPSCone] = []
  var hasEnd = false

  init(_ source: SourceText, _ bytes: UnsafeBufferPointer<UInt8>, options: ReadOptions, isFixed: Bool, mayGiveUp: Bool) {
    self.source = source
    self.bytes = bytes
    self.options = options
    self.isFixed = isFixed
    self.mayGiveUp = mayGiveUp
    rows = ByteNameTable(bytes)
    columns = ByteNameTable(bytes)
  }

  deinit { tokenStorage.deallocate() }

  @inline(__always)
  func token(_ i: Int) -> Token { tokenStorage[i] }

  func text(_ token: Token) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

  @inline(__always)
  func isText(_ token: Token, _ word: StaticString) -> Bool {
    guard token.end - token.start == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { letters in
      for i in 0..<letters.count where bytes[token.start + i] != letters[i] { return false }
      return true
    }
  }

  // MARK: - Lines

  /// Reads all lines.
  mutating func readLines() {
    entryRows.reserveCapacity(bytes.count / 32)
    entryValues.reserveCapacity(bytes.count / 32)
    var at = 0
    while at < bytes.count {
      lineStart = at
      let first = bytes[at]
      if first == UInt8(ascii: "*") {
        at = nextLine(after: lineEnd(from: at))
        continue
      }
      if isFixed, first == UInt8(ascii: " ") {
        let end = lineEnd(from: at)
        if splitFixed(at, end) { readData() }
        at = nextLine(after: end)
      } else {
        at = nextLine(after: splitWords(from: at))
        if tokenCount == 0 { continue }
        if hasEnd {
          note("after end", .textAfterEnd, .warning, "the text after ENDATA is not read", at: token(0))
          break
        }
        if first > 32 || (tokenCount == 1 && isHeaderWord(token(0))) { readHeaderOrData() } else { readData() }
      }
      if found.isFull || looksFixed { return }
    }
    if !hasEnd {
      slip(
        "no end", .missingEnd, "the file ends without ENDATA", at: Token(start: bytes.count, end: bytes.count),
        mend: "check that it is complete, then add the line", isLenientOnly: true)
    }
  }

  @inline(__always)
  private func lineEnd(from start: Int) -> Int {
    var at = start
    while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
    return at
  }

  @inline(__always)
  private func nextLine(after end: Int) -> Int {
    if end < bytes.count, bytes[end] == 13, end + 1 < bytes.count, bytes[end + 1] == 10 { return end + 2 }
    return end + 1
  }

  /// Splits the line at blanks and tabs.
  /// - Returns: the position of the line's end.
  @inline(__always)
  private mutating func splitWords(from start: Int) -> Int {
    var at = start
    var count = 0
    while true {
      while at < bytes.count, bytes[at] <= 32, bytes[at] != 10, bytes[at] != 13 { at += 1 }
      guard at < bytes.count, bytes[at] > 32 else { break }
      let wordStart = at
      while at < bytes.count, bytes[at] > 32 { at += 1 }
      if count < MPSReader.tokenLimit { tokenStorage[count] = Token(start: wordStart, end: at) }
      count += 1
    }
    tokenCount = count
    return at
  }

  /// Splits a data line into the fields of the fixed form: columns 2-3, 5-12, 15-22, 25-36, 40-47, 50-61. A number may
  /// run on beyond its field while blanks follow.
  /// - Returns: false for a blank line.
  private mutating func splitFixed(_ start: Int, _ end: Int) -> Bool {
    tokenCount = 0
    var isBlank = true
    for at in start..<end where bytes[at] != UInt8(ascii: " ") {
      isBlank = false
      if bytes[at] < 32 { hasMisfit = true }
      let column = at - start
      if column == 3 || column == 12 || column == 13 || column == 22 || column == 23 || column == 47 || column == 48 {
        hasMisfit = true
      }
    }
    if isBlank { return false }
    func field(_ from: Int, _ to: Int) -> Token {
      var low = min(start + from, end)
      var high = min(start + to, end)
      while low < high, bytes[low] == UInt8(ascii: " ") { low += 1 }
      while high > low, bytes[high - 1] == UInt8(ascii: " ") { high -= 1 }
      return Token(start: low, end: high)
    }
    let fields = (field(1, 3), field(4, 12), field(14, 22), field(24, 39), field(39, 47), field(49, .max - end))
    switch section {
    case .rows, .lazyRows, .cuts:
      (tokenStorage[0], tokenStorage[1]) = (fields.0, fields.1)
      tokenCount = 2
      if !fields.2.isEmpty { hasMisfit = true }
    case .columns, .rhs, .ranges:
      if !fields.0.isEmpty { hasMisfit = true }
      (tokenStorage[0], tokenStorage[1], tokenStorage[2]) = (fields.1, fields.2, fields.3)
      (tokenStorage[3], tokenStorage[4]) = (fields.4, fields.5)
      tokenCount = 5
    case .bounds:
      (tokenStorage[0], tokenStorage[1], tokenStorage[2], tokenStorage[3]) = (fields.0, fields.1, fields.2, fields.3)
      tokenCount = 4
    default:
      for one in [fields.0, fields.1, fields.2, fields.3, fields.4, fields.5] where !one.isEmpty {
        tokenStorage[tokenCount] = one
        tokenCount += 1
      }
      return tokenCount > 0
    }
    while tokenCount > 0, tokenStorage[tokenCount - 1].isEmpty { tokenCount -= 1 }
    return tokenCount > 0
  }

  /// Drops the rest of the line from word `i` on, when that word is a comment of the classic definition.
  @inline(__always)
  mutating func dropComment(at i: Int) {
    if i < min(tokenCount, MPSReader.tokenLimit), !token(i).isEmpty, bytes[token(i).start] == UInt8(ascii: "$") {
      if rows.find(token(i).start, token(i).end) < 0, columns.find(token(i).start, token(i).end) < 0 { tokenCount = i }
    }
  }

  // MARK: - Diagnostics

  func location(_ token: Token) -> SourceLocation {
    source.location(at: token.start, length: max(1, token.end - token.start))
  }

  mutating func fail(_ code: DiagnosticCode, _ message: String, at token: Token, mend: String? = nil, notes: [String] = []) {
    guard !found.isFull else { return }
    found.add(Diagnostic(code, message, at: location(token), mend: mend, notes: notes))
  }

  /// A warning or note, once a kind; later ones are counted.
  mutating func note(
    _ kind: String, _ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ message: String, at token: Token,
    mend: String? = nil
  ) {
    let place = seenKinds.insert(kind).inserted ? location(token) : nil
    found.addOnce(kind: kind, Diagnostic(code, severity, message, at: place, mend: mend))
  }

  /// Something that readers disagree about: an error in strict mode and, if `isLenientOnly`, in standard mode; a
  /// warning otherwise.
  /// - Returns: whether to go on with the reading that the warning states.
  @discardableResult
  mutating func slip(
    _ kind: String, _ code: DiagnosticCode, _ message: String, at token: Token, mend: String? = nil,
    isLenientOnly: Bool = false
  ) -> Bool {
    if options.mode == .strict || (isLenientOnly && options.mode != .lenient) {
      fail(code, message, at: token, mend: mend)
      return false
    }
    note(kind, code, .warning, message, at: token, mend: mend)
    return true
  }

  /// Reports a line that words cannot explain, or gives up so that fixed columns are tried.
  mutating func reject(
    _ code: DiagnosticCode, _ message: String, at token: Token, mend: String? = nil
  ) {
    if mayGiveUp { looksFixed = true } else { fail(code, message, at: token, mend: mend) }
  }

  mutating func rejectUnknown(_ what: String, _ name: Token, rows inRows: Bool) {
    if mayGiveUp {
      looksFixed = true
      return
    }
    let wanted = text(name)
    let known = inRows ? (0..<min(rows.count, 20_000)).map { rows.name($0) } : (0..<min(columns.count, 20_000)).map { columns.name($0) }
    fail(.unknownName, "there is no \(what) '\(wanted)'", at: name, mend: didYouMean(wanted, in: known))
  }

  // MARK: - Numbers

  /// The number of a word; reports what is not one.
  @inline(__always)
  mutating func number(_ token: Token) -> Double? {
    if let value = NumberParser.parse(bytes, from: token.start, to: token.end, notation: [.fortranExponent, .infinity]) {
      return value
    }
    rejectNumber(token)
    return nil
  }

  @inline(never)
  private mutating func rejectNumber(_ token: Token) {
    if NumberParser.isNaN(bytes, from: token.start, to: token.end) {
      fail(.badNumber, "NaN is not a value a model can have", at: token)
    } else if token.isEmpty {
      reject(.badNumber, "a number is missing", at: token)
    } else {
      let shown = text(token)
      reject(
        .badNumber, "'\(shown)' is not a number", at: token,
        mend: shown.contains(",") ? "write a decimal point, not a comma" : nil)
    }
  }

  /// A coefficient: a number that must be finite.
  @inline(__always)
  mutating func coefficient(_ token: Token) -> Double? {
    guard let value = number(token) else { return nil }
    if value.isFinite { return value }
    fail(.misplacedInfinity, "a coefficient must be finite", at: token)
    return nil
  }

  /// A bound: values from 1e30 on are infinite, from 1e20 on suspicious.
  @inline(__always)
  mutating func boundValue(_ token: Token) -> Double? {
    guard let value = number(token) else { return nil }
    if abs(value) < 1e20 { return value }
    if abs(value) >= 1e30 { return value < 0 ? -.infinity : .infinity }
    note("nearly", .nearlyInfinite, .warning, "the value \(value.text) is kept as a finite number", at: token, mend: "write inf if none is meant")
    return value
  }
}
