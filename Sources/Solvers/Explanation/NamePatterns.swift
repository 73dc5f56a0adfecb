import Constraints

/// Names with `*` for any characters; a family's name stands for all its members.
struct NamePatterns: Sendable {
  let patterns: [String]

  init(_ patterns: [String]) { self.patterns = patterns }

  /// Whether some pattern fits the name of a requirement's constraint or variable.
  func match(_ requirement: Requirement, in model: Model) -> Bool { last(for: requirement, in: model) != nil }

  /// The position of the last pattern that fits.
  func last(for requirement: Requirement, in model: Model) -> Int? {
    if patterns.isEmpty { return nil }
    let name = model.name(of: requirement)
    let base = NamePatterns.base(of: requirement, in: model)
    return patterns.lastIndex { $0 == base || NamePatterns.fits(Array(name.utf8), Array($0.utf8)) }
  }

  /// Patterns that fit nothing.
  func unused(_ requirements: [Requirement], in model: Model) -> [String] {
    patterns.filter { pattern in
      let one = NamePatterns([pattern])
      return !requirements.contains { one.match($0, in: model) }
    }
  }

  static func base(of requirement: Requirement, in model: Model) -> String {
    switch requirement.constraint {
    case .row(let i): model.rowNames.base(i)
    case .general(let i): model.generalNames.base(i)
    case nil: requirement.variable.map { model.variableNames.base($0) } ?? ""
    }
  }

  /// Whether a text fits a pattern; the last `*` is moved on where the rest does not fit.
  /// - Complexity: O(length of text times pattern).
  private static func fits(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (t, p) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        p = last.pattern + 1
        t = last.text + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
