import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The stream of random numbers behind simulated data: one SplitMix64 generator and the distributions made of it.
///
/// Each distribution takes a stated number of draws, so that other languages can rebuild the same data.
public struct SimulationStream: Sendable {
  private var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// Uniform on [0, 1), a multiple of 2⁻⁵³; one draw.
  @inline(__always)
  public mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

  /// Uniform on a range; one draw.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// An integer in 0 ..< m; one draw.
  /// - Precondition: m ≥ 1.
  public mutating func below(_ m: Int) -> Int {
    precondition(m >= 1)
    // The product can round up to m when m exceeds the precision of the uniform number.
    return min(m - 1, Int(uniform() * Double(m)))
  }

  /// Standard normal by the cosine half of Box and Muller's transform; two draws.
  @inline(__always)
  public mutating func normal() -> Double {
    let u = uniform()
    let v = uniform()
    return (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)
  }

  /// Exponential with mean 1; one draw.
  public mutating func exponential() -> Double { -log(1 - uniform()) }

  /// Standard Gumbel (location 0, scale 1); one draw.
  public mutating func gumbel() -> Double {
    let u = uniform()
    // A draw of exactly 0 has probability 2⁻⁵³ and would give minus infinity.
    return -log(-log(max(u, 0x1p-54)))
  }

  /// A count with a Poisson distribution, by multiplying uniform numbers until they fall below exp(-rate).
  ///
  /// Takes rate + 1 draws on average.
  /// - Precondition: 0 ≤ rate ≤ 500; beyond, exp(-rate) comes close to the smallest number.
  public mutating func poisson(rate: Double) -> Int {
    precondition(rate >= 0 && rate <= 500)
    let limit = exp(-rate)
    var product = 1.0
    var count = -1
    repeat {
      product *= 1 - uniform()
      count += 1
    } while product > limit
    return count
  }

  /// Sign and magnitude of a weight, negative with probability one half; two draws.
  public mutating func weight(magnitude: ClosedRange<Double>) -> Double {
    let isNegative = uniform() < 0.5
    let size = uniform(in: magnitude)
    return isNegative ? -size : size
  }

  /// A random order of 0 ..< count by Fisher and Yates, from the last place down; count - 1 draws.
  public mutating func permutation(_ count: Int) -> [Int] {
    var p = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { p.swapAt(i, below(i + 1)) }
    return p
  }
}
