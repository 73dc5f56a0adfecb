import Constraints

/// A chain of consequences in words, with the names and numbers of a model.
struct ImplicationText {
  let model: Model
  let implications: Implications
  let contradiction: Implications.Contradiction

  /// Terms of a row up to which they are written one by one.
  static let termLimit = 8
  /// Consequences up to which they are all listed.
  static let stepLimit = 40

  init(_ model: Model, _ implications: Implications, _ contradiction: Implications.Contradiction) {
    self.model = model
    self.implications = implications
    self.contradiction = contradiction
  }

  /// One line a consequence, the contradiction last; none when there are too many to read.
  var lines: [String] {
    if contradiction.steps.count > ImplicationText.stepLimit { return [] }
    return contradiction.steps.map { line(of: implications.steps[$0]) } + [last]
  }

  private func line(of step: Implications.Step) -> String {
    let result = "\(model.variableNames[step.variable]) \(step.isUpper ? "<=" : ">=") \(number(step.value))"
    let whole = step.isRounded ? ", as it is whole" : ""
    let given = step.premises.isEmpty ? "" : " with \(list(step.premises))"
    return "\(model.rowNames[step.row])\(given) gives \(result)\(whole)"
  }

  private var last: String {
    switch contradiction.kind {
    case .variable(let j):
      let name = model.variableNames[j]
      let (low, high) = (contradiction.premises[0].value, contradiction.premises[1].value)
      return low <= high
        ? "\(name) is whole, and there is no whole number from \(number(low)) to \(number(high))"
        : "\(name) >= \(number(low)) and \(name) <= \(number(high)) cannot both hold"
    case .divisor(let row, let divisor):
      return "\(model.rowNames[row]): all values are whole, so the sum is a multiple of \(number(divisor)), and none lies from "
        + "\(number(model.rows.lower[row])) to \(number(model.rows.upper[row]))"
    case .row(let i, let missesUpperSide, let reach):
      if contradiction.premises.isEmpty && !model.rows.range(i).isEmpty {
        return "\(model.rowNames[i]) asks for at least \(number(model.rows.lower[i])) and at most \(number(model.rows.upper[i]))"
      }
      let side = missesUpperSide ? model.rows.upper[i] : model.rows.lower[i]
      let terms = model.rows.range(i).filter { model.rows.values[$0] != 0 }
      let values = zip(terms, contradiction.premises).map { model.rows.values[$0] * $1.value }
      let parts = values.filter { $0 != 0 }
      let sum: String
      if parts.count > 1 && parts.count <= ImplicationText.termLimit {
        sum = parts.dropFirst().reduce(number(parts[0])) { $0 + ($1 < 0 ? " - " : " + ") + number(abs($1)) } + " = " + number(reach)
      } else {
        sum = number(reach)
      }
      return "\(model.rowNames[i]): \(missesUpperSide ? "at least" : "at most") \(sum) \(missesUpperSide ? ">" : "<") \(number(side))"
    }
  }

  private func list(_ premises: [Implications.Bound]) -> String {
    let texts = premises.prefix(ImplicationText.termLimit).map {
      "\(model.variableNames[$0.variable]) \($0.isUpper ? "<=" : ">=") \(number($0.value))"
    }
    let more = premises.count - texts.count
    return texts.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  /// Twelve significant digits: what the sums are good for.
  private func number(_ x: Double) -> String { x.rounded(toSignificant: 12).text }
}
