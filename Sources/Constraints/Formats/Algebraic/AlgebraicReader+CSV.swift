/// Data from CSV files.
extension AlgebraicReader {
  /// A CSV file with what messages need to point into it.
  struct CSVSource {
    var table: CSVTable
    var text: SourceText
    var path: String
    /// The string that holds the path.
    var place: JSONNode
    var header: [String]
  }

  mutating func readCSV(_ name: String, _ key: JSONNode, _ value: JSONNode, _ file: JSONNode) -> DataTable? {
    onlyKeys(value, ["csv", "keys", "columns", "value", "wide", "default", "separator"])
    guard let source = csvSource(value, file) else { return nil }
    guard let keys = document.member(value, "keys") else { return matrix(name, key, source) }
    return keyed(name, key, value, keys, source)
  }

  /// Reads the file named in an object with a `csv` key; nil after a report.
  mutating func csvSource(_ value: JSONNode, _ file: JSONNode) -> CSVSource? {
    let path = resolvedPath(document.text(file) ?? "")
    let text: SourceText
    do throws(ConstraintsError) {
      text = try SourceText.read(path: path)
    } catch {
      var reason = ""
      if case .unreadable(_, let why) = error { reason = ": \(why)" }
      report(.unreadableData, "can't read '\(path)'\(reason)", at: file, mend: "paths start from the folder of the model")
      return nil
    }
    let separator = document.member(value, "separator").flatMap { document.textBytes($0).first }
    guard let table = try? CSVTable(text.bytes, separator: separator) else {
      report(.unreadableData, "'\(path)' has a quote that is not closed, or is not UTF-8", at: file)
      return nil
    }
    guard table.rowCount > 0 else {
      report(.unreadableData, "'\(path)' is empty", at: file, mend: "the first line names the columns")
      return nil
    }
    let header = (0..<table.columnCount(0)).map { table.text(0, $0) }
    for row in 1..<max(table.rowCount, 1) where table.columnCount(row) != header.count {
      let message = "this line has \(table.columnCount(row)) fields, the first line has \(header.count)"
      report(
        .unreadableData, message, CSVSource(table: table, text: text, path: path, place: file, header: header), row,
        max(0, table.columnCount(row) - 1))
      return nil
    }
    return CSVSource(table: table, text: text, path: path, place: file, header: header)
  }

