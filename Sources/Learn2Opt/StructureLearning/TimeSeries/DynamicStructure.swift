/// A vector autoregression with effects within a time step, as learned.
public struct DynamicStructure: Sendable, Equatable {
  /// Effects with what they are worth.
  public struct Fit: Sendable, Equatable {
    public var graph: TimeSeriesGraph
    /// `1/(2n) ‖X - X W - Y A‖²` of centred rows.
    public var score: Double
    /// `λ Σ |W| + λ' Σ |A|`.
    public var penalty: Double
    public var objective: Double { score + penalty }
  }

  /// How the search ended; ``ContinuousStructure/End/acyclic`` for a search over orders.
  public var end: ContinuousStructure.End
  /// Weights where the path ended, with a small h; nil for a search over orders.
  public var path: Fit?
  /// h of the path's weights; 0 for a search over orders.
  public var acyclicity: Double
  /// Parents within a time step before children.
  public var order: [Int]
  /// The minimum of the objective over all graphs with this order. Acyclic, and nothing is cut.
  public var completion: Fit
  /// The effects that were kept, those above the thresholds or of enough |t|, fitted anew without a penalty.
  public var refitted: Fit
  /// `½ Σ r_v`, half the sum of residual variances, with every variable regressed without a penalty on all effects that
  /// the order and the knowledge allow: never above the score of ``refitted``.
  public var orderScore: Double
  /// What a reader of the result should know about the data.
  public var warnings: [LearnedStructure.Warning]
  /// Rows with all lags.
  public var sampleCount: Int
  /// Steps of all minimizations.
  public var iterations: Int

  /// The learned graph: ``refitted``'s.
  public var graph: TimeSeriesGraph { refitted.graph }
  /// Whether the process of the learned graph comes back from shocks: its spectral radius is below 1.
  public var isStationary: Bool { graph.spectralRadius < 1 }
}
