import Foundation
import Testing

@testable import Constraints

@Suite("CSV data of algebraic JSON")
struct AlgebraicCSVTests {
  /// Reads a model whose sections stand beside `use.csv`.
  static func read(_ csv: String, _ sections: String) throws -> ReadResult {
    let folder = FileManager.default.temporaryDirectory.appending(path: "csv-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(csv.utf8).write(to: URL(filePath: folder + "/use.csv"))
    var options = ReadOptions()
    options.dataFolder = folder
    return try readAlgebraic("{\(sections)}", options)
  }

  /// The table as a row for each pair of R and P, `?` for what is missing.
  static func table(_ csv: String, _ spec: String, r: String = #"["oven", "hands"]"#, p: String = #"["bread", "cake"]"#) -> String {
    let sections = """
      "sets": {"R": \(r), "P": \(p)}, "data": {"use": {"csv": "use.csv", "keys": ["R", "P"]\(spec)}},
      "variables": {"x": {"over": "r in R, p in P", "lower": "use[r,p] default -1"}}
      """
    do {
      let model = try read(csv, sections).model
      return model.lower.map { $0 == -1 ? "?" : $0.text }.joined(separator: " ")
    } catch ConstraintsError.invalid(let found) {
      let first = found[0]
      return "\(first.code.id) \(first.location?.line ?? 0):\(first.location?.column ?? 0) \(first.message) | \(first.mend ?? "")"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("r,bread,cake\noven,1,2\nhands,3,4\n", "", "1 2 3 4"),
    ("r,cake,bread\noven,1,2\nhands,3,4\n", "", "2 1 4 3"),
    ("r,bread,cake\noven,1,2\nhands,3,4\n", #", "wide": true"#, "1 2 3 4"),
    ("r,bread\noven,1\nhands,3\n", "", "1 ? 3 ?"),
    ("r,p,hours\noven,bread,1\nhands,cake,4\n", "", "1 ? ? 4"),
    ("P,R,hours\nbread,oven,1\ncake,hands,4\n", "", "1 ? ? 4"),
    ("r,p,hours\noven,bread,1\nhands,cake,4\n", #", "wide": false"#, "1 ? ? 4"),
    ("hours;r;p\n1;oven;bread\n2;oven;cake\n", #", "value": "hours""#, "1 2 ? ?"),
    ("r,p,hours,note\noven,bread,1,9\n", #", "columns": ["r", "p"], "value": "hours""#, "1 ? ? ?"),
    ("p,r,a\ncake,oven,1\n", #", "columns": ["r", "p"]"#, "? 1 ? ?"),
    ("note,r,bread,cake\n1,oven,1,2\n", #", "columns": ["r"]"#, "D602 1:1 'note' is not a member of P | "),
  ])
  func shapes(_ csv: String, _ spec: String, _ expected: String) {
    #expect(Self.table(csv, spec) == expected, "\(csv) \(spec)")
  }

  @Test func tablesThatCanBeReadInTwoWaysAreRefused() throws {
    let csv = "r,1,2\n1,1,2\n2,2,1\n"
    let refused = Self.table(csv, "", r: "[1, 2]", p: "[1, 2]")
    #expect(refused.contains("can be read in two ways") && refused.contains(#""value": "2" for one value a line, or "wide": true"#), "\(refused)")
    #expect(Self.table(csv, #", "wide": true"#, r: "[1, 2]", p: "[1, 2]") == "1 2 2 1")
    #expect(Self.table(csv, #", "value": "2""#, r: "[1, 2]", p: "[1, 2]") == "2 ? ? 1")
    // A cell that is no member decides.
    #expect(Self.table("r,1,2\n1,7,2\n2,2,1\n", "", r: "[1, 2]", p: "[1, 2]") == "7 2 2 1")
    // A last key that is no set has nothing to decide by but the kind of the cells.
    func labelled(_ csv: String, _ index: String) throws -> Double {
      try Self.read(
        csv,
        #""sets": {"S": ["a", "b"]}, "data": {"d": {"csv": "use.csv", "keys": ["S", "label"]}}, "variables": {"x": {"lower": "d[\#(index)]"}}"#
      ).model.lower[0]
    }
    #expect(throws: (any Error).self) { try labelled("s,price,km\na,1,2\nb,3,4\n", "'b','km'") }
    #expect(try labelled("s,price,km\na,1.5,2\nb,3,4\n", "'b','km'") == 4)
    #expect(try labelled("s,price,km,t\na,1,2,5\nb,3,4,6\n", "'b','km'") == 4)
    #expect(try labelled("s,what,is\na,price,2\nb,price,4\n", "'b','price'") == 4)
    // Columns that are out of order, or too many, are not guessed.
    #expect(Self.table("P,what,hours\nbread,oven,1\n", "").contains("unclear which columns"))
    #expect(Self.table("r,p,hours,cost\noven,bread,1,2\n", "").contains("name the columns"))
    #expect(Self.table("R,P,hours,cost\noven,bread,1,2\n", "").contains("unclear which column"))
    #expect(Self.table("R,P,hours,hours\noven,bread,1,2\n", #", "value": "hours""#).contains("two columns 'hours'"))
    #expect(Self.table("R,P,hours\noven,bread,1\n", #", "value": "hours", "wide": true"#).contains("no single column"))
  }

  @Test func problemsArePlacedInTheCSVFile() {
    #expect(Self.table("r;p;hours\noven;bread;1\noven;cake;2,5\n", "") == "D602 3:11 '2,5' is not a number: the decimal sign is a point | write 2.5")
    #expect(Self.table("r;p;hours\noven;bread;1,5\noven;cake;2,5\n", "").hasPrefix("D602 2:12 '1,5'"))
    #expect(Self.table("r,p,hours\noven,bread,1.5\noven,cake,n/a\n", "").hasPrefix("D602 3:11 'n/a' is not a number"))
    #expect(Self.table("r,p,hours\noven,bred,1.5\n", "") == "D602 2:6 'bred' is not a member of P | did you mean 'bread'?")
    #expect(Self.table("r,p,hours\noven,bread\n", "").hasPrefix("D606 2:6 this line has 2 fields"))
    #expect(Self.table("\u{FEFF}r,bread,cakke\noven,1,2\n", "") == "D602 1:9 'cakke' is not a member of P | did you mean 'cake'?")
    // Numbers have no near ones.
    #expect(Self.table("r,p,hours\n3,1,1.5\n", "", r: "[1, 2]", p: "[1, 4]") == "D602 2:1 '3' is not a member of R | ")
  }

  @Test func setsFromColumns() throws {
    func names(_ csv: String, _ sections: String) throws -> [String] {
      let model = try Self.read(csv, sections).model
      return (0..<model.variableCount).map { model.variableNames[$0] }
    }
    let csv = "name,kind,cost\nbread,food,1\nflour,raw,2\nbread,food,3\n"
    let sections = #"""
      "sets": {"P": {"csv": "use.csv", "column": "name"}, "K": {"csv": "use.csv", "columns": ["kind", "name"]}},
      "variables": {"x": {"over": "p in P"}, "y": {"over": "(k, p) in K"}}
      """#
    #expect(try names(csv, sections) == ["x[bread]", "x[flour]", "y[food,bread]", "y[raw,flour]"])
    let one = #""sets": {"P": {"csv": "use.csv"}}, "variables": {"x": {"over": "p in P"}}"#
    #expect(try names("P\nb\na\n", one) == ["x[b]", "x[a]"])
    let lists = #""sets": {"A": {"csv": "use.csv", "column": "a"}, "B": {"csv": "use.csv", "column": "b"}}, "variables": {"x": {"over": "a in A, b in B"}}"#
    #expect(try names("a,b\n1,u\n2,\n", lists) == ["x[1,u]", "x[2,u]"])
    for bad in [
      #""sets": {"P": {"csv": "use.csv"}}"#, #""sets": {"P": {"csv": "use.csv", "column": "nam"}}"#,
      #""sets": {"P": {"csv": "use.csv", "column": 3}}"#, #""sets": {"P": {"csv": "use.csv", "columns": "name"}}"#,
      #""sets": {"P": {"csv": "none.csv", "column": "name"}}"#,
      #""sets": {"P": {"csv": "use.csv", "column": "name", "columns": ["name"]}}"#,
    ] {
      #expect(throws: ConstraintsError.self, "\(bad)") { try Self.read(csv, bad + #", "variables": {}"#) }
    }
  }
}
