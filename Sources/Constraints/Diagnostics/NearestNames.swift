/// The names most like a misspelt one.
///
/// Compares by Damerau-Levenshtein distance (optimal string alignment); a name qualifies when it differs only in case,
/// is a plural or singular of the wanted one, or is at most `max(1, length / 3)` edits away.
///
/// - Returns: at most `limit` names, nearest first, ties in the order given.
/// - Complexity: O(n L²) for n candidates of length L; candidates beyond the first 20 000 are not looked at.
public func nearestNames(to wanted: String, in candidates: some Sequence<String>, limit: Int = 3) -> [String] {
  let target = Array(wanted.lowercased().utf8)
  let allowed = max(1, target.count / 3)
  var found: [(distance: Int, order: Int, name: String)] = []
  for (order, name) in candidates.prefix(20_000).enumerated() where name != wanted {
    let other = Array(name.lowercased().utf8)
    if abs(other.count - target.count) > allowed { continue }
    let distance = editDistance(target, other, limit: allowed)
    if distance <= allowed { found.append((distance, order, name)) }
  }
  found.sort { ($0.distance, $0.order) < ($1.distance, $1.order) }
  return found.prefix(limit).map(\.name)
}

/// "did you mean 'a' or 'b'?", or nil when nothing is near.
public func didYouMean(_ wanted: String, in candidates: some Sequence<String>) -> String? {
  let names = nearestNames(to: wanted, in: candidates)
  if names.isEmpty { return nil }
  return "did you mean " + names.map { "'\($0)'" }.joined(separator: " or ") + "?"
}

private func editDistance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int {
  if a == b { return 0 }
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  var current = previous
  for i in 1...a.count {
    current[0] = i
    var best = i
    for j in 1...b.count {
      let cost = a[i - 1] == b[j - 1] ? 0 : 1
      var d = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { d = min(d, before[j - 2] + 1) }
      current[j] = d
      best = min(best, d)
    }
    if best > limit { return limit + 1 }
    (before, previous, current) = (previous, current, before)
  }
  return previous[b.count]
}
