extension Model {
  /// Everything that is wrong or suspicious about the model and can be seen without solving it.
  ///
  /// Errors make a solve refuse; warnings and notes do not. At most 20 errors.
  /// - Complexity: O(size of the model).
  public func validate() -> [Diagnostic] {
    var found = DiagnosticCollector()
    for diagnostic in buildDiagnostics { found.add(diagnostic) }
    validateVariables(&found)
    validateRows(&found)
    validateGeneral(&found)
    for objective in objectives {
      let what = objective.name.isEmpty ? "the objective" : "objective '\(objective.name)'"
      validate(objective.function, what, &found)
      if !objective.weight.isFinite || objective.weight < 0 {
        found.add(Diagnostic(.notANumber, "\(what) has weight \(objective.weight)", mend: "give a weight of at least 0"))
      }
    }
    for (i, value) in parameterValues.enumerated() where !value.isFinite {
      found.add(Diagnostic(.notANumber, "parameter '\(parameterNames[i])' is \(value)", mend: "give a finite value"))
    }
    return found.finish()
  }

  /// Throws the diagnostics if one of them is an error.
  public func requireValid() throws(ConstraintsError) {
    let diagnostics = validate()
    if diagnostics.contains(where: { $0.severity == .error }) { throw .invalid(diagnostics) }
  }

  private func validateVariables(_ found: inout DiagnosticCollector) {
    for j in 0..<variableCount {
      let (low, high) = (lower[j], upper[j])
      if low.isNaN || high.isNaN || low == .infinity || high == -.infinity {
        found.add(
          Diagnostic(
            .notANumber, "variable '\(variableNames[j])' has bounds [\(low), \(high)]",
            mend: "give numbers, or leave a bound out for none"
          ).about(variableNames[j]))
      } else if low > high {
        found.add(
          Diagnostic(
            .crossedBounds, "variable '\(variableNames[j])' has lower bound \(low.text) above upper bound \(high.text)",
            mend: "exchange or correct the bounds"
          ).about(variableNames[j]))
      } else if domains[j].isIntegral {
        if low.isFinite && low != low.rounded() || high.isFinite && high != high.rounded() {
          found.addOnce(
            kind: "fractional",
            Diagnostic(
              .fractionalIntegerBound, .warning,
              "integer variable '\(variableNames[j])' has fractional bounds [\(low.text), \(high.text)]; they are rounded inwards"))
        }
      }
    }
    if let twice = variableNames.firstRepetition() {
      found.add(
        Diagnostic(.duplicateName, "two variables are called '\(twice.name)' (numbers \(twice.first + 1) and \(twice.second + 1))",
          mend: "rename one of them"
        ).about(twice.name))
    }
  }

  private func validateRows(_ found: inout DiagnosticCollector) {
    for i in 0..<rows.count {
      let (low, high) = (rows.lower[i], rows.upper[i])
      if low.isNaN || high.isNaN || low == .infinity || high == -.infinity {
        found.add(
          Diagnostic(.notANumber, "constraint '\(rowNames[i])' has bounds [\(low), \(high)]", mend: "give finite numbers")
            .about(rowNames[i]))
        continue
      }
      if low > high {
        found.add(
          Diagnostic(
            .crossedBounds, "constraint '\(rowNames[i])' asks for at least \(low.text) and at most \(high.text)",
            mend: "exchange or correct the sides"
          ).about(rowNames[i]))
        continue
      }
      for k in rows.range(i) {
        let value = rows.values[k]
        if !value.isFinite {
          found.add(
            Diagnostic(
              .notANumber,
              "constraint '\(rowNames[i])' has coefficient \(value) on variable '\(variableName(rows.columns[k]))'",
              mend: "find the data that made it"
            ).about(rowNames[i]))
        } else if abs(value) >= 1e15 {
          found.addOnce(
            kind: "huge",
            Diagnostic(
              .hugeCoefficient, .warning,
              "constraint '\(rowNames[i])' has coefficient \(value.text) on variable '\(variableName(rows.columns[k]))'"))
        }
        if Int(rows.columns[k]) >= variableCount || rows.columns[k] < 0 {
          found.add(Diagnostic(.foreignVariable, "constraint '\(rowNames[i])' uses a variable that does not exist"))
        }
      }
      if rows.range(i).isEmpty {
        if low > 0 || high < 0 {
          found.add(
            Diagnostic(
              .alwaysFalse, .warning,
              "constraint '\(rowNames[i])' has no variables and can never hold: 0 is not in [\(low.text), \(high.text)]"))
        } else {
          found.addOnce(
            kind: "true", Diagnostic(.alwaysTrue, .note, "constraint '\(rowNames[i])' has no variables and always holds"))
        }
      }
    }
    if let twice = rowNames.firstRepetition() {
      found.add(Diagnostic(.duplicateName, .warning, "two constraints are called '\(twice.name)'", mend: "rename one of them"))
    }
  }

