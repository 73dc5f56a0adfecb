/// Reads the sparse SDPA format. The first error ends it, for after a wrong count nothing that follows can be trusted.
struct SDPAReader: ~Copyable {
  /// An entry of the upper triangle, counted from 0: of F₀ for variable -1.
  struct Entry {
    var block: Int
    var row: Int
    var column: Int
    var variable: Int
    var value: Double
    var place: Int
  }

  /// More variables or entries of matrices than this are taken for damage.
  static let countLimit = 50_000_000
  static let orderLimit = 10_000

  let source: SourceText
  let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private(set) var costs: [Double] = []
  /// Sizes of the blocks, negative for diagonal ones.
  private(set) var sizes: [Int] = []
  private(set) var entries: [Entry] = []
  private var variableCount = 0

  init(_ source: SourceText, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.source = source
    self.bytes = bytes
  }

  // MARK: - Words

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte <= 32 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
      || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
  }

  private func failure(
    _ code: DiagnosticCode, _ message: String, at place: Range<Int>, mend: String? = nil
  ) -> ConstraintsError {
    .invalid([
      Diagnostic(code, message, at: source.location(at: place.lowerBound, length: max(1, place.count)), mend: mend)
    ])
  }

  private func text(_ word: Range<Int>) -> String { String(decoding: bytes[word], as: UTF8.self) }

  /// The next word on this line, or on this line and those after it.
  private mutating func word(acrossLines: Bool) -> Range<Int>? {
    while at < bytes.count, SDPAReader.isSeparator(bytes[at]) {
      if !acrossLines, bytes[at] == 10 || bytes[at] == 13 { return nil }
      at += 1
    }
    let start = at
    while at < bytes.count, !SDPAReader.isSeparator(bytes[at]) { at += 1 }
    return at > start ? start..<at : nil
  }

  private mutating func requiredWord(_ thing: String) throws(ConstraintsError) -> Range<Int> {
    guard let word = word(acrossLines: true) else {
      throw failure(.missingEnd, "the file ends before \(thing)", at: bytes.count..<bytes.count)
    }
    return word
  }

  private mutating func skipLine() {
    while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
  }

  private func number(_ word: Range<Int>) throws(ConstraintsError) -> Double {
    guard let value = NumberParser.parse(bytes, from: word.lowerBound, to: word.upperBound, notation: .fortranExponent),
      value.isFinite
    else { throw failure(.badNumber, "'\(text(word))' is not a finite number", at: word) }
    return value
  }

  private func whole(_ word: Range<Int>, _ range: ClosedRange<Int>, _ thing: String) throws(ConstraintsError) -> Int {
    let value = try number(word)
    guard let whole = Int(exactly: value) else {
      throw failure(.badNumber, "\(thing) is '\(text(word))', which is not a whole number", at: word)
    }
    guard range.contains(whole) else {
      throw failure(
        .badNumber, "\(thing) is \(whole)", at: word, mend: "use \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  // MARK: - Parts of the file

  /// Reads the number of variables and the blocks. Text after the numbers of a line is skipped, and so are comments
  /// before them.
  mutating func readSizes() throws(ConstraintsError) {
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "*") { skipLine() }
      else if bytes[at] > 32 { break }
      else { at += 1 }
    }
    variableCount = try whole(requiredWord("the number of variables"), 0...SDPAReader.countLimit, "the number of variables")
    skipLine()
    let count = try whole(requiredWord("the number of blocks"), 0...bytes.count, "the number of blocks")
    skipLine()
    var total = 0
    for k in 0..<count {
      let word = try requiredWord("the size of block \(k + 1)")
      let size = try whole(word, -SDPAReader.countLimit...SDPAReader.orderLimit, "the size of block \(k + 1)")
      total += size < 0 ? -size : size * (size + 1) / 2
      guard total <= SDPAReader.countLimit else {
        throw failure(.inputTooLarge, "the blocks have more than \(SDPAReader.countLimit) entries", at: word)
      }
      sizes.append(size)
    }
    skipLine()
  }

  mutating func readCosts() throws(ConstraintsError) {
    // Each takes at least a digit and a blank.
    costs.reserveCapacity(min(variableCount, bytes.count / 2))
    for i in 0..<variableCount { costs.append(try number(requiredWord("cost \(i + 1) of \(variableCount)"))) }
  }

  mutating func readEntries() throws(ConstraintsError) {
    while let first = word(acrossLines: true) {
      if bytes[first.lowerBound] == UInt8(ascii: "*") {
        throw failure(
          .unsupportedSection, "'\(text(first))' is not read", at: first,
          mend: "whole variables can be written in the conic benchmark format (.cbf)")
      }
      var words = [first]
      while let next = word(acrossLines: false) { words.append(next) }
      guard words.count == 5 else {
        throw failure(
          .badLine, "an entry has \(words.count) numbers instead of 5", at: first.lowerBound..<words[words.count - 1].upperBound,
          mend: "write matrix, block, row, column and value")
      }
      let variable = try whole(words[0], 0...variableCount, "the matrix") - 1
      guard !sizes.isEmpty else { throw failure(.badNumber, "there is no block for this entry", at: words[1]) }
      let block = try whole(words[1], 1...sizes.count, "the block") - 1
      let order = abs(sizes[block])
      guard order > 0 else { throw failure(.badNumber, "block \(block + 1) is empty", at: words[1]) }
      let (i, j) = (try whole(words[2], 1...order, "the row") - 1, try whole(words[3], 1...order, "the column") - 1)
      let value = try number(words[4])
      if i != j && sizes[block] < 0 {
        throw failure(
          .badNumber, "block \(block + 1) is diagonal, but this entry is in row \(i + 1) and column \(j + 1)",
          at: words[2].lowerBound..<words[3].upperBound)
      }
      entries.append(
        Entry(block: block, row: min(i, j), column: max(i, j), variable: variable, value: value, place: first.lowerBound))
    }
    try sortEntries()
  }

  /// Sorts by place in the matrices, variables ascending at each.
  private mutating func sortEntries() throws(ConstraintsError) {
    entries.sort { ($0.block, $0.column, $0.row, $0.variable) < ($1.block, $1.column, $1.row, $1.variable) }
    for k in entries.indices.dropFirst() {
      let (a, b) = (entries[k - 1], entries[k])
      if (a.block, a.column, a.row, a.variable) == (b.block, b.column, b.row, b.variable) {
        let place = max(a.place, b.place)
        throw failure(
          .repeatedEntry, "this entry, or the one mirrored at the diagonal, is given twice", at: place..<place + 1,
          mend: "write each entry of the upper triangle once")
      }
    }
  }

  // MARK: - The model

  func assemble() -> Model {
    var model = Model()
    for i in 0..<variableCount { model.addVariable(family: "x", keys: [.integer(i + 1)]) }
    let terms = costs.indices.filter { costs[$0] != 0 }.map { LinearTerm(costs[$0], Int32($0)) }
    model.setObjective(.minimize, ScalarFunction(linear: terms))
    var next = 0
    for (k, size) in sizes.enumerated() {
      let first = next
      while next < entries.count, entries[next].block == k { next += 1 }
      if abs(size) <= 1 || size < 0 {
        addRows(&model, k, abs(size), first..<next)
      } else {
        var functions = [ScalarFunction](repeating: ScalarFunction(), count: size * (size + 1) / 2)
        for entry in entries[first..<next] {
          let position = entry.column * (entry.column + 1) / 2 + entry.row
          if entry.variable < 0 {
            functions[position].constant -= entry.value
          } else if entry.value != 0 {
            functions[position].linear.append(LinearTerm(entry.value, Int32(entry.variable)))
          }
        }
        model.addConstraint(
          .family("block", [.integer(k + 1)]), functions, in: PositiveSemidefiniteConeTriangle(sideDimension: size))
      }
    }
    return model
  }

  private func addRows(_ model: inout Model, _ block: Int, _ count: Int, _ range: Range<Int>) {
    var next = range.lowerBound
    for i in 0..<count {
      var terms: [LinearTerm] = []
      var lower = 0.0
      while next < range.upperBound, entries[next].column == i {
        let entry = entries[next]
        next += 1
        if entry.variable < 0 {
          lower = entry.value
        } else if entry.value != 0 {
          terms.append(LinearTerm(entry.value, Int32(entry.variable)))
        }
      }
      model.addRow(.family("block", [.integer(block + 1), .integer(i + 1)]), terms, lower: lower, upper: .infinity)
    }
  }
}
