/// One entry of a quadratic section, as written.
struct MPSQuadraticEntry {
  var first: Int32
  var second: Int32
  var value: Double
  /// Whether the section lists both triangles.
  var isFull: Bool
  var place: MPSReader.Token
}

/// An ordered set while its members are read.
struct MPSOrderedSet {
  var isSecondKind: Bool
  /// The words after S1 or S2.
  var words: [MPSReader.Token]
  var name: MPSReader.Token
  var members: [Int32] = []
  var weights: [Double] = []
}

/// A cone of MOSEK's CSECTION while its members are read.
struct MPSCone {
  enum Kind { case quadratic, rotated, exponential, dualExponential, power, dualPower }
  var kind: Kind
  var exponent: Double
  var name: MPSReader.Token
  var members: [Int32] = []
}

extension MPSReader {
  // MARK: - Quadratic parts

  /// `QSECTION row` and `QCMATRIX row`.
  mutating func startQuadraticRow() {
    quadraticRow = -2
    guard tokenCount == 2 else {
      return fail(.badLine, "\(text(token(0))) needs the name of a row", at: token(0))
    }
    let row = rows.find(token(1).start, token(1).end)
    guard row >= 0 else { return rejectUnknown("row", token(1), rows: true) }
    quadraticRow = row
    if section == .quadraticConstraint {
      let factor = options.dialect == .mosek ? "0.5 x'Qx" : "x'Qx"
      note(
        "quadratic factor", .quadraticFactor, .warning, "the matrix of a quadratic constraint is read as \(factor)",
        at: token(1), mend: "other readers differ; check, or choose a dialect")
    }
  }

  mutating func readQuadraticEntry() {
    if quadraticRow == -2 { return }
    guard tokenCount == 3 else {
      return reject(.badLine, "a quadratic entry has two columns and a number, not \(tokenCount) words", at: token(0))
    }
    let first = columns.find(token(0).start, token(0).end)
    guard first >= 0 else { return rejectUnknown("column", token(0), rows: false) }
    let second = columns.find(token(1).start, token(1).end)
    guard second >= 0 else { return rejectUnknown("column", token(1), rows: false) }
    guard let value = coefficient(token(2)) else { return }
    quadraticTerms[quadraticRow, default: []].append(
      MPSQuadraticEntry(
        first: Int32(first), second: Int32(second), value: value,
        isFull: section == .quadraticMatrix || section == .quadraticConstraint, place: token(0)))
  }

  /// The quadratic terms of a row or (with -1) the objective, without the factor one half.
  mutating func quadraticFunction(_ row: Int) -> [QuadraticTerm] {
    guard var entries = quadraticTerms[row] else { return [] }
    // Entries of one pair of columns side by side, in the order of the file.
    entries.sort {
      (min($0.first, $0.second), max($0.first, $0.second), $0.place.start)
        < (min($1.first, $1.second), max($1.first, $1.second), $1.place.start)
    }
    let isConstraintMatrix = row >= 0 && entries.contains { $0.isFull } && options.dialect != .mosek
    let half = isConstraintMatrix ? 1.0 : 0.5
    var terms: [QuadraticTerm] = []
    var i = 0
    while i < entries.count {
      var j = i
      var (above, below) = (0.0, 0.0)  // as first-second and second-first
      var (countAbove, countBelow) = (0, 0)
      let (low, high) = (min(entries[i].first, entries[i].second), max(entries[i].first, entries[i].second))
      while j < entries.count, min(entries[j].first, entries[j].second) == low,
        max(entries[j].first, entries[j].second) == high
      {
        if entries[j].first == low {
          above += entries[j].value
          countAbove += 1
        } else {
          below += entries[j].value
          countBelow += 1
        }
        j += 1
      }
      let entry = entries[i]
      let pair = "(\(columns.name(Int(low))), \(columns.name(Int(high))))"
      if countAbove > 1 || countBelow > 1 {
        slip(
          "repeated quadratic", .repeatedEntry, "the quadratic entry \(pair) is given twice; the values are added up",
          at: entry.place, mend: "keep one")
      }
      if low == high {
        terms.append(QuadraticTerm(half * above, low, high))
      } else if entry.isFull {
        if above != below {
          slip(
            "asymmetric", .asymmetricMatrix,
            "the entries \(pair) of the two triangles differ, \(above.text) and \(below.text); half of each counts",
            at: entry.place, mend: "give both the same value")
        }
        terms.append(QuadraticTerm(half * above + half * below, low, high))
      } else {
        if countAbove > 0 && countBelow > 0 {
          slip(
            "both triangles", .asymmetricMatrix,
            "this section lists one triangle, and \(pair) stands in both; the values are added up", at: entry.place,
            mend: "keep one triangle, or call the section QMATRIX")
        }
        terms.append(QuadraticTerm(above + below, low, high))
      }
      i = j
    }
    return terms
  }

  // MARK: - Indicators

  /// `IF row column 0/1`: the row holds when the column has the value.
  mutating func readIndicator() {
    guard tokenCount == 4, text(token(0)).uppercased() == "IF" else {
      return reject(.badLine, "an indicator is 'IF row column value'", at: token(0))
    }
    let row = rows.find(token(1).start, token(1).end)
    guard row >= 0 else { return rejectUnknown("row", token(1), rows: true) }
    let column = columns.find(token(2).start, token(2).end)
    guard column >= 0 else { return rejectUnknown("column", token(2), rows: false) }
    guard let value = number(token(3)) else { return }
    guard value == 0 || value == 1 else {
      return fail(.badSetInFile, "a binary variable is 0 or 1, never \(value.text)", at: token(3), mend: "write 0 or 1")
    }
    if rowTypes[row] == UInt8(ascii: "N") {
      return fail(.badSetInFile, "the free row '\(text(token(1)))' cannot be conditional", at: token(1))
    }
    if indicatorConditions[row] != nil {
      return fail(.repeatedEntry, "row '\(text(token(1)))' has two conditions", at: token(1), mend: "keep one")
    }
    indicatorConditions[row] = (column, value == 1)
  }

