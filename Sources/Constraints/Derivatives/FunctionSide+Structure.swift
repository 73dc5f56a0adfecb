extension FunctionSide {
  /// Sets ``pattern`` and ``derivatives``.
  mutating func formDerivatives(_ terms: AdditiveTerms, variableCount n: Int, places: [Place]) {
    let layouts = families.map { GradientLayout($0, variableCount: n) }
    var line = LineAssembly(columnCount: n)
    for i in terms.constants.indices {
      for term in terms.linear[i] { line.add(term.variable, constant: term.coefficient) }
      for term in terms.quadratic[i] {
        if term.first == term.second {
          line.add(term.first, source: term.first, coefficient: 2 * term.coefficient)
        } else {
          line.add(term.first, source: term.second, coefficient: term.coefficient)
          line.add(term.second, source: term.first, coefficient: term.coefficient)
        }
      }
      for use in terms.uses[i] {
        let place = places[Int(use.variable)]
        let instance = Int(place.instance)
        layouts.withUnsafeBufferPointer { layouts in
          let layout = layouts.baseAddress! + Int(place.family)
          let count = layout.pointee.count
          let output = Int(place.output)
          for g in layout.pointee.starts[output]..<layout.pointee.starts[output + 1] {
            line.add(
              layout.pointee.variables[layout.pointee.slots[g] + instance],
              source: Int32(layout.pointee.base + g * count + instance), coefficient: use.coefficient)
          }
        }
      }
      line.close(&pattern, &derivatives)
    }
  }

  /// Sets ``hessian``.
  mutating func formHessian(_ terms: AdditiveTerms) {
    hessian.reserveCapacity(terms.quadratic.items.count + hessianCount)
    for i in 0..<terms.quadratic.count {
      for term in terms.quadratic[i] {
        let isSquare = term.first == term.second
        hessian.append(
          HessianContribution(
            row: max(term.first, term.second), column: min(term.first, term.second), source: Int32(i),
            coefficient: isSquare ? 2 * term.coefficient : term.coefficient))
      }
    }
    for family in families {
      family.variables.withUnsafeBufferPointer { variables in
        for (h, entry) in family.programs.hessianEntries.enumerated() {
          let (a, b) = (Int(entry.first) * family.count, Int(entry.second) * family.count)
          let base = Int32(family.hessianBase + h * family.count)
          for i in 0..<family.count {
            let (u, v) = (variables[a + i], variables[b + i])
            hessian.append(
              HessianContribution(row: max(u, v), column: min(u, v), source: ~(base + Int32(i)), coefficient: 1))
          }
        }
      }
    }
  }
}

/// Where the gradients of a family are.
private struct GradientLayout {
  var count: Int
  /// Of the first gradient among the sources of derivatives.
  var base: Int
  /// The entries of output k are `starts[k]..<starts[k + 1]`.
  var starts: [Int]
  /// Where the variables of each entry's slot begin in ``variables``.
  var slots: [Int]
  var variables: [Int32]

  init(_ family: ElementFamily, variableCount n: Int) {
    count = family.count
    base = n + family.gradientBase
    variables = family.variables
    starts = [Int](repeating: 0, count: family.outputCount + 1)
    for entry in family.programs.gradientEntries { starts[Int(entry.output) + 1] += 1 }
    for k in 0..<family.outputCount { starts[k + 1] += starts[k] }
    slots = family.programs.gradientEntries.map { Int($0.variable) * family.count }
  }
}

/// Collects the contributions to one line of a sparse matrix and writes them out by column.
private struct LineAssembly {
  private struct Contribution {
    var column: Int32
    /// -1 for a constant.
    var source: Int32
    var coefficient: Double
  }

  private var list: [Contribution] = []
  private var isSorted = true

  init(columnCount: Int) { list.reserveCapacity(min(columnCount, 1024)) }

  mutating func add(_ column: Int32, constant: Double) { append(column, -1, constant) }

  mutating func add(_ column: Int32, source: Int32, coefficient: Double) { append(column, source, coefficient) }

  private mutating func append(_ column: Int32, _ source: Int32, _ coefficient: Double) {
    if let last = list.last, last.column > column { isSorted = false }
    list.append(Contribution(column: column, source: source, coefficient: coefficient))
  }

  mutating func close(_ pattern: inout SparsityPattern, _ table: inout GatherTable) {
    if !isSorted {
      // By position among equals, so that sums have one order.
      list.withUnsafeMutableBufferPointer { list in
        list.sort { ($0.column, $0.source) < ($1.column, $1.source) }
      }
    }
    var k = 0
    while k < list.count {
      let column = list[k].column
      var base = 0.0
      while k < list.count, list[k].column == column {
        if list[k].source < 0 { base += list[k].coefficient } else { table.append(list[k].source, list[k].coefficient) }
        k += 1
      }
      pattern.indices.append(column)
      table.close(base: base)
    }
    pattern.starts.append(pattern.indices.count)
    list.removeAll(keepingCapacity: true)
    isSorted = true
  }
}
