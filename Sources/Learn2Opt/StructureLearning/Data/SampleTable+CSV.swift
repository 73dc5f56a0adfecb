import Constraints
import LinearAlgebra

extension SampleTable {
  /// How a file of samples is read.
  public struct ReadOptions: Sendable, Equatable {
    /// What is done about cells without a value.
    public enum MissingValues: String, Sendable, Hashable, CaseIterable {
      /// An error that names the cells.
      case refuse
      /// Rows with such a cell are left out.
      case drop
      /// The mean of the other values of the column is put in; it weakens every relation of that column.
      case mean
    }

    public var header: TableHeader = .detect
    public var delimiter: Delimiter = .detect
    public var missing: MissingValues = .refuse
    /// A column whose text tells which series a row belongs to, by name or, without header, by number from 1; it is not
    /// part of the table.
    public var groupColumn: String?
    /// Columns to leave out, named in the same way.
    public var excludedColumns: [String] = []

    public init() {}
  }

  /// A table with what is known of its file.
  public struct Reading: Sendable {
    public var table: SampleTable
    /// Columns that say nothing, row numbers that were left out, values that were put in.
    public var warnings: [Diagnostic]
    /// The text of the group column for each row; empty when there is none.
    public var groups: [String]
    /// Rows left out because a value is missing.
    public var droppedRowCount: Int
    /// Cells into which the mean of the column was put.
    public var filledCellCount: Int
  }

  /// Reads samples from a text with one sample a line; without header columns are called x0, x1, ….
  ///
  /// - Throws: ``ConstraintsError/invalid(_:)`` with the places of cells that are no finite numbers, of lines of another
  ///   length, and of names that are empty or stand twice.
  /// - Complexity: O(size of the text).
  public static func read(
    _ source: SourceText, options: ReadOptions = ReadOptions()
  ) throws(ConstraintsError) -> Reading {
    var reader = SampleReader(text: try DelimitedText(source, delimiter: options.delimiter), options: options)
    return try reader.read()
  }

  /// Reads samples from a file, also one compressed with gzip; `-` is standard input.
  public static func read(
    path: String, options: ReadOptions = ReadOptions()
  ) throws(ConstraintsError) -> Reading {
    try read(try SourceText.read(path: path), options: options)
  }
}

/// One reading of a file of samples.
private struct SampleReader {
  let text: DelimitedText
  let options: SampleTable.ReadOptions
  var found = DiagnosticCollector()

  init(text: DelimitedText, options: SampleTable.ReadOptions) {
    self.text = text
    self.options = options
  }

  private var fields: CSVTable { text.fields }

  mutating func read() throws(ConstraintsError) -> SampleTable.Reading {
    let width = fields.columnCount(0)
    let hasHeader = self.hasHeader(width)
    let firstRow = hasHeader ? 1 : 0
    let rowCount = fields.rowCount - firstRow
    for row in firstRow..<fields.rowCount where fields.columnCount(row) != width {
      let count = fields.columnCount(row)
      let isLabelled = hasHeader && row == 1 && count == width + 1
      found.add(
        text.diagnostic(
          .unreadableData, "this line has \(count) field\(count == 1 ? "" : "s"), the first line has \(width)", row: row,
          column: max(0, count - 1),
          mend: isLabelled ? "give the first column, the names of the rows, a name too" : "every line needs one field a column"))
      if found.isFull { break }
    }
    try found.throwIfErrors()
    var names = (0..<width).map { hasHeader ? fields.text(0, $0) : "x\($0)" }
    var columns = Array(0..<width)
    if hasHeader, width > 1, names[0].isEmpty, isRowLabel(firstRow) {
      columns.removeFirst()
      found.add(
        text.diagnostic(
          .emptyColumn, "the first column has no name and labels the rows: it is left out", row: 0, column: 0,
          severity: .warning))
    }
    if !hasHeader, options.groupColumn != nil || !options.excludedColumns.isEmpty { names = (1...width).map(String.init) }
    var group: Int?
    if let wanted = options.groupColumn { group = column(wanted, names) }
    let excluded = Set(options.excludedColumns.compactMap { column($0, names) } + [group].compactMap { $0 })
    columns.removeAll { excluded.contains($0) }
    if !hasHeader { names = (0..<width).map { "x\($0)" } }
    if hasHeader { checkNames(names, columns) }
    try found.throwIfErrors()
    if columns.isEmpty || rowCount < 1 {
      let what = columns.isEmpty ? "there is no column of numbers" : "there is no sample below the names"
      found.add(text.diagnostic(.unreadableData, what, row: 0, column: 0, mend: "one line a sample, one column a variable"))
    }
    try found.throwIfErrors()
    var values = DenseMatrix(rowCount: rowCount, columnCount: columns.count)
    let gaps = fill(&values, columns, firstRow, names)
    try found.throwIfErrors()
    if !hasHeader && options.header == .detect && gaps.isEmpty { warnAboutNames(values) }
    var reading = SampleTable.Reading(
      table: SampleTable(names: columns.map { names[$0] }, values: values), warnings: [],
      groups: group.map { column in (0..<rowCount).map { fields.text(firstRow + $0, column) } } ?? [], droppedRowCount: 0,
      filledCellCount: 0)
    try close(gaps, in: &reading)
    warnAboutConstants(reading.table, columns, hasHeader)
    reading.warnings = found.finish()
    return reading
  }

