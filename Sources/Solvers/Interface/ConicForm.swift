import LinearAlgebra

/// What a convex quadratic or conic solver eats:
///
///     minimize (or maximize)  ½ xᵀPx + cᵀx + c₀
///     subject to              rowLower <= Ax <= rowUpper,  columnLower <= x <= columnUpper
///                             Gx + h ∈ K₁ × … × K_p
///
/// The linear part is a ``LinearForm``; P is in the sense of the form: positive semidefinite when minimizing, negative
/// semidefinite when maximizing.
public struct ConicForm: Sendable {
  /// Objective c, rows and bounds.
  public var linear: LinearForm
  /// The lower triangle of P, diagonal included, by columns.
  public var hessian: SparseMatrix
  /// The cones, each taking the next `dimension` rows of G and h.
  public var cones: [Cone] = []
  /// G by rows, as the rows of a ``LinearForm`` are.
  public var coneStarts: [Int] = [0]
  public var coneColumns: [Int32] = []
  public var coneValues: [Double] = []
  /// h.
  public var coneOffsets: [Double] = []

  public init(_ linear: LinearForm, hessian: SparseMatrix? = nil) {
    self.linear = linear
    let n = linear.columnCount
    self.hessian = hessian ?? SparseMatrix(rowCount: n, columnCount: n)
  }

  /// A cone, in the order of coordinates of the set of the same name.
  public enum Cone: Sendable, Hashable {
    /// `t >= ‖x‖₂`: (t, x).
    case secondOrder(dimension: Int)
    /// `2tu >= ‖x‖₂²`, t and u at least 0: (t, u, x).
    case rotatedSecondOrder(dimension: Int)
    /// `y exp(x/y) <= z`, y > 0, and its closure: (x, y, z).
    case exponential
    /// `x^exponent y^(1-exponent) >= |z|`, x and y at least 0: (x, y, z).
    case power(exponent: Double)
    /// Positive semidefinite matrices of the given order: the upper triangle column by column, entries off the diagonal
    /// times √2.
    case semidefinite(order: Int)

    /// Number of coordinates.
    public var dimension: Int {
      switch self {
      case .secondOrder(let n), .rotatedSecondOrder(let n): n
      case .exponential, .power: 3
      case .semidefinite(let order): order * (order + 1) / 2
      }
    }
  }

  /// Whether there are neither cones nor a quadratic objective.
  var isLinear: Bool { cones.isEmpty && hessian.entryCount == 0 }

  /// Number of rows of G.
  public var coneRowCount: Int { coneOffsets.count }
}

extension ConicForm {
  /// The objective at a point.
  /// - Complexity: O(columns + entries of P).
  public func value(at point: [Double]) -> Double {
    var total = linear.value(at: point)
    for j in 0..<hessian.columnCount {
      for k in hessian.starts[j]..<hessian.starts[j + 1] {
        let i = Int(hessian.rowIndices[k])
        total += (i == j ? 0.5 : 1) * hessian.values[k] * point[i] * point[j]
      }
    }
    return total
  }

  /// c + Px - Aᵀy - Gᵀz, in the sense of the form.
  /// - Complexity: O(entries).
  public func reducedCosts(point: [Double], rowDuals: [Double], coneDuals: [Double]) -> [Double] {
    var result = linear.objective
    for j in 0..<hessian.columnCount {
      for k in hessian.starts[j]..<hessian.starts[j + 1] {
        let i = Int(hessian.rowIndices[k])
        result[j] += hessian.values[k] * point[i]
        if i != j { result[i] += hessian.values[k] * point[j] }
      }
    }
    for i in 0..<linear.rowCount where rowDuals[i] != 0 {
      for k in linear.starts[i]..<linear.starts[i + 1] {
        result[Int(linear.entryColumns[k])] -= linear.entryValues[k] * rowDuals[i]
      }
    }
    for i in 0..<coneRowCount where coneDuals[i] != 0 {
      for k in coneStarts[i]..<coneStarts[i + 1] {
        result[Int(coneColumns[k])] -= coneValues[k] * coneDuals[i]
      }
    }
    return result
  }
}
