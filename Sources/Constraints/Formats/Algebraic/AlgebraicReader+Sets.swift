/// The `sets` section, and the spaces that `over` describes.
extension AlgebraicReader {
  mutating func readSets(_ node: JSONNode, _ pending: inout [PendingDefinition]) {
    guard requireObject(node, "'sets'") else { return }
    for (key, value) in document.members(node) {
      if isStopped { return }
      let name = document.text(key) ?? ""
      let number = sets.count
      sets.append(NamedSet(name: name, place: key, space: IndexSpace(product: [KeyPositions()])))
      declare(name, .set(number), at: key)
      switch document.kind(value) {
      case .array: readMembers(value, number, what: "set '\(name)'")
      case .string:
        sets[number].isDerived = true
        pending.append(PendingDefinition(name: name, place: key, target: .set(number), body: value))
      case .object:
        if let range = document.member(value, "range") {
          onlyKeys(value, ["range"])
          readRange(range, name, number, key, &pending)
        } else if let tuples = document.member(value, "tuples") {
          onlyKeys(value, ["tuples"])
          if document.kind(tuples) == .array {
            readMembers(tuples, number, what: "set '\(name)'")
          } else {
            wrongKind("'tuples'", "a list of lists", tuples)
          }
        } else if let file = document.member(value, "csv"), document.kind(file) == .string {
          readCSVMembers(value, file, number, what: "set '\(name)'")
        } else {
          report(
            .missingKey, "set '\(name)' needs \"range\", \"tuples\" or \"csv\"", at: value,
            mend: "write {\"range\": [1, 12]}")
        }
      default: wrongKind("set '\(name)'", "a list, an object or a string", value)
      }
    }
  }

  /// Reports keys of an object that mean nothing.
  /// - Parameter synonyms: words that others use, and what they are called here.
  mutating func onlyKeys(_ node: JSONNode, _ known: [String], synonyms: [String: String] = [:]) {
    for (key, _) in document.members(node) {
      let name = document.text(key) ?? ""
      if !known.contains(name) {
        report(
          .unknownName, "'\(name)' means nothing here", at: key,
          mend: synonyms[name].map { "write \"\($0)\"" } ?? didYouMean(name, in: known) ?? "known keys: \(known.joined(separator: ", "))")
      }
    }
  }

  private mutating func readRange(
    _ range: JSONNode, _ name: String, _ number: Int, _ key: JSONNode, _ pending: inout [PendingDefinition]
  ) {
    let parts = Array(document.elements(range).prefix(4))
    guard document.kind(range) == .array, parts.count == 2 || parts.count == 3 else {
      return report(.badData, "a range is a list of first, last and possibly step", at: range, mend: "write [1, 12]")
    }
    if parts.contains(where: { document.kind($0) == .string }) {
      sets[number].isDerived = true
      pending.append(PendingDefinition(name: name, place: key, target: .set(number), body: range, range: parts))
      return
    }
    let values = parts.map { document.integer($0) }
    for (part, value) in zip(parts, values) where value == nil {
      return report(.badData, "a range is given by whole numbers", at: part)
    }
    setRange(number, values.compactMap { $0 }, at: range)
  }

  mutating func setRange(_ number: Int, _ values: [Int], at node: JSONNode) {
    let (first, last, step) = (values[0], values[1], values.count > 2 ? values[2] : 1)
    guard step != 0, abs(first) <= Key.integerLimit, abs(last) <= Key.integerLimit, abs(step) <= Key.integerLimit else {
      return report(.badData, step == 0 ? "the step of a range is 0" : "the numbers of the range are too large", at: node)
    }
    let count = step > 0 ? (last >= first ? (last - first) / step + 1 : 0) : (last <= first ? (first - last) / -step + 1 : 0)
    guard count <= AlgebraicReader.memberLimit else {
      return report(
        .tooManyCombinations, "the range has \(count) members", at: node, mend: "at most \(AlgebraicReader.memberLimit) are possible")
    }
    var keys: [Key] = []
    keys.reserveCapacity(count)
    for i in 0..<count { keys.append(Key(integer: first + i * step)) }
    var repeated = 0
    if let positions = KeyPositions(keys, repeated: &repeated) { sets[number].space = IndexSpace(product: [positions]) }
  }