  private func hasHeader(_ width: Int) -> Bool {
    switch options.header {
    case .present: return true
    case .absent: return false
    case .detect:
      return (0..<width).contains { fields.number(0, $0) == nil && CSVTable.number(fields.text(0, $0)) == nil && !text.isMissing(0, $0) }
    }
  }

  /// Whether the first column counts the rows from 0 or 1, or holds words.
  private func isRowLabel(_ firstRow: Int) -> Bool {
    var counts = true, words = true
    var start = 0.0
    for row in firstRow..<fields.rowCount {
      let number = fields.number(row, 0) ?? CSVTable.number(fields.text(row, 0))
      if row == firstRow { start = number ?? 0 }
      if let number { words = false; counts = counts && number == start + Double(row - firstRow) } else { counts = false }
      if !counts && !words { return false }
    }
    return words || start == 0 || start == 1
  }

  private mutating func column(_ wanted: String, _ names: [String]) -> Int? {
    if let place = names.firstIndex(of: wanted) { return place }
    found.add(
      text.diagnostic(
        .unknownName, "there is no column '\(wanted)'", row: 0, column: 0,
        mend: didYouMean(wanted, in: names) ?? "columns: \(names.prefix(20).joined(separator: ", "))"))
    return nil
  }

  private mutating func checkNames(_ names: [String], _ columns: [Int]) {
    var first: [String: Int] = [:]
    for c in columns {
      if names[c].isEmpty {
        found.add(text.diagnostic(.unreadableData, "column \(c + 1) has no name", row: 0, column: c, mend: "name it, or read with --no-header"))
      } else if let other = first[names[c]] {
        found.add(
          text.diagnostic(
            .duplicateName, "columns \(other + 1) and \(c + 1) are both called '\(names[c])'", row: 0, column: c,
            mend: "rename one of them"))
      } else {
        first[names[c]] = c
      }
    }
  }

  /// Cells without a value, as (row of the table, column of the table).
  private mutating func fill(
    _ values: inout DenseMatrix, _ columns: [Int], _ firstRow: Int, _ names: [String]
  ) -> [(row: Int, column: Int)] {
    let n = values.rowCount
    var gaps: [(row: Int, column: Int)] = []
    var unread: [(row: Int, column: Int)] = []
    values.values.withUnsafeMutableBufferPointer { x in
      for i in 0..<n {
        for (k, c) in columns.enumerated() {
          if let number = fields.number(firstRow + i, c) { x[k * n + i] = number } else { unread.append((i, k)) }
        }
      }
    }
    var words = [Int](repeating: 0, count: columns.count)
    for (i, k) in unread where isWord(firstRow + i, columns[k]) { words[k] += 1 }
    var isReported = [Bool](repeating: false, count: columns.count)
    for (i, k) in unread {
      let row = firstRow + i, c = columns[k]
      let field = fields.text(row, c)
      if text.isMissing(row, c) {
        gaps.append((i, k))
        if options.missing == .refuse {
          found.add(
            text.diagnostic(
              .missingValue, "column '\(names[c])' has no value here", row: row, column: c,
              mend: "fill it in, or choose to leave such rows out or to put in the mean (--missing drop, --missing mean)"))
        }
      } else if let number = CSVTable.number(field), number.isFinite {
        values[i, k] = number
      } else {
        let isInfinite = CSVTable.number(field) != nil
        // One error a column of words is enough.
        if !isInfinite && isReported[k] { continue }
        isReported[k] = isReported[k] || !isInfinite
        let others = words[k] > 1 ? "; \(words[k] - 1) more in column '\(names[c])'" : ""
        let mend =
          isInfinite ? "give a finite number, or leave the cell empty and choose what to do about it (--missing)"
          : CSVTable.hasDecimalComma(field) ? "write the number with a decimal point"
          : i == 0 && options.header == .absent ? "is this a header? read without --no-header"
          : "leave a column of words out with --without '\(names[c])'"
        found.add(
          text.diagnostic(
            .badData, isInfinite ? "a sample cannot be infinite" : "'\(field.prefix(40))' is not a number\(others)", row: row, column: c,
            mend: mend))
      }
      if found.isFull { break }
    }
    return gaps
  }

