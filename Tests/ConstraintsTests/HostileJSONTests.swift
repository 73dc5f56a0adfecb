import Testing

@testable import Constraints

/// Damaged and hostile texts: each gives a located error or a valid model, quickly, and never a trap.
@Suite("Hostile JSON")
struct HostileJSONTests {
  /// Reads a text in both formats; checks that errors have a place. Returns whether the algebraic reader accepted it.
  @discardableResult
  static func survive(_ bytes: [UInt8], _ what: @autoclosure () -> String) -> Bool {
    var accepted = false
    for format in [AlgebraicFormat.self, MathOptFormat.self] as [any ModelFormat.Type] {
      do {
        let result = try format.read(SourceText(file: "h.json", bytes: bytes), options: ReadOptions())
        _ = result.model.validate()
        if format == AlgebraicFormat.self { accepted = true }
      } catch ConstraintsError.invalid(let found) {
        let error = found.first { $0.severity == .error }
        #expect(error?.location?.line ?? 0 > 0, "no place: \(what()) \(found.map(\.message))")
      } catch {
        #expect(Bool(false), "\(what()): \(error)")
      }
    }
    return accepted
  }

  static let wrong = [
    "null", "true", "-1", "1e308", "\"\"", "\"x\"", "\"1e999\"", "[]", "[[]]", "[null]", "[1, \"a\", {}]", "{}", "{\"a\": {}}", "{\"\": \"\"}",
    "\"NaN\"", "\"inf\"", "\"-inf\"", "\"0/0\"", "\"x[\"", "\"(((((\"", "\"i in I\"", "\"{ i for i in I }\"", "9007199254740993", "1e-320",
    "{\"over\": \"i in I\"}", "{\"expr\": []}", "{\"csv\": \"/dev/null\"}", "{\"csv\": \"/\"}", "{\"range\": [1, 9e15]}", "{\"range\": [\"n\", \"x\"]}",
    "{\"tuples\": [[1]]}", "{\"keys\": [], \"values\": 1}", "{\"keys\": [\"I\"], \"values\": null}", "\"sum(sum(1 for i in I) for j in I)\"",
    "\"`\"", "\"'\"", "\"\\u0000\"", "\"\u{202E}x\"", "\"x <= x\"", "\"x == x => x\"", "\"not not not x\"", "\"x perp x\"", "\"min()\"", "\"sum(x)\"",
  ]

  static let base = """
    {"sets": {"I": ["a", "b"], "J": {"range": [1, 3]}, "K": "{ (i,j) for i in I, j in J where j > 1 }"},
     "data": {"d": {"a": 1, "b": 2}, "n": 4, "f": {"over": "i in I", "expr": "d[i] * 2"}},
     "parameters": {"p": 3}, "variables": {"x": {"over": "i in I", "lower": "d[i]", "upper": 9, "start": 5}, "z": "binary", "k": {"over": "(i,j) in K"}},
     "expressions": {"e": {"over": "i in I", "expr": "x[i] + p"}, "g": "sum(e[i] for i in I)"},
     "objective": {"minimize": "g + sum(k[i,j] for (i,j) in K)"},
     "constraints": {"c": {"over": "i in I", "expr": "e[i] >= f[i]", "lazy": true}, "r": "z => g <= n", "v": {"exprs": ["g", "x[i] for i in I"], "in": "SecondOrderCone"},
       "l": ["x['a'] <= 3", "exp(x['a']) <= 100"]}, "solve": {"gap": 1e-3, "log": true}}
    """

  /// Every value of the base model replaced by every wrong one.
  @Test func wrongKindsEverywhere() throws {
    let source = SourceText(file: "base", Self.base)
    let document = try JSONDocument(source)
    #expect(Self.survive(source.bytes, "base"))
    var count = 0
    let clock = ContinuousClock()
    var slowest = Duration.zero
    // Ends of containers are found as the place of the next token; the parser gives starts only.
    func values(_ node: JSONNode) -> [JSONNode] {
      [node] + document.members(node).flatMap { values($0.value) } + document.elements(node).flatMap { values($0) }
    }
    func end(_ node: JSONNode) -> Int {
      var depth = 0
      var inString = false
      var i = document.start(node)
      guard source.bytes[i] == UInt8(ascii: "{") || source.bytes[i] == UInt8(ascii: "[") else { return document.end(node) }
      while true {
        let c = source.bytes[i]
        if c == UInt8(ascii: "\"") { inString.toggle() }
        if !inString {
          if c == UInt8(ascii: "{") || c == UInt8(ascii: "[") { depth += 1 }
          if c == UInt8(ascii: "}") || c == UInt8(ascii: "]") { depth -= 1 }
        }
        i += 1
        if depth == 0 { return i }
      }
    }
    for node in values(document.root) {
      let (from, to) = (document.start(node), end(node))
      for text in Self.wrong {
        let bytes = Array(source.bytes[..<from]) + Array(text.utf8) + Array(source.bytes[to...])
        let time = clock.measure { Self.survive(bytes, "\(document.pointer(node)) = \(text)") }
        slowest = max(slowest, time)
        count += 1
      }
    }
    print("hostile: \(count) models, slowest \(slowest)")
    #expect(count >= 1500)
    #expect(slowest < .seconds(1))
  }

