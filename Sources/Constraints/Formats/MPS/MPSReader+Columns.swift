extension MPSReader {
  /// A line of COLUMNS: a column with one or two entries, or an integer marker.
  mutating func readColumnLine() {
    if tokenCount >= 2, !token(1).isEmpty {
      let byte = bytes[token(1).start]
      if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") || byte == UInt8(ascii: "\""), readMarker() { return }
      if byte == UInt8(ascii: "$") { dropComment(at: 1) }
      if tokenCount > 3 { dropComment(at: 3) }
    }
    guard tokenCount == 3 || tokenCount == 5 else {
      if tokenCount > 5, tokenCount % 2 == 1, tokenCount <= MPSReader.tokenLimit, !mayGiveUp, options.mode == .lenient {
        note("wide", .badLine, .warning, "more than two entries on a line", at: token(0))
        return readEntries()
      }
      return reject(
        .badLine, "a line of COLUMNS has a column and one or two pairs of row and number, not \(tokenCount) words",
        at: token(0), mend: "names with blanks need fixed columns")
    }
    readEntries()
  }

  @inline(__always)
  private mutating func readEntries() {
    let name = token(0)
    if !isCurrent(name) { startColumn(name) }
    if looksFixed { return }
    var i = 1
    while i + 1 < tokenCount {
      readEntry(token(i), token(i + 1))
      i += 2
    }
  }

  @inline(__always)
  private func isCurrent(_ name: Token) -> Bool {
    guard currentColumn >= 0 else { return false }
    let known = columns.range(currentColumn)
    guard known.count == name.end - name.start else { return false }
    var k = 0
    while k < known.count {
      if bytes[known.lowerBound + k] != bytes[name.start + k] { return false }
      k += 1
    }
    return true
  }

  private mutating func startColumn(_ name: Token) {
    if name.isEmpty { return reject(.badLine, "the name of the column is missing", at: name) }
    let (number, isNew) = columns.insert(name.start, name.end)
    currentColumn = number
    guard isNew else {
      if mayGiveUp, options.mode != .lenient {
        looksFixed = true
      } else {
        slip(
          "split", .splitColumn, "column '\(text(name))' continues after another column", at: name,
          mend: "sort the lines by column", isLenientOnly: true)
      }
      return
    }
    if columns.count >= Int(Int32.max) { return fail(.tooLarge, "there are more than 2^31 columns", at: name) }
    columnStarts.append(entryRows.count)
    columnFlags.append(isInteger ? .integer : [])
    lower.append(0)
    upper.append(.infinity)
  }

  @inline(__always)
  private mutating func readEntry(_ rowName: Token, _ valueWord: Token) {
    let row = rows.find(rowName.start, rowName.end)
    guard row >= 0 else {
      if rowName.isEmpty && valueWord.isEmpty { return }
      return rejectUnknown("row", rowName, rows: true)
    }
    guard let value = coefficient(valueWord) else { return }
    if currentColumn != columnStarts.count - 1 {
      splitEntries.append((Int32(truncatingIfNeeded: currentColumn), Int32(truncatingIfNeeded: row), value))
      return
    }
    let last = lastEntries[row]
    if last >= columnStarts[currentColumn] {
      if slip(
        "repeated entry", .repeatedEntry,
        "column '\(text(token(0)))' has two entries in row '\(text(rowName))'; they are added up", at: rowName,
        mend: "keep one")
      {
        entryValues[last] += value
      }
      return
    }
    lastEntries[row] = entryRows.count
    entryRows.append(Int32(truncatingIfNeeded: row))
    entryValues.append(value)
  }

  /// Integer markers: `name 'MARKER' 'INTORG'` and `'INTEND'`; back-quotes occur.
  /// - Returns: false when the line is no marker.
  private mutating func readMarker() -> Bool {
    guard let mark = unquoted(token(1)), isText(mark, "MARKER") else { return false }
    var i = 2
    while i < min(tokenCount, MPSReader.tokenLimit), token(i).isEmpty { i += 1 }
    guard i < tokenCount, let kind = unquoted(token(i)) else {
      fail(.badKeyword, "a marker needs 'INTORG' or 'INTEND'", at: token(1))
      return true
    }
    currentColumn = -1
    if isText(kind, "INTORG") {
      isInteger = true
    } else if isText(kind, "INTEND") {
      isInteger = false
    } else if isText(kind, "SOSORG") || isText(kind, "SOSEND") {
      fail(.unsupportedSection, "ordered sets by markers are not read", at: token(i), mend: "write them in a section SOS")
    } else {
      fail(.badKeyword, "there is no marker '\(text(kind))'", at: token(i), mend: "write 'INTORG' or 'INTEND'")
    }
    return true
  }

  private func unquoted(_ token: Token) -> Token? {
    guard token.end - token.start > 2 else { return nil }
    let (first, last) = (bytes[token.start], bytes[token.end - 1])
    let quotes: [UInt8] = [UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\"")]
    guard quotes.contains(first), quotes.contains(last) else { return nil }
    return Token(start: token.start + 1, end: token.end - 1)
  }
}
