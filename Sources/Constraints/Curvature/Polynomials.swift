/// Sub-expressions that are polynomials of degree two at most, told by one pass over an arena and expanded on demand.
struct Polynomials {
  /// Degree of each node: 0, 1, 2, or 3 for anything else.
  private let degrees: [UInt8]
  /// Whether a node of degree two holds the product of two different expressions, which no rule of composition knows.
  private let mixed: [Bool]
  private let arena: ExpressionArena
  private let constants: [Double]
  /// Largest number of products that an expansion may have.
  private static let limit = 1_000_000

  /// - Complexity: O(nodes + operands).
  init(_ arena: ExpressionArena, constants: [Double]) {
    self.arena = arena
    self.constants = constants
    let n = arena.nodes.count
    var degrees = [UInt8](repeating: 3, count: n)
    var mixed = [Bool](repeating: false, count: n)
    for i in 0..<n {
      if !constants[i].isNaN {
        degrees[i] = 0
        continue
      }
      let x = arena.arguments(of: NodeID(i)).map(\.position)
      let operation = arena.nodes[i].operation
      switch operation {
      case .variable: degrees[i] = 1
      case .add, .subtract, .negate: degrees[i] = x.map { degrees[$0] }.max() ?? 0
      case .multiply: degrees[i] = UInt8(min(3, x.reduce(0) { $0 + Int(degrees[$1]) }))
      case .divide: degrees[i] = degrees[x[1]] == 0 ? degrees[x[0]] : 3
      case .square, .sumOfSquares: degrees[i] = x.allSatisfy { degrees[$0] <= 1 } ? 2 : 3
      case .power: degrees[i] = degrees[x[0]] <= 1 && constants[x[1]] == 2 ? 2 : 3
      default: break
      }
      guard degrees[i] == 2, operation != .square && operation != .sumOfSquares && operation != .power else { continue }
      let varying = x.filter { degrees[$0] > 0 }
      let isProduct = operation == .multiply && varying.count == 2 && varying[0] != varying[1]
      mixed[i] = isProduct || varying.contains { mixed[$0] }
    }
    self.degrees = degrees
    self.mixed = mixed
  }

  func degree(_ node: NodeID) -> Int { Int(degrees[node.position]) }
  func isMixed(_ node: NodeID) -> Bool { mixed[node.position] }

  /// The sum of nodes of degree two at most, each times its factor, written out; nil when it is too long.
  func expanded(_ nodes: [(node: NodeID, factor: Double)]) -> ScalarFunction? {
    var result = ScalarFunction()
    var pending = nodes
    while let (node, factor) = pending.popLast() {
      if result.quadratic.count > Polynomials.limit { return nil }
      let value = constants[node.position]
      if !value.isNaN {
        result.constant += factor * value
        continue
      }
      let x = arena.arguments(of: node)
      switch arena.nodes[node.position].operation {
      case .variable: result.linear.append(LinearTerm(factor, arena.nodes[node.position].first))
      case .add: pending += x.map { ($0, factor) }
      case .subtract: pending += [(x[0], factor), (x[1], -factor)]
      case .negate: pending.append((x[0], -factor))
      case .divide: pending.append((x[0], factor / constants[x[1].position]))
      case .square, .power, .sumOfSquares:
        for operand in arena.nodes[node.position].operation == .sumOfSquares ? x : [x[0]] {
          guard let square = product(of: operand, operand) else { return nil }
          result.add(square, times: factor)
        }
      case .multiply:
        let varying = x.filter { constants[$0.position].isNaN }
        let scale = x.reduce(factor) { constants[$1.position].isNaN ? $0 : $0 * constants[$1.position] }
        if varying.count == 1 {
          pending.append((varying[0], scale))
        } else {
          guard let product = product(of: varying[0], varying[1]) else { return nil }
          result.add(product, times: scale)
        }
      default: return nil
      }
    }
    result.canonicalize()
    return result.quadratic.count > Polynomials.limit ? nil : result
  }

  /// The product of two nodes of degree one; nil when it is too long.
  func product(of a: NodeID, _ b: NodeID) -> ScalarFunction? {
    guard let f = expanded([(a, 1)]), let g = a == b ? f : expanded([(b, 1)]),
      f.linear.count * g.linear.count <= Polynomials.limit
    else { return nil }
    var result = ScalarFunction(constant: f.constant * g.constant)
    result.quadratic.reserveCapacity(f.linear.count * g.linear.count)
    for s in f.linear {
      for t in g.linear {
        result.quadratic.append(
          QuadraticTerm(s.coefficient * t.coefficient, min(s.variable, t.variable), max(s.variable, t.variable)))
      }
    }
    result.linear =
      f.linear.map { LinearTerm(g.constant * $0.coefficient, $0.variable) }
      + g.linear.map { LinearTerm(f.constant * $0.coefficient, $0.variable) }
    result.canonicalize()
    return result
  }

  /// Affine functions, as their terms and constant, whose squares add up to a polynomial; nil when there are none.
  ///
  /// A polynomial is a sum of squares exactly when its matrix, bordered by its linear part, is positive semidefinite.
  func squares(_ node: NodeID, times factor: Double) -> [(terms: [LinearTerm], constant: Double)]? {
    guard degree(node) == 2, let f = expanded([(node, factor)]) else { return nil }
    // The constant as one more variable, numbered behind all others.
    let last = 1 + max(f.linear.map(\.variable).max() ?? -1, f.quadratic.map(\.second).max() ?? -1)
    var terms = f.quadratic + f.linear.map { QuadraticTerm($0.coefficient, $0.variable, last) }
    if f.constant != 0 { terms.append(QuadraticTerm(f.constant, last, last)) }
    guard case .semidefinite(let rows) = QuadraticForm(terms).definiteness(work: 10_000_000) else { return nil }
    let root = 0.5.squareRoot()
    return (0..<rows.rowCount).map { i in
      let scaled = rows.terms(i).map { LinearTerm(root * $0.coefficient, $0.variable) }
      return (scaled.filter { $0.variable != last }, scaled.first { $0.variable == last }?.coefficient ?? 0)
    }
  }
}

extension ScalarFunction {
  /// Adds a polynomial times a factor; the result is not in canonical form.
  fileprivate mutating func add(_ part: ScalarFunction, times factor: Double) {
    constant += factor * part.constant
    linear += part.linear.map { LinearTerm(factor * $0.coefficient, $0.variable) }
    quadratic += part.quadratic.map { QuadraticTerm(factor * $0.coefficient, $0.first, $0.second) }
  }
}
