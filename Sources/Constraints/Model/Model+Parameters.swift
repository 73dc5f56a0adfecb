/// A number of the model that is `base + sum of scale * node`, the nodes holding parameters only.
struct ParametricUse: Sendable {
  enum Target: Sendable, Hashable {
    /// Entry number of ``LinearRows/values``.
    case rowEntry(Int)
    /// Both bounds of a row are lowered by the value.
    case rowShift(Int)
    /// One bound of a row is raised by the value.
    case rowLower(Int)
    case rowUpper(Int)
    case objectiveTerm(objective: Int, variable: Int32)
    case objectiveConstant(Int)
    case generalTerm(constraint: Int, output: Int, variable: Int32)
    case generalConstant(constraint: Int, output: Int)

    var isObjective: Bool {
      switch self {
      case .objectiveTerm, .objectiveConstant: true
      default: false
      }
    }
  }
  var target: Target
  /// The part that does not depend on parameters; for a row shift the lower bound, and ``base2`` the upper.
  var base: Double
  var base2: Double = 0
  var parts: [(scale: Double, node: NodeID)]
}

extension Model {
  /// Adds a parameter with its value.
  @discardableResult
  public mutating func addParameter(_ name: String, _ value: Double) -> Parameter {
    parameterNames.append(name)
    parameterValues.append(value)
    return Parameter(index: parameterValues.count - 1, model: tag)
  }

  /// Adds the parameter `base[key,...]`.
  @discardableResult
  public mutating func addParameter(family base: String, keys: [IndexKey], _ value: Double) -> Parameter {
    parameterNames.append(family: base, keys: keys)
    parameterValues.append(value)
    return Parameter(index: parameterValues.count - 1, model: tag)
  }

  /// The present value of a parameter.
  public func value(of parameter: Parameter) -> Double { parameterValues[parameter.position] }

  /// Changes a parameter; coefficients, bounds and constants that depend on it follow.
  /// - Complexity: O(uses of parameters + arena).
  public mutating func set(_ parameter: Parameter, to value: Double) { set([(parameter, value)]) }

  /// Changes several parameters at once.
  public mutating func set(_ changes: [(Parameter, Double)]) {
    for (parameter, value) in changes {
      guard parameter.model == tag, parameter.position < parameterValues.count else {
        reportForeign(in: "a change of a parameter")
        continue
      }
      parameterValues[parameter.position] = value
    }
    refreshParameters(from: 0)
  }

  /// Writes the values of parametric numbers from use number `first` on into the model.
  mutating func refreshParameters(from first: Int) {
    guard !defersParameters, first < parametricUses.count else { return }
    let roots = parametricUses[first...].flatMap { $0.parts.map(\.node) }
    // Parametric nodes reach no variable, so evaluating the whole prefix at NaN is harmless and finds misuse.
    let values = arena.values(
      at: [Double](repeating: .nan, count: variableCount), parameters: parameterValues, roots: roots)
    for use in parametricUses[first...] {
      var total = 0.0
      for part in use.parts { total += part.scale * values[part.node.position] }
      switch use.target {
      case .rowEntry(let k): rows.values[k] = use.base + total
      case .rowShift(let i):
        rows.lower[i] = use.base - total
        rows.upper[i] = use.base2 - total
      case .rowLower(let i): rows.lower[i] = use.base + total
      case .rowUpper(let i): rows.upper[i] = use.base + total
      case .objectiveTerm(let o, let variable):
        Model.setTerm(&objectives[o].function.linear, variable, use.base + total)
      case .objectiveConstant(let o): objectives[o].function.constant = use.base + total
      case .generalTerm(let c, let output, let variable):
        updateGeneral(c, output) { Model.setTerm(&$0.linear, variable, use.base + total) }
      case .generalConstant(let c, let output): updateGeneral(c, output) { $0.constant = use.base + total }
      }
    }
  }

  private static func setTerm(_ terms: inout [LinearTerm], _ variable: Int32, _ value: Double) {
    var low = 0
    var high = terms.count
    while low < high {
      let middle = (low + high) / 2
      if terms[middle].variable < variable { low = middle + 1 } else { high = middle }
    }
    if low < terms.count, terms[low].variable == variable {
      terms[low].coefficient = value
    } else {
      terms.insert(LinearTerm(value, variable), at: low)
    }
  }

  private mutating func updateGeneral(_ c: Int, _ output: Int, _ change: (inout ScalarFunction) -> Void) {
    switch generalConstraints[c].body {
    case .scalar(var function, let set):
      change(&function)
      generalConstraints[c].body = .scalar(function, set)
    case .vector(var functions, let set):
      change(&functions[output])
      generalConstraints[c].body = .vector(functions, set)
    }
  }
}
