extension MPSReader {
  /// A line of RHS or RANGES: an optional set and one or two pairs of row and number.
  mutating func readRightHandSides() {
    let pairsFrom: Int
    if isFixed {
      pairsFrom = 1
    } else {
      dropComment(at: tokenCount > 2 && tokenCount % 2 == 1 ? 3 : 2)
      guard tokenCount >= 2, tokenCount <= 5 else {
        return reject(.badLine, "this line needs pairs of row and number", at: token(0))
      }
      pairsFrom = tokenCount % 2
    }
    let set = pairsFrom == 1 ? token(0) : Token(start: lineStart, end: lineStart)
    guard isChosen(set) else { return }
    if tokenCount < pairsFrom + 2 { return reject(.badLine, "this line needs pairs of row and number", at: token(0)) }
    var i = pairsFrom
    while i < tokenCount {
      let name = token(i)
      let valueWord = i + 1 < tokenCount ? token(i + 1) : Token(start: name.end, end: name.end)
      i += 2
      let row = rows.find(name.start, name.end)
      guard row >= 0 else { return rejectUnknown("row", name, rows: true) }
      guard let value = number(valueWord) else { return }
      if section == .rhs { setRightHandSide(row, value, at: name) } else { setRange(row, value, at: name) }
    }
  }

  /// Whether a set of right-hand sides, ranges or bounds is the first of the file; others are ignored.
  private mutating func isChosen(_ set: Token) -> Bool {
    guard let chosen = chosenSets[section] else {
      chosenSets[section] = set
      return true
    }
    if bytes[chosen.start..<chosen.end].elementsEqual(bytes[set.start..<set.end]) { return true }
    // A line without the name of the set belongs to the first one.
    if set.isEmpty || chosen.isEmpty { return true }
    slip(
      "second set \(section)", .ignoredEntry,
      "the set '\(text(set))' is ignored, only the first one, '\(text(chosen))', counts", at: set, mend: "remove the other set")
    return false
  }

  private mutating func setRightHandSide(_ row: Int, _ value: Double, at place: Token) {
    if hasRHS[row] {
      guard
        slip(
          "repeated rhs", .repeatedEntry, "row '\(text(place))' has two right-hand sides; the last one holds", at: place,
          mend: "keep one", isLenientOnly: value != rhs[row])
      else { return }
    }
    hasRHS[row] = true
    if rowTypes[row] == UInt8(ascii: "N") {
      if !value.isFinite { return fail(.misplacedInfinity, "the constant of a free row must be finite", at: place) }
      freeRowConstants.append((row, value, place))
    }
    if abs(value) >= 1e30 {
      let isLoose = rowTypes[row] == UInt8(ascii: "L") ? value > 0 : rowTypes[row] == UInt8(ascii: "G") && value < 0
      guard isLoose else {
        return fail(.misplacedInfinity, "row '\(text(place))' has an infinite right-hand side", at: place)
      }
      note("infinite rhs", .ignoredEntry, .note, "row '\(text(place))' has an infinite right-hand side and never binds", at: place)
      rhs[row] = value < 0 ? -.infinity : .infinity
      return
    }
    rhs[row] = value
  }

  private mutating func setRange(_ row: Int, _ value: Double, at place: Token) {
    if rowTypes[row] == UInt8(ascii: "N") {
      slip("range of N", .ignoredEntry, "a range on the free row '\(text(place))' has no effect", at: place, mend: "remove it")
      return
    }
    if !ranges[row].isNaN {
      guard
        slip(
          "repeated range", .repeatedEntry, "row '\(text(place))' has two ranges; the last one holds", at: place,
          mend: "keep one", isLenientOnly: value != ranges[row])
      else { return }
    }
    ranges[row] = abs(value) >= 1e30 ? (value < 0 ? -.infinity : .infinity) : value
  }

  /// The bounds of a row from its type, right-hand side and range.
  func rowBounds(_ row: Int) -> (lower: Double, upper: Double) {
    let b = rhs[row]
    let range = ranges[row]
    switch rowTypes[row] {
    case UInt8(ascii: "G"): return (b, range.isNaN || b.isInfinite ? .infinity : b + abs(range))
    case UInt8(ascii: "L"): return (range.isNaN || b.isInfinite ? -.infinity : b - abs(range), b)
    case UInt8(ascii: "E"):
      if range.isNaN || range == 0 { return (b, b) }
      return range > 0 ? (b, b + range) : (b + range, b)
    default: return (-.infinity, .infinity)
    }
  }

  // MARK: - BOUNDS

