import LinearAlgebra

extension HomogeneousEmbedding {
  /// Mehrotra's start: least-squares primal and dual points, their slacks and multipliers shifted inside.
  ///
  /// Mehrotra, "On the implementation of a primal-dual interior point method", SIAM Journal on Optimization 2 (1992).
  func start() {
    rhs.fill(0)
    for i in 0..<(n + m) { diagonal.pointer[i] = 1 }
    for i in 0..<m { rowDiagonal.pointer[i] = isEquation[i] ? 0 : 1 }
    if !cones.isEmpty {
      cones.setCentral(s: coneSlack.pointer, z: coneMultipliers)
      if !cones.isSymmetric { return startCentrally() }
      _ = cones.updateScaling(s: coneSlack.pointer, z: coneMultipliers)
    }
    _ = kkt.factor(diagonal: diagonal, rowDiagonal: rowDiagonal)
    let (one, two) = (rhs.pointer, rhs.pointer + n + r)
    rhs.fill(0)
    // Primal: the point of Ax = y nearest to the point of the box that is nearest to 0.
    for i in 0..<(n + m) {
      t.pointer[i] = min(max(0, problem.lower[i]), problem.upper[i])
      if !t.pointer[i].isFinite { t.pointer[i] = 0 }
    }
    for i in 0..<m { one[n + i] = t.pointer[n + i] }
    for i in 0..<r { primalResidual.pointer[i] = 0 }
    problem.matrix.multiplyAdd(t.pointer, into: primalResidual.pointer)
    for i in 0..<m { one[n + i] -= primalResidual.pointer[i] }
    for i in 0..<cones.dimension { one[n + m + i] = -problem.offsets[i] - primalResidual.pointer[m + i] }
    // Dual: multipliers that make q - Aᵀλ smallest.
    for j in 0..<n { two[j] = problem.cost[j] }
    kkt.solve(rhs.pointer, count: 2)
    // Equations that contradict each other have no solution to start from.
    if kkt.lastResidual > 1e-3 && cones.isEmpty { return startCentrally() }
    for j in 0..<n { t.pointer[j] += one[j] }
    for i in 0..<m {
      if !isEquation[i] { t.pointer[n + i] += one[n + i] }
      multipliers.pointer[i] = two[n + i]
    }
    // Reduced costs of columns, multipliers of rows.
    let z = dualResidual.pointer
    hessianProduct.fill(0)
    problem.subtractHessianProduct(t.pointer, from: hessianProduct.pointer)
    for j in 0..<n { z[j] = two[j] - hessianProduct.pointer[j] }
    for i in 0..<m { z[n + i] = multipliers.pointer[i] }
    place(z)
    placeCones(one, two)
    tau = 1
    kappa = 0
    if isHomogeneous { kappa = degree > 1 ? mu * degree / (degree - 1) : 1 } else { rhs.fill(0) }
  }

  /// s = Gx + h and the least-squares multipliers, shifted into the cones.
  private func placeCones(_ one: UnsafePointer<Double>, _ two: UnsafePointer<Double>) {
    if cones.isEmpty { return }
    for i in 0..<r { primalResidual.pointer[i] = 0 }
    problem.matrix.multiplyAdd(t.pointer, into: primalResidual.pointer)
    for i in 0..<cones.dimension {
      coneSlack.pointer[i] = primalResidual.pointer[m + i] + problem.offsets[i]
      coneMultipliers[i] = two[n + m + i]
    }
    cones.shiftInside(coneSlack.pointer)
    cones.shiftInside(coneMultipliers)
  }

  /// The start where least squares give none, as for exponential and power cones: the central point of every cone and
  /// box.
  private func startCentrally() {
    rhs.fill(0)
    t.fill(0)
    for i in 0..<m { multipliers.pointer[i] = 0 }
    boxes.slack.fill(1)
    boxes.multiplier.fill(1)
    for k in 0..<boxes.sideCount where Int(boxes.index[k]) >= n {
      multipliers.pointer[Int(boxes.index[k]) - n] += boxes.sign(k)
    }
    (tau, kappa) = (1, isHomogeneous ? 1 : 0)
  }

  /// Slacks and multipliers from t and the wanted differences zl - zu, shifted by Mehrotra's rule.
  private func place(_ difference: UnsafePointer<Double>) {
    let (s, z) = (boxes.slack.pointer, boxes.multiplier.pointer)
    var leastSlack = 0.0
    var leastMultiplier = 0.0
    for k in 0..<boxes.sideCount {
      let i = Int(boxes.index[k])
      let sign = boxes.sign(k)
      s[k] = sign * (t.pointer[i] - boxes.bound[k])
      let isDouble = problem.lower[i].isFinite && problem.upper[i].isFinite
      z[k] = isDouble ? max(0, sign * difference[i]) : sign * difference[i]
      leastSlack = min(leastSlack, s[k])
      leastMultiplier = min(leastMultiplier, z[k])
    }
    // The homogeneous iterates find their size themselves; the others must not start too near to the sides.
    let shiftS = max(-1.5 * leastSlack, isHomogeneous ? 1e-3 : 0.1)
    let shiftZ = max(-1.5 * leastMultiplier, isHomogeneous ? 1e-3 : 1)
    var (product, sumS, sumZ) = (0.0, 0.0, 0.0)
    for k in 0..<boxes.sideCount {
      s[k] += shiftS
      z[k] += shiftZ
      product += s[k] * z[k]
      sumS += s[k]
      sumZ += z[k]
    }
    guard boxes.sideCount > 0 else { return }
    for k in 0..<boxes.sideCount {
      s[k] += 0.5 * product / sumZ
      z[k] += 0.5 * product / sumS
    }
    for i in 0..<m where !isEquation[i] { multipliers.pointer[i] = 0 }
    boxes.index.withUnsafeBufferPointer { index in
      for k in 0..<boxes.sideCount where Int(index[k]) >= n { multipliers.pointer[Int(index[k]) - n] += boxes.sign(k) * z[k] }
    }
  }
}
