import Testing

@testable import Constraints

/// Reads a text; the diagnostics become the test's failure message.
func readAlgebraic(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> ReadResult {
  try AlgebraicFormat.read(SourceText(file: "test.json", text), options: options)
}

let bakeryText = """
  {
    "format": "algebraic", "version": 1,
    "name": "bakery",

    "sets":  { "P": ["bread", "cake", "pie"], "R": ["oven", "hands"], "T": { "range": [1, 12] } },

    "data":  {
      "profit": { "bread": 3, "cake": 5, "pie": 4 },
      "avail":  { "oven": 120, "hands": 100 },
      "use":    { "keys": ["R", "P"], "values": [[1, 2, 1.5], [2, 1.5, 1]] }, // hours
    },

    "parameters": { "target": 10 },

    "variables": {
      "make": { "over": "p in P", "lower": 0, "upper": 40, "domain": "integer" },
      "open": "binary",
      "slack": { "lower": 0 }
    },

    "objective": { "maximize": "sum(profit[p] * make[p] for p in P) - 25 * open" },

    "constraints": {
      "capacity": { "over": "r in R", "expr": "sum(use[r,p] * make[p] for p in P) <= avail[r]" },
      "door":     "open == 0 => sum(make[p] for p in P) == 0",
      "energy":   "target <= sum(make[p] for p in P) + slack <= 90",
      "variety":  { "over": "p in P where p != 'pie'", "expr": "make[p] <= 0.6 * sum(make[q] for q in P)" }
    },

    "solve": { "time_limit": 10, "gap": 1e-4, "seed": 1 }
  }
  """

@Suite("Algebraic JSON")
struct AlgebraicReaderTests {
  @Test func bakery() throws {
    let result = try readAlgebraic(bakeryText)
    let model = result.model
    #expect(model.name == "bakery")
    #expect(model.variableCount == 5)
    #expect(model.variableNames[1] == "make[cake]")
    #expect(model.domains[0] == .integer && model.domains[3] == .binary)
    #expect(model.upper[0] == 40 && model.lower[4] == 0 && model.upper[4] == .infinity)
    #expect(model.rowNames[0] == "capacity[oven]" && model.rowNames[3] == "variety[bread]")
    #expect(model.rows.terms(0) == [LinearTerm(1, 0), LinearTerm(2, 1), LinearTerm(1.5, 2)])
    #expect(model.rows.upper[1] == 100)
    #expect(model.rows.lower[2] == 10 && model.rows.upper[2] == 90)
    #expect(model.objectives[0].sense == .maximize)
    #expect(model.objectives[0].function.linear.count == 4)
    #expect(model.generalConstraints.count == 1)
    #expect(result.options.map(\.name) == ["time_limit", "gap", "seed"])
    #expect(result.options[0].location.line == 30)
    #expect(result.warnings.count == 1)  // T is never used
    #expect(model.validate().isEmpty)
    var changed = model
    changed.set(changed.parameter(at: 0), to: 20)
    #expect(changed.rows.lower[2] == 20 && changed.rows.upper[2] == 90)
  }
}

extension AlgebraicReaderTests {
  /// Reads sections given without the outer braces.
  func model(_ body: String) throws -> Model { try readAlgebraic("{\(body)}").model }

  @Test func setsAndData() throws {
    let m = try model(
      #"""
      "sets": {"N": {"range": [1, 4]}, "D": {"range": [6, 2, -2]}, "A": "{ (i,j) for i in N, j in N where dist[i,j] < 2 and i != j }",
               "H": {"range": [1, "n"]}, "E": {"tuples": [["a", 1], ["b", 2]]}, "Odd": "{ 2*i - 1 for i in N where i <= 2 }"},
      "data": {"dist": {"over": "i in N, j in N", "expr": "abs(i - j)"}, "n": 3, "home": {"1": "a", "2": "b"},
               "w": {"keys": ["N"], "values": [1, 2, 3, 4]}, "sparse": {"keys": ["N"], "values": {"2": 5}, "default": 1}, "v": [10, 20]},
      "variables": {"x": {"over": "(i,j) in A", "upper": "dist[i,j]"}, "y": {"over": "h in H, k in D"}, "e": {"over": "(p,q) in E"},
                    "o": {"over": "k in Odd", "start": "k"}},
      "constraints": {"flow": {"over": "i in N", "expr": "sum(x[a,b] for (a,b) in A where a == i) - sum(x[a,b] for (a,b) in A where b == i) == sparse[i]"},
                      "home": {"over": "h in H where h <= 2", "expr": "e[home[h], h] <= v[h]"},
                      "chain": {"over": "h in H where h > 1", "expr": "y[h,6] >= y[h-1,6] + w[h]"},
                      "first": {"over": "h in H", "expr": "y[h,2] <= y[h-1,2] default 7"}}
      """#)
    #expect(m.variableNames[0] == "x[1,2]" && m.upper[0] == 1)
    #expect(m.variableCount == 6 + 9 + 2 + 2)
    #expect(m.rowNames[0] == "flow[1]" && m.rows.lower[0] == 1 && m.rows.lower[1] == 5)
    #expect(m.rows.terms(0) == [LinearTerm(1, 0), LinearTerm(-1, 1)])
    #expect(m.rowNames[4] == "home[1]" && m.rows.upper[5] == 20)
    #expect(m.rowNames[6] == "chain[2]" && m.rows.lower[6] == 2)
    #expect(m.rows.upper[8] == 7)
    #expect(m.starts.last == 3 && m.variableNames[18] == "o[3]")
  }

  @Test func logicAndSets() throws {
    let m = try model(
      #"""
      "sets": {"I": {"range": [1, 3]}},
      "variables": {"z": {"over": "i in I", "domain": "binary"}, "x": {"over": "i in I", "lower": 0, "upper": 9}, "t": "real"},
      "constraints": {
        "or": "z[1] or not z[2]", "and": "z[1] and z[2]", "imp": "z[1] => z[2] or z[3]", "any": "any(z[i] for i in I)", "all": "all(z[i] for i in I)",
        "ind": "z[1] => x[1] + 1 <= 3", "off": "not z[1] => 1 <= x[1] <= 2", "re": "z[1] <=> x[2] >= 4", "eq": "z[1] <=> z[2]",
        "key": {"if": "z[2] == 0", "over": "i in I", "expr": "x[i] == 0"},
        "sos": "sos1(x[i] for i in I)", "ad": "alldifferent(x[i] for i in I)", "soc": {"exprs": ["t", "x[i] for i in I"], "in": "SecondOrderCone"},
        "pow": {"exprs": ["x[1]", "x[2]", "t"], "in": {"set": "PowerCone", "exponent": 0.25}},
        "list": ["x[1] <= 3", "x[2] <= 4"], "lazy": {"expr": "x[1] + x[2] <= 5", "lazy": true},
        "named": {"over": "i in I", "expr": "x[i] <= 8", "name_template": "cap_{i}"},
        "norm": "norm2(x[i] for i in I) <= t", "quad": "sum(x[i]^2 for i in I) + x[1]*x[2] <= 10", "nl": "exp(t) + t/x[1] <= 3"}
      """#)
    func row(_ name: String) -> Int { (0..<m.rows.count).first { m.rowNames[$0] == name } ?? -1 }
    #expect(m.rows.lower[row("or")] == 0 && m.rows.lower[row("and")] == 2 && m.rows.lower[row("imp")] == 0)
    #expect(m.rows.lower[row("any")] == 1 && m.rows.lower[row("all")] == 3 && m.rows.lower[row("eq")] == 0)
    let sets = m.generalConstraints.compactMap { c -> (any VectorSet)? in if case .vector(_, let set) = c.body { set } else { nil } }
    #expect((sets[0] as? Indicator)?.activeOn == true)
    if case .scalar(let inner)? = (sets[0] as? Indicator)?.inner { #expect(inner.upper == 2) }
    #expect((sets[1] as? Indicator)?.activeOn == false && sets[2] is Reified && sets[3] is Indicator)
    #expect(sets.contains { ($0 as? SecondOrderCone)?.dimension == 4 } && sets.contains { ($0 as? PowerCone)?.exponent == 0.25 })
    #expect(row("list[2]") >= 0 && row("cap_3") >= 0 && m.lazyRows == [row("lazy")])
    #expect(m.validate().filter { $0.severity == .error }.isEmpty)
  }

  @Test func expressionsAndParameters() throws {
    var m = try model(
      #"""
      "sets": {"I": {"range": [1, 2]}}, "parameters": {"p": 2, "q": {"1": 5, "2": 6}},
      "variables": {"x": {"over": "i in I"}},
      "expressions": {"load": {"over": "i in I", "expr": "2 * x[i] + twice"}, "twice": "2 * k", "k": 3, "cost": {"expr": "p * x[1]", "report": true}},
      "objective": [{"minimize": "sum(load[i] for i in I) + cost", "priority": 2}, {"maximize": "x[1]", "weight": 2, "tolerance": 0.1, "name": "second"}],
      "constraints": {"c": {"over": "i in I", "expr": "q[i] <= p * x[i] + load[i]"}}
      """#)
    #expect(m.objectives[0].function.constant == 12 && m.objectives[0].function.linear == [LinearTerm(4, 0), LinearTerm(2, 1)])
    #expect(m.objectives[1].relativeTolerance == 0.1 && m.objectives[1].name == "second" && m.namedExpressions.count == 1)
    #expect(m.rows.values == [-4, -4] && m.rows.upper == [1, 0])
    m.set(m.parameter(at: 0), to: 10)
    #expect(m.rows.values == [-12, -12] && m.objectives[0].function.linear[0].coefficient == 12)
  }

  @Test(arguments: [0, 1, 2]) func writerRoundTrip(_ which: Int) throws {
    let m: Model
    switch which {
    case 0: m = try readAlgebraic(bakeryText).model
    case 1:
      m = try model(
        #"""
        "sets": {"I": ["it's", "a b", "3"], "J": {"range": [1, 2]}}, "data": {"u": {"it's": 3, "a b": "inf", "3": 5}},
        "variables": {"x": {"over": "i in I", "upper": "u[i]"}, "we`ird name": {"lower": -2, "start": 1}, "y": {"over": "i in I, j in J", "domain": "integer", "start": "j"},
                      "z": "binary", "s": {"domain": "semicontinuous", "lower": 2, "upper": 3}},
        "objective": {"minimize": "exp(x['it''s'] * `we``ird name`) + 2*x[3]^2 + sin(cos(y[3,1] + 1)) + log(1 + exp(z)) + 4"},
        "constraints": {"e": {"over": "i in I", "expr": "sum(y[i,j] for j in J) + z >= 1"}, "i": "z => x[3] <= 3", "r": "z <=> x[3] >= 1",
          "n": "-1 <= x[3]*y[3,1] - x['a b']/y[3,2] + min(z, x[3], 4) <= 1e-7", "sos": "sos2(x[i] for i in I)",
          "l": {"expr": "z <= 1", "lazy": true}}
        """#)
    default:
      var built = Model("built")
      let x = built.variable("x", in: 0...3)
      let y = built.variables("y", over: ["a", "b"], in: 0...)
      built.subject { x + y["a"] <= 3 }
      built.subject(to: "same") { x ** 3 + y["b"] / x <= 3 }
      built.subject(to: "nl") { exp(x * y["a"]) + exp(x * y["a"]) * sin(x) <= x }
      built.maximize(x - y["a"] * y["b"] + 5)
      m = built
    }
    let written = try AlgebraicFormat.write(m, options: WriteOptions())
    let text = String(decoding: written.bytes, as: UTF8.self)
    do {
      let again = try readAlgebraic(text)
      #expect(again.model.difference(from: m) == nil, "\(text)")
      #expect(try AlgebraicFormat.write(again.model, options: WriteOptions()).bytes == written.bytes)
    } catch { #expect(Bool(false), "\(error)\n\(text)") }
    let mof = try MathOptFormat.write(m, options: WriteOptions())
    let other = try MathOptFormat.read(SourceText(file: "mof", bytes: mof.bytes), options: ReadOptions())
    // MathOptFormat has neither lazy rows nor places for names.
    let difference = other.model.difference(from: m)
    switch which {
    case 0: #expect(difference == nil)
    case 1: #expect(difference == "rows [] are lazy against [3]")
    default: #expect(difference?.contains("is called 'c1' against") ?? false)
    }
  }

  @Test func millionPairs() throws {
    let text = """
      {"sets": {"I": {"range": [1, 1000]}, "J": {"range": [1, 1000]}},
       "data": {"supply": {"over": "i in I", "expr": "100 + i"}, "demand": {"over": "j in J", "expr": "50 + j / 10"},
                "cost": {"over": "i in I, j in J", "expr": "1 + abs(i - j) / 7"}},
       "variables": {"ship": {"over": "i in I, j in J", "lower": 0}},
       "objective": {"minimize": "sum(cost[i,j] * ship[i,j] for i in I, j in J)"},
       "constraints": {"out": {"over": "i in I", "expr": "sum(ship[i,j] for j in J) <= supply[i]"},
                       "in": {"over": "j in J", "expr": "sum(ship[i,j] for i in I) >= demand[j]"}}}
      """
    let clock = ContinuousClock()
    var result: ReadResult?
    let time = try clock.measure { result = try readAlgebraic(text) }
    print("algebraic: 10^6 variables, 3*10^6 terms in \(time)")
    let m = try #require(result?.model)
    #expect(m.variableCount == 1_000_000 && m.rows.entryCount == 2_000_000 && m.objectives[0].function.linear.count == 1_000_000)
    #expect(time < .seconds(15))
  }
}
