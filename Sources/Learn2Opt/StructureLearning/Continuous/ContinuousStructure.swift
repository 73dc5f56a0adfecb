import LinearAlgebra

/// What a continuous method has found.
public struct ContinuousStructure: Sendable, Equatable {
  public enum End: String, Sendable {
    /// h came down to the tolerance.
    case acyclic
    /// All stages of the central path are done.
    case pathEnd
    /// The penalty of cycles reached its limit first.
    case penaltyLimit
    /// The limit of rounds came first.
    case roundLimit
    /// The context asked for it; the result is what there was by then.
    case stopped
    /// The loss is not finite at the start.
    case undefined
  }

  /// Weights with what they are worth.
  public struct Fit: Sendable, Equatable {
    public var graph: WeightedGraph
    /// Intercepts of logistic and Poisson losses; empty for others.
    public var intercepts: [Double]
    /// The loss Q.
    public var score: Double
    /// `λ Σ |W|` over the edges that are not required.
    public var penalty: Double
    /// `Q + λ Σ |W|`.
    public var objective: Double { score + penalty }
  }

  public var end: End
  /// The weights where the path ended, nothing cut: h is small, and there may be tiny cycles.
  public var path: Fit
  /// h of the path's weights.
  public var acyclicity: Double
  /// An order with parents before children for the largest weights.
  public var order: [Int]
  /// The minimum of the objective over all graphs with this order, from the path's weights on; nil if it was not asked
  /// for. Acyclic, and nothing is cut.
  public var completion: Fit?
  /// The acyclic graph after the cut, with its weights as they were: they fit worse than they need to, as the cut edges'
  /// share is missing, and its score says so.
  public var cut: Fit
  /// The same edges with the weights of least loss, without a penalty.
  public var refitted: Fit
  /// Edges above the threshold that were left out as they close a cycle with larger ones.
  public var removedCount: Int
  /// Updates of the multiplier, or stages.
  public var rounds: Int
  /// Steps of all minimizations.
  public var iterations: Int
  /// Evaluations of the loss and h.
  public var evaluations: Int
  /// The last penalty of cycles; 0 for a central path.
  public var finalPenalty: Double

  /// The learned graph: ``refitted``'s.
  public var graph: WeightedGraph { refitted.graph }
}
