/// Which entries of a matrix of weights are variables of a smooth minimization, and with which penalties.
///
/// Weights with a penalty λ |w| are split, `w = p - n` with `p, n >= 0`, which makes the penalty the linear function
/// `λ (p + n)`. Others are variables themselves. The variables are, in this order: the p of all split entries, their n, the
/// other entries, the intercepts.
struct WeightLayout: Sendable {
  /// rowCount × targetCount is the shape of the weights.
  let rowCount: Int
  let targetCount: Int
  /// Places of the split entries in the weights stored by columns, and the penalty λ > 0 of each.
  private(set) var split: [Int32] = []
  private(set) var penalties: [Double] = []
  /// Places of the entries without a penalty.
  private(set) var plain: [Int32] = []
  let interceptCount: Int

  /// - Parameter penalty: the penalty of entry (i, j); nil for an entry that is fixed at zero.
  init(rowCount: Int, targetCount: Int, hasIntercepts: Bool, penalty: (Int, Int) -> Double?) {
    self.rowCount = rowCount
    self.targetCount = targetCount
    interceptCount = hasIntercepts ? targetCount : 0
    for j in 0..<targetCount {
      for i in 0..<rowCount {
        guard let penalty = penalty(i, j) else { continue }
        let place = Int32(j * rowCount + i)
        if penalty > 0 {
          split.append(place)
          penalties.append(penalty)
        } else {
          plain.append(place)
        }
      }
    }
  }

  var variableCount: Int { 2 * split.count + plain.count + interceptCount }

  var lower: [Double] {
    [Double](repeating: 0, count: 2 * split.count)
      + [Double](repeating: -.infinity, count: plain.count + interceptCount)
  }

  /// Sets the weights of the entries that are variables, and the intercepts.
  func unpack(
    _ x: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>, intercepts: UnsafeMutablePointer<Double>
  ) {
    let count = split.count
    split.withUnsafeBufferPointer { places in
      for k in 0..<count { weights[Int(places[k])] = x[k] - x[count &+ k] }
    }
    let rest = x + 2 * count
    plain.withUnsafeBufferPointer { places in
      for k in 0..<places.count { weights[Int(places[k])] = rest[k] }
    }
    intercepts.update(from: rest + plain.count, count: interceptCount)
  }

  /// The derivatives by the variables, penalties times `factor` included, from those by weights and intercepts.
  func pack(
    gradient: UnsafePointer<Double>, slope: UnsafePointer<Double>, factor: Double,
    into result: UnsafeMutablePointer<Double>
  ) {
    let count = split.count
    split.withUnsafeBufferPointer { places in
      penalties.withUnsafeBufferPointer { penalties in
        for k in 0..<count {
          let derivative = gradient[Int(places[k])], penalty = factor * penalties[k]
          result[k] = penalty + derivative
          result[count &+ k] = penalty - derivative
        }
      }
    }
    let rest = result + 2 * count
    plain.withUnsafeBufferPointer { places in
      for k in 0..<places.count { rest[k] = gradient[Int(places[k])] }
    }
    (rest + plain.count).update(from: slope, count: interceptCount)
  }

  /// The second derivatives by the variables from those by weights and intercepts.
  func spread(
    _ curvature: UnsafePointer<Double>, slope: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let count = split.count
    split.withUnsafeBufferPointer { places in
      for k in 0..<count {
        let size = curvature[Int(places[k])]
        result[k] = size
        result[count &+ k] = size
      }
    }
    let rest = result + 2 * count
    plain.withUnsafeBufferPointer { places in
      for k in 0..<places.count { rest[k] = curvature[Int(places[k])] }
    }
    (rest + plain.count).update(from: slope, count: interceptCount)
  }

  /// `Σ λ (p + n)`.
  func penalty(_ x: UnsafePointer<Double>) -> Double {
    let count = split.count
    var sum = 0.0
    penalties.withUnsafeBufferPointer { penalties in
      for k in 0..<count { sum += penalties[k] * (x[k] + x[count &+ k]) }
    }
    return sum
  }

  /// The variables of given weights and intercepts.
  func variables(weights: [Double], intercepts: [Double]) -> [Double] {
    let values = split.map { weights[Int($0)] }
    return values.map { max(0, $0) } + values.map { max(0, -$0) } + plain.map { weights[Int($0)] } + intercepts
  }
}
