import Constraints

/// A variable that is 0 or between two bounds: a binary column z with `lower z <= x <= upper z`.
enum SemicontinuousBridge {
  static let name = "semicontinuous to binary"

  static func apply(variable j: Int, to builder: inout FormBuilder) throws(SolverError) {
    let (low, high) = (builder.model.lower[j], builder.model.upper[j])
    let variable = builder.model.variableNames[j]
    let before = builder.size
    guard low.isFinite else { throw builder.needsBound("semicontinuous '\(variable)'", variable: j, "a lower") }
    let proven = high.isFinite ? high : builder.provenBounds(of: j).upper
    guard proven.isFinite else { throw builder.needsBound("semicontinuous '\(variable)'", variable: j, "an upper") }
    let z = builder.addColumn(lower: 0, upper: 1, isInteger: true) { $0[j] != 0 ? 1 : 0 }
    builder.addRow(Affine(column: j) + Affine(column: z, -low), lower: 0, upper: .infinity)
    builder.addRow(Affine(column: j) + Affine(column: z, -proven), lower: -.infinity, upper: 0)
    builder.setColumnBounds(j, lower: min(0, low), upper: max(0, proven))
    builder.note(
      variable, name, high.isFinite ? "" : "upper bound \(proven.text) from propagation", since: before)
  }
}
