/// The `data` and `parameters` sections.
extension AlgebraicReader {
  mutating func readData(_ node: JSONNode, _ pending: inout [PendingDefinition]) {
    guard requireObject(node, "'data'") else { return }
    for (key, value) in document.members(node) {
      if isStopped { return }
      let name = document.text(key) ?? ""
      if document.kind(value) == .object {
        if let body = document.member(value, "expr"), document.kind(body) == .string {
          onlyKeys(value, ["over", "expr"])
          declare(name, .definition(definitions.count), at: key)
          definitions.append(Definition(name: name, place: key))
          pending.append(
            PendingDefinition(name: name, place: key, target: .data, body: body, over: document.member(value, "over")))
          continue
        }
      }
      guard let table = readTable(name, key, value) else {
        // Something was reported; an empty table keeps the name from being unknown as well.
        if names[name] == nil { reportedNames.insert(name) }
        continue
      }
      declare(name, .data(data.count), at: key)
      data.append(table)
    }
  }

  /// A table of numbers or keys: a scalar, nested objects and lists, `keys` with `values`, or a CSV file.
  private mutating func readTable(_ name: String, _ key: JSONNode, _ value: JSONNode) -> DataTable? {
    if document.kind(value) == .object {
      if let file = document.member(value, "csv"), document.kind(file) == .string { return readCSV(name, key, value, file) }
      if let values = document.member(value, "values"), let keys = document.member(value, "keys"), document.kind(keys) == .array {
        onlyKeys(value, ["keys", "values", "default"])
        guard let spaces = setSpaces(keys) else { return nil }
        var builder = TableBuilder()
        guard collect(values, [], &builder, spaces, what: "data '\(name)'") else { return nil }
        return table(name, key, builder, standard: document.member(value, "default"))
      }
    }
    var builder = TableBuilder()
    guard collect(value, [], &builder, nil, what: "data '\(name)'") else { return nil }
    return table(name, key, builder, standard: nil)
  }

  /// Entries as they are found.
  struct TableBuilder {
    var arity = -1
    var members: [Key] = []
    var numbers: [Double] = []
    var keys: [Key] = []
    var hasKeys = false
    var hasNumbers = false
  }

  /// The key positions of the sets named in a list.
  mutating func setSpaces(_ node: JSONNode) -> [KeyPositions]? {
    var result: [KeyPositions] = []
    for element in document.elements(node) {
      let name = document.text(element) ?? ""
      guard case .set(let number)? = names[name], sets[number].space.arity == 1 else {
        report(
          .unknownName, "'\(name)' is not a set of single keys", at: element, mend: didYouMean(name, in: sets.map(\.name)))
        return nil
      }
      sets[number].isUsed = true
      if sets[number].isDerived {
        report(
          .wrongUse, "the members of set '\(name)' are worked out after the data are read", at: element,
          mend: "give the values by key, without \"keys\"")
        return nil
      }
      result.append(sets[number].space.dimensions[0])
    }
    return result
  }

  /// A question about members with nearly the text of a key; nil for numbers, where nearness says nothing.
  func nearestMember(_ key: Key, in space: KeyPositions) -> String? {
    if key.isInteger { return nil }
    return didYouMean(symbols.text(key), in: space.list.lazy.filter { !$0.isInteger }.prefix(20_000).map(symbols.text))
  }

  /// Collects the entries of nested objects and lists; depth is limited by the parser.
  private mutating func collect(
    _ node: JSONNode, _ prefix: [Key], _ builder: inout TableBuilder, _ spaces: [KeyPositions]?, what: String
  ) -> Bool {
    switch document.kind(node) {
    case .object:
      for (key, value) in document.members(node) {
        let k = symbols.key(document.text(key) ?? "")
        if let spaces, prefix.count < spaces.count, spaces[prefix.count].position(of: k) < 0 {
          report(
            .badData, "'\(symbols.text(k))' is not a member of the set of key \(prefix.count + 1)", at: key,
            mend: nearestMember(k, in: spaces[prefix.count]))
          return false
        }
        guard collect(value, prefix + [k], &builder, spaces, what: what) else { return false }
      }
      if builder.arity < 0, document.count(node) == 0 { builder.arity = prefix.count + 1 }
      return true
    case .array:
      var position = 0
      for element in document.elements(node) {
        var k = Key(integer: position + 1)
        if let spaces, prefix.count < spaces.count {
          guard position < spaces[prefix.count].count else {
            report(
              .badData, "the list is longer than the set of key \(prefix.count + 1), which has \(spaces[prefix.count].count) members",
              at: element)
            return false
          }
          k = spaces[prefix.count].list[position]
        }
        guard collect(element, prefix + [k], &builder, spaces, what: what) else { return false }
        position += 1
      }
      if let spaces, prefix.count < spaces.count, position < spaces[prefix.count].count {
        report(
          .badData, "the list has \(position) values, the set of key \(prefix.count + 1) has \(spaces[prefix.count].count) members",
          at: node)
        return false
      }
      if builder.arity < 0, position == 0 { builder.arity = prefix.count + 1 }
      return true
    case .null: return true
    default:
      if builder.arity < 0 { builder.arity = prefix.count }
      let wanted = spaces?.count ?? builder.arity
      guard prefix.count == wanted, builder.arity == wanted else {
        report(
          .badData, "\(what) has \(prefix.count) key\(prefix.count == 1 ? "" : "s") here and \(wanted) elsewhere", at: node,
          mend: "give every value the same number of keys")
        return false
      }
      builder.members.append(contentsOf: prefix)
      return append(node, &builder, what: what)
    }
  }

