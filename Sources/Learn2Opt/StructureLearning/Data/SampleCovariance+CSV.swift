import Constraints
import LinearAlgebra

extension SampleCovariance {
  /// Reads a covariance or correlation matrix: d lines of d numbers, with the names of the variables in the first line or
  /// without, and with names in the first column or without.
  ///
  /// - Parameter sampleCount: the number of samples behind the matrix, which the file does not tell.
  /// - Throws: ``ConstraintsError/invalid(_:)`` with the places of entries that are no finite numbers, of negative
  ///   variances, and of entries that differ from their mirror image by more than `tolerance` of the variances' mean.
  /// - Complexity: O(d²).
  public static func read(
    _ source: SourceText, sampleCount: Int, delimiter: Delimiter = .detect, header: TableHeader = .detect,
    tolerance: Double = 1e-8
  ) throws(ConstraintsError) -> SampleCovariance {
    let text = try DelimitedText(source, delimiter: delimiter)
    let fields = text.fields
    var found = DiagnosticCollector()
    func isWord(_ row: Int, _ column: Int) -> Bool {
      fields.number(row, column) == nil && CSVTable.number(fields.text(row, column)) == nil
    }
    let last = fields.columnCount(0) - 1
    let hasHeader = header == .present || (header == .detect && (0...last).allSatisfy { isWord(0, $0) })
    let firstRow = hasHeader ? 1 : 0
    let d = fields.rowCount - firstRow
    // Names in the first column: words below the names, or one field more than lines.
    let hasLabels = d > 0 && (isWord(firstRow, 0) || fields.columnCount(firstRow) == d + 1)
    let firstColumn = hasLabels ? 1 : 0
    for row in firstRow..<fields.rowCount where fields.columnCount(row) != d + firstColumn {
      let count = fields.columnCount(row) - firstColumn
      found.add(
        text.diagnostic(
          .unreadableData, "this line has \(count) numbers and the matrix \(d) lines", row: row,
          column: max(0, fields.columnCount(row) - 1), mend: "a covariance matrix is square"))
      if found.isFull { break }
    }
    if d == 0 { found.add(text.diagnostic(.unreadableData, "there are no lines below the names", row: 0, column: 0)) }
    try found.throwIfErrors()
    var matrix = DenseMatrix(rowCount: d, columnCount: d)
    for i in 0..<d {
      for j in 0..<d {
        let row = firstRow + i, column = firstColumn + j
        let field = fields.text(row, column)
        if let number = fields.number(row, column) ?? CSVTable.number(field), number.isFinite {
          matrix[i, j] = number
        } else {
          found.add(text.diagnostic(.badData, "'\(field.prefix(40))' is not a finite number", row: row, column: column))
        }
      }
    }
    try found.throwIfErrors()
    for i in 0..<d {
      if matrix[i, i] < 0 {
        found.add(
          text.diagnostic(.badData, "a variance cannot be negative", row: firstRow + i, column: firstColumn + i))
      }
      for j in 0..<i {
        let size = (abs(matrix[i, i]) + abs(matrix[j, j])) / 2
        if abs(matrix[i, j] - matrix[j, i]) > tolerance * max(size, .leastNormalMagnitude) {
          found.add(
            text.diagnostic(
              .badData, "this entry is \(matrix[i, j].text), its mirror image in line \(fields.line(firstRow + j)) is \(matrix[j, i].text)",
              row: firstRow + i, column: firstColumn + j, mend: "a covariance matrix is symmetric"))
        } else {
          let mean = matrix[i, j] / 2 + matrix[j, i] / 2
          matrix[i, j] = mean
          matrix[j, i] = mean
        }
      }
    }
    var names = (0..<d).map { "x\($0)" }
    if hasHeader {
      let offset = fields.columnCount(0) - d
      if offset == 0 || offset == firstColumn { names = (0..<d).map { fields.text(0, offset + $0) } } else {
        found.add(
          text.diagnostic(.unreadableData, "there are \(fields.columnCount(0)) names for \(d) variables", row: 0, column: last))
      }
    } else if hasLabels {
      names = (0..<d).map { fields.text(firstRow + $0, 0) }
    }
    var known: Set<String> = []
    for (j, name) in names.enumerated() where name.isEmpty || !known.insert(name).inserted {
      let column = hasHeader ? min(last, fields.columnCount(0) - d + j) : 0
      found.add(
        text.diagnostic(
          .duplicateName, name.isEmpty ? "variable \(j + 1) has no name" : "two variables are called '\(name)'",
          row: hasHeader ? 0 : firstRow + j, column: column, mend: "give each variable a name of its own"))
    }
    try found.throwIfErrors()
    return SampleCovariance(names: names, matrix: matrix, sampleCount: sampleCount)
  }

  /// Reads a covariance matrix from a file, also one compressed with gzip; `-` is standard input.
  public static func read(
    path: String, sampleCount: Int, delimiter: Delimiter = .detect, header: TableHeader = .detect
  ) throws(ConstraintsError) -> SampleCovariance {
    try read(try SourceText.read(path: path), sampleCount: sampleCount, delimiter: delimiter, header: header)
  }
}
