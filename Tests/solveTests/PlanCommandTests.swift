import Foundation
import Testing

#if GLPK
  @Suite("solve plan and the curvature report of solve check")
  struct PlanCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
      try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func file(_ text: String, in folder: URL) throws -> String {
      let url = folder.appendingPathComponent("m.json")
      try Data(text.utf8).write(to: url)
      return url.path
    }

    @Test func `the plan shows each rewriting, the form and the solver`() throws {
      let text = try Command.run(["plan", "\(Command.examples)/depot.json"])
      #expect(text.status == 0)
      #expect(text.output.contains("reach: quadratic to cone, 1 cone of 4 rows, rank 2 of 2 variables"))
      #expect(text.output.contains("form          conic"))
      #expect(text.output.contains("6 second-order, 1 rotated"))
      #expect(text.output.contains("solver        interior"))
      let json = try object(try Command.run(["plan", "\(Command.examples)/depot.json", "--json"]).output)
      let steps = try #require(json["steps"] as? [[String: Any]])
      #expect(steps.map { $0["constraint"] as? String } == ["the objective", "reach"])
      let form = try #require(json["form"] as? [String: Any])
      #expect(form["kind"] as? String == "conic")
      #expect(form["cones"] as? Int == 7)
      #expect(((json["order"] as? [[String: Any]])?.first?["solver"] as? String) == "interior")
    }

    @Test func `the plan says what a step of each method costs, and what presolve did`() throws {
      let path = "\(Command.examples)/tariff.json"
      let text = try Command.run(["plan", path, "--solver", "interior"])
      #expect(text.output.contains("solver        interior: asked for"))
      #expect(text.output.contains("costs         glpk: each iteration solves with a basis of order"))
      #expect(text.output.contains("interior: each iteration a factor of"))
      #expect(text.output.contains("pdhg: each iteration two products with"))
      let json = try object(try Command.run(["plan", path, "--json"]).output)
      let factor = try #require(json["factor"] as? [String: Any])
      let presolve = try #require(json["presolve"] as? [String: Any])
      let rows = try #require(presolve["rows"] as? Int)
      #expect(try #require(factor["entries"] as? Int) >= rows)
      #expect(presolve["rules"] is [String: Any])
      #expect((json["takers"] as? [String])?.contains("pdhg") == true)
    }

    @Test func `a model without a solver says why`() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let path = try file(
        """
        {"format": "algebraic", "version": 1, "variables": {"x": {"lower": 0, "upper": 3}, "y": {"lower": 0, "upper": 3, "domain": "integer"}},
         "objective": {"minimize": "x + y"}, "constraints": {"wave": "exp(x) - y >= 1.5", "lens": "x^2 + y^2 <= 4"}}
        """, in: folder)
      let plan = try Command.run(["plan", path])
      #expect(plan.status == 65)
      #expect(plan.errors.contains("'wave' is nonlinear and not convex: 'exp(x)' is convex and is bounded from below"))
      #expect(plan.errors.contains("variable 'y' is integer"))
      let check = try Command.run(["check", path])
      #expect(check.status == 0)
      #expect(check.output.contains("'wave': not convex; it is convex, and >= takes a concave function"))
      #expect(check.output.contains("'lens': convex"))
      let json = try object(try Command.run(["check", path, "--json"]).output)
      let curvature = try #require(json["curvature"] as? [String: Any])
      #expect(curvature["convex"] as? Bool == false)
      #expect((curvature["parts"] as? [[String: Any]])?.count == 3)
    }

    @Test func `a nonlinear model is planned with its derivatives`() throws {
      let path = "\(Command.examples)/tank.json"
      let plan = try Command.run(["plan", path])
      #expect(plan.status == 0, "\(plan.errors)")
      #expect(plan.output.contains("form          nonlinear: 2 functions, 2 variables, Jacobian of 3 entries, Hessian of 2 entries"))
      #expect(plan.output.contains("solver        barrier"))
      let json = try object(try Command.run(["plan", path, "--json"]).output)
      #expect((json["form"] as? [String: Any])?["hessian_entries"] as? Int == 2)
      #expect(try Command.run(["check", path]).output.contains("nonlinear form: barrier, auglag"))
    }

    @Test func `presolve is counted unless it is switched off`() throws {
      let path = "\(Command.examples)/transport.json"
      #expect(try Command.run(["plan", path]).output.contains("presolve      leaves"))
      #expect(try Command.run(["plan", path, "--no-presolve"]).output.contains("presolve      off"))
      #expect(try Command.run(["plan", path, "--solver", "glkp"]).output.contains("there is no solver called 'glkp'"))
    }
  }
#endif
