/// The objective, or all constraints, compiled: tables of elements and the sums that make functions of them.
struct FunctionSide: Sendable {
  var families: [ElementFamily] = []
  var valueCount = 0
  var gradientCount = 0
  var hessianCount = 0
  var hasHessian = true
  /// What families are compiled from, while a program is built.
  private var shapes: [(shape: ExpressionShape, numbers: [Double?])] = []

  /// Products of two variables in quadratic terms.
  var products: [(Int32, Int32)] = []
  /// Function values from: the variables, the products, the values of the elements.
  var values = GatherTable()
  /// Derivatives of function i in the columns of line i, from: the variables, the gradients of the elements.
  var pattern = SparsityPattern()
  var derivatives = GatherTable()
  /// The weight of each element in a Lagrangian, from the multipliers of the functions.
  var weights = GatherTable()
  /// Contributions to the Hessian of `Σ multiplier * function`.
  var hessian: [HessianContribution] = []
  /// Whether there are elements at all.
  var hasElements: Bool { valueCount > 0 }
}

/// `coefficient * source` is added to the Hessian at (row, column), row >= column.
struct HessianContribution: Sendable {
  var row: Int32
  var column: Int32
  /// The multiplier of this function if nonnegative, else the second derivative `~source` of the elements.
  var source: Int32
  var coefficient: Double
}

extension FunctionSide {
  /// Elements with more nodes than this are not compared with others.
  private static let shapeLimit = 2000
  /// Fewer elements of a shape than this are compiled together with the other single ones.
  private static let familySize = 4
  /// Walks over shared nodes may cost this many times the size of the arena.
  private static let walkFactor = 8

  /// - Complexity: O(terms log terms + nodes).
  init(
    _ terms: AdditiveTerms, variableCount n: Int, encoder: inout ShapeEncoder, hessianLimit: Int
  ) {
    var places = [Place](repeating: Place(family: -1, instance: 0, output: 0), count: terms.elements.count)
    formFamilies(terms.elements, encoder: &encoder, hessianLimit: hessianLimit, places: &places)
    for f in families.indices {
      families[f].valueBase = valueCount
      families[f].gradientBase = gradientCount
      families[f].hessianBase = hessianCount
      valueCount += families[f].count * families[f].outputCount
      gradientCount += families[f].count * families[f].programs.gradientEntries.count
      hessianCount += families[f].count * families[f].programs.hessianEntries.count
      if families[f].programs.hessian == nil { hasHessian = false }
    }
    let positions = valuePositions(places)
    formValues(terms, variableCount: n, positions: positions)
    formDerivatives(terms, variableCount: n, places: places)
    formWeights(terms, positions: positions)
    formHessian(terms)
  }

  /// Where an element is evaluated.
  struct Place {
    var family: Int32
    var instance: Int32
    var output: Int32
  }

  private struct Group {
    var shape: ExpressionShape
    var elements: [Int32] = []
    /// Instance after instance.
    var variables: [Int32] = []
    var data: [Double] = []
  }

  private mutating func formFamilies(
    _ elements: [ElementTerm], encoder: inout ShapeEncoder, hessianLimit: Int, places: inout [Place]
  ) {
    var groups: [Group] = []
    var known: [UInt64: [Int]] = [:]
    var single: [Int32] = []
    var budget = FunctionSide.walkFactor * encoder.arena.nodes.count + 100_000
    for (e, element) in elements.enumerated() {
      guard budget > 0, encoder.encode(CollectionOfOne(element), limit: FunctionSide.shapeLimit) else {
        budget -= FunctionSide.shapeLimit
        single.append(Int32(e))
        continue
      }
      budget -= encoder.shape.nodeCount
      let hash = encoder.shape.hash
      var group = known[hash]?.first { groups[$0].shape == encoder.shape }
      if group == nil {
        group = groups.count
        groups.append(Group(shape: encoder.shape))
        known[hash, default: []].append(groups.count - 1)
      }
      groups[group!].elements.append(Int32(e))
      groups[group!].variables.append(contentsOf: encoder.variables)
      groups[group!].data.append(contentsOf: encoder.data)
    }
    for group in groups {
      if group.elements.count < FunctionSide.familySize {
        single.append(contentsOf: group.elements)
        continue
      }
      for (i, e) in group.elements.enumerated() {
        places[Int(e)] = Place(family: Int32(families.count), instance: Int32(i), output: 0)
      }
      appendFamily(group, hessianLimit: hessianLimit)
    }
    if single.isEmpty { return }
    single.sort()
    _ = encoder.encode(single.map { elements[Int($0)] })
    for (k, e) in single.enumerated() {
      places[Int(e)] = Place(family: Int32(families.count), instance: 0, output: Int32(k))
    }
    let numbers: [Double?] = encoder.data.map { $0 }
    let programs = CompiledShape(encoder.shape, numbers: numbers, hessianLimit: hessianLimit)
    shapes.append((encoder.shape, numbers))
    families.append(
      ElementFamily(programs: programs, count: 1, outputCount: single.count, variables: encoder.variables, data: []))
  }

