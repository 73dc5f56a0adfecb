import ArgumentParser
import Constraints
import Solvers

/// One run of a learner: when to stop, and a sign of life on standard error while it takes long.
final class DagRun {
  private let begin = ContinuousClock.now
  private let limit: Double?
  private let isQuiet: Bool
  private var lastLine = 0.0
  private(set) var isStopped = false
  /// What is being done, for the sign of life.
  var phase = "searching"

  /// Seconds before the first line, so that quick runs say nothing, and between lines.
  private static let patience = 2.0

  init(timeLimit: Double?, isQuiet: Bool) {
    limit = timeLimit
    self.isQuiet = isQuiet
    Interrupt.install()
  }

  var seconds: Double { (ContinuousClock.now - begin).seconds }

  /// Whether the run should end now: asked often by the learner.
  func shouldStop() -> Bool {
    let now = seconds
    if !isQuiet, now - lastLine >= DagRun.patience, !isStopped {
      lastLine = now
      Terminal.log(pad(phase, 14) + "\(secondsText(now)), Ctrl-C stops with the best so far")
    }
    if Interrupt.cancellation.isCancelled || limit.map({ now >= $0 }) ?? false { isStopped = true }
    return isStopped
  }

  /// Time left; nil without a limit.
  var remaining: Duration? { limit.map { .seconds(max(0, $0 - seconds)) } }

  /// For learners that are told when to stop rather than ask.
  var context: SolveContext { SolveContext(deadline: Deadline(after: remaining), cancellation: Interrupt.cancellation) }

  /// Notes whether the limit or an interrupt has come, after such a learner.
  func noteStop() {
    if Interrupt.cancellation.isCancelled || limit.map({ seconds >= $0 }) ?? false { isStopped = true }
  }

  /// Seconds of a duration such as 90s or 5m; nil for none.
  static func timeLimit(_ text: String?) throws -> Double? {
    guard let text else { return nil }
    var options = SolveOptions()
    do throws(OptionProblem) {
      try OptionTable.set("time-limit", to: text, in: &options)
    } catch {
      Terminal.log(error.diagnostic, asJSON: false)
      throw ExitCodes.usage
    }
    return options.timeLimit?.seconds
  }
}
