import Testing

@testable import Constraints

@Suite("Logic and globals in the algebraic format")
struct AlgebraicLogicTests {
  private func read(_ constraints: String, _ more: String = "") throws -> Model {
    let text = """
      {"sets": {"I": {"range": [1, 3]}, "P": ["a", "b"]},
       "data": {"cost": {"1": 5, "2": 7, "3": 4}, "weight": {"1": 2, "2": 3, "3": 2}\(more)},
       "variables": {"x": {"over": "i in I", "lower": 1, "upper": 3, "domain": "integer"}, "a": "binary", "b": "binary",
                     "k": {"lower": 1, "upper": 3, "domain": "integer"}, "y": {"lower": 0, "upper": 9}},
       "constraints": {\(constraints)}}
      """
    return try readAlgebraic(text).model
  }

  /// Which points of x, a, b, k are feasible, with y = 2.
  private func feasible(_ model: Model) -> [[Double]] {
    var result: [[Double]] = []
    for code in 0..<(27 * 4 * 3) {
      let x = [code % 3, code / 3 % 3, code / 9 % 3].map { Double($0 + 1) }
      let point = x + [Double(code / 27 % 2), Double(code / 54 % 2), Double(code / 108 + 1), 2]
      if Checker().check(point: point, of: model).violationCount == 0 { result.append(point) }
    }
    return result
  }

  private func expect(
    _ constraint: String, _ more: String = "", _ location: Testing.SourceLocation = #_sourceLocation,
    _ holds: (_ x: [Double], _ a: Bool, _ b: Bool, _ k: Int) -> Bool
  ) throws {
    let model = try read(constraint, more)
    let found = feasible(model)
    let all = feasible(try read(""))
    let expected = all.filter { holds(Array($0.prefix(3)), $0[3] == 1, $0[4] == 1, Int($0[5])) }
    #expect(found == expected, "\(constraint): \(found.count) of \(expected.count)", sourceLocation: location)
    // What is written reads back as the same.
    let written = try AlgebraicFormat.write(model, options: WriteOptions())
    let again = try readAlgebraic(String(decoding: written.bytes, as: UTF8.self)).model
    #expect(feasible(again) == expected, "\(constraint)", sourceLocation: location)
  }

