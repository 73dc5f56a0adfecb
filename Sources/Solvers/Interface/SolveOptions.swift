import Constraints

/// What to ask of a solve. Each option means the same for every solver that has it; defaults are stated in ``OptionTable``.
public struct SolveOptions: Sendable {
  /// Name of the solver, or `auto`.
  public var solver = "auto"
  public var method: Method = .auto
  /// Wall-clock limit from the start of the solve; nil for none.
  public var timeLimit: Duration?
  public var nodeLimit: Int?
  public var iterationLimit: Int?
  /// Megabytes that the solver may use.
  public var memoryLimit: Int?
  /// Stop after this many improving points.
  public var solutionLimit: Int?
  /// Stop when `|objective - bound| <= gap * max(1e-10, |objective|)`.
  public var gap = 1e-6
  /// Stop when `|objective - bound| <= absoluteGap`.
  public var absoluteGap = 1e-9
  /// Largest violation of a bound or row, absolute or relative; nil for ``Capabilities/accuracy`` of the solver.
  public var feasibilityTolerance: Double?
  /// Largest violation of a reduced cost's sign, and for solvers without a vertex also the largest relative gap between
  /// primal and dual objective; nil for ``Capabilities/accuracy`` of the solver.
  public var optimalityTolerance: Double?
  /// Largest distance from a whole number that counts as whole.
  public var integralityTolerance = 1e-6
  public var seed: UInt64 = 1
  /// Starts of a nonlinear solve: the given one and others drawn at random; the best answer counts. Nil for
  /// ``Multistart/smallCount`` with small models and one with others.
  public var multistart: Int?
  /// The smooth function by which a matrix is drawn to an acyclic one, where models with `acyclic` are solved as nonlinear
  /// functions.
  public var acyclicity = AcyclicityFunction.Kind.exponential
  /// Threads that a solver may use, at least 1; nil leaves it to the solver.
  public var threads: Int?
  public var presolve = true
  /// How much of a search goes into heuristics.
  public var heuristicEffort = HeuristicEffort.standard
  /// Whether heuristics are asked; setting it to true keeps an effort that is not off.
  public var heuristics: Bool {
    get { heuristicEffort != .off }
    set { if newValue != heuristics { heuristicEffort = newValue ? .standard : .off } }
  }
  /// Share of the running time that each heuristic may use, by name; ``heuristicBudget`` for the others.
  public var heuristicBudgets: [String: Double] = [:]
  public var heuristicBudget = 0.1
  /// Names of heuristics to leave out.
  public var disabledHeuristics: Set<String> = []
  /// Cutting planes of the branch-and-cut method.
  public var cuts: CutSelection = .auto
  public var branching: Branching = .auto
  public var nodeSelection: NodeSelection = .auto
  /// Whether to compute duals: for integer models this takes another solve with the integers fixed.
  public var duals = false
  /// Whether to go on from the answer of an interior-point method to a vertex and its basis; for linear models.
  public var crossover = false

  /// How many points to return, best first, for models with whole numbers.
  public var poolSize = 1
  /// How much worse than the best a point of the pool may be, relative to the best objective; nil for any.
  public var poolGap: Double?
  /// In how many whole variables any two points of the pool differ at least.
  public var poolDiversity = 1
  /// Seconds that the completion or the repair of a point to start from may take.
  public var startLimit = 10.0

  public init() {}

  public enum Method: String, Sendable, CaseIterable {
    case auto, primal, dual, interior, exact
  }

  public enum CutSelection: Sendable, Hashable {
    case auto
    case only(Set<Cut>)
  }
  public enum Cut: String, Sendable, CaseIterable { case gomory, mir, cover, clique }
  public enum Branching: String, Sendable, CaseIterable {
    case auto
    case firstFractional = "first"
    case lastFractional = "last"
    case mostFractional = "most"
    case driebeckTomlin = "driebeck"
    case pseudocost
  }
  public enum NodeSelection: String, Sendable, CaseIterable {
    case auto
    case depthFirst = "depth"
    case breadthFirst = "breadth"
    case bestLocalBound = "best-bound"
    case bestProjection = "best-projection"
  }
}
