/// Limits that cuts must keep to.
struct CutOptions: Sendable {
  /// Right-hand sides of rows to be rounded have at least this fractional part. Default 0.01: below it the cut is
  /// hardly violated by points near whole ones and rounding errors decide.
  var leastFraction = 0.01
  /// And at most this. Default 0.99: continuous columns enter with a factor `1 / (1 - fraction)`.
  var mostFraction = 0.99
  /// Largest ratio between entries of one cut; smaller entries are replaced by their bounds. Default 1e6.
  var dynamism = 1e6
  /// Distance of the point from the cut below which it is not returned. Default 1e-4.
  var efficacy = 1e-4
  /// Cuts with more than `supportShare` of all columns plus `supportBase` entries are not returned. Defaults 0.1, 1000.
  var supportShare = 0.1
  var supportBase = 1000
  /// Entries this small against the largest that entered their sum are rounding errors. Default 1e-13.
  var noise = 1e-13
  /// Cuts whose largest entry is this small against the terms it is the sum of are not returned. Default 1e-7.
  var cancellation = 1e-7
  /// Right-hand sides are relaxed by this much against the largest number that entered. Default 1e-11.
  var relaxation = 1e-11
  /// Distance from a bound or a whole number within which a point counts as there. Default 1e-6.
  var integrality = 1e-6
  /// Rows that a path aggregates at most. Default 6 (H. Marchand and L. A. Wolsey, 2001).
  var pathLength = 6
  /// Divisors tried for one row. Default 15.
  var divisors = 15
  /// Columns whose complementation is tried for one row. Default 12.
  var complements = 12
  /// Rows and columns of the system modulo 2 at most, the tightest and the furthest from bounds. Defaults 1000, 1000.
  var parityRows = 1000
  var parityColumns = 1000
  /// Zero-half cuts that one call returns at most, the most violated. Default 200.
  var zeroHalfLimit = 200
  /// Literals above 0 among which cliques are searched, the largest. Default 1500.
  var cliqueVertices = 1500
  /// Entries that one call of a separator may look at. Default 6,000,000: some hundredths of a second.
  var effort = 6_000_000
  /// Cuts that one call of a separator returns at most. Default 2,000.
  var cutLimit = 2_000
}
