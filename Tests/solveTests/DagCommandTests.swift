import Foundation
import Testing

@Suite("The command solve dag")
struct DagCommandTests {
  /// A folder with simulated samples and their true graph.
  private final class Workplace {
    let folder: URL
    var data: String { path("data.csv") }
    var truth: String { path("truth.csv") }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    init(nodes: Int = 8, samples: Int = 400, _ more: [String] = []) throws {
      folder = try Command.folder()
      let arguments = ["dag", "simulate", "--nodes", "\(nodes)", "--samples", "\(samples)", "--out", data, "--edges-out", truth]
      let result = try Command.run(arguments + more)
      #expect(result.status == 0, "\(result.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func `A graph is learned, proven and shown beside the simple answers`() throws {
    let place = try Workplace()
    let result = try Command.run(["dag", place.data, "--truth", place.truth])
    #expect(result.status == 0, "\(result.errors)")
    for words in ["400 samples of 8 variables", "16 edges", "proof", "optimal", "sort by variance", "empty graph", "SHD 0"] {
      #expect(result.output.contains(words), "\(words)")
    }
    #expect(try Command.run(["dag", "fit", place.data, "--truth", place.truth]).output == result.output)
  }

  @Test func `The same seed gives the same graph and the JSON tells all about it`() throws {
    let place = try Workplace()
    let result = try Command.run(["dag", place.data, "--truth", place.truth, "--no-exact", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let answer = try object(result.output)
    #expect((answer["nodes"] as? [String])?.count == 8)
    #expect((answer["edges"] as? [[String: Any]])?.count == 16)
    #expect((answer["order"] as? [String]).map { Set($0).count } == 8)
    let score = try #require(answer["score"] as? [String: Any])
    let value = try #require(score["value"] as? Double), bound = try #require(score["bound"] as? Double)
    #expect(bound <= value && value < 1.2 * bound)
    #expect((answer["baselines"] as? [[String: Any]])?.count == 2)
    #expect((answer["comparison"] as? [String: Any])?["shd"] as? Int == 0)
    #expect(((answer["edges"] as? [[String: Any]])?.first?["t"] as? Double).map { abs($0) > 3 } == true)
    let again = try object(try Command.run(["dag", place.data, "--no-exact", "--json"]).output)
    #expect(again["order"] as? [String] == answer["order"] as? [String])
  }

  @Test func `The example of the farm is learned with all its directions`() throws {
    let farm = "\(Command.examples)/farm.csv", truth = "\(Command.examples)/farm-edges.csv"
    let result = try Command.run(["dag", farm, "--truth", truth])
    #expect(result.status == 0 && result.output.contains("SHD 0"), "\(result.output)")
    #expect(result.output.contains("soil -> growth") && result.output.contains("optimal"))
  }

  @Test func `The answer printed in the README is the one given`() throws {
    let readme = try String(contentsOfFile: Command.examples + "/../README.md", encoding: .utf8)
    let block = try #require(readme.components(separatedBy: "```text\n").first { $0.hasPrefix("data ") && $0.contains("farm") })
    let folder = URL(fileURLWithPath: Command.examples).deletingLastPathComponent().path
    let result = try Command.run(["dag", "\(folder)/Examples/farm.csv", "--bootstrap", "200", "-q"])
    let printed = block.components(separatedBy: "```")[0].replacingOccurrences(of: "Examples/farm.csv", with: "\(folder)/Examples/farm.csv")
    #expect(result.output == printed)
  }

  @Test func `The figures of the walk through the signalling data are those given`() throws {
    let folder = (ProcessInfo.processInfo.environment["SOLVE_DATA"] ?? "../shared/data") + "/dag/sachs"
    guard FileManager.default.fileExists(atPath: folder) else { return print("skipped: no \(folder)") }
    let cells = "\(folder)/sachs_observational_853.csv", truth = "\(folder)/edges_17_consensus.csv"
    for (preparation, score, shd, correct, classes) in [
      ([], "ls", 13, 5, 10), ([], "bic", 13, 4, 11), (["--standardize"], "ls", 15, 3, 10), (["--log", "--standardize"], "bic", 13, 4, 11),
    ] as [([String], String, Int, Int, Int)] {
      let result = try Command.run(["dag", cells, "--truth", truth, "--score", score, "--json"] + preparation)
      let comparison = try #require(try object(result.output)["comparison"] as? [String: Any])
      #expect(comparison["shd"] as? Int == shd)
      #expect(comparison["correct"] as? Int == correct)
      #expect(comparison["class_shd"] as? Int == classes)
    }
  }

  @Test(arguments: ["topo", "notears", "dagma"])
  func `Other methods find the farm's graph or nearly so, and say what they are`(_ method: String) throws {
    let arguments = ["dag", "\(Command.examples)/farm.csv", "--truth", "\(Command.examples)/farm-edges.csv", "--json", "--method", method]
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    let answer = try object(result.output)
    #expect(try #require((answer["comparison"] as? [String: Any])?["shd"] as? Int) <= 3)
    let score = try #require(answer["score"] as? [String: Any])
    #expect(try #require(score["bound"] as? Double) <= (try #require(score["value"] as? Double)))
    #expect((answer["baselines"] as? [[String: Any]])?.count == 2)
  }

  @Test func `The best BIC with few parents is proven`() throws {
    let result = try Command.run(["dag", "\(Command.examples)/farm.csv", "--parents", "2", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let score = try #require(try object(result.output)["score"] as? [String: Any])
    #expect(score["proof"] as? String == "optimal" && score["kind"] as? String == "BIC")
  }

  @Test func `Binary data and counts have their own losses`() throws {
    for (mechanism, weights) in [("logistic", "1..2"), ("poisson", "0.3..0.5")] {
      let place = try Workplace(nodes: 4, samples: 2000, ["--graph", "SF1", "--mechanism", mechanism, "--weights", weights])
      let result = try Command.run(["dag", place.data, "--method", "notears", "--score", mechanism, "--l1", "0.01", "--json"])
      #expect(result.status == 0, "\(result.errors)")
      let answer = try object(result.output)
      #expect((answer["score"] as? [String: Any])?["kind"] as? String == "loss")
      #expect(try #require(answer["edges"] as? [Any]).count >= 1)
      #expect(try Command.run(["dag", place.data, "--score", mechanism]).status == 64)
    }
  }

  @Test(arguments: ["order", "dynotears"])
  func `A panel of series has effects within a step and of earlier ones`(_ method: String) throws {
    let place = try Workplace(nodes: 4, samples: 300, ["--graph", "ER1", "--lags", "1", "--series", "3"])
    let penalty = method == "order" ? [] : ["--l1", "0.01"]
    let arguments = ["dag", place.data, "--lags", "1", "--panel", "series", "--truth", place.truth, "--method", method]
    let result = try Command.run(arguments + penalty)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("(t-1) -> ") && result.output.contains("past alone"))
    #expect(result.output.contains("897 samples of 4 variables with 1 lag, from 3 series"))
    #expect(try Command.run(["dag", place.data, "--panel", "series"]).status == 64)
    let score = try object(try Command.run(arguments + penalty + ["--json"]).output)["score"] as? [String: Any]
    let value = try #require(score?["value"] as? Double), refitted = try #require(score?["refitted"] as? Double)
    #expect(value <= refitted && refitted < 1.1 * value)
  }

  @Test func `Effects over time that could be chance are left out, and knowledge holds within a step or names a lag`() throws {
    let place = try Workplace(nodes: 8, samples: 300, ["--graph", "ER0"])
    let noise = try Command.run(["dag", place.data, "--lags", "5"])
    #expect(noise.status == 0 && noise.output.contains(" 0 edges, by"), "\(noise.output)\(noise.errors)")
    let all = try Command.run(["dag", place.data, "--lags", "1", "--critical", "0"])
    #expect(all.output.contains("x0(t-1) -> x1 ") && all.output.contains("92 edges"), "\(all.output)\(all.errors)")
    let without = try Command.run(["dag", place.data, "--lags", "1", "--critical", "0", "--forbid", "x0(t-1):x1"])
    #expect(!without.output.contains("x0(t-1) -> x1 ") && without.output.contains("91 edges"), "\(without.errors)")
    let required = try Command.run(["dag", place.data, "--lags", "1", "--require", "x2:x3", "--root", "x2"])
    #expect(required.output.contains("x2 -> x3"), "\(required.errors)")
    #expect(try Command.run(["dag", place.data, "--lags", "1", "--forbid", "x0(t-2):x1"]).status == 65)
  }

  @Test func `What does not go with time series is refused with a mend`() throws {
    let place = try Workplace(nodes: 3, samples: 30, ["--graph", "ER1"])
    let refused = [
      ["--missing", "drop"], ["--score", "bic"], ["--score", "logistic", "--method", "notears"], ["--parents", "2"],
      ["--critical", "3", "--method", "dynotears"], ["--critical", "3", "--method", "notears"], ["--l1", "0.1"],
      ["--threshold", "0.1"],
    ]
    for options in refused {
      let result = try Command.run(["dag", place.data, "--lags", "1"] + options)
      #expect(result.status == 64, "\(options)")
    }
    let many = try Command.run(["dag", place.data, "--lags", "15"])
    #expect(many.status == 64 && many.errors.contains("give fewer lags"), "\(many.errors)")
    let alone = try Command.run(["dag", place.data, "--lags", "1", "--panel", "x0"])
    #expect(alone.status == 64 && alone.errors.contains("no series is longer"), "\(alone.errors)")
    let path = try Command.run(["dag", place.data, "--lags", "1", "--method", "dagma"])
    #expect(path.status == 0 && path.output.contains("DAGMA"), "\(path.errors)")
  }

  @Test func `Redrawn data say how often an edge comes back`() throws {
    let place = try Workplace()
    let result = try Command.run(["dag", place.data, "--bootstrap", "20", "--json", "--out", place.path("g.svg")])
    #expect(result.status == 0, "\(result.errors)")
    let answer = try object(result.output)
    let edges = try #require(answer["edges"] as? [[String: Any]])
    let frequencies = edges.compactMap { $0["frequency"] as? Double }
    #expect(frequencies.count == edges.count)
    #expect(frequencies.allSatisfy { $0 >= 0 && $0 <= 1 } && frequencies.contains { $0 > 0.9 })
    #expect((answer["bootstrap"] as? [String: Any])?["replicates"] as? Int == 20)
    #expect(try text(place.path("g.svg")).contains("in all bootstrap replicates"))
    let halves = try Command.run(["dag", place.data, "--bootstrap", "20", "--halves"])
    #expect(halves.output.contains("frequency") && halves.output.contains("wrong in expectation"))
    #expect(try Command.run(["dag", place.data, "--halves"]).status == 64)
  }

  @Test func `Files are written in the format of their name`() throws {
    let place = try Workplace()
    let names = ["g.svg", "g.csv", "g.json", "g.dot", "g.graphml"]
    let result = try Command.run(["dag", place.data] + names.flatMap { ["--out", place.path($0)] })
    #expect(result.status == 0, "\(result.errors)")
    #expect(try text(place.path("g.svg")).hasPrefix("<svg"))
    #expect(try text(place.path("g.csv")).hasPrefix("from,to,weight,t"))
    #expect(try text(place.path("g.dot")).hasPrefix("digraph"))
    #expect(try text(place.path("g.graphml")).contains("<graphml"))
    #expect(try object(try text(place.path("g.json")))["method"] != nil)
    let back = try Command.run(["dag", "compare", place.path("g.csv"), place.truth, "--json"])
    #expect(try object(back.output)["shd"] as? Int == 0)
    let wrong = try Command.run(["dag", place.data, "--out", place.path("g.pdf")])
    #expect(wrong.status == 64 && wrong.errors.contains(".svg"))
    #expect(try Command.run(["dag", place.data, "--out", "/nowhere/g.svg"]).status == 73)
  }

  @Test func `Knowledge is kept, and contradictions are named`() throws {
    let place = try Workplace()
    let free = try object(try Command.run(["dag", place.data, "--json"]).output)
    let edge = try #require((free["edges"] as? [[String: Any]])?.first)
    let from = try #require(edge["from"] as? String), to = try #require(edge["to"] as? String)
    func edges(_ arguments: [String]) throws -> [(String, String)] {
      let result = try Command.run(["dag", place.data, "--json"] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      return try #require(try object(result.output)["edges"] as? [[String: Any]]).map { ($0["from"] as! String, $0["to"] as! String) }
    }
    #expect(try !edges(["--forbid", "\(from):\(to)"]).contains { $0 == (from, to) })
    #expect(try edges(["--require", "\(to):\(from)"]).contains { $0 == (to, from) })
    #expect(try !edges(["--root", to]).contains { $0.1 == to })
    #expect(try !edges(["--leaf", from]).contains { $0.0 == from })
    #expect(try !edges(["--tiers", "\(to);\(from)"]).contains { $0 == (from, to) })
    #expect(try !edges(["--forbid", "*:\(to)"]).contains { $0.1 == to })
    let cycle = try Command.run(["dag", place.data, "--require", "x0:x1", "--require", "x1:x0"])
    #expect(cycle.status == 65 && cycle.errors.contains("x0 -> x1 -> x0") || cycle.errors.contains("x1 -> x0 -> x1"))
    let unknown = try Command.run(["dag", place.data, "--forbid", "x0:x9y"])
    #expect(unknown.status == 65 && unknown.errors.contains("there is no node 'x9y'"))
  }

  @Test func `Options that would do nothing are refused`() throws {
    let place = try Workplace()
    let lists = [
      ["--method", "notears", "--exact"], ["--lags", "1", "--exact"], ["--method", "mlp", "--score", "bic"],
      ["--l1", "0.1"], ["--threshold", "0.1"], ["--method", "dagma", "--start", place.truth], ["--time-limit", "soon"],
      ["--forbid", "x0"], ["--require", "x0:x0"], ["--tiers", "x0;x0"],
    ]
    for list in lists {
      let result = try Command.run(["dag", place.data] + list)
      #expect(result.status == 64, "\(list): \(result.errors)")
    }
    #expect(try Command.run(["dag", "simulate", "--nodes", "0"]).status == 64)
    #expect(try Command.run(["dag", "simulate", "--scales", "0"]).status == 64)
  }

  @Test func `Columns of a covariance are left out by name`() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("cov.csv")
    try Data("ab,bc,cd\n2,1,0.5\n1,3,1\n0.5,1,4\n".utf8).write(to: file)
    let basis = ["dag", "--covariance", file.path, "--samples", "100"]
    let result = try Command.run(basis + ["--without", "bc"])
    #expect(result.status == 0 && result.output.contains("of 2 variables"), "\(result.errors)")
    let unknown = try Command.run(basis + ["--without", "bd"])
    #expect(unknown.status == 65 && unknown.errors.contains("did you mean"))
    #expect(try Command.run(basis + ["--missing", "mean"]).status == 64)
  }

  @Test func `A file that is read is not written over`() throws {
    let place = try Workplace()
    let before = try text(place.truth)
    let result = try Command.run(["dag", place.data, "--truth", place.truth, "--out", place.truth])
    #expect(result.status == 64 && result.errors.contains("write over"), "\(result.errors)")
    #expect(try text(place.truth) == before)
  }

  @Test func `A proof over at most some parents says so, and no simple answer is better`() throws {
    let place = try Workplace()
    let result = try Command.run(["dag", place.data, "--parents", "1"])
    #expect(result.status == 0 && result.output.contains("no graph with at most 1 parent a node has a lower score"))
    let answer = try object(try Command.run(["dag", place.data, "--parents", "1", "--json"]).output)
    let score = try #require(answer["score"] as? [String: Any])
    let value = try #require(score["value"] as? Double)
    let baselines = try #require(answer["baselines"] as? [[String: Any]])
    for baseline in baselines {
      let other = try #require(baseline["score"] as? Double)
      #expect(other >= value - 1e-9)
    }
  }

  @Test func `Bad tables are refused with the place and a mend`() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func run(_ text: String, _ arguments: [String] = []) throws -> Command.Result {
      let file = folder.appendingPathComponent("table.csv")
      try Data(text.utf8).write(to: file)
      return try Command.run(["dag", file.path] + arguments)
    }
    let gap = "a,b\n1,2\n,4\n3,1\n7,5\n"
    let refused = try run(gap)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("table.csv:3:1") && refused.errors.contains("--missing drop"))
    #expect(try run(gap, ["--missing", "drop"]).output.contains("3 samples of 2 variables"))
    #expect(try run(gap, ["--missing", "mean"]).output.contains("4 samples of 2 variables"))
    let word = try run("a,b\n1,2\n3,four\n", ["--errors", "json"])
    #expect(word.status == 65)
    let line = try object(String(word.errors.split(separator: "\n")[0]))
    #expect(line["line"] as? Int == 3 && line["column"] as? Int == 3)
    #expect(try run("a,a\n1,2\n3,5\n").errors.contains("both called 'a'"))
    #expect(try run("a,b\n1,2\n3\n").errors.contains("table.csv:3"))
    #expect(try run("").status == 65)
    #expect(try run("a\n1\n2\n4\n").status == 0)
    #expect(try Command.run(["dag", folder.path + "/none.csv"]).status == 66)
    #expect(try Command.run(["dag"]).status == 64)
    #expect(try run("a,b\n1,-2\n3,5\n", ["--log"]).errors.contains("has no logarithm"))
  }

  @Test func `A covariance is as good as the samples`() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("cov.csv")
    try Data("a,b\n1,2\n2,5\n".utf8).write(to: file)
    let result = try Command.run(["dag", "--covariance", file.path, "--samples", "500", "--score", "ls"])
    #expect(result.status == 0, "\(result.errors)")
    // Residual variances 1 and 1 along a -> b, 5 and 0.2 along b -> a.
    #expect(result.output.contains("a -> b") && result.output.contains("least squares     1 of the whole order,"))
    #expect(try Command.run(["dag", "--covariance", file.path]).status == 64)
  }

