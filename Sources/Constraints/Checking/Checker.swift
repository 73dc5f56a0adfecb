/// Judges answers from the model and the numbers alone; shares no code with any solver.
///
/// Sums are formed in compensated arithmetic, so that what is reported is the point's own error and not that of the
/// check. A violation counts when it exceeds the tolerance both absolutely and relative to the size of the numbers
/// that enter.
public struct Checker: Sendable {
  public struct Options: Sendable {
    /// Largest violation of a row, bound or cone: absolute, or relative to the largest number that enters.
    public var feasibility = 1e-6
    /// Largest distance of an integer variable from a whole number.
    public var integrality = 1e-5
    /// Largest relative difference of claimed and recomputed objective, and of primal and dual objective.
    public var objective = 1e-6
    /// Largest scaled violation of a dual sign condition.
    public var dual = 1e-6
    /// Size up to which variables without a bound are considered when a certificate of infeasibility is re-proved: what
    /// rounding leaves on them is charged as if they were this large.
    public var radius = 1e9
    /// How many multiplications the proof that a quadratic Lagrangian is convex may take; beyond, its convexity is taken
    /// on trust.
    public var convexityWork = 20_000_000
    /// How many violations are listed.
    public var listLength = 5
    public init() {}
  }

  public var options: Options

  public init(options: Options = Options()) { self.options = options }

  /// The objective of a point: the weighted sum of the leading objectives, in the sense of the first of them.
  /// - Complexity: O(terms + arena).
  public func objective(of point: [Double], in model: Model) -> Double {
    let members = model.leadingObjectives
    guard let first = members.first else { return 0 }
    if members.count == 1 { return value(of: first.function, at: point, in: model) }
    var total = CompensatedSum()
    for objective in members {
      let sign = objective.sense == first.sense ? 1.0 : -1.0
      total.add(sign * objective.weight, times: value(of: objective.function, at: point, in: model))
    }
    return total.value
  }

  /// The value of a function of the model at a point.
  public func value(of function: ScalarFunction, at point: [Double], in model: Model) -> Double {
    evaluate(function, point, nodeValues: function.nonlinear.map { nodeValues(model, point, [$0]) } ?? []).value
  }

  private func nodeValues(_ model: Model, _ point: [Double], _ roots: [NodeID]) -> [Double] {
    model.arena.values(at: point, parameters: model.parameterValues, roots: roots)
  }

  /// Value of a function and the largest number that enters it.
  func evaluate(
    _ f: ScalarFunction, _ point: [Double], nodeValues: [Double]
  ) -> (value: Double, scale: Double) {
    var sum = CompensatedSum(f.constant)
    var scale = abs(f.constant)
    for term in f.linear {
      let x = point[Int(term.variable)]
      sum.add(term.coefficient, times: x)
      scale = max(scale, abs(term.coefficient * x))
    }
    for term in f.quadratic {
      let product = point[Int(term.first)] * point[Int(term.second)]
      sum.add(term.coefficient, times: product)
      scale = max(scale, abs(term.coefficient * product))
    }
    if let node = f.nonlinear {
      let v = nodeValues[node.position]
      sum.add(v)
      scale = max(scale, abs(v))
    }
    return (sum.value, scale)
  }

  /// The violation of a set and what to measure it against: the outputs for a continuous set, nothing for a logical or
  /// combinatorial one, whose violations count whole steps.
  private func judge(_ outputs: [(value: Double, scale: Double)], in set: any VectorSet) -> (Double, Double) {
    let values = outputs.map(\.value)
    if let indicator = set as? Indicator, let z = values.first {
      let isActive = abs(z - (indicator.activeOn ? 1 : 0)) < 0.5
      if !isActive || z.isNaN { return (z.isNaN ? .infinity : 0, 0) }
      return (indicator.inner.violation(at: Array(values.dropFirst())), outputs.dropFirst().map(\.scale).max() ?? 0)
    }
    return (set.violation(at: values), type(of: set).isDiscrete ? 0 : outputs.map(\.scale).max() ?? 0)
  }

  /// How many of the coordinates that break a set are written out.
  private static let culpritLimit = 8

