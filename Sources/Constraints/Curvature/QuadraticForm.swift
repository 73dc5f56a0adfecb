/// The quadratic part of a function as a symmetric matrix Q over the variables that occur in it: `½ xᵀQx`.
public struct QuadraticForm: Sendable {
  /// The variables that occur, ascending; row i of Q is that of `variables[i]`.
  public let variables: [Int32]
  /// The diagonal of Q: twice the coefficient of each square.
  public let diagonal: [Double]
  /// Entries off the diagonal, row by row and both halves, columns ascending.
  let starts: [Int]
  let columns: [Int32]
  let values: [Double]

  /// - Parameter terms: products of variables with their coefficients; repeated ones are added up.
  /// - Complexity: O(t + largest variable) for terms in canonical order, O(t log t) otherwise.
  public init(_ terms: [QuadraticTerm]) {
    var terms = terms
    if !QuadraticForm.isCanonical(terms) {
      var function = ScalarFunction(quadratic: terms)
      function.canonicalize()
      terms = function.quadratic
    }
    var most: Int32 = -1
    for term in terms { most = max(most, term.second) }
    var position = [Int32](repeating: -1, count: Int(most) + 1)
    for term in terms {
      position[Int(term.first)] = 0
      position[Int(term.second)] = 0
    }
    var variables: [Int32] = []
    for j in position.indices where position[j] == 0 {
      position[j] = Int32(variables.count)
      variables.append(Int32(j))
    }
    let n = variables.count
    var diagonal = [Double](repeating: 0, count: n)
    var starts = [Int](repeating: 0, count: n + 1)
    for term in terms {
      let (i, j) = (Int(position[Int(term.first)]), Int(position[Int(term.second)]))
      if i == j {
        diagonal[i] = 2 * term.coefficient
      } else {
        starts[i + 1] += 1
        starts[j + 1] += 1
      }
    }
    for i in 0..<n { starts[i + 1] += starts[i] }
    var columns = [Int32](repeating: 0, count: starts[n])
    var values = [Double](repeating: 0, count: starts[n])
    var next = starts
    // First the entries left of the diagonal, then those right of it: so the columns of a row ascend.
    for pass in 0..<2 {
      for term in terms where term.first != term.second {
        let (i, j) = (Int(position[Int(term.first)]), Int(position[Int(term.second)]))
        let (row, column) = pass == 0 ? (j, i) : (i, j)
        columns[next[row]] = Int32(column)
        values[next[row]] = term.coefficient
        next[row] += 1
      }
    }
    self.variables = variables
    self.diagonal = diagonal
    self.starts = starts
    self.columns = columns
    self.values = values
  }

  private static func isCanonical(_ terms: [QuadraticTerm]) -> Bool {
    for i in terms.indices {
      if terms[i].first > terms[i].second { return false }
      if i > 0, (terms[i - 1].first, terms[i - 1].second) >= (terms[i].first, terms[i].second) { return false }
    }
    return true
  }

  public var count: Int { variables.count }

  /// Whether the diagonal outweighs the rest of each row, which proves Q positive semidefinite at the cost of reading it.
  /// S. A. Gershgorin, "Über die Abgrenzung der Eigenwerte einer Matrix" (1931).
  public var isDiagonallyDominant: Bool {
    for i in 0..<count {
      var sum = 0.0
      for k in starts[i]..<starts[i + 1] { sum += abs(values[k]) }
      if !(diagonal[i] >= sum) { return false }
    }
    return true
  }

  /// `vᵀQv`, and the sum of the sizes of what enters.
  func curvature(along v: [Double]) -> (value: Double, size: Double) {
    var sum = CompensatedSum()
    var size = 0.0
    for i in 0..<count where v[i] != 0 {
      sum.add(diagonal[i] * v[i], times: v[i])
      size += abs(diagonal[i] * v[i] * v[i])
      for k in starts[i]..<starts[i + 1] {
        let x = v[Int(columns[k])]
        sum.add(values[k] * v[i], times: x)
        size += abs(values[k] * v[i] * x)
      }
    }
    return (sum.value, size)
  }
}

/// What is known about the eigenvalues of a symmetric matrix.
public enum Definiteness: Sendable {
  /// Positive semidefinite up to rounding, with a factor: Q = FᵀF.
  case semidefinite(Factor)
  /// `vᵀQv` is negative along this direction.
  case indefinite(Direction)
  /// The factorization was given up because of its cost.
  case undetermined

  /// F row by row, in the variables of the model; as many rows as Q has rank.
  public struct Factor: Sendable {
    public internal(set) var starts: [Int] = [0]
    public internal(set) var variables: [Int32] = []
    public internal(set) var values: [Double] = []
    public var rowCount: Int { starts.count - 1 }
    /// The terms of row i.
    public func terms(_ i: Int) -> [LinearTerm] {
      (starts[i]..<starts[i + 1]).map { LinearTerm(values[$0], variables[$0]) }
    }
  }

  /// A direction of negative curvature, of length 1.
  public struct Direction: Sendable {
    /// Components in the variables of the model, largest first.
    public var components: [LinearTerm]
    /// `vᵀQv`, below 0.
    public var curvature: Double
  }
}

extension Model {
  /// A direction in words: `0.8 x - 0.6 y`, its largest components alone when there are many.
  public func text(of direction: Definiteness.Direction) -> String {
    let shown = direction.components.prefix(4).map {
      LinearTerm(($0.coefficient * 1e4).rounded() / 1e4, $0.variable)
    }
    let text = text(of: ScalarFunction(linear: shown))
    let hidden = direction.components.count - shown.count
    return hidden > 0 ? "\(text) and \(hidden) more" : text
  }
}