  /// Compiles the products of Hessians with directions in place of the Hessians.
  mutating func replaceHessiansByProducts() {
    for f in families.indices {
      families[f].programs.compileProduct(shapes[f].shape, numbers: shapes[f].numbers)
      families[f].hessianBase = 0
    }
    hessianCount = 0
    hessian.removeAll { $0.source < 0 }
  }

  mutating func forgetShapes() { shapes = [] }

  private mutating func appendFamily(_ group: Group, hessianLimit: Int) {
    let (count, shape) = (group.elements.count, group.shape)
    var variables: [Int32] = []
    variables.reserveCapacity(group.variables.count)
    for s in 0..<shape.variableCount {
      for i in 0..<count { variables.append(group.variables[i * shape.variableCount + s]) }
    }
    var numbers: [Double?] = []
    var data: [Double] = []
    for s in 0..<shape.dataCount {
      let first = group.data[s]
      var isSame = true
      for i in 1..<count where group.data[i * shape.dataCount + s] != first {
        isSame = false
        break
      }
      numbers.append(isSame ? first : nil)
      if !isSame { for i in 0..<count { data.append(group.data[i * shape.dataCount + s]) } }
    }
    shapes.append((shape, numbers))
    families.append(
      ElementFamily(
        programs: CompiledShape(shape, numbers: numbers, hessianLimit: hessianLimit), count: count, outputCount: 1,
        variables: variables, data: data))
  }

  /// Where the value of each element is among those of the side.
  private func valuePositions(_ places: [Place]) -> [Int32] {
    let layout = families.map { (base: $0.valueBase, count: $0.count) }
    return places.map { place in
      let (base, count) = layout[Int(place.family)]
      return Int32(base + Int(place.output) * count + Int(place.instance))
    }
  }

  private mutating func formValues(_ terms: AdditiveTerms, variableCount n: Int, positions: [Int32]) {
    let elementBase = Int32(n + terms.quadratic.items.count)
    products.reserveCapacity(terms.quadratic.items.count)
    for i in terms.constants.indices {
      for term in terms.linear[i] { values.append(term.variable, term.coefficient) }
      for term in terms.quadratic[i] {
        values.append(Int32(n + products.count), term.coefficient)
        products.append((term.first, term.second))
      }
      for use in terms.uses[i] {
        values.append(elementBase + positions[Int(use.variable)], use.coefficient)
      }
      values.close(base: terms.constants[i])
    }
  }

  private mutating func formWeights(_ terms: AdditiveTerms, positions: [Int32]) {
    // Uses by element: count, then fill.
    var starts = [Int](repeating: 0, count: valueCount + 1)
    for use in terms.uses.items { starts[Int(positions[Int(use.variable)]) + 1] += 1 }
    for k in 0..<valueCount { starts[k + 1] += starts[k] }
    var next = starts
    weights.indices = [Int32](repeating: 0, count: terms.uses.items.count)
    weights.coefficients = [Double](repeating: 0, count: terms.uses.items.count)
    for i in 0..<terms.uses.count {
      for use in terms.uses[i] {
        let p = Int(positions[Int(use.variable)])
        weights.indices[next[p]] = Int32(i)
        weights.coefficients[next[p]] = use.coefficient
        next[p] += 1
      }
    }
    weights.starts = starts
    weights.base = [Double](repeating: 0, count: valueCount)
  }
}
