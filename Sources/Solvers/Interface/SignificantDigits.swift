extension Double {
  /// The nearest number of so many significant decimal digits.
  package func rounded(toSignificant digits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    var factor = 1.0
    var size = magnitude
    while size >= 10, factor > 1e-290 {
      size /= 10
      factor /= 10
    }
    while size < 1, factor < 1e290 {
      size *= 10
      factor *= 10
    }
    for _ in 1..<digits { factor *= 10 }
    let scaled = (self * factor).rounded()
    return factor.isFinite && scaled.isFinite ? scaled / factor : self
  }
}
