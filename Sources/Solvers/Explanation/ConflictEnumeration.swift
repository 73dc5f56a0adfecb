import Constraints

extension ExplanationWork {
  /// Finds further conflicts, and corrections, until there are no more or a limit is met.
  ///
  /// A correction is a minimal set that meets every conflict. Each smallest set that meets all known conflicts is tried: if
  /// the rest can hold together it is a correction; if not, the rest contains a conflict that was not known. What cannot
  /// be questioned - locked requirements, whole values and lower bounds of 0 - stays in force throughout.
  ///
  /// M. H. Liffiton, A. Previti, A. Malik, J. Marques-Silva, "Fast, flexible MUS enumeration", Constraints 21 (2016), with
  /// the map kept as hitting sets, after R. Reiter, "A theory of diagnosis from first principles", Artificial
  /// Intelligence 32 (1987).
  mutating func enumerate() throws(SolverError) {
    let locks = NamePatterns(explainer.options.locks)
    let hard = Set(requirements.filter { isNeverQuestioned($0) || locks.match($0, in: model) })
    let background = requirements.filter { hard.contains($0) }
    var map = HittingSets()
    var isCertain = true
    guard let first = explanation.conflicts.first else { return }
    var core = first.members
    var isFirst = true
    while true {
      let found = try questionedConflict(core, hard, background, isFirst ? first : nil, &isCertain)
      guard let found else { return }
      if !isFirst { explanation.conflicts.append(found.conflict) } else { explanation.conflicts[0] = found.conflict }
      isFirst = false
      map.add(conflict: found.questioned)
      if found.questioned.isEmpty {
        explanation.isComplete = isCertain
        return
      }
      if explanation.conflicts.count >= explainer.options.conflictLimit { return }
      var next: [Requirement]?
      while next == nil {
        if explanation.corrections.count >= explainer.options.conflictLimit || oracle.shouldStop { return }
        note("looking for other conflicts: \(explanation.conflicts.count) conflicts, \(explanation.corrections.count) corrections")
        switch map.nextUnexplored() {
        case .none:
          explanation.isComplete = isCertain
          return
        case .tooMany: return
        case .set(let candidate):
          let left = Set(candidate)
          switch try oracle.check(requirements.filter { !left.contains($0) }) {
          case .feasible:
            explanation.corrections.append(requirements.filter { left.contains($0) })
            map.add(correction: candidate)
          case .infeasible(let core, _): next = core
          case .undecided:
            // Neither a correction nor not: passed over, and the list is not complete.
            isCertain = false
            map.add(correction: candidate)
          }
        }
      }
      core = next ?? []
    }
  }

  /// A conflict within a core whose questioned part is minimal given everything that is not questioned.
  private mutating func questionedConflict(
    _ core: [Requirement], _ hard: Set<Requirement>, _ background: [Requirement], _ known: Conflict?, _ isCertain: inout Bool
  ) throws(SolverError) -> (conflict: Conflict, questioned: [Requirement])? {
    let before = core.filter { !hard.contains($0) }
    var outer = ConflictReduction(core: before, evidence: .search)
    try reduce(&outer, background: background)
    if !outer.candidates.isEmpty { return nil }
    if !outer.isProved { isCertain = false }
    if let known, outer.members.count == before.count { return (known, outer.members) }
    var inner = ConflictReduction(core: background, evidence: .search)
    try reduce(&inner, background: outer.members)
    let members = Set(outer.members + inner.members)
    var story = try conflict(ConflictReduction(core: requirements.filter { members.contains($0) }, evidence: inner.evidence))
    story.isIrreducible = outer.isProved && inner.isProved && inner.candidates.isEmpty ? true : nil
    return (story, outer.members)
  }

  private func isNeverQuestioned(_ requirement: Requirement) -> Bool {
    switch requirement {
    case .integrality: true
    case .variableLower(let j): model.lower[j] == 0
    default: false
    }
  }
}

/// Sets that meet every known conflict and contain no known correction, smallest first.
struct HittingSets {
  enum Next {
    case set([Requirement])
    /// There are no more.
    case none
    /// The search for one takes too long.
    case tooMany
  }

  /// Steps of the search for one set.
  static let work = 2_000_000

  private var conflicts: [[Requirement]] = []
  private var corrections: [Set<Requirement>] = []
  /// Sets smaller than this are all explored, as long as no conflict is added that they miss.
  private var size = 1

  mutating func add(conflict: [Requirement]) { conflicts.append(conflict) }
  mutating func add(correction: [Requirement]) { corrections.append(Set(correction)) }

  /// The next set: minimal, since smaller ones were tried before. Exponential in the size of the set at worst.
  mutating func nextUnexplored() -> Next {
    let largest = Set(conflicts.joined()).count
    var work = 0
    while size <= largest {
      var chosen: [Requirement] = []
      if search(&chosen, [], size, &work) { return .set(chosen) }
      if work > HittingSets.work { return .tooMany }
      size += 1
    }
    return .none
  }

  /// Depth-first search for `left` more members; `excluded` were tried at a level above.
  private func search(
    _ chosen: inout [Requirement], _ excluded: Set<Requirement>, _ left: Int, _ work: inout Int
  ) -> Bool {
    work += conflicts.count + corrections.count
    if work > HittingSets.work { return false }
    let present = Set(chosen)
    if corrections.contains(where: { $0.isSubset(of: present) }) { return false }
    guard let open = conflicts.first(where: { conflict in !conflict.contains { present.contains($0) } }) else { return true }
    if left == 0 { return false }
    var excluded = excluded
    for candidate in open where !excluded.contains(candidate) {
      chosen.append(candidate)
      if search(&chosen, excluded, left - 1, &work) { return true }
      chosen.removeLast()
      excluded.insert(candidate)
    }
    return false
  }
}
