import Testing

@testable import Constraints

@Suite("Errors of algebraic JSON")
struct AlgebraicErrorTests {
  /// A small model around one constraint.
  static func model(constraint: String) -> String {
    """
    {"sets": {"I": ["a", "b"], "T": {"range": [1, 3]}}, "data": {"d": {"a": 1, "b": 2}, "z": 0, "m": {"a": {"a": 1}}},
    "variables": {"x": {"over": "i in I", "lower": 0}, "s": {"over": "t in T"}, "b": "binary", "y": "real"},
    "constraints": {"c": \(constraint)}}
    """
  }

  // Columns count from the opening quote or brace of the constraint.
  @Test(arguments: [
    (#""x[a] <= 1""#, "N201", 3), (#""xx['a'] <= 1""#, "N201", 1), (#""2y <= 1""#, "T502", 1), (#""y < 1""#, "T505", 1),
    (#""y <= ""#, "T501", 6), (#""y <= 1 2""#, "T501", 8), (#""y <= (1""#, "T501", 8), (#""y <= 1 >= 0""#, "T501", 1),
    (#""1 <= y >= 0""#, "T501", 1), (#""y != 3 < 2""#, "T501", 1), (#""x <= 1""#, "T504", 1), (#""x['a','b'] <= 1""#, "T504", 1),
    (#""y + 'a' <= 1""#, "T503", 5), (#""y""#, "T507", 1), (#""y + 1""#, "T503", 0), (#""sum(x[i] for i in J) <= 1""#, "N201", 19),
    (#""sum(x[y] for y in I) <= 1""#, "N203", 14), (#""sum(x[i] for i in I where x[i] >= 1) <= 1""#, "T503", 27),
    (#""y <= 1 / z""#, "D604", 10), (#""x['c'] <= 1""#, "D601", 1), (#""sum(s[t-1] for t in T) <= 1""#, "D601", 5),
    (#""sum(m[i,j] for i in I, j in I) <= y""#, "D601", 5), (#""y <= log(-1)""#, "D604", 6), (#""3 <= 2""#, "M305", 1),
    (#""y => y <= 3""#, "T507", 1), (#""foo(y) <= 3""#, "N201", 1), (#""exp(y, y) <= 3""#, "T504", 1),
    (#""y <= inf - inf""#, "M302", 1), (#""5 <= y <= 3""#, "M303", 1), (#""y <= `y""#, "T501", 6),
    (#""y # 3""#, "T501", 3), (#""y <= 1e999""#, "J005", 6), (#"{"expr": "y <= 1", "oer": "i in I"}"#, "N201", 19),
    (#"{"over": "i in I"}"#, "J012", 0), (#"5"#, "J011", 0), (#"{"expr": 7}"#, "J011", 9), (#""not y < 3""#, "T505", 5),
    (#""s[1.5] <= 3""#, "T503", 3), (#""(b or y) => y <= 3""#, "T507", 7), (#"{"exprs": ["y"], "in": "SecondOrderCon"}"#, "N201", 23),
    (#"{"exprs": ["y", "b"], "in": {"set": "PowerCone", "exponent": 0.3}}"#, "M308", 28), (#""y <= 1 && b == 1""#, "T501", 8),
    (#""y =< 1""#, "T501", 3), (#""alldifferent(y <= 1)""#, "T503", 14), (#""x['a'] default y <= 3""#, "T503", 16),
    (#""y <= element(y)""#, "N201", 6), (#""piecewise(y, 0, 1, 2, 3, 4) <= 1""#, "T503", 1),
    (#""piecewise(y, 1, 0, 0, 3) <= 1""#, "T503", 1), (#""piecewise(y, 0, y, 2, 3) <= 1""#, "T503", 17), (#""min(x[i] for i in I where i == 'q') <= 1""#, "D604", 1),
  ])
  func constraints(_ text: String, _ code: String, _ column: Int) {
    let error = firstError { _ = try readAlgebraic(Self.model(constraint: text)) }
    #expect(error?.code == code, "\(text): \(error?.text ?? "accepted")")
    #expect(error?.line == 3 && error?.column == 22 + column, "\(text): \(error?.line ?? 0):\(error?.column ?? 0) \(error?.text ?? "")")
  }

  @Test func positionsThroughEscapes() {
    let error = firstError { _ = try readAlgebraic(#"{"variables": {"x": "real"}, "constraints": {"c": "\u0078 \t+ zzz <= 1"}}"#) }
    #expect(error?.code == "N201" && error?.column == 63, "\(error?.text ?? "")")
  }

  @Test func missingCombinationsAreCounted() {
    let text = """
      {"sets": {"R": ["oven", "hands"], "P": ["bread", "cake", "pie"]},
       "data": {"use": {"oven": {"bread": 1, "cake": 2, "pie": 1.5}, "hands": {"bread": 2, "cake": 1.5}}},
       "variables": {"make": {"over": "p in P"}},
       "constraints": {"capacity": {"over": "r in R", "expr": "sum(use[r,p] * make[p] for p in P) <= 9"}}}
      """
    let error = firstError { _ = try readAlgebraic(text) }
    #expect(error?.text.contains("use['hands','pie'] has no value; 1 of 6 combinations missing") ?? false, "\(error?.text ?? "")")
  }

  @Test func suggestionsAndSeveralErrors() {
    let text = """
      {"sets": {"P": ["bread"]}, "data": {"profit": {"bread": 1}}, "variables": {"make": {"over": "p in P"}, "q": {"domain": "intger"}},
       "objective": {"maximize": "sum(profitt[p] * make[p] for p in P) + sum(profitt[p] for p in Q)"}, "constrains": {}}
      """
    do {
      _ = try readAlgebraic(text)
      #expect(Bool(false))
    } catch ConstraintsError.invalid(let found) {
      #expect(found.count == 4, "\(found.map(\.message))")
      #expect(found.contains { $0.mend == "did you mean 'profit'?" })
      #expect(found.contains { $0.mend == "did you mean 'integer'?" })
      #expect(found.contains { $0.mend == "did you mean 'constraints'?" })
      #expect(found.contains { $0.message == "unknown set 'Q'" })
    } catch {}
  }

  @Test(arguments: [
    (#"{"expressions": {"a": "b + 1", "b": "a + 1"}}"#, "N204"), (#"{"sets": {"A": "{ i for i in A }"}}"#, "N204"),
    (#"{"sets": {"A": ["x", "x"]}}"#, "D603"), (#"{"sets": {"A": {"range": [1, 1e18]}}}"#, "D602"),
    (#"{"sets": {"A": {"range": [1, 1000000000000]}}}"#, "D605"), (#"{"sets": {"A": {"range": [1, 2, 0]}}}"#, "D602"),
    (#"{"sets": {"A": {"range": [1.5, 2]}}}"#, "D602"), (#"{"sets": {"A": {"tuples": [[1, 2], [3]]}}}"#, "D602"),
    (#"{"sets": {"A": [[], []]}}"#, "D602"), (#"{"sets": {"A": [null]}}"#, "D602"), (#"{"sets": 5}"#, "J011"),
    (#"{"sets": {"A": {"rnge": [1, 2]}}}"#, "J012"), (#"{"data": {"a": {"x": 1, "y": {"z": 2}}}}"#, "D602"),
    (#"{"data": {"a": {"csv": "no/such/file.csv"}}}"#, "D606"), (#"{"data": {"x": 1}, "variables": {"x": "real"}}"#, "N203"),
    (#"{"variables": {"sum": "real"}, "constraints": {"c": "sum <= 1 +"}}"#, "T501"), (#"{"variables": {"inf": "real"}}"#, "N203"),
    (#"{"variables": {"x": {"lower": 5, "upper": 3}}}"#, "M303"), (#"{"variables": {"x": {"lower": "y"}, "y": "real"}}"#, "T503"),
    (#"{"variables": {"x": {"lower": [1]}}}"#, "J011"), (#"{"variables": {"x": {"lower": true}}}"#, "J011"),
    (#"{"variables": {"x": "boolean"}}"#, "N201"), (#"{"variables": {"x": 5}}"#, "J011"), (#"{"variables": {"x": {"stage": 2}}}"#, "T506"),
    (#"{"objective": "x"}"#, "J011"), (#"{"objective": {"minimise": "1"}}"#, "J012"), (#"{"objective": {}}"#, "J012"),
    (#"{"objective": {"minimize": "1", "maximize": "2"}}"#, "D602"), (#"{"objective": {"minimize": "1 <= 2"}}"#, "T503"),
    (#"{"objective": {"minimize": "1", "weight": -1}}"#, "J011"), (#"{"solve": {"gap": []}}"#, "O402"),
    (#"{"uncertainty": {}}"#, "T506"), (#"{"graph": {}}"#, "T506"), (#"{"version": 2}"#, "T506"), (#"{"format": "mps"}"#, "J011"),
    (#"[]"#, "J011"), (#"{"parameters": {"p": "x"}}"#, "D602"), (#"{"parameters": {"p": "inf"}}"#, "D602"),
    (#"{"sets": {"A": {"range": [1, 10000]}}, "variables": {"x": {"over": "i in A, j in A, k in A, l in A, m in A"}}}"#, "D605"),
    (#"{"sets": {"A": {"range": [1, 100000]}}, "objective": {"minimize": "sum(i*j for i in A, j in A)"}}"#, "D605"),
    (#"{"sets": {"A": {"range": [1, 4000000]}}, "variables": {"x": {"over": "i in A where count(1 == 1 for j in A) > 0"}}}"#, "D605"),
    (#"{"constraints": {"": "1 <= 2"}}"#, "T501"), (#"{"constraints": {"c": {"expr": "1 <= 2", "weight": 3}}}"#, "T506"),
    (#"{"data": {"d": {"keys": ["A"], "values": [1]}}}"#, "N201"), (#"{"sets": {"A": [1, 2]}, "data": {"d": {"keys": ["A"], "values": [1]}}}"#, "D602"),
    (#"{"sets": {"A": [1, 2]}, "data": {"d": {"keys": ["A"], "values": {"3": 1}}}}"#, "D602"),
    (#"{"variables": {"x": {"over": "i in"}}}"#, "T501"), (#"{"variables": {"x": {"over": 3}}}"#, "J011"),
    (#"{"variables": {"x": {"fix": {"where": "1 == 1"}}}}"#, "J012"), (#"{"variables": {"x": {"over": "i in A"}}}"#, "N201"),
  ])
  func sections(_ text: String, _ code: String) {
    let error = firstError { _ = try readAlgebraic(text) }
    #expect(error?.code == code, "\(text): \(error?.text ?? "accepted")")
    #expect((error?.line ?? 0) > 0)
  }

  @Test func unknownParameter() {
    var options = ReadOptions()
    options.parameters = [("targt", 3)]
    let error = firstError { _ = try readAlgebraic(bakeryText, options) }
    #expect(error?.code == "N201" && error?.text.contains("did you mean 'target'?") ?? false)
  }

  @Test func deepExpressions() {
    for deep in [
      String(repeating: "(", count: 5000) + "y" + String(repeating: ")", count: 5000) + " <= 1",
      String(repeating: "-", count: 5000) + "y <= 1", String(repeating: "not ", count: 5000) + "b",
      "y <= " + Array(repeating: "2", count: 5000).joined(separator: "^"),
      Array(repeating: "b", count: 5000).joined(separator: " => "),
      String(repeating: "exp(", count: 5000) + "y" + String(repeating: ")", count: 5000) + " <= 1",
    ] {
      let error = firstError { _ = try readAlgebraic(Self.model(constraint: "\"\(deep)\"")) }
      #expect(error?.code == "J009", "\(error?.text.prefix(200) ?? "accepted")")
    }
    let long = Array(repeating: "y", count: 50_000)
    for joint in [" + ", " - "] {
      #expect(throws: Never.self) { try readAlgebraic(Self.model(constraint: "\"\(long.joined(separator: joint)) <= 1\"")) }
    }
    #expect(throws: Never.self) {
      try readAlgebraic(Self.model(constraint: "\"\(Array(repeating: "2", count: 500).joined(separator: " * ")) / 1e300 * y <= 1\""))
    }
    #expect(throws: Never.self) { try readAlgebraic(Self.model(constraint: "\"\(Array(repeating: "b", count: 50_000).joined(separator: " or "))\"")) }
  }
}
