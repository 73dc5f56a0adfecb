/// The sign, range and curvature of every node of a model's arena, from the bounds of its variables and the rules of
/// composition: a convex function that grows with a convex argument is convex, and so on.
///
/// What is called convex or concave is so on the bounds; what is called unknown may still be. One pass over the arena, no
/// recursion. M. Grant, S. Boyd, Y. Ye, "Disciplined convex programming" (2006).
public struct CurvatureAnalysis: Sendable {
  let model: Model
  private let recognition: AtomRecognition
  private let curvatures: [Curvature]
  /// For a node of unknown curvature the innermost node that is at fault.
  private let culprits: [Int32]

  /// - Complexity: O(nodes + operands).
  public init(_ model: Model) {
    self.model = model
    let arena = model.arena
    let n = arena.nodes.count
    var constants = [Double](repeating: .nan, count: n)
    var intervals = [Interval](repeating: .all, count: n)
    for i in 0..<n {
      let node = arena.nodes[i]
      switch node.operation {
      case .constant: constants[i] = arena.constants[Int(node.first)]
      case .parameter:
        constants[i] = Int(node.first) < model.parameterValues.count ? model.parameterValues[Int(node.first)] : .nan
      case .variable:
        let j = Int(node.first)
        let isSemi = model.domains[j].isSemi
        intervals[i] = Interval(
          isSemi ? min(0, model.lower[j]) : model.lower[j], isSemi ? max(0, model.upper[j]) : model.upper[j])
      default:
        let operands = arena.arguments(of: NodeID(i)).map(\.position)
        if operands.allSatisfy({ !constants[$0].isNaN }) { constants[i] = node.operation.value(operands.map { constants[$0] }) }
        if constants[i].isNaN { intervals[i] = node.operation.interval(operands.map { intervals[$0] }) }
      }
      if !constants[i].isNaN { intervals[i] = Interval(constants[i], constants[i]) }
    }
    let recognition = AtomRecognition(arena, constants: constants, intervals: intervals)
    self.recognition = recognition
    var curvatures = [Curvature](repeating: .unknown, count: n)
    var culprits = [Int32](repeating: -1, count: n)
    for i in 0..<n {
      let atom = recognition.atom(NodeID(i))
      curvatures[i] = CurvatureAnalysis.curvature(of: atom, intervals, curvatures, model)
      guard curvatures[i] == .unknown else { continue }
      let inner = atom.operands.first { $0.node.map { curvatures[$0.position] == .unknown } ?? false }?.node
      culprits[i] = inner.map { culprits[$0.position] } ?? Int32(i)
    }
    self.curvatures = curvatures
    self.culprits = culprits
  }

  /// The values a node can take while the variables keep their bounds.
  public func interval(_ node: NodeID) -> Interval { recognition.intervals[node.position] }
  /// The curvature of a node.
  public func curvature(_ node: NodeID) -> Curvature { curvatures[node.position] }
  /// What the node is to the rules.
  package func atom(_ node: NodeID) -> Atom { recognition.atom(node) }

  /// The values of an operand of an atom.
  package func interval(_ operand: Atom.Operand) -> Interval {
    CurvatureAnalysis.interval(operand, recognition.intervals)
  }

  private static func interval(_ operand: Atom.Operand, _ intervals: [Interval]) -> Interval {
    if !operand.terms.isEmpty { return .all }
    let varying = operand.node.map { intervals[$0.position].scaled(by: operand.factor) } ?? Interval(0, 0)
    return varying + Interval(operand.offset, operand.offset)
  }

  /// The curvature of a polynomial of degree two at most.
  private static func curvature(of polynomial: ScalarFunction, _ model: Model) -> CurvatureReport {
    if polynomial.quadratic.isEmpty { return CurvatureReport(polynomial.linear.isEmpty ? .constant : .affine) }
    return report(on: polynomial.quadratic, in: model, work: 10_000_000)
  }

  private static func curvature(_ operand: Atom.Operand, _ curvatures: [Curvature]) -> Curvature {
    operand.node.map { curvatures[$0.position].scaled(by: operand.factor) }
      ?? (operand.terms.isEmpty ? .constant : .affine)
  }

  private static func curvature(
    of atom: Atom, _ intervals: [Interval], _ curvatures: [Curvature], _ model: Model
  ) -> Curvature {
    if atom.kind == .sum {
      var total = curvature(of: atom.polynomial, model).curvature
      for operand in atom.operands { total = total + curvature(operand, curvatures) }
      return total.scaled(by: atom.factor)
    }
    let ranges = atom.operands.map { interval($0, intervals) }
    let own = atom.curvature(in: ranges).0
    for (i, operand) in atom.operands.enumerated() {
      if own == .unknown { return .unknown }
      let inner = curvature(operand, curvatures)
      if inner.isAffine { continue }
      let fits: Bool
      switch atom.monotonicity(i, in: ranges[i]) {
      case .increasing: fits = own == inner
      case .decreasing: fits = own == inner.negated
      case .neither: fits = false
      }
      if !fits { return .unknown }
    }
    if own != .unknown, atom.kind != .variable, atom.operands.allSatisfy({ curvature($0, curvatures) == .constant }) {
      return .constant
    }
    return own.scaled(by: atom.factor)
  }

  // MARK: - Reasons

  /// Why the curvature of a node is unknown, with the innermost sub-expression at fault.
  public func reason(_ node: NodeID) -> String {
    guard culprits[node.position] >= 0 else { return "" }
    let culprit = NodeID(culprits[node.position])
    let text = "'\(shortText(culprit))'"
    let atom = recognition.atom(culprit)
    if atom.kind == .sum {
      let polynomial = CurvatureAnalysis.curvature(of: atom.polynomial, model)
      if polynomial.curvature == .unknown { return "\(text): \(polynomial.reason)" }
      return "\(text) \(mixture(atom, polynomial.curvature))"
    }
    let ranges = atom.operands.map { interval($0) }
    let (own, reason) = atom.curvature(in: ranges)
    if own == .unknown { return "\(text): \(reason)" }
    for (i, operand) in atom.operands.enumerated() {
      let inner = CurvatureAnalysis.curvature(operand, curvatures)
      if inner.isAffine { continue }
      let word =
        switch atom.monotonicity(i, in: ranges[i]) {
        case .increasing: "grows with"
        case .decreasing: "falls with"
        case .neither: "may both grow and fall with"
        }
      let argument = operand.node.map { shortText($0) } ?? ""
      return "\(text) is \(own.rawValue) and \(word) '\(argument)', which is \(inner.rawValue)"
    }
    return text
  }

  private func mixture(_ atom: Atom, _ polynomial: Curvature) -> String {
    var found: [Curvature: String] = [:]
    if !polynomial.isAffine { found[polynomial] = model.text(of: atom.polynomial, limit: 60) }
    for operand in atom.operands {
      let inner = CurvatureAnalysis.curvature(operand, curvatures)
      if let node = operand.node, found[inner] == nil { found[inner] = shortText(node, times: operand.factor) }
    }
    return "adds the convex '\(found[.convex] ?? "")' and the concave '\(found[.concave] ?? "")'"
  }

  func shortText(_ node: NodeID, times factor: Double = 1) -> String {
    let text = model.text(of: ScalarFunction(nonlinear: node), limit: 60)
    return factor < 0 ? "-(\(text))" : text
  }
}