  private func validateGeneral(_ found: inout DiagnosticCollector) {
    for (i, constraint) in generalConstraints.enumerated() {
      let what = "constraint '\(generalNames[i])'"
      for function in constraint.functions { validate(function, what, &found) }
      switch constraint.body {
      case .scalar(_, let set):
        if set.lower.isNaN || set.upper.isNaN {
          found.add(Diagnostic(.notANumber, "\(what) has a bound that is not a number", mend: "give numbers"))
        } else if set.lower > set.upper {
          found.add(
            Diagnostic(
              .crossedBounds, "\(what) asks for at least \(set.lower.text) and at most \(set.upper.text)",
              mend: "exchange or correct the sides"
            ).about(generalNames[i]))
        }
      case .vector(let functions, let set):
        if functions.count != set.dimension {
          found.add(
            Diagnostic(
              .dimensionMismatch,
              "\(what) has \(functions.count) outputs, but its set \(type(of: set).name) has dimension \(set.dimension)",
              mend: "correct the dimension or the rows"
            ).about(generalNames[i]))
        } else if let exponent = (set as? PowerCone)?.exponent ?? (set as? DualPowerCone)?.exponent,
          !(exponent > 0 && exponent < 1)
        {
          found.add(
            Diagnostic(.badSet, "\(what) is a power cone with exponent \(exponent.text)", mend: "give one between 0 and 1"))
        } else if set is Indicator || set is Reified {
          validateIndicator(functions[0], what, &found)
        }
      }
    }
  }

  private func validateIndicator(_ z: ScalarFunction, _ what: String, _ found: inout DiagnosticCollector) {
    guard z.kind == .linear, z.constant == 0, z.linear.count == 1, z.linear[0].coefficient == 1 else {
      found.add(
        Diagnostic(.badSet, "the first row of \(what) must be a plain binary variable", mend: "introduce a binary variable"))
      return
    }
    let j = Int(z.linear[0].variable)
    let isBinary = domains[j] == .binary || (domains[j] == .integer && lower[j] >= 0 && upper[j] <= 1)
    if !isBinary {
      found.add(
        Diagnostic(
          .badSet, "the condition of \(what) is variable '\(variableNames[j])', which is not binary",
          mend: "make '\(variableNames[j])' binary"
        ).about(variableNames[j]))
    }
  }

  private func validate(_ function: ScalarFunction, _ what: String, _ found: inout DiagnosticCollector) {
    if !function.constant.isFinite {
      found.add(Diagnostic(.notANumber, "\(what) has the constant \(function.constant)", mend: "find the data that made it"))
    }
    let positions = function.linear.map(\.variable) + function.quadratic.flatMap { [$0.first, $0.second] }
    if positions.contains(where: { $0 < 0 || Int($0) >= variableCount })
      || function.nonlinear.map({ $0.position >= arena.nodes.count }) ?? false
    {
      found.add(Diagnostic(.foreignVariable, "\(what) uses a variable that does not exist"))
      return
    }
    for term in function.linear where !term.coefficient.isFinite {
      found.add(
        Diagnostic(
          .notANumber, "\(what) has coefficient \(term.coefficient) on variable '\(variableName(term.variable))'",
          mend: "find the data that made it"))
    }
    for term in function.quadratic where !term.coefficient.isFinite {
      found.add(
        Diagnostic(
          .notANumber,
          "\(what) has coefficient \(term.coefficient) on '\(variableName(term.first))' times '\(variableName(term.second))'",
          mend: "find the data that made it"))
    }
  }

  func variableName(_ j: Int32) -> String {
    Int(j) < variableCount && j >= 0 ? variableNames[Int(j)] : "#\(j)"
  }
}

extension Double {
  /// The shortest text that reads back to the same number; whole numbers without a fraction, infinities as `inf`.
  public var text: String {
    if isNaN { return "nan" }
    if self == .infinity { return "inf" }
    if self == -.infinity { return "-inf" }
    if self == rounded(), abs(self) < 9_007_199_254_740_992 {
      return self == 0 ? "0" : String(Int64(self))
    }
    return description
  }
}