  @Test(arguments: 0..<48) func handMade(_ n: Int) {
    let deep = 2000
    let many = (0..<2000).map { "\"v\($0)\": \"real\"" }.joined(separator: ",")
    let chain = (0..<3000).map { "\"e\($0)\": \"\($0 == 0 ? "1" : "e\($0 - 1) + 1")\"" }.joined(separator: ",")
    let doubling = (0..<40).map { "\"e\($0)\": \"\($0 == 0 ? "x" : "e\($0 - 1) + e\($0 - 1)")\"" }.joined(separator: ",")
    let circle = (0..<3000).map { "\"e\($0)\": \"e\(($0 + 1) % 3000)\"" }.joined(separator: ",")
    let texts: [String] = [
      "", " ", "{", "}", "[", "\"", "{}", "null", "0", "{\"variables\": {\(many)}}", "{\"expressions\": {\(chain)}}", "{\"expressions\": {\(circle)}}",
      String(repeating: "{\"a\":", count: deep), String(repeating: "[", count: deep), "{\"data\": \(String(repeating: "[", count: 500))\(String(repeating: "]", count: 500))}",
      "{\"data\": {\"d\": \(String(repeating: "[", count: 400))1\(String(repeating: "]", count: 400))}}",
      "{\"data\": {\"d\": \(String(repeating: "{\"k\":", count: 400))1\(String(repeating: "}", count: 400))}}",
      "{\"sets\": {\"I\": {\"range\": [-1000000000000000, 1000000000000000]}}}", "{\"sets\": {\"I\": {\"range\": [1e300, 1]}}}",
      "{\"sets\": {\"I\": {\"range\": [1, 100000]}, \"P\": \"{ (i,j) for i in I, j in I }\"}}",
      "{\"sets\": {\"I\": {\"range\": [1, 100000]}}, \"variables\": {\"x\": {\"over\": \"i in I, j in I\"}}}",
      "{\"sets\": {\"I\": {\"range\": [1, 3000]}}, \"variables\": {\"x\": \"real\"}, \"constraints\": {\"c\": \"\(String(repeating: "sum(", count: 100))x\(String(repeating: " for i in I)", count: 100)) <= 1\"}}",
      "{\"sets\": {\"I\": {\"range\": [1, 10]}}, \"objective\": {\"minimize\": \"\((0..<12).map { "sum(" + String($0) + "*" }.joined())1\((0..<12).map { " for i\($0) in I)" }.joined())\"}}",
      "{\"constraints\": {\"c\": \"\(String(repeating: "1+", count: 100_000))1 <= 3\"}}", "{\"objective\": {\"minimize\": \"\(String(repeating: "x", count: 100_000))\"}}",
      "{\"objective\": {\"minimize\": \"'\(String(repeating: "x", count: 100_000))'\"}}", "{\"variables\": {\"x\": {\"lower\": \"inf\", \"upper\": \"-inf\"}}}",
      "{\"variables\": {\"x\": \"integer\"}, \"constraints\": {\"c\": \"x * x * x * x >= -1e308 * 1e308\"}}", "{\"variables\": {\"x\": \"real\"}, \"constraints\": {\"c\": \"x / 0 <= 1\"}}",
      "{\"variables\": {\"x\": \"real\"}, \"constraints\": {\"c\": \"x ^ 0.5 ^ 1e300 <= 1\", \"d\": \"2 ^ x ^ x <= inf\"}}",
      "{\"sets\": {\"I\": [\"\", \" \", \"\u{0301}\", \"[\", \"]\", \"'\", \"`\"]}, \"variables\": {\"x\": {\"over\": \"i in I\"}}, \"constraints\": {\"c\": {\"over\": \"i in I\", \"expr\": \"x[i] <= 1\"}}}",
      "{\"variables\": {\"\": \"real\", \"[\": \"real\", \"x[1]\": \"real\", \"`\": \"binary\", \"for\": \"real\"}}", "{\"sets\": {\"I\": []}, \"variables\": {\"x\": {\"over\": \"i in I\"}}, \"objective\": {\"minimize\": \"max(i for i in I) + prod(i for i in I)\"}}",
      "{\"sets\": {\"I\": [1, 2.5]}}", "{\"sets\": {\"I\": [1, \"1\"]}}", "{\"data\": {\"d\": {\"1\": 2, \"01\": 3}}, \"objective\": {\"minimize\": \"d[1] + d['01'] + d['x']\"}}",
      "{\"parameters\": {\"p\": 0}, \"variables\": {\"x\": \"real\"}, \"constraints\": {\"c\": \"x / p <= 1\", \"d\": \"p <= p\", \"e\": \"p * p * x <= log(p)\"}}",
      "{\"variables\": {\"x\": \"real\"}, \"expressions\": {\(doubling)}, \"objective\": {\"minimize\": \"e20\"}}",
      "{\"variables\": {\"x\": \"real\"}, \"expressions\": {\(doubling.replacing("\"x\"", with: "\"exp(x)\""))}, \"objective\": {\"minimize\": \"e39\"}}",
      "{\"variables\": {\"x\": \"real\"}, \"expressions\": {\(doubling.replacing("\"x\"", with: "\"x*x\""))}, \"objective\": {\"minimize\": \"e39\"}}",
      "{\"variables\": {\"x\": \"real\"}, \"expressions\": {\(doubling.replacing(" + ", with: " * "))}, \"objective\": {\"minimize\": \"e39\"}}",
      "{\"sets\": {\"I\": {\"range\": [1, 100000]}}, \"variables\": {\"x\": {\"over\": \"i in I\"}}, \"objective\": {\"minimize\": \"sum(x[i] for i in I)^2\"}}",
      "{\"sets\": {\"I\": {\"range\": [1, 100000]}}, \"variables\": {\"x\": {\"over\": \"i in I\"}}, \"expressions\": {\"t\": \"sum(x[i] for i in I)\"}, \"constraints\": {\"c\": {\"over\": \"i in I\", \"expr\": \"x[i] <= t\"}}}",
      "{\"variables\": {\"x\": \"real\"}, \"constraints\": {\"c\": {\"exprs\": [], \"in\": \"SOS1\"}, \"d\": {\"exprs\": [\"x\"], \"in\": {\"set\": \"Table\", \"table\": [[1, 2], [3]]}}, \"e\": {\"exprs\": [\"x\"], \"in\": {\"set\": \"CountAtLeast\", \"n\": 1, \"partitions\": [1000000000, 1000000000], \"members\": [1]}}}}",
      "{\"variables\": {\"x\": \"real\"}, \"constraints\": {\"c\": {\"exprs\": [\"x\"], \"in\": {\"set\": \"Indicator\", \"activate_on\": \"one\", \"members\": {\"set\": \"Indicator\", \"members\": 3}}}, \"d\": {\"exprs\": [\"x\"], \"in\": {\"set\": \"PositiveSemidefiniteConeTriangle\", \"side_dimension\": 1e15}}}}",
    ]
    guard n < texts.count else { return }
    let clock = ContinuousClock()
    let time = clock.measure { Self.survive(Array(texts[n].utf8), "hand-made \(n)") }
    #expect(time < .seconds(8), "hand-made \(n) took \(time): \(texts[n].prefix(80))")
  }

  @Test func truncationsAndFlips() throws {
    let mof = try MathOptFormat.write(readAlgebraic(bakeryText).model, options: WriteOptions()).bytes
    var random = SplitMix(state: 7)
    for text in [Array(bakeryText.utf8), Array(Self.base.utf8), mof] {
      for n in 0..<text.count { Self.survive(Array(text[..<n]), "first \(n) bytes") }
      for round in 0..<3000 {
        var copy = text
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let at = Int.random(in: 0..<copy.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: copy[at] = UInt8.random(in: 0...255, using: &random)
          case 1: copy.remove(at: at)
          case 2: copy.insert(copy[Int.random(in: 0..<copy.count, using: &random)], at: at)
          default: copy[at] = Array("0123456789{}[]\",:.eE+-*/^<>=()'`axi ".utf8).randomElement(using: &random) ?? 0
          }
        }
        Self.survive(copy, "mutation \(round): \(String(decoding: copy, as: UTF8.self))")
      }
    }
  }

  @Test func damagedSolutions() throws {
    let (model, solution) = try SolutionJSONTests.example()
    let bytes = SolutionJSON.write(solution, of: model)
    for n in 0..<bytes.count { _ = try? SolutionJSON.readPoint(SourceText(file: "s", bytes: Array(bytes[..<n])), for: model) }
    var random = SplitMix(state: 3)
    for _ in 0..<3000 {
      var copy = bytes
      copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
      _ = try? SolutionJSON.readPoint(SourceText(file: "s", bytes: copy), for: model)
    }
  }

  @Test func damagedCSV() {
    var random = SplitMix(state: 5)
    let text = Array("oven,bread,\"x, \"\"y\"\"\"\r\n1,2,3\n\n4;5,6\t\n".utf8)
    for n in 0...text.count { _ = try? CSVTable(Array(text.prefix(n))) }
    for _ in 0..<3000 {
      var copy = text
      copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      guard let table = try? CSVTable(copy) else { continue }
      for row in 0..<table.rowCount { for column in 0..<table.columnCount(row) { _ = table.text(row, column) } }
    }
  }
}