  // MARK: - Ordered sets

  /// `S1 name [priority]` and members `column weight`, or `S1 SOS name priority` and members `SOS column weight`.
  mutating func readOrderedSet() {
    let first = token(0)
    let isHeader = first.end - first.start == 2 && bytes[first.start] & 0xDF == UInt8(ascii: "S")
      && (bytes[first.start + 1] == UInt8(ascii: "1") || bytes[first.start + 1] == UInt8(ascii: "2"))
    if isHeader, tokenCount != 2 || NumberParser.parse(bytes, from: token(1).start, to: token(1).end) == nil
      || columns.find(first.start, first.end) < 0
    {
      guard tokenCount >= 2, tokenCount <= 4 else {
        return reject(.badLine, "an ordered set begins with 'S1 name' or 'S2 name'", at: first)
      }
      let words = (1..<tokenCount).map { token($0) }
      var set = MPSOrderedSet(isSecondKind: bytes[first.start + 1] == UInt8(ascii: "2"), words: words, name: words[0])
      // Two words are a name and its priority, or the set's family and the name.
      if words.count == 3 || (words.count == 2 && !isNumber(words[1])) { set.name = words[1] }
      if words.count == 3 || (words.count == 2 && isNumber(words[1])) {
        note("priority", .lostInFile, .note, "priorities of ordered sets are not kept", at: words[words.count - 1])
      }
      orderedSets.append(set)
      return
    }
    guard !orderedSets.isEmpty else {
      return reject(.badLine, "members come after a line 'S1 name' or 'S2 name'", at: first)
    }
    guard tokenCount == 2 || tokenCount == 3 else {
      return reject(.badLine, "a member of an ordered set has a column and a weight", at: first)
    }
    let member = token(tokenCount - 2)
    let column = columns.find(member.start, member.end)
    guard column >= 0 else { return rejectUnknown("column", member, rows: false) }
    guard let weight = coefficient(token(tokenCount - 1)) else { return }
    let last = orderedSets.count - 1
    if tokenCount == 3, orderedSets[last].members.isEmpty, orderedSets[last].words.count == 2 {
      orderedSets[last].name = orderedSets[last].words[1]
    }
    orderedSets[last].members.append(Int32(column))
    orderedSets[last].weights.append(weight)
  }

  private func isNumber(_ word: Token) -> Bool { NumberParser.parse(bytes, from: word.start, to: word.end) != nil }

  // MARK: - Cones

  /// `CSECTION name parameter type`; the members follow, one a line.
  mutating func startCone() {
    guard tokenCount >= 3 else {
      return fail(.badLine, "a cone is 'CSECTION name parameter type'", at: token(0))
    }
    let typeWord = token(tokenCount - 1)
    let kind: MPSCone.Kind
    switch text(typeWord).uppercased() {
    case "QUAD": kind = .quadratic
    case "RQUAD": kind = .rotated
    case "PEXP": kind = .exponential
    case "DEXP": kind = .dualExponential
    case "PPOW": kind = .power
    case "DPOW": kind = .dualPower
    default:
      return fail(.badKeyword, "there is no cone '\(text(typeWord))'", at: typeWord, mend: "write QUAD, RQUAD, PEXP, DEXP, PPOW or DPOW")
    }
    var exponent = 0.0
    if tokenCount == 4 {
      guard let value = coefficient(token(2)) else { return }
      exponent = value
    }
    if kind == .power || kind == .dualPower, !(exponent > 0 && exponent < 1) {
      return fail(.badSetInFile, "the exponent of a power cone lies between 0 and 1", at: token(min(2, tokenCount - 1)))
    }
    cones.append(MPSCone(kind: kind, exponent: exponent, name: token(1)))
  }

  mutating func readConeMember() {
    guard tokenCount == 1 else { return reject(.badLine, "a member of a cone is one column", at: token(0)) }
    let column = columns.find(token(0).start, token(0).end)
    guard column >= 0 else { return rejectUnknown("column", token(0), rows: false) }
    guard !cones.isEmpty else { return }
    cones[cones.count - 1].members.append(Int32(column))
  }

  /// The cone as one of ours, members in its order.
  mutating func vectorSet(of cone: MPSCone) -> (members: [Int32], set: any VectorSet)? {
    let x = cone.members
    let least = cone.kind == .quadratic ? 1 : cone.kind == .rotated ? 2 : 3
    let isExact = cone.kind != .quadratic && cone.kind != .rotated
    guard x.count >= least, !isExact || x.count == least else {
      fail(.badSetInFile, "cone '\(text(cone.name))' has \(x.count) members instead of \(isExact ? "3" : "at least \(least)")", at: cone.name)
      return nil
    }
    switch cone.kind {
    case .quadratic: return (x, SecondOrderCone(dimension: x.count))
    case .rotated: return (x, RotatedSecondOrderCone(dimension: x.count))
    // MOSEK's first member is our last.
    case .exponential: return (x.reversed(), ExponentialCone())
    case .dualExponential: return (x.reversed(), DualExponentialCone())
    case .power: return (x, PowerCone(exponent: cone.exponent))
    case .dualPower: return (x, DualPowerCone(exponent: cone.exponent))
    }
  }
}
