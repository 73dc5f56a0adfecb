import Solvers
import Synchronization

/// Prints where an explanation stands on standard error: a new phase at once, checks about once a second.
final class ExplanationProgress: Sendable {
  private struct State {
    var phase = ""
    var lastLine = 0.0
  }
  private let isQuiet: Bool
  private let state = Mutex(State())

  /// Seconds before the first line, so that quick explanations say nothing.
  private static let patience = 0.5

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func receive(_ progress: Explainer.Progress) {
    if isQuiet || progress.seconds < ExplanationProgress.patience { return }
    let isDue = state.withLock { state in
      if state.phase == progress.phase && progress.seconds - state.lastLine < 1 { return false }
      state.phase = progress.phase
      state.lastLine = progress.seconds
      return true
    }
    if !isDue { return }
    let open = progress.candidates.map { ", \($0) candidates left" } ?? ""
    Terminal.log("\(left(secondsText(progress.seconds), 10))   \(progress.phase)\(open), \(progress.checks) checks")
  }
}