  private enum BoundType {
    case lower, upper, fixed, free, minusInfinity, plusInfinity, binary, integerLower, integerUpper
    case semicontinuous, semiinteger

    var hasValue: Bool {
      switch self {
      case .free, .minusInfinity, .plusInfinity, .binary: false
      default: true
      }
    }
  }

  private func boundType(_ word: Token) -> BoundType? {
    guard word.end - word.start == 2 else { return nil }
    switch (bytes[word.start] & 0xDF, bytes[word.start + 1] & 0xDF) {
    case (UInt8(ascii: "L"), UInt8(ascii: "O")): return .lower
    case (UInt8(ascii: "U"), UInt8(ascii: "P")): return .upper
    case (UInt8(ascii: "F"), UInt8(ascii: "X")): return .fixed
    case (UInt8(ascii: "F"), UInt8(ascii: "R")): return .free
    case (UInt8(ascii: "M"), UInt8(ascii: "I")): return .minusInfinity
    case (UInt8(ascii: "P"), UInt8(ascii: "L")): return .plusInfinity
    case (UInt8(ascii: "B"), UInt8(ascii: "V")): return .binary
    case (UInt8(ascii: "L"), UInt8(ascii: "I")): return .integerLower
    case (UInt8(ascii: "U"), UInt8(ascii: "I")): return .integerUpper
    case (UInt8(ascii: "S"), UInt8(ascii: "C")): return .semicontinuous
    case (UInt8(ascii: "S"), UInt8(ascii: "I")): return .semiinteger
    default: return nil
    }
  }

  mutating func readBound() {
    guard let type = boundType(token(0)) else {
      return reject(
        .badKeyword, "'\(text(token(0)))' is no type of bound", at: token(0),
        mend: "write LO, UP, FX, FR, MI, PL, BV, LI, UI, SC or SI")
    }
    guard let fields = boundFields(type) else { return }
    guard isChosen(fields.set) else { return }
    let column = columns.find(fields.column.start, fields.column.end)
    guard column >= 0 else { return rejectUnknown("column", fields.column, rows: false) }
    var value = 0.0
    if type.hasValue {
      if let word = fields.value {
        guard let read = boundValue(word) else { return }
        value = read
      } else if type == .semicontinuous || type == .semiinteger {
        guard
          slip(
            "SC without value", .missingSemicontinuousBound,
            "the semicontinuous column '\(text(fields.column))' has no upper bound; it is read as infinite",
            at: fields.column, mend: "write the bound")
        else { return }
        value = .infinity
      } else {
        return reject(.badLine, "a bound of type \(text(token(0))) needs a value", at: token(0))
      }
    } else if let word = fields.value {
      note(
        "value after \(text(token(0)))", .ignoredEntry, .note,
        "the value after a bound of type \(text(token(0))) has no meaning", at: word)
    }
    apply(type, value, to: column, at: fields.column)
  }

  /// Finds set, column and value; the set may be missing.
  private mutating func boundFields(_ type: BoundType) -> (set: Token, column: Token, value: Token?)? {
    let none = Token(start: lineStart, end: lineStart)
    if isFixed {
      guard tokenCount >= 3 else {
        reject(.badLine, "a bound needs a type, a set and a column", at: token(0))
        return nil
      }
      return (token(1), token(2), tokenCount > 3 ? token(3) : nil)
    }
    func isColumn(_ i: Int) -> Bool { columns.find(token(i).start, token(i).end) >= 0 }
    dropComment(at: 4)
    if tokenCount > 2 { dropComment(at: tokenCount - 1) }
    switch tokenCount {
    case 2: return (none, token(1), nil)
    case 3:
      let isOptional = !type.hasValue || type == .semicontinuous || type == .semiinteger
      if isOptional, isColumn(2) {
        if isColumn(1), NumberParser.parse(bytes, from: token(2).start, to: token(2).end) != nil {
          slip(
            "ambiguous bound", .badLine, "'\(text(token(2)))' may be a column or a value; it is read as a column",
            at: token(2), mend: "name the set")
        }
        return (token(1), token(2), nil)
      }
      if isOptional, !isColumn(1) { return (token(1), token(2), nil) }
      return (none, token(1), token(2))
    case 4: return (token(1), token(2), token(3))
    default:
      reject(.badLine, "a bound has a type, a set, a column and a value, not \(tokenCount) words", at: token(0))
      return nil
    }
  }

