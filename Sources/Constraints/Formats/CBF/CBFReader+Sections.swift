extension CBFReader {
  mutating func readSection(_ place: Range<Int>) throws(ConstraintsError) {
    switch section {
    case "OBJSENSE": try readSense()
    case "POWCONES": powers = try readPowers()
    case "POW*CONES": dualPowers = try readPowers()
    case "PSDVAR": matrixVariables = try readOrders()
    case "PSDCON": matrixConstraints = try readOrders()
    case "VAR": (variableCount, variableBlocks) = try readBlocks()
    case "CON": (rowCount, rowBlocks) = try readBlocks()
    case "INT":
      for _ in 0..<(try entryCount()) {
        try dataLine(1, "the index of a variable")
        integers.append(try index(0, below: variableCount, of: "variable"))
      }
    case "OBJACOORD":
      for _ in 0..<(try entryCount()) {
        try dataLine(2, "variable and value")
        let column = try index(0, below: variableCount, of: "variable")
        objective.append(LinearTerm(try number(1), Int32(column)))
      }
    case "OBJBCOORD":
      try dataLine(1, "the constant of the objective")
      objectiveConstant = try number(0)
    case "OBJFCOORD":
      for _ in 0..<(try entryCount()) {
        try dataLine(4, "matrix variable, row, column and value")
        objectiveMatrices.append(try matrixEntry(row: 0, at: 0))
      }
    case "ACOORD":
      let count = try entryCount()
      rowEntries.reserveCapacity(count)
      for _ in 0..<count {
        try dataLine(3, "row, variable and value")
        let row = try index(0, below: rowCount, of: "row")
        let column = try index(1, below: variableCount, of: "variable")
        rowEntries.append(Entry(row: row, column: column, value: try number(2)))
      }
    case "BCOORD":
      for _ in 0..<(try entryCount()) {
        try dataLine(2, "row and value")
        rowConstants.append(Entry(row: try index(0, below: rowCount, of: "row"), column: 0, value: try number(1)))
      }
    case "FCOORD":
      for _ in 0..<(try entryCount()) {
        try dataLine(5, "row, matrix variable, row and column in it, and value")
        rowMatrices.append(try matrixEntry(row: try index(0, below: rowCount, of: "row"), at: 1))
      }
    case "HCOORD":
      for _ in 0..<(try entryCount()) {
        try dataLine(5, "matrix constraint, variable, row and column in it, and value")
        let row = try index(0, below: matrixConstraints.count, of: "matrix constraint")
        let column = try index(1, below: variableCount, of: "variable")
        constraintMatrices.append(try entry(row, column, order: matrixConstraints[row], at: 2))
      }
    case "DCOORD":
      for _ in 0..<(try entryCount()) {
        try dataLine(4, "matrix constraint, row and column in it, and value")
        let row = try index(0, below: matrixConstraints.count, of: "matrix constraint")
        constraintConstants.append(try entry(row, 0, order: matrixConstraints[row], at: 1))
      }
    default:
      throw failure(
        .unknownSection, "there is no section '\(section)'", at: place,
        mend: "check the counts before it: the section before may have more lines than it says")
    }
  }

  private mutating func readSense() throws(ConstraintsError) {
    try dataLine(1, "MIN or MAX")
    switch text(words[0]) {
    case "MIN": sense = .minimize
    case "MAX": sense = .maximize
    default: throw failure(.badKeyword, "'\(text(words[0]))' is no sense", at: words[0], mend: "write MIN or MAX")
    }
  }

  /// The weights of each power cone.
  private mutating func readPowers() throws(ConstraintsError) -> [[Double]] {
    try dataLine(2, "the number of cones and of their weights")
    let cones = try count(0, limit: bytes.count)
    let total = try count(1, limit: bytes.count)
    let place = words[1]
    var result: [[Double]] = []
    var seen = 0
    for _ in 0..<cones {
      try dataLine(1, "the number of weights")
      let size = try count(0, limit: total)
      seen += size
      var weights: [Double] = []
      for _ in 0..<size {
        try dataLine(1, "a weight")
        let weight = try number(0)
        guard weight > 0 else { throw failure(.badSetInFile, "a weight of a power cone must be positive", at: words[0]) }
        weights.append(weight)
      }
      result.append(weights)
    }
    guard seen == total else {
      throw failure(.badLine, "\(section) announces \(total) weights but lists \(seen)", at: place)
    }
    return result
  }

  private mutating func readOrders() throws(ConstraintsError) -> [Int] {
    var result: [Int] = []
    var entries = 0
    for _ in 0..<(try entryCount()) {
      try dataLine(1, "the order of a matrix")
      let order = try count(0, limit: 10_000)
      entries += order * (order + 1) / 2
      guard entries <= CBFReader.countLimit else {
        throw failure(.inputTooLarge, "the matrices of \(section) have more than \(CBFReader.countLimit) entries", at: words[0])
      }
      result.append(order)
    }
    return result
  }

  private mutating func readBlocks() throws(ConstraintsError) -> (Int, [Block]) {
    try dataLine(2, "the number of entries and of blocks")
    let total = try count(0)
    let blockCount = try count(1, limit: bytes.count)
    let place = words[0]
    var seen = 0
    var blocks: [Block] = []
    blocks.reserveCapacity(blockCount)
    for _ in 0..<blockCount {
      try dataLine(2, "a domain and the number of its members")
      let size = try count(1, limit: total)
      let block = Block(
        domain: try domain(words[0], size: size), count: size, place: words[0].lowerBound..<words[1].upperBound)
      seen += size
      blocks.append(block)
    }
    guard seen == total else {
      throw failure(.badLine, "\(section) announces \(total) entries but its blocks have \(seen)", at: place)
    }
    return (total, blocks)
  }

  private func domain(_ word: Range<Int>, size: Int) throws(ConstraintsError) -> Domain {
    let name = text(word)
    let (domain, wanted): (Domain, ClosedRange<Int>)
    switch name {
    case "F": (domain, wanted) = (.free, 0...size)
    case "L+": (domain, wanted) = (.nonnegative, 0...size)
    case "L-": (domain, wanted) = (.nonpositive, 0...size)
    case "L=": (domain, wanted) = (.zero, 0...size)
    case "Q": (domain, wanted) = (.secondOrder, 1...max(1, size))
    case "QR": (domain, wanted) = (.rotated, 2...max(2, size))
    case "EXP": (domain, wanted) = (.exponential, 3...3)
    case "EXP*": (domain, wanted) = (.dualExponential, 3...3)
    default: (domain, wanted) = (try power(word, name), 3...3)
    }
    guard wanted.contains(size) else {
      throw failure(
        .badSetInFile, "a cone \(name) of \(size) members does not exist, or is not read", at: word,
        mend: wanted == 3...3 ? "it has 3 members" : "it has at least \(wanted.lowerBound) members")
    }
    return domain
  }

  /// `@k:POW` or `@k:POW*`: the power cone with the weights of number k.
  private func power(_ word: Range<Int>, _ name: String) throws(ConstraintsError) -> Domain {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].first == "@", let number = Int(parts[0].dropFirst()), number >= 0,
      parts[1] == "POW" || parts[1] == "POW*"
    else {
      throw failure(
        .badKeyword, "'\(name)' is no domain", at: word,
        mend: "domains are F, L+, L-, L=, Q, QR, EXP, EXP*, @k:POW and @k:POW*")
    }
    let isDual = parts[1] == "POW*"
    let table = isDual ? dualPowers : powers
    guard number < table.count else {
      throw failure(.badSetInFile, "there are no weights of number \(number)", at: word, mend: "list them in \(parts[1])CONES")
    }
    guard table[number].count == 2 else {
      throw failure(
        .unsupportedSection, "a power cone of \(table[number].count) weights is not read", at: word,
        mend: "split it into cones of two weights")
    }
    return isDual ? .dualPower(number) : .power(number)
  }

  /// Words `first...first+3`: matrix variable, row, column, value.
  private func matrixEntry(row: Int, at first: Int) throws(ConstraintsError) -> MatrixEntry {
    let column = try index(first, below: matrixVariables.count, of: "matrix variable")
    return try entry(row, column, order: matrixVariables[column], at: first + 1)
  }

  /// Words `first...first+2`: row, column, value of a symmetric matrix, the lower triangle.
  private func entry(
    _ row: Int, _ column: Int, order: Int, at first: Int
  ) throws(ConstraintsError) -> MatrixEntry {
    let i = try index(first, below: order, of: "row")
    let j = try index(first + 1, below: order, of: "column")
    return MatrixEntry(row: row, column: column, i: max(i, j), j: min(i, j), value: try number(first + 2))
  }
}