  /// Keys of a list; nested lists are tuples of one length.
  private mutating func readMembers(_ node: JSONNode, _ number: Int, what: String) {
    var members: [Key] = []
    var arity = 0
    for element in document.elements(node) {
      if document.kind(element) == .array {
        let parts = Array(document.elements(element))
        if arity == 0 { arity = parts.count }
        guard parts.count == arity, arity > 0 else {
          return report(.badData, "the members of \(what) differ in length", at: element, mend: "give \(max(arity, 1)) parts")
        }
        for part in parts {
          guard let key = key(part) else { return }
          members.append(key)
        }
      } else {
        if arity == 0 { arity = 1 }
        guard arity == 1 else {
          return report(.badData, "the members of \(what) differ in length", at: element, mend: "give \(arity) parts")
        }
        guard let key = key(element) else { return }
        members.append(key)
      }
    }
    var repeated = 0
    if let space = IndexSpace(members: members, arity: max(arity, 1), repeated: &repeated) {
      sets[number].space = space
    } else {
      let element = Array(document.elements(node))[repeated]
      let text = members[(repeated * arity)..<(repeated * arity + arity)].map(symbols.quoted).joined(separator: ", ")
      report(.repeatedMember, "\(what) has \(text) twice", at: element, mend: "remove one")
    }
  }

  /// Members from a column of a CSV file, or tuples from several: in order of first appearance, each once.
  private mutating func readCSVMembers(_ value: JSONNode, _ file: JSONNode, _ number: Int, what: String) {
    onlyKeys(value, ["csv", "column", "columns", "separator"])
    guard let source = csvSource(value, file) else { return }
    var columns: [Int] = []
    if let node = document.member(value, "columns") {
      guard document.kind(node) == .array, document.count(node) > 0 else {
        return wrongKind("'columns'", "a list of columns", node)
      }
      if let other = document.member(value, "column") {
        return report(.badData, "a set has either \"column\" or \"columns\"", at: other, mend: "remove one")
      }
      for element in document.elements(node) {
        guard let column = column(element, source) else { return }
        columns.append(column)
      }
    } else if let node = document.member(value, "column") {
      guard let column = column(node, source) else { return }
      columns = [column]
    } else if source.header.count == 1 {
      columns = [0]
    } else {
      return report(
        .missingKey, "\(what) needs \"column\"", at: value, mend: "write \"column\": \"\(source.header[0])\"",
        notes: [source.columns])
    }
    var members: [Key] = []
    var seen: Set<[Key]> = []
    for row in 1..<max(1, source.table.rowCount) {
      let fields = columns.map { source.table.text(row, $0) }
      if let empty = fields.firstIndex(of: "") {
        // Lists of different length may stand side by side.
        if fields.allSatisfy(\.isEmpty) { continue }
        return report(.badData, "a part of a member of \(what) is empty", source, row, columns[empty])
      }
      let member = fields.map { symbols.key($0) }
      if seen.insert(member).inserted { members += member }
    }
    var repeated = 0
    if let space = IndexSpace(members: members, arity: columns.count, repeated: &repeated) { sets[number].space = space }
  }

  /// A string or whole number as a key; reports anything else.
  mutating func key(_ node: JSONNode) -> Key? {
    if let text = document.text(node) { return symbols.key(text) }
    if let integer = document.integer(node), abs(integer) <= Key.integerLimit { return Key(integer: integer) }
    report(.badData, "a key is a string or a whole number", at: node)
    return nil
  }

  /// The combinations of a resolved clause.
  ///
  /// Plain sets without a filter give a full product; otherwise the combinations are listed.
  mutating func space(_ clause: GeneratorClause, text: Int, range: Range<Int>, limit: Int = memberLimit) -> IndexSpace? {
    if clause.filter < 0, clause.bindings.allSatisfy({ $0.slots.count == 1 }) {
      var total = 1
      for binding in clause.bindings {
        let (product, overflow) = total.multipliedReportingOverflow(by: sets[binding.setNumber].space.count)
        total = overflow ? Int.max : product
      }
      guard total <= limit else {
        report(
          .tooManyCombinations, "there are \(total == Int.max ? "too many" : String(total)) combinations", text: text, range: range,
          mend: "at most \(limit) are possible")
        return nil
      }
      return IndexSpace(product: clause.bindings.map { sets[$0.setNumber].space.dimensions[0] })
    }
    guard var cursor = begin(clause.loops, text: text, range: range) else { return nil }
    let used = clause.bindings.flatMap(\.slots)
    var members: [Key] = []
    while advance(&cursor, clause.loops) {
      for slot in used { members.append(slots[slot]) }
      if members.count > limit * used.count { 
        report(.tooManyCombinations, "there are more than \(limit) combinations", text: text, range: range)
        return nil
      }
      if isStopped { return nil }
    }
    var repeated = 0
    return IndexSpace(members: members, arity: used.count, repeated: &repeated)
  }
}
