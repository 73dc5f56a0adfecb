import ArgumentParser
import Constraints
import Solvers

/// The exit codes of the command; part of its interface.
enum ExitCodes {
  static let solved = ExitCode(0)
  static let stoppedWithPoint = ExitCode(2)
  static let infeasible = ExitCode(3)
  static let unbounded = ExitCode(4)
  static let infeasibleOrUnbounded = ExitCode(5)
  static let stoppedWithoutPoint = ExitCode(6)
  static let noVerdict = ExitCode(7)
  /// A mistake on the command line.
  static let usage = ExitCode(64)
  static let badInput = ExitCode(65)
  static let unreadable = ExitCode(66)
  static let solverUnavailable = ExitCode(69)
  static let internalError = ExitCode(70)
  static let cannotWrite = ExitCode(73)
  static let interrupted = ExitCode(130)

  static func code(for solution: Solution) -> ExitCode {
    switch solution.outcome {
    case .optimal, .locallyOptimal: return solved
    case .infeasible, .locallyInfeasible: return infeasible
    case .unbounded: return unbounded
    case .infeasibleOrUnbounded: return infeasibleOrUnbounded
    case .feasible: return stoppedWithPoint
    case .unknown:
      if solution.termination.reason == .interrupted { return interrupted }
      return solution.termination.reason.isLimit ? stoppedWithoutPoint : noVerdict
    }
  }

  static func code(for explanation: Explanation) -> ExitCode {
    switch explanation.verdict {
    case .infeasible, .locallyInfeasible: return infeasible
    case .unbounded: return unbounded
    case .feasible: return solved
    case .unknown:
      if explanation.termination.reason == .interrupted { return interrupted }
      return explanation.termination.reason.isLimit ? stoppedWithoutPoint : noVerdict
    }
  }
}
