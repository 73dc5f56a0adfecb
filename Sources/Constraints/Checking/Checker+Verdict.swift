extension Checker {
  /// Checks a whole answer and lowers its status where the claim does not survive.
  ///
  /// The recomputed objective replaces the claimed one. An optimum whose duals fail becomes `feasible`; a point that
  /// breaks the model is no longer called a solution; an infeasibility or unboundedness whose certificate fails becomes
  /// `unknown`. The reason stands in the report and in the solution's warnings.
  public func judge(_ solution: inout Solution, of model: Model) {
    var report = CheckReport()
    solution.parameterValues = model.parameterValues
    solution.modelTag = model.tag
    if solution.hasPoint && solution.values.count == model.variableCount {
      report = check(point: solution.values, of: model)
      judgePoint(&solution, of: model, &report)
    } else if solution.outcome == .optimal || solution.outcome == .feasible || solution.outcome == .locallyOptimal {
      report.verdict = .refuted("the claim comes without a point")
      lower(&solution, to: .unknown, "the claim comes without a point")
    }
    judgeCertificate(&solution, of: model, &report)
    solution.check = report
  }

  private func judgePoint(_ solution: inout Solution, of model: Model, _ report: inout CheckReport) {
    if case .refuted(let reason) = report.verdict {
      solution.primalStatus =
        report.largestScaled <= 1e3 * options.feasibility && report.integrality <= 1e-3 ? .nearlyFeasible : .infeasible
      solution.objective = report.objective
      if solution.outcome == .locallyInfeasible {
        // The claim is about this point's violations, which the report lists; that they are least nearby is the solver's word.
        report.verdict = .unchecked
      } else if solution.outcome != .infeasible { lower(&solution, to: .unknown, reason) }
      return
    }
    let recomputed = report.objective ?? 0
    if let claimed = solution.objective,
      !(abs(claimed - recomputed) <= options.objective * max(1, abs(recomputed))),
      solution.outcome == .optimal || solution.outcome == .locallyOptimal
    {
      let reason = "the claimed objective \(claimed.text) is \(recomputed.text) at the point"
      report.verdict = .refuted(reason)
      lower(&solution, to: .feasible, reason)
    }
    if recomputed.isNaN {
      report.verdict = .refuted("the objective is not a number at the point")
      lower(&solution, to: .unknown, "the objective is not a number at the point")
    }
    solution.objective = recomputed
    if let bound = solution.bound {
      let beyond = (bound - recomputed) * solution.sense.sign
      if beyond > options.objective * max(1, abs(recomputed)) {
        let reason = "the claimed bound \(bound.text) is contradicted by the point's objective \(recomputed.text)"
        report.verdict = .refuted(reason)
        solution.bound = nil
        lower(&solution, to: .feasible, reason)
      } else if beyond > 0 {
        solution.bound = recomputed
      }
    }
    if solution.outcome == .infeasible {
      let reason = "the model was called infeasible, but a feasible point is known"
      report.verdict = .refuted(reason)
      lower(&solution, to: .feasible, reason)
    }
    if solution.outcome == .locallyOptimal {
      judgeStationarity(&solution, of: model, &report)
    } else if solution.outcome == .optimal, let reason = checkDuals(solution, of: model, into: &report) {
      // Duals that come with the claim are its proof, for a model with whole numbers too.
      solution.dualStatus = .infeasible
      report.verdict = .refuted(reason)
      lower(&solution, to: .feasible, reason)
    }
  }

  /// Raises a stationary point of a convex model to an optimum, and lowers one that is not stationary.
  private func judgeStationarity(_ solution: inout Solution, of model: Model, _ report: inout CheckReport) {
    let isConvex = solution.dualStatus == .feasible && ModelCurvature(model).isConvex
    if let reason = checkStationarity(&solution, of: model, isConvex: isConvex, into: &report) {
      solution.dualStatus = .infeasible
      report.verdict = .refuted(reason)
      lower(&solution, to: .feasible, reason)
    } else if isConvex, let residual = report.dualResidual {
      solution.outcome = .optimal
      solution.proof = .tolerance(residual)
    }
  }

  private func judgeCertificate(_ solution: inout Solution, of model: Model, _ report: inout CheckReport) {
    switch solution.certificate {
    case .farkas(let rows, let general):
      if let margin = farkasMargin(multipliers: rows, general: general, of: model) {
        report.certificateMargin = margin
        if solution.outcome == .infeasible {
          solution.proof = .certificate
          solution.dualStatus = .certificate
          report.verdict = .confirmed
        }
      } else if solution.outcome == .infeasible {
        report.verdict = .refuted("the Farkas multipliers do not contradict the model")
        lower(&solution, to: .unknown, "the Farkas multipliers do not contradict the model")
      }
    case .ray(let direction):
      if let rate = rayRate(direction: direction, of: model) {
        report.certificateMargin = rate
        if solution.outcome == .unbounded {
          solution.proof = .certificate
          if solution.hasPoint, report.violationCount == 0 {
            report.verdict = .confirmed
          } else {
            lower(&solution, to: .infeasibleOrUnbounded, "the ray is right, but no feasible point is known")
          }
        }
      } else if solution.outcome == .unbounded, !canJudgeRays(of: model) {
        // Other constraints than rows, or several objectives: the ray is the solver's word.
        solution.proof = .search
        report.verdict = .unchecked
      } else if solution.outcome == .unbounded {
        report.verdict = .refuted("the ray leaves the model or does not improve the objective")
        lower(&solution, to: .unknown, "the ray leaves the model or does not improve the objective")
      }
    case nil:
      let isClaim: Set<OutcomeStatus> = [.infeasible, .infeasibleOrUnbounded, .unbounded]
      if isClaim.contains(solution.outcome), report.verdict == .confirmed { report.verdict = .unchecked }
      if solution.outcome == .infeasible, case .none = solution.proof { solution.proof = .search }
    }
  }

  private func lower(_ solution: inout Solution, to outcome: OutcomeStatus, _ reason: String) {
    guard solution.outcome != outcome else { return }
    solution.warnings.append(
      Diagnostic(
        .loweredStatus, .warning,
        "the status '\(solution.outcome.rawValue)' did not survive the check and is lowered to '\(outcome.rawValue)': \(reason)"))
    solution.outcome = outcome
    solution.proof = .none
  }
}
