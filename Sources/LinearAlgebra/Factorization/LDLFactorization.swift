/// The numeric factor `P K Pᵀ = L D Lᵀ` of a symmetric matrix whose pivots have signs known in advance, as those of a
/// quasi-definite matrix (positive definite and negative definite diagonal blocks) have in every order.
///
/// Source: Vanderbei, "Symmetric quasidefinite matrices", 1995.
public final class LDLFactorization {
  public struct Options: Sendable {
    /// Pivots of the wrong sign, or not above this in modulus, are replaced. Default 1e-13.
    public var pivotThreshold = 1e-13
    /// The modulus of a replaced pivot. Default 2e-7.
    public var pivotReplacement = 2e-7
    /// What `pivotThreshold` and `pivotReplacement` are multiplied by. Default `absolute`.
    public var pivotScale = PivotScale.absolute
    /// Threads that one factorization may use. Default 1.
    public var threads = 1

    public init() {}
  }

  /// The unit in which small pivots are measured.
  public enum PivotScale: Sendable {
    /// 1: the matrix is expected to be scaled so that its large entries are about 1.
    case absolute
    /// The modulus of the diagonal entry of K in the pivot's row; 1 where that is zero. A pivot far below the entry that
    /// it started from is what cancellation left.
    case diagonal
  }

  public let analysis: LDLAnalysis
  private let signs: [Int8]
  private let options: Options
  private var columns: [[(row: Int, value: Double)]]
  private var pivots: [Double]

  /// - Parameter signs: by original index, 1 or -1: the sign that the pivot of each row must have.
  public init(_ analysis: LDLAnalysis, signs: [Int8], options: Options = Options()) {
    precondition(signs.count == analysis.order && signs.allSatisfy { $0 == 1 || $0 == -1 })
    self.analysis = analysis
    self.signs = signs
    self.options = options
    columns = []
    pivots = []
  }

  /// Factors K.
  /// - Parameter values: in the order of the pattern that the analysis was made of.
  /// - Returns: the number of pivots that were replaced.
  @discardableResult
  public func factor(_ values: UnsafePointer<Double>) -> Int {
    let n = analysis.order
    var rows = [[Int: Double]](repeating: [:], count: n)
    var diagonal = [Double](repeating: 0, count: n)
    for j in 0..<n {
      for p in analysis.starts[j]..<analysis.starts[j + 1] {
        let a = Int(analysis.inverse[Int(analysis.rowIndices[p])]), b = Int(analysis.inverse[j])
        if a == b { diagonal[a] += values[p] } else { rows[max(a, b)][min(a, b), default: 0] += values[p] }
      }
    }
    columns = [[(row: Int, value: Double)]](repeating: [], count: n)
    pivots = [Double](repeating: 0, count: n)
    var work = [Double](repeating: 0, count: n)
    var mark = [Int](repeating: -1, count: n)
    var replaced = 0
    for k in 0..<n {
      var reached: [Int] = []
      for (i, v) in rows[k] {
        work[i] = v
        var j = i
        while j != k && mark[j] != k {
          mark[j] = k
          reached.append(j)
          j = Int(analysis.parent[j])
        }
      }
      var d = diagonal[k]
      for i in reached.sorted() {
        let v = work[i]
        work[i] = 0
        for e in columns[i] { work[e.row] -= e.value * v }
        d -= v / pivots[i] * v
        columns[i].append((k, v / pivots[i]))
      }
      work[k] = 0
      let sign = Double(signs[Int(analysis.permutation[k])])
      let scale = options.pivotScale == .diagonal && diagonal[k] != 0 ? abs(diagonal[k]) : 1
      if !(sign * d > options.pivotThreshold * scale) {
        d = sign * options.pivotReplacement * scale
        replaced += 1
      }
      pivots[k] = d
    }
    return replaced
  }

  /// Replaces right-hand sides by solutions of `K x = b`, with K as it was factored, replaced pivots included.
  /// - Parameters:
  ///   - x: `count` vectors of length n, one after the other.
  public func solve(_ x: UnsafeMutablePointer<Double>, count: Int) {
    let n = analysis.order
    var y = [Double](repeating: 0, count: n)
    for c in 0..<count {
      let b = x + c * n
      for k in 0..<n { y[k] = b[Int(analysis.permutation[k])] }
      for k in 0..<n { for e in columns[k] { y[e.row] -= e.value * y[k] } }
      for k in (0..<n).reversed() {
        y[k] /= pivots[k]
        for e in columns[k] { y[k] -= e.value * y[e.row] }
      }
      for k in 0..<n { b[Int(analysis.permutation[k])] = y[k] }
    }
  }
}
