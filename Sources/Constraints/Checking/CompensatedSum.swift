/// A running sum with about twice the digits of `Double`.
///
/// T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", SIAM Journal on Scientific Computing 26 (2005),
/// algorithms TwoSum and Dot2.
struct CompensatedSum {
  private var high: Double
  private var low = 0.0

  init(_ start: Double = 0) { high = start }

  var value: Double { high + low }

  mutating func add(_ x: Double) {
    let sum = high + x
    let part = sum - high
    let error = (high - (sum - part)) + (x - part)
    high = sum
    if error.isFinite { low += error }
  }

  mutating func add(_ a: Double, times b: Double) {
    let product = a * b
    let error = (-product).addingProduct(a, b)
    if error.isFinite { low += error }
    add(product)
  }
}
