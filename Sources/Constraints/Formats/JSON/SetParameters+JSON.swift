extension SetParameter {
  /// A parameter as written in JSON, other than a nested set; nil when it can't be one.
  init?(_ node: JSONNode, of document: JSONDocument) {
    switch document.kind(node) {
    case .number:
      if let integer = document.integer(node) { self = .integer(integer) } else { self = .number(document.number(node) ?? 0) }
    case .string: self = .text(document.text(node) ?? "")
    case .array:
      let elements = Array(document.elements(node))
      let numbers = elements.compactMap { document.number($0) }
      if numbers.count == elements.count {
        self = .numbers(numbers)
      } else {
        var rows: [[Double]] = []
        for element in elements {
          let row = document.elements(element).compactMap { document.number($0) }
          guard document.kind(element) == .array, row.count == document.count(element) else { return nil }
          rows.append(row)
        }
        self = .rows(rows)
      }
    case .object:
      let isTyped = document.member(node, "type") != nil
      guard let name = document.member(node, isTyped ? "type" : "set").flatMap({ document.text($0) }) else { return nil }
      func number(_ key: String) -> Double? { document.member(node, key).flatMap { document.number($0) } }
      switch name {
      case "LessThan":
        guard let upper = number("upper") else { return nil }
        self = .scalarSet(.lessThan(upper))
      case "GreaterThan":
        guard let lower = number("lower") else { return nil }
        self = .scalarSet(.greaterThan(lower))
      case "EqualTo":
        guard let value = number("value") else { return nil }
        self = .scalarSet(.equalTo(value))
      case "Interval":
        guard let lower = number("lower"), let upper = number("upper") else { return nil }
        self = .scalarSet(.interval(lower, upper))
      default:
        var inner: SetParameters = [:]
        for (key, value) in document.members(node) {
          let parameter = document.text(key) ?? ""
          if parameter == (isTyped ? "type" : "set") { continue }
          guard let value = SetParameter(value, of: document) else { return nil }
          inner[parameter == "members" && !isTyped ? "set" : parameter] = value
        }
        self = .set(name: name, inner)
      }
    default: return nil
    }
  }
}

extension SetParameter {
  /// Writes the value; sets with their name under `key`, `type` in MathOptFormat.
  func write(to writer: inout JSONWriter, key: String) {
    switch self {
    case .integer(let i): writer.integer(i)
    case .number(let d): writer.number(d)
    case .text(let text): writer.string(text)
    case .numbers(let list):
      writer.beginArray(inline: true)
      for d in list { writer.number(d) }
      writer.end()
    case .integers(let list):
      writer.beginArray(inline: true)
      for i in list { writer.integer(i) }
      writer.end()
    case .rows(let rows):
      writer.beginArray(inline: true)
      for row in rows { SetParameter.numbers(row).write(to: &writer, key: key) }
      writer.end()
    case .scalarSet(let set):
      writer.beginObject(inline: true)
      set.writeMembers(to: &writer, key: key)
      writer.end()
    case .set(let name, let parameters):
      writer.beginObject(inline: true)
      writer.member(key, name)
      parameters.writeMembers(to: &writer, key: key)
      writer.end()
    }
  }
}

extension SetParameters {
  /// Writes the parameters as members of the open object. Where the name of a set is under `set`, its parameter of that
  /// name is called `members`.
  func writeMembers(to writer: inout JSONWriter, key: String) {
    for entry in entries {
      writer.key(entry.name == key ? "members" : entry.name)
      entry.value.write(to: &writer, key: key)
    }
  }
}

extension ScalarSet {
  /// Writes name and bounds as members of the open object.
  func writeMembers(to writer: inout JSONWriter, key: String) {
    if lower == upper {
      writer.member(key, "EqualTo")
      writer.member("value", lower)
    } else if lower == -.infinity {
      writer.member(key, "LessThan")
      writer.member("upper", upper)
    } else if upper == .infinity {
      writer.member(key, "GreaterThan")
      writer.member("lower", lower)
    } else {
      writer.member(key, "Interval")
      writer.member("lower", lower)
      writer.member("upper", upper)
    }
  }
}
