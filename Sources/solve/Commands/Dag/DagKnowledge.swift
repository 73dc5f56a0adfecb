import ArgumentParser
import Constraints
import Learn2Opt

/// What is known about a graph before any data, on the command line.
struct DagKnowledge: ParsableArguments {
  @Option(help: ArgumentHelp("An edge that may not be there, as from:to; may be given often, * stands for all nodes. With --lags, knowledge speaks of effects within one time step, except for --forbid \"x(t-1):y\".", valueName: "from:to"))
  var forbid: [String] = []
  @Option(help: ArgumentHelp("An edge that must be there, as from:to; may be given often. With --lags: within one time step.", valueName: "from:to"))
  var require: [String] = []
  @Option(help: ArgumentHelp("Groups of nodes, earlier ones first; no edge goes back (with --lags: within one time step). \"a,b;c,d\", or a file with one group a line.", valueName: "groups"))
  var tiers: String?
  @Option(help: ArgumentHelp("A node without parents; may be given often. With --lags: without parents of the same time step.", valueName: "node")) var root: [String] = []
  @Option(help: ArgumentHelp("A node without children; may be given often. With --lags: without children in the same time step.", valueName: "node")) var leaf: [String] = []

  /// The knowledge over these nodes, within a time step.
  /// - Parameter lagCount: what forbids effects of as many earlier steps is left to ``forbiddenLagged(names:lagCount:)``.
  func knowledge(names: [String], lagCount: Int = 0) throws(ConstraintsError) -> PriorKnowledge {
    var result = PriorKnowledge()
    for text in forbid where lagged(text, names, lagCount).isEmpty { result.forbidden.formUnion(try pairs(text, "--forbid", names)) }
    for text in require { result.required.formUnion(try pairs(text, "--require", names)) }
    for text in root { result.roots.insert(try node(text, "--root", names)) }
    for text in leaf { result.leaves.insert(try node(text, "--leaf", names)) }
    if let tiers {
      for (tier, group) in try groups(tiers, names).enumerated() {
        for name in group {
          let place = try node(name, "--tiers", names)
          if let other = result.tiers.updateValue(tier, forKey: place), other != tier {
            throw .invalid([
              Diagnostic(.badOptionValue, "--tiers: '\(name)' is in tier \(other + 1) and in tier \(tier + 1)", mend: "keep one of the two")
            ])
          }
        }
      }
    }
    return result
  }

  /// The effects of earlier time steps that may not be there, given as `name(t-1):name`.
  func forbiddenLagged(names: [String], lagCount: Int) -> Set<DynamicOptions.LaggedPair> {
    forbid.reduce(into: []) { $0.formUnion(lagged($1, names, lagCount)) }
  }

  /// The effects that `name(t-1):name` names, `*` being all names; none where the text is not of that form.
  private func lagged(_ text: String, _ names: [String], _ lagCount: Int) -> Set<DynamicOptions.LaggedPair> {
    func nodes(_ name: Substring) -> [Int] {
      name == "*" ? Array(names.indices) : names.firstIndex { $0 == name }.map { [$0] } ?? []
    }
    for lag in stride(from: 1, through: lagCount, by: 1) {
      for separator in ["->", ":"] {
        let mark = "(t-\(lag))" + separator
        var start = text.startIndex
        while let found = text.range(of: mark, from: start) {
          let from = nodes(text[..<found.lowerBound]), to = nodes(text[found.upperBound...])
          if !from.isEmpty && !to.isEmpty {
            return Set(from.flatMap { i in to.map { DynamicOptions.LaggedPair(lag: lag, from: i, to: $0) } })
          }
          start = found.upperBound
        }
      }
    }
    return []
  }

  private func node(_ name: String, _ option: String, _ names: [String]) throws(ConstraintsError) -> Int {
    if let place = names.firstIndex(of: name) { return place }
    let near = didYouMean(name, in: names) ?? "nodes: \(names.prefix(20).joined(separator: ", "))"
    throw .invalid([Diagnostic(.unknownName, "\(option): there is no node '\(name)'", mend: near)])
  }

  /// `from:to` or `from->to`, at any place where both sides are nodes; `*` is all nodes.
  private func pairs(_ text: String, _ option: String, _ names: [String]) throws(ConstraintsError) -> Set<PriorKnowledge.Pair> {
    func nodes(_ name: String) -> [Int]? {
      name == "*" && option == "--forbid" ? Array(names.indices) : names.firstIndex(of: name).map { [$0] }
    }
    var sides: (String, String)?
    for separator in ["->", ":"] {
      var start = text.startIndex
      while let found = text.range(of: separator, from: start) {
        let pair = (String(text[..<found.lowerBound]), String(text[found.upperBound...]))
        if let from = nodes(pair.0), let to = nodes(pair.1) {
          if option == "--require" && from == to {
            throw .invalid([
              Diagnostic(.badOptionValue, "--require \(text): no node can be its own parent", mend: "name two different nodes")
            ])
          }
          return Set(from.flatMap { i in to.filter { $0 != i }.map { PriorKnowledge.Pair(from: i, to: $0) } })
        }
        sides = sides ?? pair
        start = found.upperBound
      }
    }
    guard let sides else {
      throw .invalid([Diagnostic(.badOptionValue, "\(option) takes two nodes, not '\(text)'", mend: "write \(option) from:to")])
    }
    let unknown = names.contains(sides.0) ? sides.1 : sides.0
    let near = didYouMean(unknown, in: names) ?? "nodes: \(names.prefix(20).joined(separator: ", "))"
    throw .invalid([Diagnostic(.unknownName, "\(option): there is no node '\(unknown)'", mend: near)])
  }

  private func groups(_ text: String, _ names: [String]) throws(ConstraintsError) -> [[String]] {
    func split(_ text: some StringProtocol, _ separator: Character) -> [String] {
      text.split(separator: separator).map { part in
        String(part.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
      }.filter { !$0.isEmpty }
    }
    let isList = text.contains(";") || text.contains(",") && split(text, ",").allSatisfy { names.contains($0) }
    if isList || names.contains(text) { return split(text, ";").map { split($0, ",") } }
    let source = try SourceText.read(path: text)
    return String(decoding: source.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { split($0, ",") }
  }
}

extension String {
  /// The first occurrence of a text at or after a place.
  fileprivate func range(of text: String, from start: Index) -> Range<Index>? {
    var at = start
    while at < endIndex {
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
      at = index(after: at)
    }
    return nil
  }
}
