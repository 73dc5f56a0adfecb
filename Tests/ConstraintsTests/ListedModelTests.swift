import Testing

@testable import Constraints

@Suite("Models written as lists")
struct ListedModelTests {
  private let text = """
    {
      "name": "hs071", "origin": "a book", "best_known": 17.014,
      "sense": "minimize",
      "variables": [
        {"name": "x1", "lower": 1, "upper": 5, "start": 1},
        {"name": "x2", "lower": 1, "upper": 5, "start": 5},
        {"name": "x3", "lower": 1, "upper": null, "start": 5},
        {"name": "x4"}
      ],
      "objective": "x1*x4*(x1 + x2 + x3) + x3",
      "constraints": [
        {"name": "e1", "expression": "x1*x2*x3*x4", "lower": 25, "upper": null},
        {"name": "e2", "expression": "x1^2 + x2^2 + x3^2 + x4^2", "lower": 40, "upper": 40},
        {"name": "e3", "expression": "x1 + 2*x2 - 1", "lower": null, "upper": 9}
      ]
    }
    """

  @Test func `variables, sides and starts come out as they are written`() throws {
    let model = try readAlgebraic(text).model
    #expect(model.variableCount == 4 && model.variableNames[2] == "x3")
    #expect(model.lower == [1, 1, 1, -.infinity] && model.upper == [5, 5, .infinity, .infinity])
    #expect(Array(model.starts.prefix(3)) == [1, 5, 5] && model.starts[3].isNaN)
    #expect(model.rows.count == 1 && model.rows.upper[0] == 10 && model.rows.lower[0] == -.infinity)
    #expect(model.generalConstraints.count == 2)
    guard case .scalar(_, let set) = model.generalConstraints[0].body else { return #expect(Bool(false)) }
    #expect(set.lower == 25 && set.upper == .infinity)
    #expect(Checker().objective(of: [1, 2, 3, 4], in: model) == 1 * 4 * 6 + 3)
  }

  @Test func `maximizing is said in the sense`() throws {
    let model = try readAlgebraic(#"{"variables":[{"name":"x","upper":2}],"sense":"max","objective":"x","constraints":[]}"#).model
    #expect(model.objectives[0].sense == .maximize)
  }

  @Test(arguments: [
    (#"{"variables":[{"lower":1}],"sense":"min","objective":"1","constraints":[]}"#, "needs \"name\""),
    (#"{"variables":[{"name":"x"},{"name":"x"}]}"#, "has the name of a variable"),
    (#"{"variables":[{"name":"x"}],"constraints":[{"expression":"x"},{"lower":1}]}"#, "needs \"expression\""),
    (#"{"variables":[{"name":"x"}],"constraints":[{"expression":"x","lower":3,"upper":2}]}"#, "above the upper side"),
    (#"{"variables":[{"name":"x"}],"constraints":[{"expression":"x <= 3"}]}"#, "not a comparison"),
    (#"{"variables":[{"name":"x"}],"constraints":[{"expression":"y"}]}"#, "y"),
    (#"{"variables":[{"name":"x"}],"constraints":[{"expression":"x","lower":"a"}]}"#, "'lower' must be a number"),
    (#"{"variables":[{"name":"x","uper":3}],"constraints":[]}"#, "upper"),
    (#"{"variables":[{"name":"x"}],"sense":"most","objective":"x"}"#, "'sense' must be"),
    (#"{"variables":[{"name":"x"}],"sense":"min","objective":{"minimize":"x"}}"#, "'sense' goes with"),
    (#"{"variables":[3]}"#, "must be an object"),
  ])
  func `mistakes are reported with their place`(text: String, message: String) throws {
    do throws(ConstraintsError) {
      _ = try AlgebraicFormat.read(SourceText(file: "test.json", text), options: ReadOptions())
      Issue.record("accepted")
    } catch {
      #expect(error.rendered.contains(message), "\(error.rendered)")
      #expect(error.rendered.contains("test.json:1:"))
    }
  }
}