  /// Reports a problem at a cell of a CSV file, with the place in the model that reads it.
  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ source: CSVSource, _ row: Int, _ column: Int, mend: String? = nil
  ) {
    guard !isStopped else { return }
    let range = source.table.range(row, column)
    let location = source.text.location(
      at: range.lowerBound, length: source.text.bytes[range].count { $0 & 0xC0 != 0x80 })
    let reader = document.location(source.place)
    found.add(
      Diagnostic(code, message, at: location, mend: mend, notes: ["read for \(reader.file):\(reader.line):\(reader.column)"]))
  }

  /// The column with a name; reports names that are missing or stand twice.
  mutating func column(_ node: JSONNode, _ source: CSVSource) -> Int? {
    guard let wanted = document.text(node) else {
      wrongKind("a column", "the name of a column", node)
      return nil
    }
    guard let column = source.header.firstIndex(of: wanted) else {
      report(
        .unreadableData, "'\(source.path)' has no column '\(wanted)'", at: node,
        mend: didYouMean(wanted, in: source.header) ?? source.columns)
      return nil
    }
    guard source.header.lastIndex(of: wanted) == column else {
      report(.unreadableData, "'\(source.path)' has two columns '\(wanted)'", at: node, mend: "rename one of them")
      return nil
    }
    return column
  }

  private func resolvedPath(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    var folder = options.dataFolder ?? ""
    if options.dataFolder == nil, let slash = document.source.file.lastIndex(of: "/") {
      folder = String(document.source.file[..<slash])
    }
    return folder.isEmpty ? path : folder + "/" + path
  }

  /// Columns for keys and value, or a wide table whose last key runs over the columns.
  private mutating func keyed(
    _ name: String, _ key: JSONNode, _ value: JSONNode, _ keys: JSONNode, _ source: CSVSource
  ) -> DataTable? {
    guard let keyNames = names(of: keys) else { return nil }
    var spaces: [KeyPositions?] = []
    for keyName in keyNames {
      if case .set(let number)? = names[keyName], sets[number].space.arity == 1 {
        sets[number].isUsed = true
        spaces.append(sets[number].isDerived ? nil : sets[number].space.dimensions[0])
      } else {
        spaces.append(nil)
      }
    }
    guard let layout = layout(value, keys, keyNames, spaces.last ?? nil, source) else { return nil }
    let table = source.table
    func check(_ reader: inout AlgebraicReader, _ k: Key, _ d: Int, _ row: Int, _ column: Int) -> Bool {
      guard let space = spaces[d], space.position(of: k) < 0 else { return true }
      reader.report(
        .badData, "'\(reader.symbols.text(k))' is not a member of \(keyNames[d])", source, row, column,
        mend: reader.nearestMember(k, in: space))
      return false
    }
    var columnKeys: [Key] = []
    if layout.isWide {
      for column in layout.values {
        let k = symbols.key(source.header[column])
        guard check(&self, k, keyNames.count - 1, 0, column) else { return nil }
        columnKeys.append(k)
      }
    }
    var builder = TableBuilder()
    builder.arity = keyNames.count
    var cells: [(row: Int, column: Int)] = []
    for row in 1..<max(table.rowCount, 1) {
      var prefix: [Key] = []
      for (d, column) in layout.keys.enumerated() {
        let k = symbols.key(table.text(row, column))
        guard check(&self, k, d, row, column) else { return nil }
        prefix.append(k)
      }
      for (position, column) in layout.values.enumerated() {
        let field = table.text(row, column)
        if field.isEmpty { continue }
        builder.members.append(contentsOf: prefix)
        if layout.isWide { builder.members.append(columnKeys[position]) }
        append(field, &builder)
        if builder.numbers.last?.isNaN == true { cells.append((row, column)) }
      }
    }
    guard areNumbersOrTexts(builder, cells, source) else { return nil }
    return self.table(name, key, builder, standard: document.member(value, "default"))
  }

  private mutating func names(of keys: JSONNode) -> [String]? {
    var result: [String] = []
    for element in document.elements(keys) {
      guard let text = document.text(element) else {
        wrongKind("a key", "the name of a set or column", element)
        return nil
      }
      result.append(text)
    }
    guard document.kind(keys) == .array, !result.isEmpty else {
      wrongKind("'keys'", "a list of names", keys)
      return nil
    }
    return result
  }

  /// Reports a text among numbers, and numbers with a decimal comma, at their cell.
  /// - Parameter cells: those that hold texts.
  private mutating func areNumbersOrTexts(
    _ builder: TableBuilder, _ cells: [(row: Int, column: Int)], _ source: CSVSource
  ) -> Bool {
    guard let first = cells.first else { return true }
    let comma = cells.first { CSVTable.hasDecimalComma(source.table.text($0.row, $0.column)) }
    let areAllCommas = cells.allSatisfy { CSVTable.hasDecimalComma(source.table.text($0.row, $0.column)) }
    if let comma, areAllCommas || builder.hasNumbers {
      let field = source.table.text(comma.row, comma.column)
      report(
        .badData, "'\(field)' is not a number: the decimal sign is a point", source, comma.row, comma.column,
        mend: "write \(field.split(separator: ",", omittingEmptySubsequences: false).joined(separator: "."))")
      return false
    }
    // Whole numbers can be keys beside texts, other numbers can't.
    let hasOtherNumbers = zip(builder.keys, builder.numbers).contains { $0 == .none && !$1.isNaN }
    if builder.hasNumbers, hasOtherNumbers {
      report(
        .badData, "'\(source.table.text(first.row, first.column))' is not a number", source, first.row, first.column,
        mend: "correct it, or leave the field empty where there is no number")
      return false
    }
    return true
  }

  private mutating func append(_ field: String, _ builder: inout TableBuilder) {
    if let number = CSVTable.number(field) {
      builder.numbers.append(number)
      builder.keys.append(
        number == number.rounded() && abs(number) <= Double(Key.integerLimit) ? Key(integer: Int(number)) : .none)
      builder.hasNumbers = true
    } else {
      builder.numbers.append(.nan)
      builder.keys.append(symbols.key(field))
      builder.hasKeys = true
    }
  }

  /// A table without keys: numbers by row, from 1, and by column, by name or from 1.
  private mutating func matrix(_ name: String, _ key: JSONNode, _ source: CSVSource) -> DataTable? {
    let table = source.table
    let hasHeader = source.header.contains { CSVTable.number($0) == nil }
    let columns = source.header.enumerated().map { hasHeader ? symbols.key($0.element) : Key(integer: $0.offset + 1) }
    var builder = TableBuilder()
    builder.arity = 2
    for row in (hasHeader ? 1 : 0)..<max(table.rowCount, 1) {
      for column in columns.indices {
        let field = table.text(row, column)
        guard let number = CSVTable.number(field) else {
          report(
            .unreadableData, "'\(field)' is not a number", source, row, column,
            mend: CSVTable.hasDecimalComma(field) ? "write the number with a decimal point" : nil)
          return nil
        }
        builder.members.append(Key(integer: row + (hasHeader ? 0 : 1)))
        builder.members.append(columns[column])
        builder.numbers.append(number)
        builder.hasNumbers = true
      }
    }
    return self.table(name, key, builder, standard: nil)
  }
}

extension AlgebraicReader.CSVSource {
  /// The columns, for a message.
  var columns: String { "columns: \(header.prefix(12).joined(separator: ", "))" }
}
