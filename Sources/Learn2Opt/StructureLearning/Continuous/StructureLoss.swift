/// What a graph with weights is judged by: the fit of each variable by its parents.
///
/// W is variables × variables, `W(i, j)` the weight of i → j, X are n samples and S their second moments about the mean.
public enum StructureLoss: String, Sendable, CaseIterable {
  /// `½ tr((I - W)ᵀ S (I - W))`: half the mean squared residual of centred samples, summed over variables.
  case leastSquares
  /// `d/2 log Σ rⱼ`, `rⱼ` the residual variances: the Gaussian likelihood for noise of one variance, GOLEM-EV.
  case gaussianEqualVariances
  /// `½ Σ log rⱼ`: the Gaussian likelihood with a variance of its own for each noise, GOLEM-NV.
  case gaussianOwnVariances
  /// `1/n Σ (log(1 + exp(M)) - X ∘ M)`, `M = X W + 1 bᵀ` with intercepts b: samples are 0 or 1.
  case logistic
  /// `1/n Σ (exp(M) - X ∘ M)`, `M = X W + 1 bᵀ` with intercepts b: samples are counts.
  case poisson

  /// Whether the second moments of the samples say all.
  public var needsMomentsOnly: Bool { self != .logistic && self != .poisson }
}
