import Constraints

/// From which side a column has to hold the value of an expression: a convex function is held from above by a cone, a
/// concave one from below.
struct Hold: OptionSet, Hashable {
  let rawValue: UInt8
  static let above = Hold(rawValue: 1)
  static let below = Hold(rawValue: 2)
  /// One column equal to the value, not two that enclose it.
  static let exact = Hold(rawValue: 4)

  /// The side for an operand with this factor.
  func times(_ factor: Double) -> Hold {
    factor >= 0 || self == .exact ? self : self == .above ? .below : .above
  }
}

/// Expressions that were already lowered; the same sub-expression of two constraints gets one column.
struct LoweredExpressions {
  struct Key: Hashable {
    var node: NodeID
    var hold: Hold
  }
  var analysis: CurvatureAnalysis?
  var columns: [Key: Affine] = [:]
  /// Functions of the values 0 and 1 that tell whether formulas hold.
  var truths: [NodeID: Affine] = [:]
  struct Pair: Hashable {
    var first: Int32
    var second: Int32
  }
  /// Products of two columns, one of them binary.
  var products: [Pair: Affine] = [:]
}

extension FormBuilder {
  /// An affine function of columns that holds the value of a nonlinear expression from one side, with the rows and cones
  /// that make it do so.
  ///
  /// The sides that operands must be held from are passed down from the root - growing functions ask for their own side,
  /// falling ones for the other - and columns are then made from the leaves up.
  /// - Parameter what: the constraint or objective, for errors.
  mutating func lower(_ root: NodeID, _ hold: Hold, of what: String) throws(SolverError) -> Affine {
    let analysis = lowered.analysis ?? CurvatureAnalysis(model)
    lowered.analysis = analysis
    var atoms: [NodeID: Atom] = [:]
    var pending = [root]
    while let node = pending.popLast() {
      if atoms[node] != nil { continue }
      let atom = analysis.atom(node)
      atoms[node] = atom
      for operand in atom.operands { if let inner = operand.node { pending.append(inner) } }
    }
    let order = atoms.keys.sorted(by: >)
    var holds: [NodeID: Hold] = [root: FormBuilder.settled(hold, analysis.curvature(root))]
    for node in order {
      guard let wanted = holds[node], let atom = atoms[node] else { continue }
      for side in [Hold.above, .below, .exact] where wanted.contains(side) {
        for (i, operand) in atom.operands.enumerated() {
          guard let inner = operand.node else { continue }
          let own = FormBuilder.hold(operand: i, of: atom, held: side, in: analysis.interval(operand))
          holds[inner, default: []].formUnion(
            FormBuilder.settled(own.times(operand.factor), analysis.curvature(inner)))
        }
      }
    }
    for node in order.reversed() {
      guard let wanted = holds[node], let atom = atoms[node] else { continue }
      for side in [Hold.above, .below, .exact] where wanted.contains(side) {
        let key = LoweredExpressions.Key(node: node, hold: side)
        if lowered.columns[key] != nil { continue }
        let operands = atom.operands.enumerated().map { i, operand in
          var result = Affine(operand.terms)
          result.constant = operand.offset
          if let inner = operand.node {
            let own = FormBuilder.hold(operand: i, of: atom, held: side, in: analysis.interval(operand))
            let settled = FormBuilder.settled(own.times(operand.factor), analysis.curvature(inner))
            result.add(lowered.columns[LoweredExpressions.Key(node: inner, hold: settled)]!, times: operand.factor)
          }
          return result
        }
        lowered.columns[key] = try column(for: node, atom, operands, side, analysis, what)
      }
    }
    return lowered.columns[LoweredExpressions.Key(node: root, hold: FormBuilder.settled(hold, analysis.curvature(root)))]!
  }

  /// An affine expression is its own column, whatever side is asked for.
  private static func settled(_ hold: Hold, _ curvature: Curvature) -> Hold { curvature.isAffine ? .exact : hold }

