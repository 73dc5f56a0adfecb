extension Model {
  /// A short text that is equal for equal models and, with near certainty, different for different ones:
  /// `fnv1a:` and 16 hexadecimal digits.
  ///
  /// It covers names, bounds, domains, constraints and objectives, not start values. It tells files that were mixed up;
  /// it is no protection against forgery (G. Fowler, L. C. Noll, K.-P. Vo, "FNV hash", 64-bit variant 1a).
  /// - Complexity: O(size of the model).
  public var fingerprint: String {
    var hash = FingerprintHash()
    for j in 0..<variableCount {
      hash.add(variableNames[j])
      hash.add(lower[j])
      hash.add(upper[j])
      hash.add(UInt64(domains[j].rawValue))
    }
    let nodes = nodeHashes()
    for i in 0..<rows.count {
      hash.add(rowNames[i])
      for k in rows.range(i) {
        hash.add(UInt64(bitPattern: Int64(rows.columns[k])))
        hash.add(rows.values[k])
      }
      hash.add(rows.lower[i])
      hash.add(rows.upper[i])
    }
    for (i, constraint) in generalConstraints.enumerated() {
      hash.add(generalNames[i])
      for function in constraint.functions { hash.add(function, nodes) }
      switch constraint.body {
      case .scalar(_, let set):
        hash.add(set.lower)
        hash.add(set.upper)
      case .vector(_, let set):
        var writer = JSONWriter()
        writer.beginObject(inline: true)
        writer.member("type", type(of: set).name)
        set.parameters.writeMembers(to: &writer, key: "type")
        writer.end()
        hash.add(writer.bytes)
      }
    }
    for objective in objectives {
      hash.add(objective.sense.rawValue)
      hash.add(objective.function, nodes)
      hash.add(UInt64(bitPattern: Int64(objective.priority)))
      hash.add(objective.weight)
    }
    let digits = String(hash.state, radix: 16)
    return "fnv1a:" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// A number for each node that depends on the term below it, not on its position.
  private func nodeHashes() -> [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(arena.nodes.count)
    for (i, node) in arena.nodes.enumerated() {
      var hash = FingerprintHash()
      hash.add(UInt64(node.operation.rawValue))
      switch node.operation {
      case .constant: hash.add(arena.constants[Int(node.first)])
      case .variable, .parameter: hash.add(UInt64(bitPattern: Int64(node.first)))
      default: for argument in arena.arguments(of: NodeID(i)) { hash.add(result[argument.position]) }
      }
      result.append(hash.state)
    }
    return result
  }
}

private struct FingerprintHash {
  var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  mutating func add(_ value: UInt64) {
    var value = value
    for _ in 0..<8 {
      add(byte: UInt8(truncatingIfNeeded: value))
      value >>= 8
    }
  }
  mutating func add(_ value: Double) { add((value == 0 ? 0 : value).bitPattern) }
  mutating func add(_ bytes: [UInt8]) {
    for byte in bytes { add(byte: byte) }
    add(byte: 0)
  }
  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte: byte) }
    add(byte: 0)
  }
  mutating func add(_ f: ScalarFunction, _ nodes: [UInt64]) {
    add(f.constant)
    for term in f.linear {
      add(UInt64(bitPattern: Int64(term.variable)))
      add(term.coefficient)
    }
    for term in f.quadratic {
      add(UInt64(bitPattern: Int64(term.first)))
      add(UInt64(bitPattern: Int64(term.second)))
      add(term.coefficient)
    }
    if let node = f.nonlinear { add(nodes[node.position]) }
  }
}
