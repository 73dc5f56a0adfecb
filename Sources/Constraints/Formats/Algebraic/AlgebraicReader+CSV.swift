/// Data from CSV files.
extension AlgebraicReader {
  mutating func readCSV(_ name: String, _ key: JSONNode, _ value: JSONNode, _ file: JSONNode) -> DataTable? {
    onlyKeys(value, ["csv", "keys", "columns", "value", "default", "separator"])
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
    guard let table = CSVTable(text.bytes, separator: separator) else {
      report(.unreadableData, "'\(path)' has a quote that is not closed, or is not UTF-8", at: file)
      return nil
    }
    guard table.rowCount > 0 else {
      report(.unreadableData, "'\(path)' is empty", at: file, mend: "the first line names the columns")
      return nil
    }
    guard let keys = document.member(value, "keys") else { return matrix(name, key, table, file, path) }
    return keyed(name, key, value, keys, table, file, path)
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
    _ name: String, _ key: JSONNode, _ value: JSONNode, _ keys: JSONNode, _ table: CSVTable, _ file: JSONNode, _ path: String
  ) -> DataTable? {
    let header = (0..<table.columnCount(0)).map { table.text(0, $0) }
    var keyNames: [String] = []
    for element in document.elements(keys) {
      guard let text = document.text(element) else {
        wrongKind("a key", "the name of a set or column", element)
        return nil
      }
      keyNames.append(text)
    }
    guard document.kind(keys) == .array, !keyNames.isEmpty else {
      wrongKind("'keys'", "a list of names", keys)
      return nil
    }
    var spaces: [KeyPositions?] = []
    for keyName in keyNames {
      if case .set(let number)? = names[keyName], sets[number].space.arity == 1 {
        sets[number].isUsed = true
        spaces.append(sets[number].space.dimensions[0])
      } else {
        spaces.append(nil)
      }
    }
    var valueColumn: Int?
    if let node = document.member(value, "value") {
      let wanted = document.text(node) ?? ""
      guard let column = header.firstIndex(of: wanted) else {
        report(
          .unreadableData, "'\(path)' has no column '\(wanted)'", at: node,
          mend: didYouMean(wanted, in: header) ?? "columns: \(header.prefix(12).joined(separator: ", "))")
        return nil
      }
      valueColumn = column
    }
    var columns: [Int] = []
    if let node = document.member(value, "columns") {
      for element in document.elements(node) {
        let wanted = document.text(element) ?? ""
        guard let column = header.firstIndex(of: wanted) else {
          report(
            .unreadableData, "'\(path)' has no column '\(wanted)'", at: element,
            mend: didYouMean(wanted, in: header) ?? "columns: \(header.prefix(12).joined(separator: ", "))")
          return nil
        }
        columns.append(column)
      }
      guard columns.count == keyNames.count else {
        report(.badData, "'columns' and 'keys' differ in length", at: node)
        return nil
      }
    } else {
      // Columns named like the keys; or the columns that are not the value, in order.
      let named = keyNames.compactMap { header.firstIndex(of: $0) }
      if named.count == keyNames.count {
        columns = named
      } else {
        let others = header.indices.filter { $0 != valueColumn }
        let isWide = valueColumn == nil && others.count != keyNames.count + 1
        columns = Array(others.prefix(isWide ? keyNames.count - 1 : keyNames.count))
        if !isWide, valueColumn != nil, others.count != keyNames.count {
          report(
            .unreadableData, "it is unclear which columns of '\(path)' hold the keys", at: keys,
            mend: "add \"columns\": [...]", notes: ["columns: \(header.prefix(12).joined(separator: ", "))"])
          return nil
        }
      }
    }
    var builder = TableBuilder()
    builder.arity = keyNames.count
    func check(_ reader: inout AlgebraicReader, _ k: Key, _ d: Int, _ row: Int) -> Bool {
      guard let space = spaces[d], space.position(of: k) < 0 else { return true }
      reader.report(
        .badData, "'\(reader.symbols.text(k))' in line \(table.line(row)) of '\(path)' is not a member of \(keyNames[d])", at: file,
        mend: didYouMean(reader.symbols.text(k), in: space.list.prefix(20_000).map(reader.symbols.text)))
      return false
    }
    let isWide = valueColumn == nil && columns.count == keyNames.count - 1
    let singleValue = valueColumn ?? (isWide ? nil : header.indices.first { !columns.contains($0) })
    guard isWide || singleValue != nil else {
      report(.unreadableData, "'\(path)' has no column left for the value", at: file)
      return nil
    }
    for row in 1..<max(table.rowCount, 1) {
      guard table.columnCount(row) == header.count else {
        report(
          .unreadableData, "line \(table.line(row)) of '\(path)' has \(table.columnCount(row)) fields, the first line has \(header.count)",
          at: file)
        return nil
      }
      var prefix: [Key] = []
      for (d, column) in columns.enumerated() {
        let k = symbols.key(table.text(row, column))
        guard check(&self, k, d, row) else { return nil }
        prefix.append(k)
      }
      let valueColumns = isWide ? header.indices.filter { !columns.contains($0) } : [singleValue ?? 0]
      for column in valueColumns {
        let field = table.text(row, column)
        if field.isEmpty { continue }
        builder.members.append(contentsOf: prefix)
        if isWide {
          let k = symbols.key(header[column])
          guard check(&self, k, keyNames.count - 1, 0) else { return nil }
          builder.members.append(k)
        }
        append(field, &builder)
      }
    }
    return self.table(name, key, builder, standard: document.member(value, "default"))
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
  private mutating func matrix(
    _ name: String, _ key: JSONNode, _ table: CSVTable, _ file: JSONNode, _ path: String
  ) -> DataTable? {
    let width = table.columnCount(0)
    let hasHeader = (0..<width).contains { CSVTable.number(table.text(0, $0)) == nil }
    let columns = (0..<width).map { hasHeader ? symbols.key(table.text(0, $0)) : Key(integer: $0 + 1) }
    var builder = TableBuilder()
    builder.arity = 2
    for row in (hasHeader ? 1 : 0)..<max(table.rowCount, 1) {
      guard table.columnCount(row) == width else {
        report(
          .unreadableData, "line \(table.line(row)) of '\(path)' has \(table.columnCount(row)) fields, the first line has \(width)",
          at: file)
        return nil
      }
      for column in 0..<width {
        guard let number = CSVTable.number(table.text(row, column)) else {
          report(.unreadableData, "'\(table.text(row, column))' in line \(table.line(row)) of '\(path)' is not a number", at: file)
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
