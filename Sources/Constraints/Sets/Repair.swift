/// The least shift of a point's coordinates that brings it into a cone. The defining inequality itself says nothing about
/// distance near the edge of an exponential or power cone, where it may be broken by any amount at a point that is all but
/// inside.
///
/// - Parameter holds: whether the point, shifted inwards by so much, is inside.
/// - Returns: 0 when the point is inside as it is, infinity when no shift helps; never too small, and too large by no more
///   than a thousandth where a larger shift always helps if a smaller one does.
func leastShift(_ holds: (Double) -> Bool) -> Double {
  if holds(0) { return 0 }
  var high = 1e-16
  while !holds(high) {
    if high > 1e300 { return .infinity }
    high *= 8
  }
  var low = high / 8
  while high - low > 1e-3 * high {
    let middle = (low + high) / 2
    if holds(middle) { high = middle } else { low = middle }
  }
  return high
}

/// The geometric mean of numbers shifted by so much; NaN when one is negative.
func geometricMean(_ x: some Collection<Double>, shiftedBy shift: Double) -> Double {
  var logs = 0.0
  for value in x {
    if !(value + shift >= 0) { return .nan }
    logs += Operation.log.value(value + shift)
  }
  return Operation.exp.value(logs / Double(x.count))
}