  private mutating func append(_ node: JSONNode, _ builder: inout TableBuilder, what: String) -> Bool {
    if let number = scalar(node) {
      builder.numbers.append(number)
      builder.keys.append(number == number.rounded() && abs(number) <= Double(Key.integerLimit) ? Key(integer: Int(number)) : .none)
      builder.hasNumbers = true
      return true
    }
    guard let text = document.text(node) else {
      report(.badData, "\(what) has \(document.kind(node).phrase) where a number should be", at: node)
      return false
    }
    let key = symbols.key(text)
    builder.keys.append(key)
    builder.numbers.append(key.isInteger ? Double(key.number) : .nan)
    if key.isInteger { builder.hasNumbers = true } else { builder.hasKeys = true }
    return true
  }

  /// A number, "inf", "-inf", true or false.
  func scalar(_ node: JSONNode) -> Double? {
    if let number = document.number(node) { return number }
    if document.isText(node, "inf") || document.isText(node, "+inf") { return .infinity }
    if document.isText(node, "-inf") { return -.infinity }
    return document.boolean(node).map { $0 ? 1 : 0 }
  }

  mutating func table(_ name: String, _ key: JSONNode, _ builder: TableBuilder, standard: JSONNode?) -> DataTable? {
    var builder = builder
    var space = IndexSpace()
    if builder.arity > 0 {
      var repeated = 0
      guard let listed = IndexSpace(members: builder.members, arity: builder.arity, repeated: &repeated) else {
        let member = builder.members[(repeated * builder.arity)..<((repeated + 1) * builder.arity)]
        report(.repeatedMember, "data '\(name)' has \(member.map(symbols.quoted).joined(separator: ", ")) twice", at: key)
        return nil
      }
      space = listed
    } else if builder.numbers.isEmpty {
      report(.badData, "data '\(name)' has no value", at: key)
      return nil
    }
    if builder.hasKeys, builder.hasNumbers, builder.keys.contains(.none) {
      report(.badData, "data '\(name)' mixes texts and numbers", at: key)
      return nil
    }
    var result = DataTable(
      name: name, place: key, space: space, numbers: builder.numbers, keys: builder.hasKeys ? builder.keys : [])
    if let standard {
      guard let value = scalar(standard) else {
        wrongKind("'default'", "a number", standard)
        return nil
      }
      result.standard = value
    }
    builder.members = []
    return result
  }

  // MARK: - Parameters

  mutating func readParameters(_ node: JSONNode) {
    guard requireObject(node, "'parameters'") else { return }
    for (key, value) in document.members(node) {
      if isStopped { return }
      let name = document.text(key) ?? ""
      var builder = TableBuilder()
      guard collect(value, [], &builder, nil, what: "parameter '\(name)'"),
        let table = table(name, key, builder, standard: nil)
      else { continue }
      guard table.keys.isEmpty else {
        report(.badData, "parameter '\(name)' has a text where a number should be", at: value)
        continue
      }
      if let bad = table.numbers.first(where: { !$0.isFinite }) {
        report(.badData, "parameter '\(name)' is \(bad.text)", at: value, mend: "give a finite number")
        continue
      }
      declare(name, .parameter(parameters.count), at: key)
      parameters.append(Family(name: name, place: key, space: table.space, first: model.parameterValues.count))
      for slot in 0..<table.space.count {
        if table.space.arity == 0 {
          model.addParameter(name, table.numbers[slot])
        } else {
          model.addParameter(family: name, keys: table.space.keys(slot).map(symbols.indexKey), table.numbers[slot])
        }
      }
    }
  }

  /// Applies the values that the caller gives in place of those in the file.
  mutating func overrideParameters() {
    if options.parameters.isEmpty { return }
    let positions = model.parameterNames.positions()
    for (name, value) in options.parameters {
      if let position = positions[name] {
        model.parameterValues[position] = value
      } else {
        let known = positions.keys.sorted()
        found.add(
          Diagnostic(
            .unknownName, "the model has no parameter '\(name)'", mend: didYouMean(name, in: known),
            notes: [known.isEmpty ? "the model has no parameters" : "known parameters: \(known.prefix(12).joined(separator: ", "))"]))
      }
    }
  }
}