  @Test func `formulas of comparisons and binaries`() throws {
    try expect(#""c": "x[1] <= 1 or x[2] >= 3 or a""#) { x, a, _, _ in x[0] <= 1 || x[1] >= 3 || a }
    try expect(#""c": "not (x[1] == 2 and a)""#) { x, a, _, _ in !(x[0] == 2 && a) }
    try expect(#""c": "a and x[1] >= 2 => b or x[2] == 1""#) { x, a, b, _ in !(a && x[0] >= 2) || b || x[1] == 1 }
    try expect(#""c": "(a or b) <=> x[1] + x[2] <= 3""#) { x, a, b, _ in (a || b) == (x[0] + x[1] <= 3) }
    try expect(#""c": "x[1] != x[2]""#) { x, _, _, _ in x[0] != x[1] }
    try expect(#""c": "a => x[1] != 2""#) { x, a, _, _ in !a || x[0] != 2 }
    try expect(#""c": "not a <=> x[1] == 3""#) { x, a, _, _ in !a == (x[0] == 3) }
    try expect(#""c": "a <=> x[1] <= 2""#) { x, a, _, _ in a == (x[0] <= 2) }
    try expect(#""c": "all(x[i] >= 2 for i in I) or any(x[i] == k for i in I)""#) { x, _, _, k in
      x.allSatisfy { $0 >= 2 } || x.contains(Double(k))
    }
    try expect(#""c": "1 <= x[1] <= 2 or b""#) { x, _, b, _ in x[0] <= 2 || b }
  }

  @Test func `counts and choices`() throws {
    try expect(#""c": "count(x[i] == 3 for i in I) <= 1""#) { x, _, _, _ in x.count { $0 == 3 } <= 1 }
    try expect(#""c": "count(x[i] != k for i in I) == 2""#) { x, _, _, k in x.count { $0 != Double(k) } == 2 }
    try expect(#""c": "ifelse(x[1] >= 2, x[2], x[3]) <= k""#) { x, _, _, k in (x[0] >= 2 ? x[1] : x[2]) <= Double(k) }
    try expect(#""c": "ifelse(a, 2, 3) == k""#) { _, a, _, k in (a ? 2 : 3) == k }
  }

  @Test func `elements of data and of variables`() throws {
    let cost = [5.0, 7, 4]
    try expect(#""c": "cost[k] >= 5""#) { _, _, _, k in cost[k - 1] >= 5 }
    try expect(#""c": "cost[x[1]] + cost[x[2]] <= 10""#) { x, _, _, _ in cost[Int(x[0]) - 1] + cost[Int(x[1]) - 1] <= 10 }
    try expect(#""c": "x[k] == 2""#) { x, _, _, k in x[k - 1] == 2 }
    try expect(#""c": "cost[k+1] <= 6""#) { _, _, _, k in k < 3 && cost[k] <= 6 }
    try expect(#""c": "cost[k+1] default 0 <= 6""#) { _, _, _, k in k == 3 || cost[k] <= 6 }
    let table = #", "pair": {"1": {"2": 1, "3": 5}, "2": {"1": 2, "3": 6}, "3": {"1": 3, "2": 4}}"#
    let pair = [[nil, 1, 5], [2, nil, 6], [3, 4, nil]] as [[Double?]]
    try expect(#""c": "pair[2,x[1]] <= 9""#, table) { x, _, _, _ in x[0] != 2 }
    try expect(#""c": "pair[x[1],x[2]] <= 4""#, table) { x, _, _, _ in (pair[Int(x[0]) - 1][Int(x[1]) - 1] ?? 9) <= 4 }
  }

  @Test func `sets of whole families`() throws {
    try expect(#""c": "alldifferent(x)""#) { x, _, _, _ in Set(x).count == 3 }
    try expect(#""c": "circuit(x)""#) { x, _, _, _ in x == [2, 3, 1] || x == [3, 1, 2] }
    try expect(#""c": "binpacking(x, weight, 4)""#) { x, _, _, _ in
      let weights = [2.0, 3, 2]
      return (1...3).allSatisfy { (bin: Int) -> Bool in
        var load = 0.0
        for i in 0..<3 where x[i] == Double(bin) { load += weights[i] }
        return load <= 4
      }
    }
    let rows = #", "rows": {"1": {"1": 1, "2": 2}, "2": {"1": 2, "2": 1}, "3": {"1": 3, "2": 3}}"#
    try expect(#""c": "table(x[1], x[2], rows)""#, rows) { x, _, _, _ in [[1, 2], [2, 1], [3, 3]].contains([x[0], x[1]]) }
    try expect(#""c": "nooverlap(x[1], x[2], 1, 2)""#) { x, _, _, _ in x[0] + 1 <= x[1] || x[1] + 2 <= x[0] }
    try expect(#""c": "cumulative(x, weight, 1, 1, 2, 2)""#) { x, _, _, _ in
      let (durations, demands) = ([2.0, 3, 2], [1.0, 1, 2])
      return x.allSatisfy { (now: Double) -> Bool in
        var load = 0.0
        for i in 0..<3 where x[i] <= now && now < x[i] + durations[i] { load += demands[i] }
        return load <= 2
      }
    }
  }

  @Test func `mistakes are named`() {
    for (constraint, words) in [
      (#""c": "k or a""#, "'k' is not binary"), (#""c": "a or alldifferent(x)""#, "can't be a part of a formula"),
      (#""c": "nooverlap(x[1], x[2], 1)""#, "a duration for each start"), (#""c": "binpacking(x, 1, 2)""#, "a weight for each item"),
      (#""c": "cost['a'] + cost[k+7] <= 1""#, "cost"), (#""c": "a => y < 3""#, "strict"),
    ] {
      do {
        _ = try read(constraint)
        Issue.record("\(constraint) was accepted")
      } catch { #expect("\(error)".contains(words), "\(constraint): \(error)") }
    }
  }
}
