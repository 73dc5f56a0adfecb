/// Reads the lines of a solution file of one flavour.
struct PointReader {
  let source: SourceText
  let model: Model
  private let positions: [String: Int]
  private var point: PointFile
  private var found = DiagnosticCollector()
  private var unknown: (count: Int, names: [String], first: SourceLocation)?
  private var given: [Bool]
  private var hasRepetition = false

  private let omitsZeros: Bool

  init(_ source: SourceText, _ model: Model, format: SolutionFileFormat, omitsZeros: Bool) {
    self.omitsZeros = omitsZeros
    self.source = source
    self.model = model
    positions = model.variableNames.positions()
    point = PointFile(format: format, values: [Double](repeating: .nan, count: model.variableCount))
    given = [Bool](repeating: false, count: model.variableCount)
  }

  private struct Word {
    var range: Range<Int>
    var text: Substring
  }

  private struct Line {
    var text: String
    var offset: Int
  }

  mutating func read() throws(ConstraintsError) -> PointFile {
    let lines = splitLines()
    switch point.format {
    case .miplib, .gurobi, .scip: readNameValueLines(lines)
    case .highs: readHighs(lines)
    case .glpk: readGLPK(lines)
    case .cbc: readCBC(lines)
    }
    if let unknown {
      found.add(
        Diagnostic(
          .unknownName, .warning,
          "\(unknown.count) name\(unknown.count == 1 ? " is" : "s are") not in the model and left out: "
            + unknown.names.joined(separator: ", ") + (unknown.count > unknown.names.count ? ", ..." : ""),
          at: unknown.first, mend: didYouMean(unknown.names[0], in: positions.keys.sorted().prefix(20_000))))
    }
    try found.throwIfErrors()
    if omitsZeros, given.contains(true) || point.objective != nil {
      for j in point.values.indices where !given[j] { point.values[j] = 0 }
    }
    point.warnings = found.finish()
    return point
  }

  // MARK: - Lines and words

  private func splitLines() -> [Line] {
    var lines: [Line] = []
    var start = 0
    let bytes = source.bytes
    for at in 0...bytes.count where at == bytes.count || bytes[at] == 10 || bytes[at] == 13 {
      if at > start { lines.append(Line(text: String(decoding: bytes[start..<at], as: UTF8.self), offset: start)) }
      start = at + 1
    }
    return lines
  }

  private func words(_ line: Line) -> [Word] {
    var result: [Word] = []
    let bytes = line.text.utf8
    var at = bytes.startIndex
    while at < bytes.endIndex {
      while at < bytes.endIndex, bytes[at] <= 32 { at = bytes.index(after: at) }
      let start = at
      while at < bytes.endIndex, bytes[at] > 32 { at = bytes.index(after: at) }
      if start < at {
        let low = line.offset + bytes.distance(from: bytes.startIndex, to: start)
        result.append(Word(range: low..<(low + bytes.distance(from: start, to: at)), text: line.text[start..<at]))
      }
    }
    return result
  }

  private func location(_ word: Word) -> SourceLocation {
    source.location(at: word.range.lowerBound, length: word.range.count)
  }

  private mutating func fail(_ message: String, at word: Word, mend: String? = nil) {
    guard !found.isFull else { return }
    found.add(Diagnostic(.badSolutionLine, message, at: location(word), mend: mend))
  }

  private mutating func number(_ word: Word) -> Double? {
    let value = source.bytes.withUnsafeBufferPointer {
      NumberParser.parse($0, from: word.range.lowerBound, to: word.range.upperBound, notation: .infinity)
    }
    if let value { return value }
    guard !found.isFull else { return nil }
    found.add(Diagnostic(.badNumber, "'\(word.text)' is not a number", at: location(word)))
    return nil
  }

  private mutating func set(_ name: Word, _ spelled: Substring, to value: Word) {
    guard let value = number(value) else { return }
    guard let j = positions[String(spelled)] else {
      if unknown == nil { unknown = (0, [], location(name)) }
      unknown?.count += 1
      if unknown?.names.count ?? 0 < 5 { unknown?.names.append(String(spelled)) }
      return
    }
    set(j, to: value, at: name)
  }

  private mutating func set(_ j: Int, to value: Double, at place: Word) {
    if given[j], point.values[j] != value {
      // The place is looked up once: that takes time in proportion to the text before it.
      let first = hasRepetition ? nil : location(place)
      hasRepetition = true
      let message = "variable '\(model.variableNames[j])' has two values; the last one holds"
      found.addOnce(kind: "repeated", Diagnostic(.repeatedEntry, .warning, message, at: first))
    }
    given[j] = true
    point.values[j] = value
  }

  // MARK: - Flavours

