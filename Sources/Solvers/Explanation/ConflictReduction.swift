import Constraints

/// Shrinks requirements that contradict each other until none can be left out.
///
/// The deletion filter with steps of growing size: leave out a run of candidates; if the rest still contradicts itself
/// they are gone, and so is everything its proof does not lean on; if not, halve the run until it is a single one, which
/// is needed.
///
/// J. W. Chinneck, E. W. Dravnieks, "Locating minimal infeasible constraint sets in linear programs", ORSA Journal on
/// Computing 3 (1991), for the filter; J. Marques-Silva, M. Janota, A. Belov, "Minimal sets over monotone predicates in
/// Boolean formulae", CAV 2013, for the growing steps.
struct ConflictReduction {
  /// Requirements that contradict each other together with the background.
  private(set) var needed: [Requirement] = []
  private(set) var candidates: [Requirement]
  private(set) var evidence: Conflict.Evidence
  /// Whether for each of ``needed`` a point was found that satisfies the others.
  private(set) var isProved = true

  /// - Parameter core: requirements that contradict each other, as just found.
  init(core: [Requirement], evidence: Conflict.Evidence) {
    candidates = core
    self.evidence = evidence
  }

  /// What is left: contradicts itself at any time, and is irreducible at the end where ``isProved``.
  var members: [Requirement] { needed + candidates }

  /// - Parameters:
  ///   - model: decides the order; long rows are left out before short ones, and rows before bounds, so that what
  ///     remains is easy to read.
  ///   - background: requirements that are always in force.
  ///   - progress: called with the number of requirements that are still open, after each check.
  mutating func run(
    _ oracle: inout FeasibilityOracle, model: Model, background: [Requirement] = [], progress: (Int) -> Void
  ) throws(SolverError) {
    candidates = ConflictReduction.ordered(candidates, in: model)
    var step = evidence == .certificate || candidates.count < 8 ? 1 : candidates.count / 4
    while !candidates.isEmpty {
      if oracle.shouldStop {
        isProved = false
        return
      }
      step = max(1, min(step, candidates.count))
      let rest = Array(candidates.dropFirst(step))
      switch try oracle.check(background + needed + rest) {
      case .infeasible(let core, let how):
        let used = Set(core)
        candidates = rest.filter { used.contains($0) }
        evidence = how
        step *= 2
      case .feasible:
        if step == 1 {
          needed.append(candidates.removeFirst())
        } else {
          step /= 2
        }
      case .undecided:
        if step == 1 {
          needed.append(candidates.removeFirst())
          isProved = false
        } else {
          step /= 2
        }
      }
      progress(candidates.count)
    }
  }

  private static func ordered(_ list: [Requirement], in model: Model) -> [Requirement] {
    func rank(_ requirement: Requirement) -> (kind: Int, size: Int) {
      switch requirement {
      case .general, .generalLower, .generalUpper: (0, 0)
      case .rowLower(let i), .rowUpper(let i): (1, -model.rows.range(i).count)
      case .integrality: (2, 0)
      // A bound of 0 is what nobody questions, so it goes last.
      case .variableLower(let j): (model.lower[j] == 0 ? 4 : 3, 0)
      case .variableUpper(let j): (model.upper[j] == 0 ? 4 : 3, 0)
      }
    }
    let ranks = list.map(rank)
    return list.indices.sorted {
      (ranks[$0].kind, ranks[$0].size, $0) < (ranks[$1].kind, ranks[$1].size, $1)
    }.map { list[$0] }
  }
}