  @Test func `A given graph is judged against the best one`() throws {
    let place = try Workplace()
    #expect(try Command.run(["dag", place.data, "--out", place.path("best.csv")]).status == 0)
    let good = try Command.run(["dag", "certify", place.data, place.path("best.csv"), "--tolerance", "0.01"])
    #expect(good.status == 0 && good.output.contains("verdict"), "\(good.errors)")
    let file = place.path("bad.csv")
    // All true edges turned round.
    let lines = try text(place.truth).split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    try Data(("from,to\n" + lines.map { "\($0[1]),\($0[0])\n" }.joined()).utf8).write(to: URL(fileURLWithPath: file))
    let bad = try Command.run(["dag", "certify", place.data, file, "--json"])
    #expect(bad.status == 1)
    let verdict = try object(bad.output)
    #expect(verdict["is_best_found"] as? Bool == false && verdict["proof"] as? String == "optimal")
    let covariance = place.path("cov.csv")
    try Data("x0,x1\n1,2\n2,5\n".utf8).write(to: URL(fileURLWithPath: covariance))
    try Data("x0,x1\n".utf8).write(to: URL(fileURLWithPath: file))
    let known = try Command.run(["dag", "certify", "--covariance", covariance, "--samples", "50", file])
    #expect(known.status == 0 && known.output.contains("no order has a lower score"), "\(known.errors)")
    #expect(try Command.run(["dag", "certify", place.data]).status == 64)
    let cyclic = place.path("cyclic.csv")
    try Data("from,to\nx0,x1\nx1,x0\n".utf8).write(to: URL(fileURLWithPath: cyclic))
    let refused = try Command.run(["dag", "certify", place.data, cyclic])
    #expect(refused.status == 65 && refused.errors.contains("cyclic.csv:3:1"))
  }