  /// The coordinates that together break a set, with their values.
  private func culprits(
    _ set: any VectorSet, _ functions: [ScalarFunction], _ values: [Double], in model: Model
  ) -> String {
    let broken = set.culprits(at: values)
    if broken.isEmpty { return "" }
    let listed = broken.prefix(Checker.culpritLimit).map { k in
      "\(model.text(of: functions[k], limit: 60)) = \(values[k].text)"
    }
    let rest = broken.count - listed.count
    let noun = set is AcyclicGraph ? "the cycle " : ""
    return noun + listed.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// Checks whether a point is feasible.
  ///
  /// - Precondition: `point.count == model.variableCount`.
  /// - Complexity: O(size of the model).
  public func check(point: [Double], of model: Model) -> CheckReport {
    precondition(point.count == model.variableCount)
    var report = CheckReport()
    var list: [CheckReport.Violation] = []

    func note(
      _ kind: CheckReport.Violation.Kind, _ name: @autoclosure () -> String, _ absolute: Double, _ scale: Double,
      detail: @autoclosure () -> String = ""
    ) {
      guard absolute > 0 else { return }
      let scaled = absolute / max(1, scale.isFinite ? scale : 1)
      report.largestAbsolute = max(report.largestAbsolute, absolute)
      report.largestScaled = max(report.largestScaled, scaled)
      if scaled > options.feasibility { report.violationCount += 1 }
      if list.count < max(1, options.listLength) || scaled > (list.last?.scaled ?? 0) {
        var violation = CheckReport.Violation(kind: kind, name: name(), absolute: absolute, scaled: scaled)
        violation.detail = detail()
        list.append(violation)
        list.sort { $0.scaled > $1.scaled }
        if list.count > max(1, options.listLength) { list.removeLast() }
      }
    }

    for j in 0..<model.variableCount {
      let x = point[j]
      if !x.isFinite {
        note(.bound, model.variableNames[j], .infinity, 1)
        continue
      }
      let domain = model.domains[j]
      let (low, high) = (model.lower[j], model.upper[j])
      let outside = max(low - x, x - high)
      if outside > 0, !(domain.isSemi && abs(x) <= options.feasibility) {
        let bound = low - x > x - high ? low : high
        note(.bound, model.variableNames[j], domain.isSemi ? min(outside, abs(x)) : outside, abs(bound))
      }
      if domain.isIntegral {
        let distance = abs(x - x.rounded())
        report.integrality = max(report.integrality, distance)
        if distance > options.integrality {
          report.violationCount += 1
          list.append(
            CheckReport.Violation(kind: .domain, name: model.variableNames[j], absolute: distance, scaled: distance))
        }
      }
    }
    list.sort { $0.scaled > $1.scaled }
    if list.count > max(1, options.listLength) { list.removeSubrange(max(1, options.listLength)...) }

    let rows = model.rows
    for i in 0..<rows.count {
      var sum = CompensatedSum()
      var scale = 0.0
      for k in rows.range(i) {
        let x = point[Int(rows.columns[k])]
        sum.add(rows.values[k], times: x)
        scale = max(scale, abs(rows.values[k] * x))
      }
      let activity = sum.value
      let outside = ScalarSet(lower: rows.lower[i], upper: rows.upper[i]).violation(activity)
      if outside > 0 {
        let bound = rows.lower[i] - activity > activity - rows.upper[i] ? rows.lower[i] : rows.upper[i]
        note(.row, model.rowNames[i], outside, max(scale, abs(bound)))
      }
    }

    if !model.generalConstraints.isEmpty {
      let roots = model.generalConstraints.flatMap { $0.functions.compactMap(\.nonlinear) }
      let values = roots.isEmpty ? [] : nodeValues(model, point, roots)
      for (i, constraint) in model.generalConstraints.enumerated() {
        switch constraint.body {
        case .scalar(let function, let set):
          if let (root, isTrue) = model.statedFormula(function, set) {
            note(.general, model.generalNames[i], model.formulaViolation(root, isTrue, values), 0)
            continue
          }
          let (value, scale) = evaluate(function, point, nodeValues: values)
          note(.general, model.generalNames[i], set.violation(value), scale)
        case .vector(let functions, let set):
          let outputs = functions.map { evaluate($0, point, nodeValues: values) }
          let (violation, scale) = judge(outputs, in: set)
          note(
            .general, model.generalNames[i], violation, scale,
            detail: culprits(set, functions, outputs.map(\.value), in: model))
        }
      }
    }

    report.violations = list
    report.objective = objective(of: point, in: model)
    if let worst = list.first, report.violationCount > 0 {
      report.verdict = .refuted(
        worst.kind == .domain
          ? "variable '\(worst.name)' is \(worst.absolute.text) away from a whole number"
          : "\(worst.kind == .bound ? "a bound of variable" : "constraint") '\(worst.name)' is violated by \(worst.absolute.text)"
            + (worst.detail.isEmpty ? "" : ": \(worst.detail)"))
    } else {
      report.verdict = .confirmed
    }
    return report
  }
}
