import Constraints

/// SOS1 and SOS2 with binary columns: a coordinate may be nonzero only where its binary, or for SOS2 that of one of its
/// two neighbouring segments, is 1; exactly one binary is.
enum SpecialOrderedSetBridge: Bridge {
  static let name = "special ordered set to binaries"

  static func takes(_ body: GeneralConstraint.Body) -> Bool {
    guard case .vector(let functions, let set) = body, functions.allSatisfy({ $0.kind <= .linear }) else { return false }
    return set is SOS1 || set is SOS2
  }

  static func apply(
    _ body: GeneralConstraint.Body, name: String, to builder: inout FormBuilder
  ) throws(SolverError) -> String {
    guard case .vector(let functions, let set) = body else { return "" }
    let isSecond = set is SOS2
    let order = (set as? SOS2)?.order ?? Array(functions.indices)
    if functions.count <= (isSecond ? 2 : 1) { return "" }
    let ordered = order.map { Affine(linear: functions[$0]) }
    let values: @Sendable ([Double]) -> [Double] = { point in
      ordered.map { abs($0.value(at: point)) }
    }
    // For SOS1 binary k stands for coordinate k, for SOS2 for the segment between k and k + 1.
    let count = isSecond ? ordered.count - 1 : ordered.count
    var binaries: [Int] = []
    for k in 0..<count {
      binaries.append(
        builder.addColumn(lower: 0, upper: 1, isInteger: true) { point in
          let v = values(point)
          let scores = (0..<count).map { isSecond ? v[$0] + v[$0 + 1] : v[$0] }
          let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
          return best == k ? 1 : 0
        })
    }
    builder.addRow(binaries.reduce(into: Affine()) { $0.add(Affine(column: $1)) }, lower: 1, upper: 1)
    for (k, f) in ordered.enumerated() {
      let (least, most, openBelow, openAbove) = builder.range(of: f)
      let allowing = isSecond ? [k - 1, k].filter { $0 >= 0 && $0 < count } : [k]
      if most > 0 {
        if let j = openAbove { throw builder.needsBound("constraint '\(name)'", variable: j, "a finite") }
        builder.addRow(
          allowing.reduce(into: f) { $0.add(Affine(column: binaries[$1], -most)) }, lower: -.infinity, upper: 0)
      }
      if least < 0 {
        if let j = openBelow { throw builder.needsBound("constraint '\(name)'", variable: j, "a finite") }
        builder.addRow(
          allowing.reduce(into: f) { $0.add(Affine(column: binaries[$1], -least)) }, lower: 0, upper: .infinity)
      }
    }
    return ""
  }
}
