import Constraints
import Foundation
import Testing

@Suite("The command why")
struct WhyCommandTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private let overbooked = "\(Command.examples)/overbooked.json"

  @Test func `an infeasible example is explained by name, with what to change`() throws {
    let result = try Command.run(["why", overbooked])
    #expect(result.status == 3)
    for text in [
      "4 requirements that cannot hold together; none can be left out",
      "capacity[painting]: at least 30 + 45 + 18 = 93 > 80", "sum: 0 >= 130, which cannot be",
      "relax capacity[painting] by 13, at most 93 in place of 80", "then the objective reaches 2770",
      "relax promise[tables] by 8.66666667",
    ] { #expect(result.output.contains(text), "\(text)") }
    #expect(try Command.run(["why", overbooked, "--exit-zero", "-q"]).status == 0)
  }

  @Test func `a solve of an infeasible model points to the explanation`() throws {
    let result = try Command.run([overbooked, "-q"])
    #expect(result.status == 3)
    #expect(result.output.contains("`solve why`"))
  }

  @Test func `json has all its keys, whatever the verdict`() throws {
    let keys: Set<String> = [
      "format", "version", "model", "verdict", "termination", "checks", "conflicts", "corrections", "complete",
      "relaxation", "relaxation_reason", "alternatives", "ray", "warnings",
    ]
    let infeasible = try object(try Command.run(["why", overbooked, "--json", "--all", "-q"]).output)
    #expect(Set(infeasible.keys) == keys)
    #expect(infeasible["verdict"] as? String == "infeasible")
    #expect(infeasible["complete"] as? Bool == true)
    let conflicts = try #require(infeasible["conflicts"] as? [[String: Any]])
    #expect((conflicts[0]["members"] as? [[String: Any]])?.count == 4)
    #expect(conflicts[0]["minimal"] as? Bool == true)
    #expect((infeasible["corrections"] as? [Any])?.count == 4)
    let feasible = try Command.run(["why", "\(Command.examples)/diet.json", "--json", "-q"])
    #expect(feasible.status == 0)
    #expect(Set(try object(feasible.output).keys) == keys)
  }

  @Test func `locks, weights and goals are honoured, and their slips are named`() throws {
    let locked = try Command.run(["why", overbooked, "--lock", "capacity*", "--suggest", "max"])
    #expect(!locked.output.contains("relax capacity"))
    #expect(locked.output.contains("relax promise"))
    let family = try Command.run(["why", overbooked, "--lock", "promise", "--lock", "capacity"])
    #expect(family.output.contains("none: everything is locked") || !family.output.contains("relax promise"))
    let slip = try Command.run(["why", overbooked, "--lock", "capacty[painting]"])
    #expect(slip.errors.contains("capacity[painting]"))
    #expect(try Command.run(["why", overbooked, "--weight", "capacity"]).status == 65)
    #expect(try Command.run(["why", overbooked, "--suggest", "most"]).status == 64)
    #expect(try Command.run(["why", overbooked, "--limit", "0"]).status == 64)
    #expect(try Command.run(["why", overbooked, "--check-limit", "soon"]).status == 64)
    #expect(!(try Command.run(["why", overbooked, "--suggest", "none"]).output.contains("relax")))
  }

  @Test func `the conflict can be written as a model, which is infeasible`() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let core = folder.appendingPathComponent("core.lp").path
    #expect(try Command.run(["why", overbooked, "--write-model", core]).status == 3)
    let model = try ModelFormats.read(path: core).model
    #expect(model.rows.count == 4)
    #expect(try Command.run([core, "-q"]).status == 3)
  }

  @Test func `crossed bounds, unbounded models and wrong ones`() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func why(_ text: String, _ more: [String] = []) throws -> Command.Result {
      let file = folder.appendingPathComponent("m.lp")
      try Data(text.utf8).write(to: file)
      return try Command.run(["why", file.path] + more)
    }
    let unbounded = try why("max\n x + y\nst\n c: x - y <= 1\nend\n")
    #expect(unbounded.status == 4)
    #expect(unbounded.output.contains("way out") && unbounded.output.contains("an upper bound on"))
    #expect(try why("nonsense").status == 65)
    #expect(try Command.run(["why", "\(folder.path)/missing.lp"]).status == 66)
    let crossed = try why("min\n x\nst\n c: x >= 0\nbounds\n x >= 3\n x <= 1\nend\n")
    #expect([3, 65].contains(crossed.status))
  }

  @Test func `a pool is printed and written, each point with its violation`() throws {
    let result = try Command.run(["\(Command.examples)/bakery.json", "--pool", "3"])
    #expect(result.status == 0)
    #expect(result.output.contains("pool       the 3 best points"))
    let answer = try object(try Command.run(["\(Command.examples)/bakery.json", "--pool", "3", "--json", "-q"]).output)
    let points = try #require(answer["solutions"] as? [[String: Any]])
    #expect(points.count == 3)
    #expect(points.allSatisfy { $0["violation"] != nil })
    let values = points.compactMap { $0["objective"] as? Double }
    #expect(values == values.sorted(by: >))
    #expect((answer["pool"] as? String)?.contains("best") == true)
  }
}
