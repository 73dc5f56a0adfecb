import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension SampleTable {
  /// The table with columns of mean 0 and variance 1; constant columns become 0.
  /// - Complexity: O(n d).
  public var standardized: SampleTable {
    var result = self
    let n = sampleCount
    for j in 0..<variableCount {
      let column = j * n..<(j + 1) * n
      let mean = values.values[column].reduce(0, +) / Double(max(1, n))
      let variance = values.values[column].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, n))
      let scale = variance > 0 ? 1 / variance.squareRoot() : 0
      for k in column { result.values.values[k] = (values.values[k] - mean) * scale }
    }
    return result
  }

  /// The natural logarithms of all values.
  /// - Precondition: positive values; others give NaN or minus infinity.
  /// - Complexity: O(n d).
  public var logarithms: SampleTable {
    var result = self
    for k in result.values.values.indices { result.values.values[k] = log(values.values[k]) }
    return result
  }
}
