import Testing

@testable import Constraints

@Suite("Advice of the algebraic reader")
struct AlgebraicAdviceTests {
  static func diagnostics(_ sections: String) -> [Diagnostic] {
    do {
      return try readAlgebraic("{\(sections)}").warnings
    } catch ConstraintsError.invalid(let found) {
      return found
    } catch {
      return []
    }
  }

  static func constraint(_ text: String) -> [Diagnostic] {
    diagnostics(
      """
      "sets": {"P": ["bread", "cake"], "T": {"range": [1, 3]}}, "variables": {"make": {"over": "p in P"}, "x": {"over": "t in T"},
      "u": "real", "v": "real"}, "objective": {"minimize": "sum(make[p] for p in P) + sum(x[t] for t in T) + u + v"},
      "constraints": {"bad": "\(text)"}
      """)
  }

  @Test func nothingIsSaidAboutTheRestOfAFailedConstraint() {
    let found = Self.constraint("make['bred'] <= 3")
    #expect(found.map(\.code) == [.missingData], "\(found.map(\.message))")
    #expect(Self.constraint("u * log(-1) <= 3").allSatisfy { $0.code != .alwaysTrue })
    #expect(Self.constraint("0 <= 3").map(\.code) == [.alwaysTrue])
  }

  @Test func wordsAreNotRepeated() {
    #expect(Self.constraint("0 >= 3").map(\.message) == ["constraint 'bad' has no variables and can never hold"])
  }

  @Test(arguments: [
    ("make[bread] <= 3", "write 'bread' in quotes"), ("make[bred] <= 3", nil),
    ("sum(x[t] * make[p] for t in T for p in P) <= 3", "separate generators by commas: for t in T, p in P"),
    ("sum(x[t] for t in T where t > 1 for p in P) <= 3", "write for t in T, p in P where ..."),
    ("x[7] <= 3", "restrict the loop with 'where', or write x[...] default 0"),
  ])
  func mends(_ text: String, _ mend: String?) {
    let found = Self.constraint(text)
    #expect(found.count == 1 && found[0].mend == mend, "\(found.map { "\($0.message) \($0.mend ?? "")" })")
  }

  @Test(arguments: [("type", "\"integer\"", "domain"), ("min", "0", "lower"), ("max", "0", "upper"), ("lb", "0", "lower")])
  func wordsOfOthers(_ key: String, _ value: String, _ right: String) {
    let found = Self.diagnostics(#""variables": {"x": {"\#(key)": \#(value)}}"#).filter { $0.severity == .error }
    #expect(found.map(\.mend) == ["write \"\(right)\""], "\(found)")
  }

  @Test func numbersHaveNoNearOnes() {
    let found = Self.diagnostics(#""sets": {"I": [1, 4]}, "data": {"d": {"keys": ["I"], "values": {"3": 1}}}, "variables": {}"#)
    #expect(found.first { $0.severity == .error }.map { $0.mend == nil } ?? false, "\(found)")
  }

  @Test func semicontinuousFromZero() throws {
    let model = try readAlgebraic(
      #"{"variables": {"s": {"domain": "semicontinuous", "upper": 5}, "k": "semiinteger", "t": {"domain": "semicontinuous", "lower": 2, "upper": 3}}}"#
    ).model
    #expect(model.lower == [0, 0, 2] && model.upper == [5, .infinity, 3])
    let found = Self.diagnostics(#""variables": {"s": {"domain": "semiinteger", "lower": "-inf", "upper": 5}}"#)
    #expect(found.first?.message == "the semiinteger variable 's' has no finite lower bound", "\(found)")
    #expect(found.first?.location?.pointer == "/variables/s/lower")
  }

  @Test func defaultsFromDataAndParameters() throws {
    let model = try readAlgebraic(
      #"""
      {"sets": {"T": {"range": [1, 2]}}, "data": {"s": 5, "d": {"1": 7, "2": 8}}, "parameters": {"p": 3, "q": {"1": 4, "2": 6}},
       "variables": {"x": {"over": "t in T"}},
       "constraints": {"a": {"over": "t in T", "expr": "x[t] - x[t-1] default s <= 10"}, "b": {"over": "t in T", "expr": "x[t] - x[t-1] default d[t] <= 10"},
                       "c": {"over": "t in T", "expr": "x[t] - x[t-1] default p <= 10"}, "e": {"over": "t in T", "expr": "x[t] - x[t-1] default (2 * q[t]) <= 10"}}}
      """#
    ).model
    #expect(model.rows.count == 8)
    #expect((0..<8).map { model.rows.upper[$0] } == [15, 10, 17, 10, 13, 10, 18, 10])
    #expect(model.rows.terms(0) == [LinearTerm(1, 0)])
    var changed = model
    changed.set(changed.parameter(at: 0), to: 20)
    #expect(changed.rows.upper[4] == 30)
  }

  @Test func conjunctionsAfterImplications() throws {
    let model = try readAlgebraic(
      #"""
      {"variables": {"z": "binary", "w": "binary", "x": "real", "y": "real"},
       "constraints": {"c": "z => x <= 3 and (y >= 1 and w)", "d": {"expr": "x == 1 and y == 2", "if": "not z"}}}
      """#
    ).model
    #expect(model.generalConstraints.count == 4 && model.rows.count == 1)
    #expect(model.rowNames[0] == "c[3]")
    #expect(model.generalNames[0] == "c[1]" && model.generalNames[1] == "c[2]")
  }

  @Test(arguments: [
    (#"{"constraints": {"a/b": {"expr": x <= 1}}}"#, "/constraints/a~1b/expr"), (#"{"data": {"d": [1, [2, tru]]}}"#, "/data/d/1"),
    (#"{"data": {"d": 1 "e": 2}}"#, "/data"), (#"{"data": {"d": 1, "e": 2, "d": 3}}"#, "/data/d"), (#"{"data": {"d": "#, "/data/d"),
    (#"{"data": {"d": 01}}"#, "/data/d"), (#"{} {}"#, nil), ("", nil),
  ])
  func syntaxErrorsHavePointers(_ text: String, _ pointer: String?) {
    do {
      _ = try readAlgebraic(text)
      Issue.record("accepted")
    } catch ConstraintsError.invalid(let found) {
      #expect(found.first?.location?.pointer == pointer, "\(found)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