  /// Whether a cell holds something that is neither a number nor a mark of a missing value.
  private func isWord(_ row: Int, _ column: Int) -> Bool {
    CSVTable.number(fields.text(row, column)) == nil && !text.isMissing(row, column)
  }

  /// Warns about a first line of numbers that look like names: years, or the numbers of the columns.
  private mutating func warnAboutNames(_ values: DenseMatrix) {
    let n = values.rowCount, d = values.columnCount
    guard n > 2, d > 1 else { return }
    func counts(_ i: Int) -> Bool {
      d > 2 && values[i, 0].rounded() == values[i, 0] && (1..<d).allSatisfy { values[i, $0] == values[i, $0 - 1] + 1 }
    }
    func isFar(_ j: Int) -> Bool {
      let rest = values.values[j * n + 1..<(j + 1) * n]
      guard let least = rest.min(), let largest = rest.max(), least < largest else { return false }
      let reach = SampleReader.farRanges * (largest - least)
      return values[0, j] < least - reach || values[0, j] > largest + reach
    }
    let isCount = counts(0) && !(1..<n).contains(where: counts)
    guard isCount || (0..<d).allSatisfy(isFar) else { return }
    found.add(
      text.diagnostic(
        .badData, "the first line is taken for a sample, but looks like the names of the columns", row: 0, column: 0,
        severity: .warning, mend: "read with --header if it names them, with --no-header if it does not"))
  }

  /// A first value this many times the range of the others away from them, in all columns, is probably a name.
  private static let farRanges = 3.0

  /// Does what was chosen about missing values.
  private mutating func close(
    _ gaps: [(row: Int, column: Int)], in reading: inout SampleTable.Reading
  ) throws(ConstraintsError) {
    if gaps.isEmpty { return }
    let n = reading.table.sampleCount, d = reading.table.variableCount
    switch options.missing {
    case .refuse: return
    case .drop:
      let dropped = Set(gaps.map(\.row))
      let kept = (0..<n).filter { !dropped.contains($0) }
      let old = reading.table.values
      reading.table.values = DenseMatrix(rowCount: kept.count, columnCount: d) { i, j in old.values[j * n + kept[i]] }
      if !reading.groups.isEmpty { reading.groups = kept.map { reading.groups[$0] } }
      reading.droppedRowCount = dropped.count
      let place = SourceLocation(file: text.source.file, line: 1, column: 1)
      if kept.isEmpty {
        throw .invalid([
          Diagnostic(.missingValue, "every row has a missing value, so none is left", at: place, mend: "leave out the columns with gaps")
        ])
      }
      found.add(Diagnostic(.missingValue, .warning, "\(dropped.count) of \(n) rows have missing values and are left out"))
    case .mean:
      let byColumn = Dictionary(grouping: gaps, by: \.column)
      for (j, cells) in byColumn.sorted(by: { $0.key < $1.key }) {
        let empty = Set(cells.map(\.row))
        guard empty.count < n else {
          throw .invalid([
            Diagnostic(.missingValue, "column '\(reading.table.names[j])' has no value at all", mend: "leave it out with --without")
          ])
        }
        var sum = 0.0
        for i in 0..<n where !empty.contains(i) { sum += reading.table.values[i, j] }
        for i in empty { reading.table.values[i, j] = sum / Double(n - empty.count) }
      }
      reading.filledCellCount = gaps.count
      found.add(
        Diagnostic(
          .missingValue, .warning,
          "\(gaps.count) missing values in \(byColumn.count) columns were replaced by the mean of their column"))
    }
  }

  private mutating func warnAboutConstants(_ table: SampleTable, _ columns: [Int], _ hasHeader: Bool) {
    let n = table.sampleCount
    if n < 2 { return }
    for j in 0..<table.variableCount {
      let column = table.values.values[j * n..<(j + 1) * n]
      guard let first = column.first, column.allSatisfy({ $0 == first }) else { continue }
      found.add(
        text.diagnostic(
          .emptyColumn, "column '\(table.names[j])' is \(first.text) in every sample and gets no edges", row: 0,
          column: columns[j], severity: .warning, mend: "leave it out with --without '\(table.names[j])'"))
    }
  }
}
