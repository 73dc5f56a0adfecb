/// Which columns of a CSV table hold keys and values.
///
/// A long table has one value a line. In a wide one the last key runs over the columns. The model may say which it is;
/// otherwise names and members decide, and a table that can be read in both ways is refused.
extension AlgebraicReader {
  struct CSVLayout {
    var isWide: Bool
    var keys: [Int]
    /// The columns of values, one in a long table.
    var values: [Int]
  }

  /// - Parameters:
  ///   - keyNames: names of sets or of columns, one a key.
  ///   - last: the members of the last key's set, when it is one and they are known.
  mutating func layout(
    _ value: JSONNode, _ keys: JSONNode, _ keyNames: [String], _ last: KeyPositions?, _ source: CSVSource
  ) -> CSVLayout? {
    var isWide: Bool?
    if let node = document.member(value, "wide") {
      guard let flag = document.boolean(node) else {
        wrongKind("'wide'", "true or false", node)
        return nil
      }
      isWide = flag
    }
    var valueColumn: Int?
    if let node = document.member(value, "value") {
      if isWide == true {
        report(.badData, "a wide table has no single column of values", at: node, mend: "remove \"value\" or \"wide\"")
        return nil
      }
      guard let column = column(node, source) else { return nil }
      valueColumn = column
      isWide = false
    }
    var stated: [Int]?
    if let node = document.member(value, "columns") {
      var columns: [Int] = []
      for element in document.elements(node) {
        guard let column = column(element, source) else { return nil }
        columns.append(column)
      }
      if isWide == nil { isWide = columns.count == keyNames.count - 1 }
      guard columns.count == keyNames.count - (isWide == true ? 1 : 0) else {
        report(
          .badData, "'columns' and 'keys' differ in length", at: node,
          mend: isWide == true ? "the last key of a wide table has no column" : nil)
        return nil
      }
      stated = columns
    }
    if isWide == nil { isWide = guessedShape(keys, keyNames, last, source) }
    guard let isWide else { return nil }
    let wanted = isWide ? Array(keyNames.dropLast()) : keyNames
    guard let columns = stated ?? keyColumns(keys, wanted, valueColumn, isWide, source) else { return nil }
    if let valueColumn { return CSVLayout(isWide: false, keys: columns, values: [valueColumn]) }
    let rest = source.header.indices.filter { !columns.contains($0) }
    guard isWide ? !rest.isEmpty : rest.count == 1 else {
      report(
        .unreadableData,
        rest.isEmpty ? "'\(source.path)' has no column left for the value" : "it is unclear which column of '\(source.path)' holds the value",
        at: source.place, mend: rest.isEmpty ? nil : "add \"value\": \"\(source.header[rest[rest.count - 1]])\"", notes: [source.columns])
      return nil
    }
    return CSVLayout(isWide: isWide, keys: columns, values: rest)
  }

  /// The columns named like the keys; or the columns that are not the value, in order.
  private mutating func keyColumns(
    _ keys: JSONNode, _ wanted: [String], _ valueColumn: Int?, _ isWide: Bool, _ source: CSVSource
  ) -> [Int]? {
    let named = wanted.compactMap { source.header.firstIndex(of: $0) }
    if named.count == wanted.count { return named }
    let others = source.header.indices.filter { $0 != valueColumn }
    let fits = isWide ? others.count >= wanted.count : others.count == wanted.count + (valueColumn == nil ? 1 : 0)
    let columns = Array(others.prefix(wanted.count))
    // A column with the name of a key must hold that key.
    let isInOrder = zip(wanted, columns).allSatisfy { name, column in (source.header.firstIndex(of: name) ?? column) == column }
    guard fits, isInOrder else {
      report(
        .unreadableData, "it is unclear which columns of '\(source.path)' hold the keys", at: keys,
        mend: "add \"columns\": [...]", notes: [source.columns])
      return nil
    }
    return columns
  }

  /// Whether a table is wide, by its header and cells; nil after a report.
  private mutating func guessedShape(
    _ keys: JSONNode, _ keyNames: [String], _ last: KeyPositions?, _ source: CSVSource
  ) -> Bool? {
    let header = source.header
    let count = keyNames.count
    let named = keyNames.compactMap { header.firstIndex(of: $0) }
    let isNamed = named.count == count
    let isLongInSize = isNamed || header.count == count + 1
    let leading = keyNames.dropLast().compactMap { header.firstIndex(of: $0) }
    let wideKeys = leading.count == count - 1 ? leading : Array(header.indices.prefix(count - 1))
    let further = header.indices.filter { !wideKeys.contains($0) }
    let members = further.count { isMember(header[$0], of: last) }
    let lastKeyColumn = isNamed ? named[count - 1] : min(count - 1, header.count - 1)
    let canBeLong = isLongInSize && canHoldKeys(lastKeyColumn, last, source)
    let canBeWide =
      last != nil
      ? members == further.count && !further.isEmpty
      : !header.contains(keyNames[count - 1]) && !further.isEmpty && !(canBeLong && hasTexts(lastKeyColumn, source))
    if canBeLong, canBeWide {
      report(
        .unreadableData, "'\(source.path)' can be read in two ways: one value a line, or the key '\(keyNames[count - 1])' along the columns",
        at: keys,
        mend: "say which: \"value\": \"\(header[header.count - 1])\" for one value a line, or \"wide\": true",
        notes: [source.columns])
      return nil
    }
    if canBeLong || canBeWide { return canBeWide }
    // Neither fits: the nearer shape will report what is wrong in it.
    if members > 0 { return true }
    if isLongInSize { return false }
    report(
      .unreadableData,
      "'\(source.path)' has \(header.count) columns for \(count) key\(count == 1 ? "" : "s"), and '\(header[further.first ?? 0])' is not a member of \(keyNames[count - 1])",
      at: keys, mend: "name the columns: \"columns\": [...], \"value\": \"...\"", notes: [source.columns])
    return nil
  }

  private func isMember(_ text: String, of space: KeyPositions?) -> Bool {
    guard let space, let key = symbols.known(text) else { return false }
    return space.position(of: key) >= 0
  }

  /// Whether all fields of a column can be keys: members of the set or, when that is unknown, texts and whole numbers.
  private func canHoldKeys(_ column: Int, _ space: KeyPositions?, _ source: CSVSource) -> Bool {
    guard source.table.rowCount > 1 else { return space == nil }
    return (1..<source.table.rowCount).allSatisfy { row in
      let field = source.table.text(row, column)
      if space != nil { return isMember(field, of: space) }
      return CSVTable.number(field).map { $0 == $0.rounded() } ?? !field.isEmpty
    }
  }

  /// Whether a column holds a text where the last column has only numbers.
  private func hasTexts(_ column: Int, _ source: CSVSource) -> Bool {
    let rows = 1..<max(1, source.table.rowCount)
    return rows.contains { CSVTable.number(source.table.text($0, column)) == nil }
      && rows.allSatisfy { row in
        let field = source.table.text(row, source.header.count - 1)
        return field.isEmpty || CSVTable.number(field) != nil
      }
  }
}
