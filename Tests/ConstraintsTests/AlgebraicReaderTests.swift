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
