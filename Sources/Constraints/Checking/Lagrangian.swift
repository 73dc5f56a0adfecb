/// The Lagrangian of a model at given multipliers, made to be small: `f(x) - Σ yᵢ aᵢᵀx - Σ λ gᵢ(x) - Σ zᵀF(x)`, together
/// with what the multipliers' rows and sets are worth.
///
/// A quadratic function in x: `offset + linear·x + Σ products`. For multipliers with the right signs it never exceeds the
/// objective at a feasible point.
struct Lagrangian {
  private(set) var linear: [CompensatedSum]
  /// Largest number that enters each component of the gradient.
  private(set) var size: [Double]
  private(set) var products: [QuadraticTerm] = []
  private(set) var offset: CompensatedSum
  /// Largest violation of a sign condition or of a dual cone, relative to the largest multiplier.
  private(set) var residual = 0.0
  /// Largest absolute multiplier.
  let largestMultiplier: Double

  /// - Parameters:
  ///   - rows: one multiplier a row, in the sense of the model.
  ///   - general: those of the other constraints as in ``Solution/generalDuals``; empty for none.
  /// - Returns: nil when a function is nonlinear, a set without duality has a multiplier, or counts do not match.
  /// - Complexity: O(entries).
  init?(of model: Model, rows multipliers: [Double], general: [[Double]]) {
    let members = model.leadingObjectives
    guard members.count <= 1, multipliers.count == model.rows.count,
      general.isEmpty || general.count == model.generalConstraints.count
    else { return nil }
    let function = members.first?.function ?? ScalarFunction()
    guard function.kind <= .quadratic else { return nil }
    let sign = model.sense.sign
    linear = [CompensatedSum](repeating: CompensatedSum(), count: model.variableCount)
    size = [Double](repeating: 0, count: model.variableCount)
    offset = CompensatedSum()
    var most = 0.0
    for y in multipliers {
      if !y.isFinite { return nil }
      most = max(most, abs(y))
    }
    for z in general.joined() {
      if !z.isFinite { return nil }
      most = max(most, abs(z))
    }
    largestMultiplier = most
    add(function, times: sign)
    let rows = model.rows
    for i in 0..<rows.count where multipliers[i] != 0 {
      let y = sign * multipliers[i]
      lean(y, on: ScalarSet(lower: rows.lower[i], upper: rows.upper[i]))
      for k in rows.range(i) { add(-y * rows.values[k], at: Int(rows.columns[k]), exactly: (-y, rows.values[k])) }
    }
    for (c, duals) in general.enumerated() where duals.contains(where: { $0 != 0 }) {
      let z = duals.map { sign * $0 }
      switch model.generalConstraints[c].body {
      case .scalar(let function, let set):
        guard function.kind <= .quadratic, z.count == 1 else { return nil }
        lean(z[0], on: set)
        add(function, times: -z[0])
      case .vector(let functions, let set):
        guard z.count == functions.count, functions.allSatisfy({ $0.kind <= .linear }),
          let least = set.leastProduct(with: z)
        else { return nil }
        offset.add(least.value)
        residual = max(residual, least.violation / max(1, largestMultiplier))
        for (function, z) in zip(functions, z) { add(function, times: -z) }
      }
    }
  }

  private mutating func add(_ product: Double, at j: Int, exactly factors: (Double, Double)) {
    linear[j].add(factors.0, times: factors.1)
    size[j] = max(size[j], abs(product))
  }

  private mutating func add(_ function: ScalarFunction, times factor: Double) {
    if factor == 0 { return }
    offset.add(factor, times: function.constant)
    for term in function.linear {
      add(factor * term.coefficient, at: Int(term.variable), exactly: (factor, term.coefficient))
    }
    if factor == 1 && products.isEmpty {
      products = function.quadratic
    } else {
      products.reserveCapacityGrowing(products.count + function.quadratic.count)
      for term in function.quadratic {
        products.append(QuadraticTerm(factor * term.coefficient, term.first, term.second))
      }
    }
  }

  /// Adds what a multiplier of an interval is worth: the side it leans on.
  private mutating func lean(_ y: Double, on set: ScalarSet) {
    let side = y > 0 ? set.lower : set.upper
    if side.isFinite {
      offset.add(y, times: side)
    } else {
      residual = max(residual, abs(y) / max(1, largestMultiplier))
    }
  }

  /// Replaces the Lagrangian by its tangent at a point, which is below it everywhere if it is convex.
  mutating func linearize(at point: [Double]) {
    for term in products {
      let (i, j) = (Int(term.first), Int(term.second))
      linear[i].add(term.coefficient, times: point[j])
      linear[j].add(term.coefficient, times: point[i])
      size[i] = max(size[i], abs(term.coefficient * point[j]))
      size[j] = max(size[j], abs(term.coefficient * point[i]))
      offset.add(-term.coefficient * point[i], times: point[j])
    }
    products = []
  }

  /// The gradient at a point.
  func gradient(at point: [Double]) -> [Double] {
    var copy = self
    copy.linearize(at: point)
    return copy.linear.map(\.value)
  }

  /// A point near the given one at which the gradient all but vanishes in the free components, by conjugate gradients.
  ///
  /// The tangent there bounds a convex Lagrangian from below just as well; interior multipliers of curved constraints are
  /// so far from the gradient at the optimum itself as the root of their accuracy.
  /// - Complexity: O(products) an iteration, at most 200.
  func stationaryPoint(near point: [Double], isFree: [Bool]) -> [Double] {
    var residual = gradient(at: point)
    for j in residual.indices { residual[j] = isFree[j] ? -residual[j] : 0 }
    var result = point
    var direction = residual
    var square = residual.reduce(0) { $0 + $1 * $1 }
    let goal = 1e-24 * square
    for _ in 0..<200 where square > goal {
      var image = [Double](repeating: 0, count: point.count)
      for term in products {
        let (i, j) = (Int(term.first), Int(term.second))
        image[i] += term.coefficient * direction[j]
        image[j] += term.coefficient * direction[i]
      }
      var curvature = 0.0
      for j in image.indices where isFree[j] { curvature += direction[j] * image[j] }
      if !(curvature > 0) { break }
      let step = square / curvature
      var next = 0.0
      for j in image.indices where isFree[j] {
        result[j] += step * direction[j]
        residual[j] -= step * image[j]
        next += residual[j] * residual[j]
      }
      for j in image.indices where isFree[j] { direction[j] = residual[j] + next / square * direction[j] }
      square = next
    }
    return result
  }
}