  /// MIPLIB, Gurobi and SCIP: a name and a value a line, other lines apart.
  private mutating func readNameValueLines(_ lines: [Line]) {
    for line in lines {
      let words = words(line)
      guard let first = words.first else { continue }
      if found.isFull { return }
      if first.text.hasPrefix("#") {
        // # Objective value = 12
        if let equals = words.firstIndex(where: { $0.text == "=" }), equals + 1 < words.count,
          line.text.lowercased().contains("objective")
        {
          point.objective = number(words[equals + 1])
        }
        continue
      }
      switch first.text {
      case "=obj=" where words.count >= 2: point.objective = number(words[1])
      case "=infeas=", "=unkn=", "=unbd=", "=best=":
        point.status = String(first.text.dropFirst().dropLast())
      case "objective" where line.text.contains("objective value:"):
        if let last = words.last { point.objective = number(last) }
      case "solution" where line.text.contains("solution status:"):
        point.status = words.dropFirst(2).map { String($0.text) }.joined(separator: " ")
      case "no" where line.text.contains("no solution"): point.status = "no solution available"
      default:
        guard words.count >= 2 else {
          fail("a name is followed by a value", at: first)
          continue
        }
        if words.count > 2, !(words[2].text.hasPrefix("(") || words[2].text.hasPrefix("#")) {
          fail("after a name and its value stands '\(words[2].text)'", at: words[2], mend: "names with blanks cannot be told from values")
          continue
        }
        set(first, first.text, to: words[1])
      }
    }
  }

  /// HiGHS, styles 0 and 4: sections that begin with `#`.
  private mutating func readHighs(_ lines: [Line]) {
    var remaining = 0
    var isSparse = false
    var inPrimal = true
    var afterStatus = false
    for line in lines {
      let words = words(line)
      guard let first = words.first else { continue }
      if found.isFull { return }
      if afterStatus {
        point.status = line.text
        afterStatus = false
        continue
      }
      if line.text.hasPrefix("Model status") {
        afterStatus = true
      } else if first.text == "#" {
        if line.text.hasPrefix("# Dual") || line.text.hasPrefix("# Basis") { inPrimal = false }
        remaining = 0
        if inPrimal, words.count == 3, words[1].text == "Columns", let count = number(words[2]) {
          isSparse = count < 0
          guard count.isFinite, abs(count) <= Double(model.variableCount) || !isSparse, abs(count) < 1e9 else {
            fail("there are \(count.text) columns", at: words[2])
            return
          }
          remaining = Int(abs(count))
          if isSparse { for j in point.values.indices { point.values[j] = 0 } }
        }
      } else if inPrimal, first.text == "Objective", words.count == 2 {
        point.objective = number(words[1])
      } else if remaining > 0 {
        guard words.count == (isSparse ? 3 : 2) || words.count == 2 else {
          fail("a name and a value are expected", at: first)
          continue
        }
        remaining -= 1
        set(first, first.text, to: words[1])
      }
    }
    if remaining > 0 {
      found.add(
        Diagnostic(.badSolutionLine, "\(remaining) columns are missing at the end", at: source.location(at: source.bytes.count), mend: "the file is cut off"))
    }
  }

  /// GLPK: `s` line with the counts, `j` lines with a number and, for each kind, the value in its place.
  private mutating func readGLPK(_ lines: [Line]) {
    var kind: Substring = "bas"
    for line in lines {
      let words = words(line)
      guard let first = words.first, first.text != "c" else { continue }
      if found.isFull { return }
      switch first.text {
      case "s":
        guard words.count >= 6, let columns = number(words[3]) else {
          fail("the line is 's kind rows columns status objective'", at: first)
          return
        }
        kind = words[1].text
        if columns != Double(model.variableCount) {
          found.add(
            Diagnostic(
              .wrongSolutionSize, "the solution has \(columns.text) columns, the model \(model.variableCount) variables",
              at: location(words[3]), mend: "use the solution of this model"))
          return
        }
        point.status = words[4..<(words.count - 1)].map { String($0.text) }.joined(separator: " ")
        point.objective = number(words[words.count - 1])
      case "j":
        let place = kind == "bas" ? 3 : 2
        guard words.count > place, let position = number(words[1]) else {
          fail("the line is 'j number value'", at: first)
          continue
        }
        guard position >= 1, position <= Double(model.variableCount), position == position.rounded() else {
          fail("there is no column \(position.text)", at: words[1])
          continue
        }
        guard let value = number(words[place]) else { continue }
        set(Int(position) - 1, to: value, at: words[1])
      case "i": continue
      case "e": return
      default: fail("there is no line of type '\(first.text)'", at: first)
      }
    }
  }

  /// CBC: a status line, then number, name, value and reduced cost, `**` before what breaks a bound.
  private mutating func readCBC(_ lines: [Line]) {
    for (k, line) in lines.enumerated() {
      var words = words(line)
      if found.isFull { return }
      if k == 0 {
        point.status = line.text.components(before: " - ")
        if let last = words.last, words.count > 2 { point.objective = number(last) }
        continue
      }
      if words.first?.text == "**" { words.removeFirst() }
      guard let first = words.first else { continue }
      guard words.count >= 3 else {
        fail("the line is 'number name value cost'", at: first)
        continue
      }
      if model.variableCount > 0 { set(words[1], words[1].text, to: words[2]) }
    }
  }
}

extension String {
  /// The part before the first occurrence of a separator.
  fileprivate func components(before separator: String) -> String {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(separator) { return String(self[..<at]) }
      at = index(after: at)
    }
    return self
  }
}
