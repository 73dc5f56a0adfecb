import LinearAlgebra

@testable import Solvers

/// Small random forms with whole columns, and their optima by looking at every point.
enum WholeFormSamples {
  enum Family: String, CaseIterable, Sendable {
    case knapsack, setCover, assignment, generalIntegers, equalityKnapsack, mixed, unboundedIntegers
  }

  /// A form of a family; all but ``Family/mixed`` and ``Family/unboundedIntegers`` have only whole columns in small boxes.
  static func form(_ family: Family, seed: UInt64) -> LinearForm {
    var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ UInt64(family.rawValue.utf8.count))
    func number(_ range: ClosedRange<Int>) -> Double { Double(Int.random(in: range, using: &random)) }
    var form = LinearForm()
    form.sense = seed % 2 == 0 ? .minimize : .maximize
    form.constant = number(-5...5)
    switch family {
    case .knapsack:
      let n = Int.random(in: 3...10, using: &random)
      for _ in 0..<n { _ = form.addColumn(lower: 0, upper: 1, objective: number(-20...20), isInteger: true) }
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let weights = (0..<n).map { ($0, number(1...30)) }
        form.addRow(weights, lower: -.infinity, upper: number(20...100))
      }
    case .setCover:
      let n = Int.random(in: 4...10, using: &random)
      for _ in 0..<n { _ = form.addColumn(lower: 0, upper: 1, objective: form.sense.sign * number(1...9), isInteger: true) }
      for _ in 0..<Int.random(in: 3...9, using: &random) {
        let members = (0..<n).filter { _ in Int.random(in: 0...2, using: &random) == 0 }
        form.addRow(members.map { ($0, 1) }, lower: members.isEmpty ? 0 : 1, upper: .infinity)
      }
    case .assignment:
      let n = 3
      for _ in 0..<n * n { _ = form.addColumn(lower: 0, upper: 1, objective: number(-9...9), isInteger: true) }
      for i in 0..<n {
        form.addRow((0..<n).map { (n * i + $0, 1) }, lower: 1, upper: 1)
        form.addRow((0..<n).map { (n * $0 + i, 1) }, lower: 1, upper: 1)
      }
      form.addRow((0..<n * n).map { ($0, number(0...9)) }, lower: -.infinity, upper: number(5...20))
    case .generalIntegers:
      let n = Int.random(in: 2...4, using: &random)
      for _ in 0..<n {
        let low = number(-3...2)
        _ = form.addColumn(lower: low, upper: low + number(0...5), objective: number(-9...9), isInteger: true)
      }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let side = number(-10...15)
        let terms = (0..<n).map { ($0, number(-9...9)) }
        let width = number(0...8)
        form.addRow(terms, lower: Bool.random(using: &random) ? side - width : -.infinity, upper: side)
      }
    case .equalityKnapsack:
      let n = Int.random(in: 2...5, using: &random)
      for _ in 0..<n { _ = form.addColumn(lower: 0, upper: number(1...5), objective: number(-9...9), isInteger: true) }
      form.addRow((0..<n).map { ($0, number(2...15)) }, lower: 0, upper: 0)
      let side = number(5...60)
      form.rowLower[0] = side
      form.rowUpper[0] = side
    case .mixed:
      let n = Int.random(in: 3...8, using: &random)
      for _ in 0..<n {
        let isWhole = Bool.random(using: &random)
        let high = number(1...9)
        _ = form.addColumn(lower: 0, upper: high, objective: number(-9...9), isInteger: isWhole)
      }
      for _ in 0..<Int.random(in: 2...5, using: &random) {
        let terms = (0..<n).compactMap { Bool.random(using: &random) ? ($0, number(-9...9)) : nil }
        form.addRow(terms, lower: -.infinity, upper: number(0...20))
      }
    case .unboundedIntegers:
      let n = Int.random(in: 2...4, using: &random)
      for _ in 0..<n {
        _ = form.addColumn(lower: 0, upper: .infinity, objective: form.sense.sign * number(1...9), isInteger: true)
      }
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        form.addRow((0..<n).map { ($0, number(1...9)) }, lower: number(3...40), upper: .infinity)
      }
      form.addRow((0..<n).map { ($0, number(-4...6)) }, lower: number(-5...5), upper: .infinity)
    }
    return form
  }

  /// The best objective over all whole points of a box, nil when none is feasible.
  static func optimum(_ form: LinearForm) -> Double? {
    var point = form.columnLower
    var best: Double?
    while true {
      if isFeasible(point, form) {
        let value = form.value(at: point)
        if best.map({ (value - $0) * form.sense.sign < 0 }) ?? true { best = value }
      }
      var j = 0
      while j < form.columnCount {
        point[j] += 1
        if point[j] <= form.columnUpper[j] { break }
        point[j] = form.columnLower[j]
        j += 1
      }
      if j == form.columnCount { return best }
    }
  }

  static func isFeasible(_ point: [Double], _ form: LinearForm, tolerance: Double = 1e-9) -> Bool {
    for i in 0..<form.rowCount {
      var total = 0.0
      for k in form.starts[i]..<form.starts[i + 1] { total += form.entryValues[k] * point[Int(form.entryColumns[k])] }
      if total < form.rowLower[i] - tolerance || total > form.rowUpper[i] + tolerance { return false }
    }
    return true
  }
}