  /// The side that operand number i of an atom must be held from.
  private static func hold(operand i: Int, of atom: Atom, held side: Hold, in interval: Interval) -> Hold {
    let own = side.times(atom.factor)
    if atom.kind == .sum { return own }
    guard isConic(atom, own) || atom.isPiecewise else { return .exact }
    switch atom.monotonicity(i, in: interval) {
    case .increasing: return own
    case .decreasing: return own.times(-1)
    case .neither: return .exact
    }
  }

  /// Whether rows and cones hold the kind of an atom from a side.
  private static func isConic(_ atom: Atom, _ side: Hold) -> Bool {
    switch atom.kind {
    case .absolute, .maximum, .squares, .norm, .quotient, .exponential, .entropy, .logSumExp: side == .above
    case .minimum, .logarithm, .geometricMean: side == .below
    case .power(let p): side == (p > 0 && p < 1 ? .below : .above)
    case .constant, .sum, .variable, .other: false
    }
  }

  private mutating func column(
    for node: NodeID, _ atom: Atom, _ operands: [Affine], _ side: Hold, _ analysis: CurvatureAnalysis, _ what: String
  ) throws(SolverError) -> Affine {
    var result: Affine
    let own = side.times(atom.factor)
    let intervals = atom.operands.map { analysis.interval($0) }
    switch atom.kind {
    case .constant: return Affine(atom.offset)
    case .variable: return Affine(column: Int(model.arena.nodes[node.position].first))
    case .sum:
      result = operands.reduce(into: Affine(linear: atom.polynomial)) { $0.add($1) }
      if !atom.polynomial.quadratic.isEmpty {
        let products = atom.polynomial.quadratic
        let isConvex = { own != .exact && FormBuilder.holdsQuadratic(products, own) }
        let (linear, rest) = try linearized(products, isConvex: isConvex, what)
        result.add(linear)
        if !rest.isEmpty {
          guard let square = holdQuadratic(rest, own) else { throw refusal(node, atom, own, analysis, what) }
          result.add(square)
        }
      }
    default:
      if FormBuilder.isConic(atom, own), atom.curvature(in: intervals).0 != .unknown {
        result = hold(atom, operands, in: intervals)
      } else if atom.isPiecewise {
        result = try choose(atom, operands, in: intervals, own, what)
      } else if let logic = try logic(node, what) {
        result = logic
      } else {
        throw refusal(node, atom, own, analysis, what)
      }
    }
    result.scale(by: atom.factor)
    result.constant += atom.offset
    return result
  }

  /// The value of a formula, of a choice by one, or of a product with one; nil for other expressions.
  private mutating func logic(_ node: NodeID, _ what: String) throws(SolverError) -> Affine? {
    switch model.arena.nodes[node.position].operation {
    case .ifElse: try choice(node, what)
    case .multiply: try logicalProduct(node, what)
    case let operation where operation.isLogical: try truth(of: node, what)
    default: nil
    }
  }

  private func refusal(
    _ node: NodeID, _ atom: Atom, _ side: Hold, _ analysis: CurvatureAnalysis, _ what: String
  ) -> SolverError {
    let reason: String
    let curvature = analysis.curvature(node)
    if curvature == .unknown {
      reason = analysis.reason(node)
    } else {
      let text = model.text(of: ScalarFunction(nonlinear: node), limit: 60)
      let use =
        side == .exact ? "must hold as an equation" : "is bounded from \(curvature == .convex ? "below" : "above")"
      reason = "'\(text)' is \(curvature.rawValue) and \(use)"
    }
    return .refused([
      Diagnostic(
        .unsupported, "\(what) is nonlinear and not convex: \(reason)",
        mend: "write it in convex form; nonconvex models need a solver that this build does not have")
    ])
  }
}

extension Atom {
  /// Whether whole numbers can express the kind where it is not convex.
  var isPiecewise: Bool { kind == .absolute || kind == .maximum || kind == .minimum }
}
