/// A nonlinear term of a function: a node of the arena, or its square.
struct ElementTerm: Hashable {
  var node: Int32
  var isSquared = false
}

/// Functions taken apart into sums: numbers, multiples of variables, of products of two variables, and of elements.
///
/// Elements are the nonlinear terms; one that occurs in several functions, or several times in one, is listed once.
/// Taking sums apart is what makes large models cheap: each element depends on few variables, and elements of equal
/// shape are evaluated together (A. R. Conn, N. I. M. Gould, Ph. L. Toint, "LANCELOT", 1992, on partial separability).
struct AdditiveTerms {
  var constants: [Double] = []
  var linear = TermLists<LinearTerm>()
  var quadratic = TermLists<QuadraticTerm>()
  /// `coefficient * elements[variable]`.
  var uses = TermLists<LinearTerm>()
  var elements: [ElementTerm] = []

  private var plainElement: [Int32]
  private var squaredElement: [Int32]
  private var expansions: [UInt8]
  private var stack: [(node: Int32, coefficient: Double)] = []

  /// A sum with many operands that several functions share is an element of its own after this many expansions.
  private static let expansionLimit: UInt8 = 8
  private static let smallSum = 8

  init(arena: ExpressionArena) {
    plainElement = [Int32](repeating: -1, count: arena.nodes.count)
    squaredElement = [Int32](repeating: -1, count: arena.nodes.count)
    expansions = [UInt8](repeating: 0, count: arena.nodes.count)
  }

  /// Appends the function `Σ weight * function`.
  mutating func append(
    _ parts: [(weight: Double, function: ScalarFunction)], arena: ExpressionArena, knowledge: FixedNodes
  ) {
    constants.append(0)
    for (weight, function) in parts {
      constants[constants.count - 1] += weight * function.constant
      for term in function.linear { linear.items.append(LinearTerm(weight * term.coefficient, term.variable)) }
      for term in function.quadratic {
        quadratic.items.append(QuadraticTerm(weight * term.coefficient, term.first, term.second))
      }
      if let root = function.nonlinear {
        stack.append((root.index, weight))
        expand(arena, knowledge)
      }
    }
    linear.close()
    quadratic.close()
    uses.close()
  }

  /// Appends the linear row `terms`.
  mutating func appendRow(_ rows: LinearRows, _ i: Int) {
    constants.append(0)
    for k in rows.range(i) { linear.items.append(LinearTerm(rows.values[k], rows.columns[k])) }
    linear.close()
    quadratic.close()
    uses.close()
  }

  private mutating func use(_ term: ElementTerm, _ coefficient: Double) {
    let known = term.isSquared ? squaredElement[Int(term.node)] : plainElement[Int(term.node)]
    if known >= 0 {
      uses.items.append(LinearTerm(coefficient, known))
      return
    }
    let id = Int32(elements.count)
    elements.append(term)
    if term.isSquared { squaredElement[Int(term.node)] = id } else { plainElement[Int(term.node)] = id }
    uses.items.append(LinearTerm(coefficient, id))
  }

  private mutating func expand(_ arena: ExpressionArena, _ knowledge: FixedNodes) {
    func variable(_ id: Int32) -> Int32? {
      let node = arena.nodes[Int(id)]
      return node.operation == .variable ? node.first : nil
    }
    while let (id, coefficient) = stack.popLast() {
      if knowledge.isFixed[Int(id)] {
        constants[constants.count - 1] += coefficient * knowledge.values[Int(id)]
        continue
      }
      let node = arena.nodes[Int(id)]
      let first = Int(node.first)
      switch node.operation {
      case .variable: linear.items.append(LinearTerm(coefficient, node.first))
      case .negate: stack.append((node.first, -coefficient))
      case .subtract:
        stack.append((node.second, -coefficient))
        stack.append((node.first, coefficient))
      case .add where mayExpand(id, Int(node.second)):
        for k in stride(from: Int(node.second) - 1, through: 0, by: -1) {
          stack.append((arena.operands[first + k], coefficient))
        }
      case .divide where isUsable(1 / knowledge.values[Int(node.second)]) && knowledge.isFixed[Int(node.second)]:
        stack.append((node.first, coefficient / knowledge.values[Int(node.second)]))
      case .square:
        if let x = variable(node.first) {
          quadratic.items.append(QuadraticTerm(coefficient, x, x))
        } else {
          use(ElementTerm(node: id), coefficient)
        }
      case .power:
        if let x = variable(node.first), knowledge.isFixed[Int(node.second)], knowledge.values[Int(node.second)] == 2 {
          quadratic.items.append(QuadraticTerm(coefficient, x, x))
        } else {
          use(ElementTerm(node: id), coefficient)
        }
      case .sumOfSquares where mayExpand(id, Int(node.second)):
        for k in 0..<Int(node.second) {
          let operand = arena.operands[first + k]
          if knowledge.isFixed[Int(operand)] {
            let value = knowledge.values[Int(operand)]
            constants[constants.count - 1] += coefficient * value * value
          } else if let x = variable(operand) {
            quadratic.items.append(QuadraticTerm(coefficient, x, x))
          } else {
            use(ElementTerm(node: operand, isSquared: true), coefficient)
          }
        }
      case .multiply:
        var factor = 1.0
        var moving: [Int32] = []
        for k in 0..<Int(node.second) {
          let operand = arena.operands[first + k]
          if knowledge.isFixed[Int(operand)] {
            factor *= knowledge.values[Int(operand)]
          } else {
            moving.append(operand)
          }
        }
        if !isUsable(factor) {
          use(ElementTerm(node: id), coefficient)
        } else if moving.count == 1 {
          stack.append((moving[0], coefficient * factor))
        } else if moving.count == 2, let x = variable(moving[0]), let y = variable(moving[1]) {
          quadratic.items.append(QuadraticTerm(coefficient * factor, Swift.min(x, y), Swift.max(x, y)))
        } else {
          use(ElementTerm(node: id), coefficient)
        }
      default: use(ElementTerm(node: id), coefficient)
      }
    }
  }

  /// Factors that are 0 or not finite stay in the expression, so that 0 * log(-1) remains not a number.
  private func isUsable(_ factor: Double) -> Bool { factor != 0 && factor.isFinite }

  private mutating func mayExpand(_ id: Int32, _ count: Int) -> Bool {
    if count <= AdditiveTerms.smallSum { return true }
    if expansions[Int(id)] >= AdditiveTerms.expansionLimit { return false }
    expansions[Int(id)] += 1
    return true
  }
}

/// Lists stored one after the other: list i is `items[starts[i]..<starts[i + 1]]`.
struct TermLists<Item> {
  var starts: [Int] = [0]
  var items: [Item] = []

  var count: Int { starts.count - 1 }
  mutating func close() { starts.append(items.count) }
  subscript(_ i: Int) -> ArraySlice<Item> { items[starts[i]..<starts[i + 1]] }
}
