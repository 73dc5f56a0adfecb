/// How ``Model/checkDerivatives(at:options:)`` compares.
public struct DerivativeCheckOptions: Sendable {
  /// Largest accepted difference, relative to max(1, |derivative|).
  public var tolerance = 1e-6
  /// Step of the differences, relative to max(1, |x|).
  public var step = 1e-3
  /// How many variables are stepped; of a larger model, every k-th.
  public var variableLimit = 2000
  /// How many of the worst entries are kept.
  public var entryLimit = 20

  public init() {}
}

/// The outcome of a comparison of exact derivatives with differences.
public struct DerivativeReport: Sendable, CustomStringConvertible {
  public struct Entry: Sendable {
    /// What the derivative is of: `objective`, `constraint 'c'` or `Lagrangian`.
    public var function: String
    /// The variable, or the two variables, it is by.
    public var variables: [String]
    /// The derivative as the solvers get it.
    public var exact: Double
    /// The derivative by differences.
    public var difference: Double
    /// |exact - difference| / max(1, |exact|).
    public var error: Double
  }

  /// The entries with the largest errors, worst first.
  public var worst: [Entry] = []
  /// How many derivatives were compared.
  public var comparedCount = 0
  /// How many of them differ by more than the tolerance.
  public var failureCount = 0
  public var tolerance = 0.0
  /// Where a function is not finite at the point; nothing is compared then.
  public var nonFinite: Diagnostic?

  /// Whether everything was finite and within the tolerance.
  public var isConsistent: Bool { failureCount == 0 && nonFinite == nil }

  public var description: String {
    if let nonFinite { return "no derivatives at this point: \(nonFinite.message)" }
    var lines = [
      "compared \(comparedCount) derivatives with differences: "
        + (failureCount == 0
          ? "all agree to \(tolerance.text)" : "\(failureCount) differ by more than \(tolerance.text)")
    ]
    for entry in worst {
      let mark = entry.error <= tolerance ? " " : "*"
      lines.append(
        "\(mark) \(entry.function) by \(entry.variables.joined(separator: ", ")): exact \(entry.exact.text), "
          + "difference \(entry.difference.text), error \(entry.error.text)")
    }
    return lines.joined(separator: "\n")
  }
}

extension Model {
  /// Compares the exact first and second derivatives at a point with central differences, extrapolated once (L. F.
  /// Richardson, "The approximate arithmetical solution by finite differences", 1911).
  ///
  /// First derivatives of the objectives and of all functions in constraints are compared with differences of values
  /// that the expressions give step by step; second derivatives of a Lagrangian, with multipliers from 0.5 to 1.5, with
  /// differences of its gradient.
  /// - Parameter point: one number a variable, inside the domain of all functions.
  /// - Complexity: O(variables stepped times one evaluation).
  public func checkDerivatives(
    at point: [Double], options: DerivativeCheckOptions = DerivativeCheckOptions()
  ) -> DerivativeReport {
    precondition(point.count == variableCount, "the point has one number a variable")
    var comparison = DerivativeComparison(self, point, options)
    return comparison.report()
  }
}

private struct DerivativeComparison {
  let model: Model
  let point: [Double]
  let options: DerivativeCheckOptions
  let objective: [(weight: Double, function: ScalarFunction)]
  let functions: [ScalarFunction]
  let names: [String]
  let evaluator: FunctionEvaluator
  var result = DerivativeReport()

  init(_ model: Model, _ point: [Double], _ options: DerivativeCheckOptions) {
    self.model = model
    self.point = point
    self.options = options
    objective = model.leadingObjectives.map { ($0.weight, $0.function) }
    var functions: [ScalarFunction] = []
    var names = (0..<model.rows.count).map { "constraint '\(model.rowNames[$0])'" }
    for (k, constraint) in model.generalConstraints.enumerated() {
      for function in constraint.functions {
        functions.append(function)
        names.append("constraint '\(model.generalNames[k])'")
      }
    }
    self.functions = functions
    self.names = names
    evaluator = FunctionProgram(of: model, objective: objective, constraints: functions).makeEvaluator()
    result.tolerance = options.tolerance
  }

