import Constraints

/// The curvature report of `solve check`, as text and as JSON.
struct CurvatureText {
  let curvature: ModelCurvature
  let rowCount: Int
  /// How many parts are listed; those that are not convex come first.
  static let limit = 20

  init(_ model: Model) {
    curvature = ModelCurvature(model)
    rowCount = model.rows.count
  }

  private var verdict: String {
    let count = curvature.entries.count { !$0.isConvex }
    let whole = curvature.hasDiscreteVariables ? " apart from whole and semicontinuous variables" : ""
    if count == 0 { return "convex\(whole)" }
    return "not convex as far as the rules tell, because of \(count) of \(curvature.entries.count) objectives and constraints"
  }

  var text: String {
    var text = "curvature     \(verdict)\n"
    let wrong = curvature.entries.filter { !$0.isConvex }
    let right = curvature.entries.filter { $0.isConvex && $0.curvature != .affine && $0.curvature != .constant }
    for entry in wrong.prefix(Self.limit) { text += "              \(name(entry)): not convex; \(entry.reason)\n" }
    for entry in right.prefix(max(0, Self.limit - wrong.count)) {
      text += "              \(name(entry)): \(entry.curvature == .unknown ? "a cone" : entry.curvature.rawValue)\n"
    }
    let hidden = max(0, wrong.count + right.count - Self.limit)
    if hidden > 0 { text += "              and \(hidden) more; --json lists all\n" }
    return text
  }

  private func name(_ entry: ModelCurvature.Entry) -> String {
    entry.isObjective ? entry.name.isEmpty ? "the objective" : "objective '\(entry.name)'" : "'\(entry.name)'"
  }

  var json: String {
    let entries = curvature.entries.map { entry in
      "{\"name\":\(Terminal.quoted(entry.name)),\"objective\":\(entry.isObjective),"
        + "\"curvature\":\(Terminal.quoted(entry.curvature.rawValue)),\"convex\":\(entry.isConvex)"
        + (entry.reason.isEmpty ? "}" : ",\"reason\":\(Terminal.quoted(entry.reason))}")
    }
    return "{\"convex\":\(curvature.isConvex),\"linear_rows\":\(rowCount),\"parts\":[\(entries.joined(separator: ","))]}"
  }
}