  private mutating func apply(_ type: BoundType, _ value: Double, to column: Int, at place: Token) {
    columnFlags[column].insert(.named)
    switch type {
    case .lower, .integerLower:
      if type == .integerLower { columnFlags[column].insert(.integer) }
      setLower(column, value, at: place)
    case .upper, .integerUpper:
      if type == .integerUpper { columnFlags[column].insert(.integer) }
      setUpper(column, value, at: place)
      if value <= 0 { uppersAtMostZero.append((column, value, place)) }
    case .fixed:
      if value.isInfinite { return fail(.misplacedInfinity, "a variable cannot be fixed at infinity", at: place) }
      setLower(column, value, at: place)
      setUpper(column, value, at: place)
    case .free:
      setLower(column, -.infinity, at: place)
      setUpper(column, .infinity, at: place)
    case .minusInfinity: setLower(column, -.infinity, at: place)
    case .plusInfinity: setUpper(column, .infinity, at: place)
    case .binary: columnFlags[column].insert(.binary)
    case .semicontinuous, .semiinteger:
      columnFlags[column].insert(.semicontinuous)
      if type == .semiinteger { columnFlags[column].insert(.integer) }
      setUpper(column, value, at: place)
    }
  }

  private mutating func setLower(_ column: Int, _ value: Double, at place: Token) {
    if value == .infinity { return fail(.misplacedInfinity, "a lower bound cannot be plus infinity", at: place) }
    if columnFlags[column].contains(.lowerGiven), value != lower[column] { warnRepeatedBound("lower", place) }
    columnFlags[column].insert(.lowerGiven)
    lower[column] = value
  }

  private mutating func setUpper(_ column: Int, _ value: Double, at place: Token) {
    if value == -.infinity { return fail(.misplacedInfinity, "an upper bound cannot be minus infinity", at: place) }
    if columnFlags[column].contains(.upperGiven), value != upper[column] { warnRepeatedBound("upper", place) }
    columnFlags[column].insert(.upperGiven)
    upper[column] = value
  }

  private mutating func warnRepeatedBound(_ side: String, _ place: Token) {
    slip(
      "repeated \(side) bound", .repeatedEntry, "column '\(text(place))' has two \(side) bounds; the last one holds",
      at: place, mend: "keep one")
  }

  /// Bounds and domain of every column, once all BOUNDS lines are known.
  mutating func settleBounds() -> [Domain] {
    for (column, value, place) in uppersAtMostZero where upper[column] == value {
      let flags = columnFlags[column]
      if flags.contains(.lowerGiven) || flags.contains(.binary) || flags.contains(.semicontinuous) { continue }
      if value == 0 {
        note("zero upper", .zeroUpperBound, .warning, "column '\(text(place))' is fixed at 0 by an upper bound of 0", at: place, mend: "write FX if that is meant")
      } else if options.dialect == .mosek || options.dialect == .classic {
        slip(
          "negative upper", .negativeUpperBound,
          "column '\(text(place))' has upper bound \(value.text) and keeps its lower bound 0", at: place,
          mend: "state the lower bound")
      } else if slip(
        "negative upper", .negativeUpperBound,
        "column '\(text(place))' has upper bound \(value.text); its lower bound is read as minus infinity", at: place,
        mend: "state the lower bound with LO or MI")
      {
        lower[column] = -.infinity
      }
    }
    var domains: [Domain] = []
    domains.reserveCapacity(columns.count)
    for column in 0..<columns.count { domains.append(domain(column)) }
    return domains
  }

  private mutating func domain(_ column: Int) -> Domain {
    let flags = columnFlags[column]
    let range = columns.range(column)
    let place = Token(start: range.lowerBound, end: range.upperBound)
    if flags.contains(.semicontinuous) {
      if flags.contains(.binary) {
        fail(.badLine, "column '\(text(place))' is both binary and semicontinuous", at: place)
      }
      return flags.contains(.integer) ? .semiinteger : .semicontinuous
    }
    if flags.contains(.binary) {
      let isWider =
        (flags.contains(.lowerGiven) && lower[column] < 0) || (flags.contains(.upperGiven) && upper[column] > 1)
      if isWider {
        slip(
          "narrowed", .narrowedBinary,
          "column '\(text(place))' is binary and has bounds [\(lower[column].text), \(upper[column].text)]", at: place,
          mend: "remove the bounds")
      }
      return .binary
    }
    guard flags.contains(.integer) else { return .real }
    if flags.contains(.named) { return .integer }
    note(
      "integer default", .integerDefault, .note,
      "integer columns such as '\(text(place))' have no bounds in the file and are read as binary", at: place)
    return .binary
  }
}
