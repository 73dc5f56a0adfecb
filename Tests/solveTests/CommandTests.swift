import Foundation
import Testing

#if GLPK
  @Suite("Command")
  struct CommandTests {
    private func object(_ text: String) throws -> [String: Any] {
      try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func theAnswerIsOnStandardOutputAndTheRestIsNot() throws {
      let result = try Command.run(["\(Command.examples)/bakery.json"])
      #expect(result.status == 0)
      #expect(result.output.hasPrefix("status     optimal\nobjective  291\n"))
      #expect(result.errors.contains("class         mixed-integer linear"))
      #expect(try Command.run(["\(Command.examples)/bakery.json", "--quiet"]).errors.isEmpty)
    }

    @Test func jsonHasTheDocumentedKeys() throws {
      let result = try Command.run(["run", "\(Command.examples)/bakery.json", "--json", "-q"])
      let answer = try object(result.output)
      #expect(answer["format"] as? String == "solution")
      #expect(answer["outcome"] as? String == "optimal")
      #expect((answer["objective"] as? [String: Any])?["value"] as? Double == 291)
      for key in ["version", "model", "proof", "termination", "solutions", "duals", "statistics", "plan", "warnings", "run", "check"] {
        #expect(answer[key] != nil, "\(key)")
      }
    }

    @Test func exitCodesSayWhatHappened() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      func code(_ text: String, _ name: String = "m.lp", _ more: [String] = []) throws -> Int32 {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return try Command.run([file.path, "-q"] + more).status
      }
      #expect(try code("min\n x\nst\n c: x >= 1\nend\n") == 0)
      #expect(try code("min\n x\nst\n c: x >= 1\n d: x <= 0\nend\n") == 3)
      #expect(try code("max\n x\nst\n c: x >= 1\nend\n") == 4)
      #expect(try code("min\n x\nst\n c: x >= 1\n d: x <= 0\nend\n", "m.lp", ["--exit-zero"]) == 0)
      #expect(try code("nonsense") == 65)
      #expect(try Command.run(["\(folder.path)/missing.lp"]).status == 66)
      #expect(try Command.run(["m.lp", "--nonsense"]).status == 64)
      #expect(try code("min\n x\nst\n c: x >= 1\nend\n", "m.lp", ["--solver", "glkp"]) == 69)
      #expect(try code("min\n x\nst\n c: x >= 1\nend\n", "m.lp", ["--gap", "-1"]) == 65)
      #expect(try code("min\n x\nst\n c: x >= 1\nend\n", "m.lp", ["-o", "/nowhere/answer.json"]) == 73)
    }

    @Test func optionsOfTheModelAreChecked() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appendingPathComponent("m.json")
      try Data(
        """
        {"format": "algebraic", "version": 1, "variables": {"x": {"lower": 0}},
         "objective": {"minimize": "x"}, "constraints": {"c": "x >= 2"},
         "solve": {"time_limt": 10}}
        """.utf8
      ).write(to: file)
      let result = try Command.run([file.path])
      #expect(result.status == 65)
      #expect(result.errors.contains("O401") && result.errors.contains("time_limit") && result.errors.contains(":3:"))
    }

    @Test func startPointsAreReadAndReported() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let answer = folder.appendingPathComponent("answer.json").path
      #expect(try Command.run(["\(Command.examples)/bakery.json", "-q", "-o", answer]).status == 0)
      let again = try Command.run(["\(Command.examples)/bakery.json", "--start", answer])
      #expect(again.status == 0)
      #expect(again.errors.contains("start answer.json"))
      #expect(again.errors.contains("used, objective 291"))
    }

    @Test func verifyListsViolationsByName() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let point = folder.appendingPathComponent("point.sol")
      try Data("make[bread] 40\nmake[cake] 40\nmake[pie] 40.5\nopen 1\n".utf8).write(to: point)
      let result = try Command.run(["verify", "\(Command.examples)/bakery.json", point.path])
      #expect(result.status == 3)
      #expect(result.output.contains("capacity[oven]") && result.output.contains("make[pie]"))
    }

    @Test(arguments: ["mps", "lp", "mof.json", "json", "mps.gz"])
    func conversionKeepsTheAnswer(ending: String) throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appendingPathComponent("m.\(ending)").path
      let conversion = try Command.run(["convert", "\(Command.examples)/bakery.json", file])
      #expect(conversion.status == 0, "\(conversion.errors)")
      let result = try Command.run([file, "--json", "-q"])
      #expect((try object(result.output)["objective"] as? [String: Any])?["value"] as? Double == 291)
    }

    @Test func nonlinearModels() throws {
      let tank = "\(Command.examples)/tank.json"
      let checked = try Command.run([tank, "--check-derivatives", "--multistart", "3"])
      #expect(checked.status == 0, "\(checked.errors)")
      #expect(checked.errors.contains("derivatives with differences: all agree"))
      #expect(checked.errors.contains("3 of 3 starts"))
      #expect(checked.output.contains("locally optimal"))
      let json = try Command.run([tank, "--json", "-q", "--solver", "auglag", "--multistart", "1"])
      #expect(json.output.contains("\"function_evaluations\""))
      let wrong = try Command.run([tank, "--multistart", "0"])
      #expect(wrong.status == 65 && wrong.errors.contains("a whole number from 1"), "\(wrong.errors)")
      let refused = try Command.run([tank, "--solver", "glpk"])
      #expect(refused.errors.contains("nonlinear, which the solver 'glpk' does not take"), "\(refused.errors)")
    }

    @Test func helpTeaches() throws {
      for command in ["run", "check", "plan", "verify", "convert", "show", "analyze", "solvers", "explain"] {
        let result = try Command.run(["help", command])
        #expect(result.status == 0 && result.output.contains("USAGE"), "\(command)")
      }
      #expect(try Command.run(["explain", "N201"]).output.contains("Mend"))
      #expect(try Command.run(["explain", "N2O1"]).status == 65)
      #expect(try Command.run(["solvers"]).output.contains("glpk"))
      #expect(try Command.run(["manual"]).output.hasPrefix(".TH SOLVE 1"))
      #expect(try Command.run(["--version"]).output.hasPrefix("0."))
    }

    @Test func `help names the solvers' tolerances, and each solver takes them`() throws {
      let help = try Command.run(["help", "run"]).output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for option in ["--feasibility", "--optimality", "--iteration-limit", "--threads", "--method", "--solver"] {
        #expect(help.contains(option))
      }
      #expect(help.contains("1e-7 for glpk, 1e-6 for branch, 1e-7 for simplex, 1e-9 for interior, 1e-6 for outer, 1e-6 for pdhg"))
      for solver in ["glpk", "branch", "simplex", "interior", "pdhg"] {
        let result = try Command.run([
          "\(Command.examples)/transport.json", "--solver", solver, "--feasibility", "1e-5", "--optimality", "1e-5", "--threads",
          "1", "--json",
        ])
        #expect(result.status == 0, "\(solver): \(result.errors)")
        let run = try #require(try object(result.output)["run"] as? [String: Any])
        let options = try #require(run["options"] as? [String: Any])
        #expect(options["feasibility"] as? Double == 1e-5 && options["optimality"] as? Double == 1e-5)
      }
      let wrong = try Command.run(["\(Command.examples)/transport.json", "--feasibility", "2"])
      #expect(wrong.status == 65 && wrong.errors.contains("1e-12"))
    }

    @Test func progressAsJSONLines() throws {
      let result = try Command.run(["\(Command.examples)/bakery.json", "--progress", "json", "--json"])
      let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
      #expect(!lines.isEmpty)
      for line in lines { _ = try object(String(line)) }
      #expect(lines.contains { $0.contains("\"event\":\"incumbent\"") })
    }

    @Test func standardInputIsAFileToo() throws {
      let result = try Command.run(
        ["-", "--format", "lp", "-q"], input: Data("max\n x + y\nst\n c: x + 2 y <= 4\nbounds\n x <= 3\nend\n".utf8))
      #expect(result.status == 0)
      #expect(result.output.contains("objective  3.5"))
    }
  }

  @Suite("Ctrl-C", .serialized)
  struct InterruptTests {
    /// A knapsack with equal ratios: minutes of search, incumbents at once.
    private func hardModel(_ folder: URL) throws -> String {
      var text = "maximize\n"
      let n = 60
      var weights: [Int] = []
      var state: UInt64 = 12345
      for _ in 0..<n {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        weights.append(Int(state >> 33) % 5000 + 5000)
      }
      text += weights.enumerated().map { " + \($1) x\($0)" }.joined(separator: "\n") + "\nsubject to\n"
      for row in 0..<3 {
        text += " c\(row):" + weights.enumerated().map { " + \($1 + ($0 * (row + 3)) % 17) x\($0)" }.joined(separator: "\n")
        text += " <= \(weights.reduce(0, +) / 2 + row)\n"
      }
      text += "binary\n" + (0..<n).map { " x\($0)" }.joined() + "\nend\n"
      let file = folder.appendingPathComponent("hard.lp")
      try Data(text.utf8).write(to: file)
      return file.path
    }

    /// Ships from plants to markets, with costs that look random.
    private func transport(_ plants: Int, _ markets: Int, _ folder: URL) throws -> String {
      func ship(_ p: Int, _ q: Int) -> String { "x\(p)_\(q)" }
      var lines = ["minimize", "cost:"]
      for p in 0..<plants {
        for q in 0..<markets { lines.append(" + \((p * 7919 + q * 104_729) % 997 + 1) \(ship(p, q))") }
      }
      lines.append("subject to")
      for p in 0..<plants {
        lines.append("s\(p): " + (0..<markets).map { ship(p, $0) }.joined(separator: " + ") + " <= \(markets * 10 / plants + 9)")
      }
      for q in 0..<markets {
        lines.append("d\(q): " + (0..<plants).map { ship($0, q) }.joined(separator: " + ") + " >= \(q % 11 + 3)")
      }
      let file = folder.appendingPathComponent("transport.lp")
      try Data((lines + ["end", ""]).joined(separator: "\n").utf8).write(to: file)
      return file.path
    }

    @Test func `the interior-point and the first-order method stop with the point so far`() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let model = try transport(150, 200, folder)
      for solver in ["interior", "pdhg"] {
        let result = try Command.run(
          [model, "--solver", solver, "--feasibility", "1e-12", "--optimality", "1e-12", "--json"], interruptAfter: 0.3, limit: 60)
        // Before the handler is in place the process simply ends, with nothing printed.
        if result.status == -2 { continue }
        #expect([0, 2, 130].contains(result.status), "\(solver): \(result.status) \(result.errors.suffix(300))")
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let reason = (answer["termination"] as? [String: Any])?["reason"] as? String
        #expect(result.status == 0 || reason == "interrupted", "\(solver): \(reason ?? "-")")
        #expect(result.status == 130 || answer["solutions"] != nil, "\(solver)")
        #expect(result.seconds < 20, "\(solver)")
      }
    }

    @Test func fiftyRandomMoments() throws {
      let folder = try Command.folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let model = try hardModel(folder)
      var generator = SystemRandomNumberGenerator()
      var stopped = 0
      for _ in 0..<50 {
        let delay = Double.random(in: 0...0.4, using: &generator)
        let result = try Command.run([model, "--json", "--gap", "0", "--absolute-gap", "0"], interruptAfter: delay, limit: 10)
        if result.status == -2 {
          // Before the handler is in place the process simply ends, with nothing printed.
          #expect(delay < 0.05 && result.output.isEmpty, "after \(delay) s")
          continue
        }
        #expect([0, 2, 130].contains(result.status), "after \(delay) s: \(result.status) \(result.errors.suffix(300))")
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "after \(delay) s")
        let outcome = answer["outcome"] as? String
        #expect(outcome == (result.status == 0 ? "optimal" : result.status == 2 ? "feasible" : "unknown"))
        if result.status == 2 {
          stopped += 1
          #expect((answer["check"] as? [String: Any])?["verdict"] as? String == "confirmed")
          #expect((answer["termination"] as? [String: Any])?["reason"] as? String == "interrupted")
        }
        #expect(result.seconds < delay + 2)
      }
      #expect(stopped > 10)
    }
  }
#endif
