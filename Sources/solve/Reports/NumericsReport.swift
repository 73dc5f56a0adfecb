import Constraints

/// Where the numbers of a model may cause trouble, by name.
struct NumericsReport {
  private let model: Model
  private let listLength: Int

  init(_ model: Model, listLength: Int) {
    self.model = model
    self.listLength = listLength
  }

  var text: String {
    var parts: [String] = []
    let concerns = NumericRanges(model).concerns
    parts.append("ranges        " + (concerns.isEmpty ? "all within what double precision handles with ease" : concerns.joined(separator: "; ")))
    parts += section("rows with entries of very different size", spreads(ofRows: true))
    parts += section("columns with entries of very different size", spreads(ofRows: false))
    parts += section("large coefficients on binary variables (big-M)", bigNumbers())
    parts += section("rows that are multiples of each other", parallelRows())
    parts += section("columns that a change of unit would help", units())
    return parts.joined(separator: "\n") + "\n"
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    if lines.isEmpty { return [] }
    var result = ["", "\(title): \(lines.count)"]
    result += lines.prefix(listLength).map { "  " + $0 }
    if lines.count > listLength { result.append("  and \(lines.count - listLength) more") }
    return result
  }

  /// Rows or columns whose largest entry is more than 1e6 times the smallest, worst first.
  private func spreads(ofRows: Bool) -> [String] {
    let rows = model.rows
    let count = ofRows ? rows.count : model.variableCount
    var least = [Double](repeating: .infinity, count: count)
    var most = [Double](repeating: 0, count: count)
    for i in 0..<rows.count {
      for k in rows.range(i) {
        let at = ofRows ? i : Int(rows.columns[k])
        let size = abs(rows.values[k])
        if size > 0 {
          least[at] = min(least[at], size)
          most[at] = max(most[at], size)
        }
      }
    }
    let ratios: [Double] = (0..<count).map { most[$0] > 0 ? most[$0] / least[$0] : 1 }
    let found = (0..<count).filter { ratios[$0] > 1e6 }.sorted { ratios[$0] > ratios[$1] }
    return found.map { at in
      let name = ofRows ? model.rowNames[at] : model.variableNames[at]
      return pad(name, 28) + " [" + short(least[at]) + ", " + short(most[at]) + "]"
    }
  }

  /// Coefficients on binaries so large that a value within the integrality tolerance changes the row noticeably.
  private func bigNumbers() -> [String] {
    var found: [(size: Double, text: String)] = []
    let rows = model.rows
    for i in 0..<rows.count {
      for k in rows.range(i) where model.domains[Int(rows.columns[k])] == .binary && abs(rows.values[k]) >= 1e5 {
        let name = model.variableNames[Int(rows.columns[k])]
        let size = abs(rows.values[k])
        let row = pad(model.rowNames[i], 28)
        let line = "\(row) \(rows.values[k].text) on '\(name)': a value of 1e-6 already allows \(short(size * 1e-6))"
        found.append((size, line))
      }
    }
    return found.sorted { $0.size > $1.size }.map(\.text)
  }

  /// Pairs of rows with proportional entries, found by hashing the rows scaled to a first entry of 1.
  private func parallelRows() -> [String] {
    let rows = model.rows
    var seen: [[UInt64]: Int] = [:]
    var result: [String] = []
    for i in 0..<rows.count where rows.range(i).count >= 2 {
      let first = rows.values[rows.starts[i]]
      var key: [UInt64] = []
      for k in rows.range(i) {
        key.append(UInt64(rows.columns[k]))
        // Twelve digits, so that rounding in the data does not hide a multiple.
        key.append((rows.values[k] / first * 1e12).rounded().bitPattern)
      }
      if let earlier = seen[key] {
        let ratio = first / rows.values[rows.starts[earlier]]
        result.append("\(model.rowNames[i]) is \(short(ratio)) times \(model.rowNames[earlier])")
      } else {
        seen[key] = i
      }
    }
    return result
  }

  /// Columns whose entries are all far from 1, with the power of ten that would bring them near.
  private func units() -> [String] {
    let rows = model.rows
    var least = [Double](repeating: .infinity, count: model.variableCount)
    var most = [Double](repeating: 0, count: model.variableCount)
    for k in 0..<rows.entryCount where rows.values[k] != 0 {
      let j = Int(rows.columns[k])
      least[j] = min(least[j], abs(rows.values[k]))
      most[j] = max(most[j], abs(rows.values[k]))
    }
    var result: [String] = []
    for j in 0..<model.variableCount where most[j] > 0 && (least[j] >= 1e4 || most[j] <= 1e-4) {
      var power = 0
      var size = least[j].squareRoot() * most[j].squareRoot()
      while size >= 10, power < 400 {
        size /= 10
        power += 1
      }
      while size < 1, power > -400 {
        size *= 10
        power -= 1
      }
      result.append("\(pad(model.variableNames[j], 28)) entries [\(short(least[j])), \(short(most[j]))]: measure it in units of 1e\(-power)")
    }
    return result
  }
}
