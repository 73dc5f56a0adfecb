import Constraints

extension Reformulation {
  /// Multipliers of the form in the constraints of the model.
  public struct Multipliers: Sendable {
    public var rows: [Double]
    /// As in ``Solution/generalDuals``.
    public var general: [[Double]]
  }

  /// The multipliers of the model's constraints that follow from those of the form's rows and cones.
  /// - Complexity: O(rows + what bridges added).
  public func lift(rowDuals: [Double], coneDuals: [Double]) -> Multipliers {
    var general = generalCounts.map { [Double](repeating: 0, count: $0) }
    for source in dualSources {
      let list = source.isCone ? coneDuals : rowDuals
      guard Int(source.row) < list.count else { continue }
      general[Int(source.constraint)][Int(source.coordinate)] += source.factor * list[Int(source.row)]
    }
    return Multipliers(rows: Array(rowDuals.prefix(rowCount)), general: general)
  }

  /// The outcome of a solver in the variables and constraints of the model, not yet checked.
  ///
  /// Where the model's own constraints do not take all multipliers, an optimum is judged by the checker in the form.
  public func solution(from outcome: FormOutcome, of model: Model) -> Solution {
    var solution = Solution(
      outcome: outcome.outcome, proof: outcome.proof, termination: outcome.termination, sense: model.sense)
    if !outcome.point.isEmpty || (model.variableCount == 0 && outcome.objective != nil) {
      solution.values = lift(outcome.point)
      solution.primalStatus = .feasible
      solution.source = outcome.source
      solution.objective = outcome.objective
    }
    solution.bound = outcome.bound
    let hasDuals = !outcome.rowDuals.isEmpty || !outcome.coneDuals.isEmpty || !outcome.reducedCosts.isEmpty
    if hasDuals {
      let multipliers = lift(rowDuals: outcome.rowDuals, coneDuals: outcome.coneDuals)
      solution.rowDuals = multipliers.rows
      solution.reducedCosts = Array(outcome.reducedCosts.prefix(variableCount))
      if keepsDuals {
        solution.generalDuals = multipliers.general
        solution.dualStatus = .feasible
      } else if losesDuals {
        solution.dualReason = "some constraints were rewritten; the duals given are those of the linear rows"
      } else {
        solution.generalDuals = multipliers.general
        solution.dualReason = "nonlinear functions were rewritten; the duals were checked as those of what they became"
      }
    } else {
      solution.dualReason =
        conicForm.linear.hasIntegers
        ? "integer model; ask with --duals to price it with integers fixed" : "the solve ended without duals"
    }
    if hasDuals && !keepsDuals && outcome.outcome == .optimal { judgeInForm(&solution, outcome) }
    if !hasBridges { solution.basis = outcome.basis }
    liftCertificate(outcome, of: model, to: &solution)
    solution.statistics = outcome.statistics
    solution.plan = plan
    return solution
  }

  private func liftCertificate(_ outcome: FormOutcome, of model: Model, to solution: inout Solution) {
    if outcome.outcome == .infeasible, !outcome.farkas.isEmpty || !outcome.coneDuals.isEmpty {
      let isOfRows =
        outcome.farkas.dropFirst(rowCount).allSatisfy { $0 == 0 } && outcome.coneDuals.allSatisfy { $0 == 0 }
      if isOfRows {
        solution.certificate = .farkas(rows: Array(outcome.farkas.prefix(rowCount)))
      } else if keepsDuals && !hasCurves {
        let found = lift(rowDuals: outcome.farkas, coneDuals: outcome.coneDuals)
        solution.certificate = .farkas(rows: found.rows, general: found.general)
        if Checker().farkasMargin(multipliers: found.rows, general: found.general, of: model) == nil {
          let polished = polished(outcome)
          let better = lift(rowDuals: polished.rows, coneDuals: polished.cones)
          solution.certificate = .farkas(rows: better.rows, general: better.general)
        }
      } else {
        // A multiplier of a curved function does not say where it touches; the proof holds in the form.
        solution.proof = isProvedInForm(outcome) ? .certificate : .search
      }
    } else if !outcome.ray.isEmpty {
      solution.certificate = .ray(direction: lift(outcome.ray))
    }
  }

