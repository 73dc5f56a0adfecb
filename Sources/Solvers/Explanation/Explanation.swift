import Constraints

/// Why a model has no feasible point, or no optimum: what ``Explainer/explain(_:)`` found.
public struct Explanation: Sendable {
  public enum Verdict: String, Sendable {
    /// No point satisfies the model; ``Explanation/conflicts`` say why.
    case infeasible
    /// A method that looks only nearby found no feasible point; the conflict is one as far as that method sees.
    case locallyInfeasible
    /// A feasible point exists and nothing shows that the objective has no limit.
    case feasible
    /// Feasible points exist with objectives as good as one likes; ``Explanation/ray`` says along which way.
    case unbounded
    /// The limits ended the search before anything was proved.
    case unknown
  }

  public var verdict: Verdict
  /// Sets of requirements that cannot hold together, the smallest first.
  public var conflicts: [Conflict] = []
  /// Sets of requirements without which the rest can hold, none of them to spare; found with the option
  /// ``Explainer/Options/findsAll``.
  public var corrections: [[Requirement]] = []
  /// Whether ``conflicts`` and ``corrections`` are all there are.
  public var isComplete = false
  /// The least change of limits that makes the model feasible.
  public var relaxation: Relaxation?
  /// Why there is no relaxation, when there is none.
  public var relaxationReason: String?
  /// For each member of the first conflict that suffices alone: by how much its limit must move.
  public var alternatives: [Relaxation.Change] = []
  /// The way along which the objective improves without limit.
  public var ray: UnboundedRay?
  /// A feasible point, where one was found.
  public var point: [Double] = []
  /// Why the work ended, and after how long.
  public var termination: Termination
  /// Number of feasibility problems solved, and how many of them ended without an answer.
  public var checkCount = 0
  public var undecidedCount = 0
  public var warnings: [Diagnostic] = []

  public init(_ verdict: Verdict, _ termination: Termination) {
    self.verdict = verdict
    self.termination = termination
  }
}

/// Requirements that cannot hold together.
public struct Conflict: Sendable {
  /// The requirements, in the order of ``Constraints/Model/requirements``.
  public var members: [Requirement]
  /// Whether without any one of the members the others can hold together: true when a feasibility problem showed it for
  /// each, nil when some of these problems, or all of them, were not decided.
  public var isIrreducible: Bool?
  public var evidence: Evidence
  /// The contradiction as sums, for linear members whose continuous relaxation is infeasible.
  public var proof: FarkasProof?
  /// Consequences drawn one after another until a contradiction, in words; empty when bounds alone do not lead there.
  public var chain: [String] = []

  /// How strongly the members' contradiction is known.
  public enum Evidence: String, Sendable, Comparable {
    /// A method that looks only nearby found no point.
    case local
    /// The solver's search was complete, by its word.
    case search
    /// Bounds and simple consequences contradict each other.
    case propagation
    /// Multipliers that the checker confirmed.
    case certificate

    private var rank: Int {
      switch self {
      case .local: 0
      case .search: 1
      case .propagation: 2
      case .certificate: 3
      }
    }
    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
  }

  public init(members: [Requirement], isIrreducible: Bool?, evidence: Evidence) {
    self.members = members
    self.isIrreducible = isIrreducible
    self.evidence = evidence
  }

  /// Whether the conflict needs some variable to be whole: the continuous relaxation of its members is feasible.
  public var needsIntegrality: Bool { members.contains { $0.side == .whole } }
}

/// Changes of limits that make a model feasible.
public struct Relaxation: Sendable {
  /// One limit that moves.
  public struct Change: Sendable, Hashable {
    public var requirement: Requirement
    /// How far, in the units of the requirement; positive.
    public var amount: Double
    /// The limit now and then; nil for constraints in cones, which move inwards as a whole.
    public var from: Double?
    public var to: Double?
  }

  /// What was made small.
  public var goal: Goal
  /// The limits that move, by name in the order of the model.
  public var changes: [Change]
  /// The weighted sum, number or maximum of the changes, as the goal says.
  public var total: Double
  /// Whether no smaller total is possible, up to the tolerances of the solver.
  public var isProved: Bool
  /// The best objective of the relaxed model with the changes no larger in total; nil without an objective, or when it
  /// was not found.
  public var objective: Double?
  /// Whether no better objective is possible with this total.
  public var isObjectiveProved = false
  /// A point of the relaxed model.
  public var point: [Double]

  /// What is small about a relaxation.
  public enum Goal: String, Sendable, CaseIterable {
    /// The weighted sum of all changes.
    case sum = "l1"
    /// The weighted number of limits that change.
    case count
    /// The largest weighted change.
    case largest = "max"
  }
}
