import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Several series of the same variables, each in steps of time of the same length.
public struct TimeSeriesPanel: Sendable, Equatable {
  /// One name a variable.
  public var names: [String]
  /// Time steps × variables each; series may differ in length.
  public var series: [DenseMatrix]

  /// - Precondition: as many columns as names.
  public init(names: [String], series: [DenseMatrix]) {
    precondition(series.allSatisfy { $0.columnCount == names.count })
    self.names = names
    self.series = series
  }

  /// Tables of the same variables, time running down the rows.
  /// - Throws: ``StructureLearningError/noData`` without tables, ``StructureLearningError/differentNodes(onlyInFirst:onlyInSecond:)``.
  public init(_ tables: [SampleTable]) throws(StructureLearningError) {
    guard let first = tables.first else { throw .noData }
    for table in tables where table.names != first.names {
      throw .differentNodes(
        onlyInFirst: first.names.filter { !table.names.contains($0) },
        onlyInSecond: table.names.filter { !first.names.contains($0) })
    }
    self.init(names: first.names, series: tables.map(\.values))
  }

  public var variableCount: Int { names.count }

  /// Steps with all of their lags, over all series.
  public func rowCount(lagCount: Int) -> Int { series.reduce(0) { $0 + max(0, $1.rowCount - lagCount) } }

  /// The rows `x_t | x_{t-1} | … | x_{t-p}` of all series, one after the other. Lagged columns are named `name(t-1)`, ….
  ///
  /// - Parameters:
  ///   - lagCount: p ≥ 0.
  ///   - skipping: steps at the start of each series that are only used as lags; at least p counts.
  /// - Throws: ``StructureLearningError/noData`` without variables or steps,
  ///   ``StructureLearningError/badOption(name:value:mend:)`` where no series is longer than the lags,
  ///   ``StructureLearningError/notFinite(sample:variable:)``.
  /// - Complexity: O(rows · d (p + 1)).
  public func stacked(lagCount: Int, skipping: Int = 0) throws(StructureLearningError) -> SampleTable {
    guard lagCount >= 0 else {
      throw .badOption(name: "the number of lags", value: "\(lagCount)", mend: "give a number that is not negative")
    }
    let d = variableCount, first = max(lagCount, skipping)
    let n = rowCount(lagCount: first)
    let longest = series.map(\.rowCount).max() ?? 0
    guard d > 0, longest > 0 else { throw .noData }
    guard n > 0 else {
      throw .badOption(
        name: "the number of lags", value: "\(first)",
        mend: "no series is longer than that, the longest has \(longest) row\(longest == 1 ? "" : "s"): give fewer lags, or a "
          + "column that has one value for a whole series")
    }
    for one in series {
      if let k = one.values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(sample: k % one.rowCount + 1, variable: names[k / one.rowCount])
      }
    }
    var values = DenseMatrix(rowCount: n, columnCount: d * (lagCount + 1))
    var row = 0
    for one in series where one.rowCount > first {
      let count = one.rowCount - first
      for lag in 0...lagCount {
        for j in 0..<d {
          let from = j * one.rowCount + first - lag, to = (lag * d + j) * n + row
          for t in 0..<count { values.values[to + t] = one.values[from + t] }
        }
      }
      row += count
    }
    var columns = names
    for lag in 1..<(lagCount + 1) { columns += names.map { "\($0)(t-\(lag))" } }
    return SampleTable(names: columns, values: values)
  }

  /// The number of lags, up to a limit, with the least Bayesian information criterion
  /// `n log det Σₚ + p d² log n`, Σₚ the covariance of the present given p lags: what every order of the variables fits
  /// with all its edges. The same steps count for every number.
  /// - Throws: as ``stacked(lagCount:skipping:)``, and ``StructureLearningError/singularCovariance(_:)``.
  /// - Complexity: O(n (d p)²) for the largest p.
  public func lagCountByBIC(upTo limit: Int) throws(StructureLearningError) -> Int {
    guard limit >= 0 else {
      throw .badOption(name: "the limit of lags", value: "\(limit)", mend: "give a number that is not negative")
    }
    var best = (count: 0, value: Double.infinity)
    for p in 0...limit {
      let covariance = SampleCovariance(try stacked(lagCount: p, skipping: limit))
      let partial = try PartialCovariance(covariance, presentCount: variableCount)
      guard let factor = Cholesky(partial.covariance.matrix) else {
        throw .singularCovariance("the present is a combination of \(p) lags or of itself")
      }
      let d = variableCount, n = Double(covariance.sampleCount)
      let logarithm = (0..<d).reduce(0.0) { $0 + 2 * log(factor.factor[$1, $1]) }
      let value = n * logarithm + Double(p * d * d) * log(n)
      if value < best.value { best = (p, value) }
    }
    return best.count
  }
}