  private func polished(_ outcome: FormOutcome) -> CertificatePolishing {
    var polishing = CertificatePolishing(conicForm, rows: outcome.farkas, cones: outcome.coneDuals)
    polishing.run()
    return polishing
  }

  /// Whether multipliers contradict the form, as they are or polished.
  private func isProvedInForm(_ outcome: FormOutcome) -> Bool {
    let form = formModel
    let rows = outcome.farkas.isEmpty ? [Double](repeating: 0, count: conicForm.linear.rowCount) : outcome.farkas
    if Checker().farkasMargin(multipliers: rows, general: byCone(outcome.coneDuals), of: form) != nil { return true }
    let polished = polished(outcome)
    return Checker().farkasMargin(multipliers: polished.rows, general: byCone(polished.cones), of: form) != nil
  }

  /// Multipliers of the rows of G, cone by cone; none when there are none.
  private func byCone(_ multipliers: [Double]) -> [[Double]] {
    if multipliers.count != conicForm.coneRowCount { return [] }
    var first = 0
    return conicForm.cones.map { cone in
      defer { first += cone.dimension }
      return Array(multipliers[first..<(first + cone.dimension)])
    }
  }

  /// Has the checker judge an optimum and its multipliers in the form, where the model has no place for them.
  private func judgeInForm(_ solution: inout Solution, _ outcome: FormOutcome) {
    let form = formModel
    var claim = Solution(outcome: .optimal, termination: outcome.termination, sense: form.sense)
    claim.values = outcome.point
    claim.objective = outcome.objective
    claim.primalStatus = .feasible
    claim.rowDuals = outcome.rowDuals
    claim.generalDuals = byCone(outcome.coneDuals)
    claim.dualStatus = .feasible
    Checker().judge(&claim, of: form)
    if claim.outcome == .optimal {
      if !losesDuals { solution.dualStatus = .feasible }
    } else {
      solution.outcome = claim.outcome
      solution.proof = .none
      solution.bound = nil
      solution.warnings += claim.warnings
    }
  }

  /// The form as a model of its own, for the checker.
  var formModel: Model {
    let linear = conicForm.linear
    var model = Model()
    for j in 0..<linear.columnCount {
      model.addVariable(
        "x\(j)", lower: linear.columnLower[j], upper: linear.columnUpper[j],
        domain: linear.isInteger[j] != 0 ? .integer : .real)
    }
    for i in 0..<linear.rowCount {
      let terms = (linear.starts[i]..<linear.starts[i + 1]).map {
        LinearTerm(linear.entryValues[$0], linear.entryColumns[$0])
      }
      model.addRow(.name("c\(i)"), terms, lower: linear.rowLower[i], upper: linear.rowUpper[i])
    }
    var row = 0
    for (c, cone) in conicForm.cones.enumerated() {
      let functions = (row..<(row + cone.dimension)).map { i in
        ScalarFunction(
          constant: conicForm.coneOffsets[i],
          linear: (conicForm.coneStarts[i]..<conicForm.coneStarts[i + 1]).map {
            LinearTerm(conicForm.coneValues[$0], conicForm.coneColumns[$0])
          })
      }
      row += cone.dimension
      model.addConstraint(.name("k\(c)"), functions, in: cone.set)
    }
    var quadratic: [QuadraticTerm] = []
    let hessian = conicForm.hessian
    for j in 0..<hessian.columnCount {
      for k in hessian.starts[j]..<hessian.starts[j + 1] {
        let i = Int(hessian.rowIndices[k])
        quadratic.append(QuadraticTerm(i == j ? hessian.values[k] / 2 : hessian.values[k], Int32(j), Int32(i)))
      }
    }
    let terms = linear.objective.enumerated().map { LinearTerm($1, Int32($0)) }
    model.setObjective(linear.sense, ScalarFunction(constant: linear.constant, linear: terms, quadratic: quadratic))
    return model
  }
}

extension ConicForm.Cone {
  /// The set of the model language that it is.
  var set: any VectorSet {
    switch self {
    case .secondOrder(let n): SecondOrderCone(dimension: n)
    case .rotatedSecondOrder(let n): RotatedSecondOrderCone(dimension: n)
    case .exponential: ExponentialCone()
    case .power(let exponent): PowerCone(exponent: exponent)
    case .semidefinite(let order): Scaled(PositiveSemidefiniteConeTriangle(sideDimension: order))
    }
  }
}