  @Test func `Graphs are compared and drawn in four colours`() throws {
    let folder = try Command.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func file(_ name: String, _ text: String) throws -> String {
      let url = folder.appendingPathComponent(name)
      try Data(text.utf8).write(to: url)
      return url.path
    }
    let found = try file("found.csv", "a,b\nc,b\nd,a\n"), truth = try file("truth.csv", "a,b\nb,c\nc,d\n")
    let result = try Command.run(["dag", "compare", found, truth])
    #expect(result.status == 0)
    #expect(result.output.contains("SHD 3: 1 correct, 1 reversed, 1 extra, 1 missed"))
    let picture = try Command.run(["dag", "draw", found, "--truth", truth, "--title", "A < B"])
    #expect(picture.status == 0 && picture.output.contains("A &lt; B"))
    for words in ["correct (1)", "reversed (1)", "extra (1)", "missed (1)"] { #expect(picture.output.contains(words)) }
    let json = folder.appendingPathComponent("g.json").path
    #expect(try Command.run(["dag", "draw", found, "--truth", truth, "--out", json]).status == 0)
    #expect((try object(try text(json))["edges"] as? [[String: Any]])?.compactMap { $0["verdict"] as? String }.count == 4)
    let unknown = try Command.run(["dag", "compare", found, truth, "--nodes", "a,b,c,dd"])
    #expect(unknown.status == 65 && unknown.errors.contains("there is no node 'd'"))
  }

  @Test func `Simulated data are the same for the same seed, and sizes are checked`() throws {
    let one = try Command.run(["dag", "simulate", "--graph", "SF2", "--nodes", "6", "--samples", "5", "--seed", "3"])
    let two = try Command.run(["dag", "simulate", "--graph", "SF2", "--nodes", "6", "--samples", "5", "--seed", "3"])
    #expect(one.status == 0 && one.output == two.output)
    #expect(one.output.hasPrefix("x0,x1,x2,x3,x4,x5\n") && one.output.split(separator: "\n").count == 6)
    for mechanism in ["logistic", "poisson", "mlp", "index", "gp", "additive-gp"] {
      let result = try Command.run(["dag", "simulate", "--nodes", "6", "--samples", "9", "--mechanism", mechanism])
      #expect(result.status == 0 && result.output.split(separator: "\n").count == 10)
    }
    let series = try Command.run(["dag", "simulate", "--graph", "ER1", "--nodes", "4", "--samples", "9", "--lags", "2", "--series", "2"])
    #expect(series.status == 0 && series.output.hasPrefix("series,x0") && series.output.split(separator: "\n").count == 19)
    #expect(try Command.run(["dag", "simulate", "--graph", "ER9", "--nodes", "6"]).status == 64)
    #expect(try Command.run(["dag", "simulate", "--graph", "XY2"]).status == 64)
    #expect(try Command.run(["dag", "simulate", "--scales", "2..1"]).status == 64)
  }

  @Test func `A long search stops at its limit or when interrupted, with the best graph so far`() throws {
    let place = try Workplace(nodes: 60, samples: 200)
    let options = ["--restarts", "1000000", "--score", "ls"]
    let limited = try Command.run(["dag", place.data, "--time-limit", "0.3s"] + options)
    #expect(limited.status == 2 && limited.output.contains("least squares"), "\(limited.errors)")
    let interrupted = try Command.run(["dag", place.data] + options, interruptAfter: 1)
    #expect(interrupted.status == 2 && interrupted.output.contains("least squares"), "\(interrupted.errors)")
  }

  @Test func `Help teaches`() throws {
    for arguments in [["help", "dag"], ["help", "dag", "fit"], ["help", "dag", "simulate"], ["help", "dag", "certify"]] {
      let result = try Command.run(arguments)
      #expect(result.status == 0 && result.output.contains("Examples:"), "\(arguments)")
    }
    #expect(try Command.run(["manual"]).output.contains(".B dag simulate"))
  }
}
