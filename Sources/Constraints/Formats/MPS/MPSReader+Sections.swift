extension MPSReader {
  /// The section that a header word starts; nil when it is not a header.
  static func section(named word: String) -> Section? {
    switch word {
    case "NAME": .name
    case "OBJSENSE", "OBJSENS": .sense
    case "OBJNAME", "OBJECT": .objectiveName
    case "ROWS": .rows
    case "LAZYCONS", "DELAYEDROWS": .lazyRows
    case "USERCUTS", "MODELCUTS": .cuts
    case "COLUMNS": .columns
    case "RHS": .rhs
    case "RANGES": .ranges
    case "BOUNDS": .bounds
    case "SOS", "SETS": .sets
    case "QUADOBJ": .quadraticObjective
    case "QMATRIX": .quadraticMatrix
    case "QSECTION": .quadraticSection
    case "QCMATRIX": .quadraticConstraint
    case "INDICATORS": .indicators
    case "CSECTION": .cone
    case "ENDATA": .end
    default: nil
    }
  }

  /// Sections of some dialect that change the problem and are not read.
  static let unsupportedSections: [String: String] = [
    "GENCONS": "general constraints of Gurobi", "PWLOBJ": "a piecewise linear objective of Gurobi",
    "PWLNAM": "piecewise linear functions of CPLEX", "PWLCON": "piecewise linear constraints of CPLEX",
    "SCENARIOS": "scenarios of Gurobi", "MULTIOBJ": "several objectives", "SOS1": "ordered sets of lp_solve",
    "SOS2": "ordered sets of lp_solve", "PSDCON": "semidefinite constraints", "BLOCKS": "a block structure",
    "BRANCH": "branching priorities", "SEMICONT": "semicontinuous variables", "NETWORK": "an embedded network",
    "VECTORS": "affine conic constraints of MOSEK", "ACC": "affine conic constraints of MOSEK",
  ]

  func isHeaderWord(_ word: Token) -> Bool {
    guard word.end - word.start <= 12, section != .sense, section != .objectiveName || objectiveName != nil else { return false }
    return MPSReader.section(named: text(word).uppercased()) != nil
  }

  /// A line that begins in the first column, or a lone header word.
  mutating func readHeaderOrData() {
    let word = token(0)
    let spelled = text(word)
    let upper = spelled.uppercased()
    guard let next = MPSReader.section(named: upper), tokenCount <= MPSReader.allowedWords(next) else {
      if let what = MPSReader.unsupportedSections[upper], tokenCount <= 3 {
        fail(.unsupportedSection, "section \(upper) (\(what)) is not read", at: word)
        section = .end
        mayGiveUp = false
        found.add(Diagnostic(.unsupportedSection, .note, "the rest of the file was not looked at"))
        hasEnd = true
        return
      }
      // Some free-form writers do not indent data.
      let needed = section == .sense || section == .objectiveName || section == .cone ? 1 : 2
      if section != .none, tokenCount >= needed, !isFixed {
        if section != .sense && section != .objectiveName {
          slip("unindented", .badLine, "a data line begins in the first column", at: word, mend: "begin data lines with a blank")
        }
        return readData()
      }
      let known = ["NAME", "OBJSENSE", "OBJNAME", "ROWS", "LAZYCONS", "USERCUTS", "COLUMNS", "RHS", "RANGES", "BOUNDS",
        "SOS", "QUADOBJ", "QMATRIX", "QSECTION", "QCMATRIX", "INDICATORS", "CSECTION", "ENDATA"]
      fail(
        .unknownSection, "there is no section '\(spelled)'", at: word,
        mend: didYouMean(upper, in: known) ?? "data lines begin with a blank")
      return
    }
    if spelled != upper {
      note("case", .unknownSection, .note, "section words are customarily in capitals; '\(spelled)' is read as \(upper)", at: word)
    }
    finishSection()
    section = next
    switch next {
    case .name:
      var end = word.end
      while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
      modelName = trimmed(Token(start: word.end, end: end))
      if tokenCount >= 3, tokenCount <= MPSReader.tokenLimit, isText(token(tokenCount - 1), "FREE") {
        modelName = trimmed(Token(start: word.end, end: token(tokenCount - 1).start))
        mayGiveUp = false
      }
    case .sense: if tokenCount > 1 { readSense(token(1)) }
    case .objectiveName:
      objectiveName = nil
      if tokenCount > 1 { objectiveName = token(1) }
    case .quadraticObjective, .quadraticMatrix: quadraticRow = -1
    case .quadraticSection, .quadraticConstraint: startQuadraticRow()
    case .cone: startCone()
    case .end: hasEnd = true
    default: break
    }
  }

  private static func allowedWords(_ section: Section) -> Int {
    switch section {
    case .name: .max
    case .sense, .objectiveName, .quadraticSection, .quadraticConstraint: 2
    case .cone: 4
    default: 1
    }
  }

  private func trimmed(_ token: Token) -> Token {
    var token = token
    while token.start < token.end, bytes[token.start] <= 32 { token.start += 1 }
    while token.end > token.start, bytes[token.end - 1] <= 32 { token.end -= 1 }
    return token
  }

  mutating func finishSection() {
    if section == .columns { currentColumn = -1 }
  }

  /// A data line of the current section.
  @inline(__always)
  mutating func readData() {
    switch section {
    case .columns: readColumnLine()
    default: readOtherData()
    }
  }

  @inline(never)
  private mutating func readOtherData() {
    if tokenCount > MPSReader.tokenLimit {
      return reject(.badLine, "there are \(tokenCount) words on this line", at: token(0))
    }
    switch section {
    case .columns, .end: break
    case .none, .name:
      fail(.badLine, "data before the first section", at: token(0), mend: "begin with NAME and ROWS; section words stand in the first column")
      hasEnd = true
      found.add(Diagnostic(.badLine, .note, "the rest of the file was not looked at"))
    case .sense: readSense(token(0))
    case .objectiveName: objectiveName = token(0)
    case .rows: readRow(.ordinary)
    case .lazyRows: readRow(.lazy)
    case .cuts: readRow(.cut)
    case .rhs: readRightHandSides()
    case .ranges: readRightHandSides()
    case .bounds: readBound()
    case .sets: readOrderedSet()
    case .quadraticObjective, .quadraticMatrix, .quadraticSection, .quadraticConstraint: readQuadraticEntry()
    case .indicators: readIndicator()
    case .cone: readConeMember()
    }
  }

  private mutating func readSense(_ word: Token) {
    switch text(word).uppercased() {
    case "MAX", "MAXIMIZE", "MAXIMISE", "MAXIMUM": sense = .maximize
    case "MIN", "MINIMIZE", "MINIMISE", "MINIMUM": sense = .minimize
    default: fail(.badKeyword, "'\(text(word))' is no sense of optimization", at: word, mend: "write MIN or MAX")
    }
  }

  private mutating func readRow(_ role: RowRole) {
    guard tokenCount >= 2, !token(0).isEmpty, !token(1).isEmpty else {
      return reject(.badLine, "a row needs a type and a name", at: token(0))
    }
    let typeWord = token(0)
    let type = bytes[typeWord.start] & 0xDF
    guard typeWord.end - typeWord.start == 1, type == UInt8(ascii: "N") || type == UInt8(ascii: "G")
      || type == UInt8(ascii: "L") || type == UInt8(ascii: "E")
    else {
      return reject(.badKeyword, "'\(text(typeWord))' is no type of row", at: typeWord, mend: "write N, G, L or E")
    }
    let name = token(1)
    if tokenCount > 2 {
      if mayGiveUp {
        looksFixed = true
        return
      }
      slip("extra", .badLine, "the words after the name of the row are not read", at: token(2), mend: "remove them")
    }
    let (number, isNew) = rows.insert(name.start, name.end)
    guard isNew else {
      return reject(.duplicateName, "row '\(text(name))' is declared twice", at: name, mend: "rename one of them")
    }
    if rows.count >= Int(Int32.max) { return fail(.tooLarge, "there are more than 2^31 rows", at: name) }
    if type == UInt8(ascii: "N") {
      if firstFreeRow < 0 { firstFreeRow = number }
      if role != .ordinary { fail(.badKeyword, "a lazy constraint or cut cannot be of type N", at: typeWord) }
    }
    rowTypes.append(type)
    rowRoles.append(role)
    rhs.append(0)
    hasRHS.append(false)
    ranges.append(.nan)
    lastEntries.append(-1)
    if role == .cut { note("cuts", .droppedCut, .warning, "user cuts such as '\(text(name))' are left out", at: name) }
  }
}
