import Constraints
import Solvers
import Synchronization

/// Prints the events of a solve on standard error: as a table for people, or as JSON lines.
final class ProgressLog: Sendable {
  enum Style: String, Sendable, CaseIterable { case auto, table, json, none }

  private struct State {
    var hasHeader = false
    var iterationHeader = false
    var lastLine = -1.0
    var incumbentSource = ""
  }
  private let style: Style
  private let isVerbose: Bool
  private let state = Mutex(State())

  init(style: Style, isVerbose: Bool) {
    self.style = style
    self.isVerbose = isVerbose
  }

  func receive(_ event: SolveEvent) {
    switch style {
    case .none: return
    case .json: if let line = json(event) { Terminal.log(line) }
    case .auto, .table: table(event)
    }
  }

  // MARK: - Table

  private func table(_ event: SolveEvent) {
    switch event {
    case .phase(let name): if isVerbose { Terminal.log("phase         \(name)") }
    case .log(let line): if isVerbose { Terminal.log("  | \(line)") }
    case .warning(let diagnostic): Terminal.log(diagnostic, asJSON: false)
    case .start(let start): Terminal.log(pad(start.name, 14) + start.text)
    case .heuristic(let name, let outcome, let seconds):
      if isVerbose || outcome.hasPrefix("switched off") {
        Terminal.log(pad(name, 14) + outcome + (isVerbose ? "   \(time(seconds))" : ""))
      }
    case .iteration(let count, let objective, let primal, let dual, let seconds):
      if !isDue(seconds) { return }
      let first = state.withLock { state -> Bool in
        defer { state.iterationHeader = true }
        return !state.iterationHeader
      }
      if first { Terminal.log("\n    time       iterations           objective   violation   dual viol.") }
      Terminal.log(left(time(seconds), 8) + left(String(count), 17) + left(short(objective), 20)
        + left(significant(primal, 2).text, 12) + left(significant(dual, 2).text, 13))
    case .incumbent(let progress, let source): row(progress, source: source, isNew: true)
    case .progress(let progress):
      if isDue(progress.seconds) { row(progress, source: "", isNew: false) }
    }
  }

  /// Whether it is time for another line: every second at first, later more rarely.
  private func isDue(_ seconds: Double) -> Bool {
    state.withLock { state in
      let interval = seconds < 10 ? 1.0 : seconds < 100 ? 2.0 : 5.0
      if state.lastLine >= 0 && seconds - state.lastLine < interval { return false }
      state.lastLine = seconds
      return true
    }
  }

  private func row(_ progress: SolveEvent.Progress, source: String, isNew: Bool) {
    let needsHeader = state.withLock { state -> Bool in
      state.lastLine = progress.seconds
      defer { state.hasHeader = true }
      return !state.hasHeader
    }
    if needsHeader {
      Terminal.log("\n    time   source             nodes      open           incumbent               bound       gap")
    }
    let gap = progress.gap.map(percent) ?? "-"
    Terminal.log(
      left(time(progress.seconds), 8) + (isNew ? " * " : "   ") + pad(source, 17) + left(String(progress.nodes), 7)
        + left(String(progress.open), 10) + left(progress.incumbent.map(short) ?? "-", 20)
        + left(progress.bound.map(short) ?? "-", 20) + left(gap, 10))
  }

  private func time(_ seconds: Double) -> String {
    let tenths = (seconds * 10).rounded() / 10
    return "\(tenths)s"
  }

  // MARK: - JSON lines

  private func json(_ event: SolveEvent) -> String? {
    func number(_ x: Double?) -> String { x.map { $0.isFinite ? $0.text : "\"\($0.text)\"" } ?? "null" }
    func fields(_ p: SolveEvent.Progress) -> String {
      "\"time\":\(number(p.seconds)),\"nodes\":\(p.nodes),\"open\":\(p.open),\"objective\":\(number(p.incumbent)),\"bound\":\(number(p.bound)),\"gap\":\(number(p.gap))"
    }
    switch event {
    case .phase(let name): return "{\"event\":\"phase\",\"name\":\(Terminal.quoted(name))}"
    case .incumbent(let p, let source): return "{\"event\":\"incumbent\",\"source\":\(Terminal.quoted(source)),\(fields(p))}"
    case .progress(let p): return "{\"event\":\"progress\",\(fields(p))}"
    case .iteration(let count, let objective, let primal, let dual, let seconds):
      return "{\"event\":\"iteration\",\"time\":\(number(seconds)),\"count\":\(count),\"objective\":\(number(objective)),"
        + "\"violation\":\(number(primal)),\"dual_violation\":\(number(dual))}"
    case .heuristic(let name, let outcome, let seconds):
      return "{\"event\":\"heuristic\",\"name\":\(Terminal.quoted(name)),\"outcome\":\(Terminal.quoted(outcome)),\"seconds\":\(number(seconds))}"
    case .log(let line): return isVerbose ? "{\"event\":\"log\",\"text\":\(Terminal.quoted(line))}" : nil
    case .start(let start):
      return "{\"event\":\"start\",\"name\":\(Terminal.quoted(start.name)),\"fate\":\"\(start.fate.rawValue)\","
        + "\"reason\":\(Terminal.quoted(start.reason)),\"objective\":\(number(start.objective))}"
    case .warning(let d): return "{\"event\":\"warning\",\"code\":\"\(d.code)\",\"message\":\(Terminal.quoted(d.message))}"
    }
  }
}

/// A number of things in words.
func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

/// Text at the left of a column.
func pad(_ text: String, _ width: Int) -> String {
  text.count >= width ? text + " " : text + String(repeating: " ", count: width - text.count)
}

/// Text at the right of a column.
func left(_ text: String, _ width: Int) -> String {
  text.count >= width ? " " + text : String(repeating: " ", count: width - text.count) + text
}

/// A share as a percentage with three significant digits.
func percent(_ share: Double) -> String { significant(share * 100, 3).text + " %" }

/// Seconds to the millisecond.
func secondsText(_ seconds: Double) -> String {
  let thousandths = Int((min(seconds, 1e12) * 1000).rounded())
  let fraction = String(thousandths % 1000)
  return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) s"
}

/// A number rounded to this many significant digits.
func significant(_ x: Double, _ count: Int) -> Double {
  if !x.isFinite || x == 0 { return x }
  var digits = 0
  var size = abs(x)
  while size >= 10, digits < 400 {
    size /= 10
    digits += 1
  }
  while size < 1, digits > -400 {
    size *= 10
    digits -= 1
  }
  return rounded(x, count - 1 - digits)
}

/// A number with ten significant digits, for tables.
func short(_ x: Double) -> String { significant(x, 10).text }

private func rounded(_ x: Double, _ places: Int) -> Double {
  var factor = 1.0
  for _ in 0..<min(abs(places), 300) { factor *= 10 }
  let scaled = places >= 0 ? x * factor : x / factor
  guard scaled.isFinite, factor.isFinite else { return x }
  return places >= 0 ? scaled.rounded() / factor : scaled.rounded() * factor
}
