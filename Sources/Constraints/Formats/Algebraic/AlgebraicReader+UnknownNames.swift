/// What is said about names that nothing declares.
extension AlgebraicReader {
  mutating func unknown(_ name: String, node: Int32) {
    let n = tree.nodes[Int(node)]
    unknown(name, text: Int(n.text), range: Int(n.start)..<Int(n.end), preferSets: false)
  }

  mutating func unknown(_ name: String, text: Int, range: Range<Int>, preferSets: Bool) {
    guard reportedNames.insert(name).inserted else { return }
    let setNames = sets.map(\.name)
    let others = scope.map(\.name) + names.filter { if case .set = $0.value { return false } else { return true } }.map(\.key).sorted()
    let candidates = preferSets ? setNames + others : others + setNames
    var notes: [String] = []
    if preferSets {
      notes.append(known("sets", setNames))
    } else {
      if !data.isEmpty { notes.append(known("data", data.map(\.name))) }
      if !variables.isEmpty { notes.append(known("variables", variables.map(\.name))) }
    }
    report(
      .unknownName, "unknown \(preferSets ? "set" : "name") '\(name)'", text: text, range: range,
      mend: !preferSets && isMember(name) ? "write '\(name)' in quotes" : didYouMean(name, in: candidates), notes: notes)
  }

  /// Whether a text is part of a member of a set.
  private func isMember(_ name: String) -> Bool {
    guard let key = symbols.known(name) else { return false }
    return sets.contains { $0.space.dimensions.contains { $0.position(of: key) >= 0 } }
  }

  private func known(_ what: String, _ names: [String]) -> String {
    if names.isEmpty { return "there are no \(what)" }
    let shown = names.sorted().prefix(12).joined(separator: ", ")
    return "known \(what): \(shown)\(names.count > 12 ? ", ..." : "")"
  }
}
