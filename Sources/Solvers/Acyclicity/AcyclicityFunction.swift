/// A smooth function h of a matrix A without negative entries, with `h(A) = 0` exactly where the graph with an edge i → j
/// for each `A(i, j) > 0` has no directed cycle, and `h(A) > 0` elsewhere.
///
/// All are sums `Σ cₖ tr(Aᵏ)` with positive coefficients, k = 1, 2, …; `tr(Aᵏ)` adds up the products of the entries along
/// closed walks of k edges. Entry (i, j) of the gradient is positive exactly where a walk leads from j to i: where an
/// edge i → j would close a cycle.
///
/// With `A = W ∘ W` the derivative by W is `2 W ∘ ∂h/∂A`, and it vanishes on every acyclic graph.
///
/// Sources: Zheng, Aragam, Ravikumar, Xing, "DAGs with NO TEARS", 2018 (exponential); Yu, Chen, Gao, Yu, "DAG-GNN", 2019
/// (polynomial); Bello, Aragam, Ravikumar, "DAGMA", 2022 (logarithm of the determinant).
public struct AcyclicityFunction: Sendable, Hashable {
  public enum Kind: String, CaseIterable, Sendable {
    /// `tr exp(A) - d`, `cₖ = 1/k!`; overflows for large entries. About 10 products of d³.
    case exponential
    /// `tr (I + A/d)ᵈ - d`, `cₖ` the binomial coefficient over dᵏ. Up to `2 log₂ d` products of d³.
    case polynomial
    /// `-log det(s I - A) + d log s`, `cₖ = 1 / (k sᵏ)`; infinite unless the spectral radius of A is below s. About one
    /// product of d³.
    case logDeterminant
  }

  public var kind: Kind
  /// d.
  public var nodeCount: Int
  /// s of the logarithm of the determinant; the others do without. Default 1.
  public var scale: Double

  /// - Precondition: the count is not negative; the scale is positive and finite.
  public init(kind: Kind, nodeCount: Int, scale: Double = 1) {
    precondition(nodeCount >= 0 && scale > 0 && scale.isFinite)
    self.kind = kind
    self.nodeCount = nodeCount
    self.scale = scale
  }

  /// Memory to evaluate the function with; one for each thread.
  public func makeWorkspace() -> AcyclicityWorkspace { AcyclicityWorkspace(self) }
}
