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
      Terminal.log("searching     \(secondsText(now)), Ctrl-C stops with the best so far")
    }
    if Interrupt.cancellation.isCancelled || limit.map({ now >= $0 }) ?? false { isStopped = true }
    return isStopped
  }

  /// Seconds of a duration such as 90s or 5m; nil for none.
  static func timeLimit(_ text: String?) throws -> Double? {
    guard let text else { return nil }
    var options = SolveOptions()
    do throws(OptionProblem) {
      try OptionTable.set("time-limit", to: text, in: &options)
    } catch {
      Terminal.log(error.diagnostic, asJSON: false)
      throw ExitCodes.badInput
    }
    return options.timeLimit?.seconds
  }
}
