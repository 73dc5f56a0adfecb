/// A graph learned from data, and what is known about its quality.
public struct LearnedStructure: Sendable, Equatable {
  /// What a score measures.
  public enum Score: String, Sendable, Hashable, CaseIterable {
    /// `½ Σ r_v`, half the sum of residual variances, in the squared units of the data: right where all noises have the
    /// same variance. Depends on the scale of the columns.
    case leastSquares = "least squares"
    /// `½ Σ log r_v + c · log(n)/(2n) · edges`: the Bayesian information criterion of Gaussian models over 2n, with a
    /// factor c. Does not depend on the scale of the columns.
    case bic = "BIC"
    /// The loss of a continuous method, such as the logistic one; comparable among graphs of that method only.
    case loss
  }

  /// How much is proven about the score.
  public enum Proof: String, Sendable, Hashable {
    /// No graph has a lower score.
    case optimal
    /// No graph has a score below ``LearnedStructure/bound``.
    case bounded
    /// The search was not one that says anything about others.
    case none
  }

  /// An edge and how sure it is.
  public struct EdgeStatistic: Sendable, Hashable {
    public var from: Int
    public var to: Int
    /// Coefficient of the regression of `to` on all its parents, in units of `to` over units of `from`.
    public var weight: Double
    public var standardError: Double
    /// Weight over standard error; optimistic, since the same data chose the edge.
    public var tValue: Double
    /// Whether graphs of the same score have the edge the other way round: the data do not tell its direction.
    public var isReversible = false
    /// Part of the bootstrap replicates that have this edge; those that leave its direction open count half.
    public var frequency: Double?
    /// Part of the bootstrap replicates that join the two nodes, in whichever direction.
    public var joinedFrequency: Double?
  }

  /// A simple answer to compare with.
  public struct Baseline: Sendable, Hashable {
    public var name: String
    /// In the score of the result.
    public var score: Double
    public var edgeCount: Int
  }

  /// Something about the data that a reader of the result should know.
  public enum Warning: Sendable, Hashable, CustomStringConvertible {
    case standardized
    case repeatedColumns(String, String)
    case constantColumn(String)
    case fewerSamplesThanVariables(samples: Int, variables: Int, shrinkage: Double)
    case illConditioned(Double)
    case dependentColumn(String)
    /// The residual variances of the order found: their arithmetic over their geometric mean, less 1.
    case unequalVariances(spread: Double)
    case sortedByVariance(Double)

    public var description: String {
      switch self {
      case .standardized:
        "the columns are standardized: least squares cannot tell directions from their scale, BIC is used or advised"
      case .repeatedColumns(let a, let b):
        "the columns \(a) and \(b) repeat each other; which of them is a parent is arbitrary"
      case .constantColumn(let name): "the column \(name) is constant and has no edges"
      case .fewerSamplesThanVariables(let n, let d, let shrinkage):
        "\(n) samples for \(d) variables: correlations were shrunk towards 0 by \((shrinkage * 1000).rounded() / 10) %; scores, bound and t values are those of the shrunk ones, and few edges can be told"
      case .illConditioned(let number):
        "the covariance is ill-conditioned (about \(number)): small differences between columns decide"
      case .dependentColumn(let name):
        "the column \(name) is a combination of others up to rounding; which of them are its parents is arbitrary"
      case .unequalVariances(let spread):
        "the noises do not have equal variances (their arithmetic mean is \((spread * 1000).rounded() / 10) % above the geometric one): directions from least squares mean little"
      case .sortedByVariance(let value):
        "sorting by variance alone orders \((value * 100).rounded()) % of the edges: scale carries the directions"
      }
    }
  }

  /// The graph: edges that passed the selection, with weights refitted on them.
  public var graph: WeightedGraph
  /// An order with parents before children, the one the search ended with.
  public var order: [Int]
  /// What ``value`` and ``bound`` measure.
  public var score: Score
  /// The score that the search minimized: for least squares of the whole order, with every node regressed on all before
  /// it; for BIC of the graph.
  public var value: Double
  /// The score of ``graph`` after its weights were refitted.
  public var refittedValue: Double
  /// No order or graph has a value below this.
  public var bound: Double
  public var proof: Proof
  /// How the graph was found, in words.
  public var method: String
  public var edges: [EdgeStatistic]
  public var baselines: [Baseline]
  public var warnings: [Warning]
  /// Moves of nodes made by the search.
  public var moveCount: Int
  /// Most parents of a node among the graphs that ``bound`` and ``proof`` speak of; nil for all graphs.
  public var parentLimit: Int?

  /// How far the value can lie above the optimum at most, 0 where the optimum is proven: relative to the bound for least
  /// squares, and for BIC, whose zero depends on the units of the columns, as a difference.
  public var gap: Double {
    if proof == .optimal { return 0 }
    let difference = max(0, value - bound)
    return score == .bic ? difference : bound > 0 ? difference / bound : .infinity
  }
}
