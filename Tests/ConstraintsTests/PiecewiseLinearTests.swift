import Testing

@testable import Constraints

@Suite("Piecewise linear functions")
struct PiecewiseLinearTests {
  private let wave = PiecewiseLinear(places: [-2, 0, 1, 3, 4], values: [1, 3, 0, 0, 5])

  @Test func `values lie on the lines through the corners, and beyond them on the last ones`() throws {
    let f = try #require(wave)
    for (x, y) in [(-2.0, 1.0), (-1, 2), (0, 3), (0.5, 1.5), (1, 0), (2, 0), (3, 0), (3.5, 2.5), (4, 5), (5, 10), (-4, -1)] {
      #expect(abs(f.value(at: x) - y) <= 1e-12, "\(x)")
    }
  }

  @Test func `corners must increase, be finite, and come with one value each`() {
    #expect(PiecewiseLinear(places: [0], values: [0]) == nil)
    #expect(PiecewiseLinear(places: [0, 0], values: [0, 1]) == nil)
    #expect(PiecewiseLinear(places: [0, 1, 0.5], values: [0, 1, 2]) == nil)
    #expect(PiecewiseLinear(places: [0, 1], values: [0, 1, 2]) == nil)
    #expect(PiecewiseLinear(places: [0, 1], values: [0, .infinity]) == nil)
  }

  @Test func `the expression has the value of the function`() throws {
    let functions = [
      try #require(wave), try #require(PiecewiseLinear(places: [0, 1, 2], values: [0, 1, 4])),
      try #require(PiecewiseLinear(places: [0, 1, 2], values: [0, 3, 4])),
      try #require(PiecewiseLinear(places: [0, 2], values: [1, 7])),
    ]
    for f in functions {
      var model = Model()
      let x = model.variable("x")
      let y = model.variable("y")
      model.minimize(f(x - 2 * y))
      for k in -20...20 {
        let point = [Double(k) / 4, Double(k % 3)]
        let value = Checker().objective(of: point, in: model)
        #expect(abs(value - f.value(at: point[0] - 2 * point[1])) <= 1e-12, "\(f) \(point)")
      }
    }
    let constant = functions[0](Expression(2.5))
    #expect(constant.isConstant && constant.constant == 0)
  }

  @Test func `bends tell the curvature`() throws {
    func curvature(_ values: [Double]) -> Curvature {
      var model = Model()
      let x = model.variable("x")
      model.minimize(piecewise(x, through: zip([0, 1, 2, 3], values).map { (x: $0, y: $1) }))
      return ModelCurvature(model).entries[0].curvature
    }
    #expect(curvature([0, 1, 3, 7]) == .convex)
    #expect(curvature([0, 4, 6, 7]) == .concave)
    #expect(curvature([0, 2, 4, 6]) == .affine)
    #expect(curvature([0, 2, 2, 4]) == .unknown)
  }

  @Test func `a model in JSON gives the corners as they are or from data`() throws {
    let text = """
      {"sets": {"K": {"range": [1, 3]}, "C": ["place", "value"]},
       "data": {"tariff": {"keys": ["K", "C"], "values": [[0, 0], [10, 50], [30, 90]]},
                "known": {"expr": "piecewise(20, 0, 0, 10, 50, 30, 90)"}},
       "variables": {"x": {"lower": 0, "upper": 40}},
       "objective": {"minimize": "piecewise(x, 0, 0, 10, 50, 30, 90) - known"},
       "constraints": {"same": "piecewise(x, tariff[k,c] for k in K, c in C) <= 80"}}
      """
    let model = try ModelFormats.read(SourceText(file: "m.json", text)).model
    #expect(abs(Checker().objective(of: [20], in: model)) <= 1e-12)
    #expect(Checker().check(point: [25], of: model).violationCount == 0)
    #expect(Checker().check(point: [25.1], of: model).violationCount == 1)
  }
}
