extension CutSeparation {
  /// Variable bounds of continuous columns that the point violates: those that follow from longer rows.
  /// - Complexity: O(columns).
  func separateImpliedBounds(into cuts: inout [Cut]) {
    let (bounds, result, near) = (variableBounds, result, options.integrality)
    for j in 0..<columnCount {
      if bounds.bestUpper[j] >= 0 && point[j] > bounds.upperValue[j] + near {
        let bound = bounds.upperBounds[Int(bounds.bestUpper[j])]
        result.clear()
        result.add(j, 1)
        result.add(Int(bound.y), -bound.slope)
        finish(bound.constant, abs(bound.constant), .impliedBound, into: &cuts)
      }
      if bounds.bestLower[j] >= 0 && point[j] < bounds.lowerValue[j] - near {
        let bound = bounds.lowerBounds[Int(bounds.bestLower[j])]
        result.clear()
        result.add(j, -1)
        result.add(Int(bound.y), bound.slope)
        finish(-bound.constant, abs(bound.constant), .impliedBound, into: &cuts)
      }
    }
  }
}
