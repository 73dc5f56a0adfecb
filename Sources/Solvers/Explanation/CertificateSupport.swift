import Constraints

/// The requirements that multipliers lean on.
enum CertificateSupport {
  /// Sizes, relative to the largest, below which multipliers are taken for rests of rounding; the first with which the
  /// remaining ones still prove the contradiction counts.
  static let thresholds = [1e-6, 1e-9, 0.0]
  /// What rounding leaves of a sum that is 0, relative to the largest number that enters.
  static let noise = 1e-12

  /// Requirements of the original that by themselves contradict each other, as the checker confirms; nil when the
  /// multipliers prove nothing.
  /// - Complexity: O(size of the part).
  static func core(rows: [Double], general: [[Double]], of part: Model.Part) -> [Requirement]? {
    let model = part.model
    guard rows.count == model.rows.count else { return nil }
    for threshold in thresholds {
      let members = support(rows: rows, general: general, of: model, threshold: threshold)
      let kept = model.keeping(members)
      let y = kept.rows.map { rows[$0] }
      let z = general.isEmpty ? [] : kept.general.map { general[$0] }
      if Checker().farkasMargin(multipliers: y, general: z, of: kept.model) != nil {
        return members.compactMap { part.original($0) }
      }
    }
    return nil
  }

  private static func support(
    rows y: [Double], general z: [[Double]], of model: Model, threshold: Double
  ) -> [Requirement] {
    let rows = model.rows
    var members: [Requirement] = []
    var combined = [Double](repeating: 0, count: model.variableCount)
    var size = combined
    // Rows may be of very different size: what counts is what a multiplier contributes.
    let weight = (0..<rows.count).map { i in
      abs(y[i]) * rows.range(i).reduce(0) { max($0, abs(rows.values[$1])) }
    }
    let largest = weight.max() ?? 0
    for i in 0..<rows.count where y[i] != 0 && (weight[i] > threshold * largest || rows.range(i).isEmpty) {
      let side = y[i] > 0 ? rows.lower[i] : rows.upper[i]
      if !side.isFinite { continue }
      members.append(y[i] > 0 ? .rowLower(i) : .rowUpper(i))
      for k in rows.range(i) {
        let j = Int(rows.columns[k])
        combined[j] += y[i] * rows.values[k]
        size[j] = max(size[j], abs(y[i] * rows.values[k]))
      }
    }
    for (i, multipliers) in z.enumerated() where multipliers.contains(where: { $0 != 0 }) {
      members.append(.general(i))
      for (function, multiplier) in zip(model.generalConstraints[i].functions, multipliers) {
        for term in function.linear {
          combined[Int(term.variable)] += multiplier * term.coefficient
          size[Int(term.variable)] = max(size[Int(term.variable)], abs(multiplier * term.coefficient))
        }
      }
    }
    for j in 0..<model.variableCount where size[j] > 0 {
      if abs(combined[j]) <= max(threshold, noise) * size[j] {
        // The sum is 0 up to rounding. Where nothing may be passed over, either bound may have to answer for the rest.
        if threshold == 0 && !model.domains[j].isSemi {
          if model.lower[j].isFinite { members.append(.variableLower(j)) }
          if model.upper[j].isFinite { members.append(.variableUpper(j)) }
        }
        continue
      }
      let isUpper = combined[j] > 0
      let bound = isUpper ? model.upper[j] : model.lower[j]
      if !bound.isFinite || model.domains[j].isSemi { continue }
      members.append(isUpper ? .variableUpper(j) : .variableLower(j))
      if model.domains[j].isIntegral && bound != bound.rounded() { members.append(.integrality(j)) }
    }
    return members
  }
}