  mutating func report() -> DerivativeReport {
    let (n, m) = (point.count, names.count)
    if let found = evaluator.findNonFinite(at: point) {
      let name =
        switch found.place {
        case .objective: model.leadingObjectives.first?.name ?? ""
        case .constraint(let i): String(names[i].dropFirst("constraint '".count).dropLast())
        }
      result.nonFinite = found.diagnostic(named: name)
      return result
    }
    let multipliers = (0..<m).map { 0.5 + Double(($0 * 7) % 11) / 10 }
    let pattern = evaluator.jacobianPattern
    var entries = [Double](repeating: 0, count: pattern.entryCount)
    evaluator.jacobian(at: point, into: &entries)
    let gradient = gradientOfObjective(point)
    let columns = Columns(pattern, columnCount: n)
    let stride = max(1, n / max(1, options.variableLimit))
    var dense = [Double](repeating: 0, count: m)
    for j in Swift.stride(from: 0, to: n, by: stride) {
      let slopes = differences(j) { values(at: $0) }
      compare("objective", [j], gradient[j], slopes[0])
      for k in columns.starts[j]..<columns.starts[j + 1] {
        dense[Int(columns.rows[k])] = entries[Int(columns.entries[k])]
      }
      for i in 0..<m where dense[i] != 0 || slopes[1 + i] != 0 { compare(names[i], [j], dense[i], slopes[1 + i]) }
      for k in columns.starts[j]..<columns.starts[j + 1] { dense[Int(columns.rows[k])] = 0 }
      guard evaluator.abilities.contains(.hessianProduct) else { continue }
      var unit = [Double](repeating: 0, count: n)
      unit[j] = 1
      var column = [Double](repeating: 0, count: n)
      evaluator.hessianProduct(at: point, objective: 1, multipliers: multipliers, unit, into: &column)
      let curvature = differences(j) { gradientOfLagrangian($0, multipliers) }
      for i in 0..<n where column[i] != 0 || curvature[i] != 0 { compare("Lagrangian", [j, i], column[i], curvature[i]) }
    }
    result.worst.sort { $0.error > $1.error }
    result.worst = Array(result.worst.prefix(options.entryLimit))
    return result
  }

  /// Objective and constraints, straight from the expressions.
  private func values(at x: [Double]) -> [Double] {
    let nodes = model.arena.values(at: x, parameters: model.parameterValues)
    func value(_ f: ScalarFunction) -> Double {
      var sum = f.constant + (f.nonlinear.map { nodes[$0.position] } ?? 0)
      for term in f.linear { sum += term.coefficient * x[Int(term.variable)] }
      for term in f.quadratic { sum += term.coefficient * x[Int(term.first)] * x[Int(term.second)] }
      return sum
    }
    var list = [objective.reduce(0) { $0 + $1.weight * value($1.function) }]
    for i in 0..<model.rows.count {
      list.append(model.rows.range(i).reduce(0) { $0 + model.rows.values[$1] * x[Int(model.rows.columns[$1])] })
    }
    return list + functions.map(value)
  }

  private func gradientOfObjective(_ x: [Double]) -> [Double] {
    var gradient = [Double](repeating: 0, count: x.count)
    evaluator.gradient(at: x, into: &gradient)
    return gradient
  }

  private func gradientOfLagrangian(_ x: [Double], _ y: [Double]) -> [Double] {
    var gradient = gradientOfObjective(x)
    evaluator.addJacobianTransposeProduct(at: x, y, to: &gradient)
    return gradient
  }

  /// Derivatives by variable j: two central differences, extrapolated. A side outside the domain gives NaN, which counts
  /// as no difference to compare with.
  private func differences(_ j: Int, _ f: ([Double]) -> [Double]) -> [Double] {
    let h = options.step * max(1, abs(point[j]))
    func central(_ h: Double) -> [Double] {
      var (ahead, behind) = (point, point)
      ahead[j] += h
      behind[j] -= h
      let (a, b) = (f(ahead), f(behind))
      return a.indices.map { (a[$0] - b[$0]) / (ahead[j] - behind[j]) }
    }
    let (coarse, fine) = (central(h), central(h / 2))
    return fine.indices.map { fine[$0] + (fine[$0] - coarse[$0]) / 3 }
  }

  private mutating func compare(_ function: String, _ variables: [Int], _ exact: Double, _ difference: Double) {
    if difference.isNaN && exact.isFinite { return }
    result.comparedCount += 1
    var error = abs(exact - difference) / max(1, abs(exact))
    if error.isNaN { error = .infinity }
    if error > options.tolerance { result.failureCount += 1 }
    result.worst.append(
      DerivativeReport.Entry(
        function: function, variables: variables.map { model.variableNames[$0] }, exact: exact,
        difference: difference, error: error))
    if result.worst.count > 4 * options.entryLimit + 100 {
      result.worst.sort { $0.error > $1.error }
      result.worst.removeSubrange(options.entryLimit...)
    }
  }
}

/// The entries of a matrix given by rows, column by column.
private struct Columns {
  var starts: [Int]
  var rows: [Int32]
  var entries: [Int32]

  init(_ pattern: SparsityPattern, columnCount: Int) {
    starts = [Int](repeating: 0, count: columnCount + 1)
    for column in pattern.indices { starts[Int(column) + 1] += 1 }
    for j in 0..<columnCount { starts[j + 1] += starts[j] }
    rows = [Int32](repeating: 0, count: pattern.entryCount)
    entries = rows
    var next = starts
    for i in 0..<pattern.lineCount {
      for k in pattern.starts[i]..<pattern.starts[i + 1] {
        let place = next[Int(pattern.indices[k])]
        next[Int(pattern.indices[k])] += 1
        rows[place] = Int32(i)
        entries[place] = Int32(k)
      }
    }
  }
}
