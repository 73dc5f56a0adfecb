import Constraints
import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

@Suite struct SampleTableReadingTests {
  private func read(
    _ text: String, _ change: (inout SampleTable.ReadOptions) -> Void = { _ in }
  ) throws -> SampleTable.Reading {
    var options = SampleTable.ReadOptions()
    change(&options)
    return try SampleTable.read(SourceText(file: "data.csv", text), options: options)
  }

  /// The errors that a text gives.
  private func errors(_ text: String, _ change: (inout SampleTable.ReadOptions) -> Void = { _ in }) -> [Diagnostic] {
    var options = SampleTable.ReadOptions()
    change(&options)
    do throws(ConstraintsError) {
      _ = try SampleTable.read(SourceText(file: "data.csv", text), options: options)
      return []
    } catch {
      guard case .invalid(let found) = error else { return [] }
      return found.filter { $0.severity == .error }
    }
  }

  private func matrix(_ rows: [[Double]]) -> DenseMatrix {
    DenseMatrix(rowCount: rows.count, columnCount: rows[0].count) { rows[$0][$1] }
  }

  @Test(arguments: [
    "a,b\n1,2.5\n-3,4e2\n", "\u{FEFF}a;b\r\n1;2.5\r\n-3;4e2", "a\tb\n1\t2.5\n\n-3\t4e2\n", "a b\n1   2.5 \n -3 4e2\n",
    "\"a\",\"b\"\n\"1\",2.5\n-3,\"4e2\"\n", "a|b\n1|2.5\n-3|4e2\n", " a , b \n 1 , 2.5 \n-3 , 4e2 \n",
  ])
  func `Names, delimiters, quotes and line ends are found out`(_ text: String) throws {
    let reading = try read(text)
    #expect(reading.table.names == ["a", "b"])
    #expect(reading.table.values == matrix([[1, 2.5], [-3, 400]]))
    #expect(reading.warnings.isEmpty)
  }

  @Test func `A first line of numbers is a sample unless it is said to be names`() throws {
    #expect(try read("1,2\n3,4\n").table == SampleTable(names: ["x0", "x1"], values: matrix([[1, 2], [3, 4]])))
    let named = try read("1,2\n3,4\n") { $0.header = .present }
    #expect(named.table == SampleTable(names: ["1", "2"], values: matrix([[3, 4]])))
    #expect(errors("a,b\n3,4\n") { $0.header = .absent }.first?.location?.line == 1)
  }

  @Test func `A first line of numbers that look like names is warned about`() throws {
    let rows = "0.3,0.1,0.2\n0.5,0.9,0.4\n0.7,0.2,0.6\n"
    let warned = try read("2019,2020,2021\n" + rows)
    #expect(warned.warnings.count == 1 && warned.warnings[0].mend?.contains("--header") == true)
    #expect(try read(rows).warnings.isEmpty)
    #expect(try read("2019,2020,2021\n" + rows) { $0.header = .present }.warnings.isEmpty)
  }

  @Test func `A column of words is one error that counts its cells`() {
    let found = errors("a,b\n1,no\n2,yes\n3,no\n")
    #expect(found.count == 1 && found[0].location?.line == 2)
    #expect(found.first?.message.contains("2 more") == true)
  }

  @Test func `Names keep commas, quotes and line breaks`() throws {
    let reading = try read("\"a, b\",\"say \"\"c\"\"\",\"d\ne\"\n1,2,3\n0,0,1\n")
    #expect(reading.table.names == ["a, b", "say \"c\"", "d\ne"])
  }

  @Test func `A cell that is no number is named with its line and column`() {
    let found = errors("a,b\n1,2\n3,x4\n5,1 2\n7,\"1,5\"\n")
    #expect(found.map { $0.location?.line } == [3])
    #expect(found.map { $0.location?.column } == [3])
    #expect(found[0].message.hasPrefix("'x4' is not a number"))
    #expect(found[0].rendered().contains("data.csv:3:3"))
    #expect(errors("a,b\n1,2\n7,\"1,5\"\n").first?.mend?.contains("decimal point") == true)
  }

  @Test func `Infinite and huge numbers are refused`() {
    for word in ["inf", "-Infinity", "1e999"] {
      let found = errors("a,b\n1,\(word)\n")
      #expect(found.count == 1 && found[0].location?.line == 2, "\(word)")
    }
    #expect(errors("a,b\n1,1e308\n").isEmpty)
  }

  @Test(arguments: ["", "NA", "NaN", "nan", "null", "?", "\"\"", "N/A"])
  func `Missing values are refused, dropped or replaced as chosen`(_ gap: String) throws {
    let text = "a,b\n1,2\n\(gap),4\n5,9\n"
    let found = errors(text)
    #expect(found.map(\.code) == [.missingValue])
    #expect(found[0].location?.line == 3 && found[0].location?.column == 1)
    let dropped = try read(text) { $0.missing = .drop }
    #expect(dropped.table.values == matrix([[1, 2], [5, 9]]))
    #expect(dropped.droppedRowCount == 1 && dropped.warnings.count == 1)
    let filled = try read(text) { $0.missing = .mean }
    #expect(filled.table.values == matrix([[1, 2], [3, 4], [5, 9]]))
    #expect(filled.filledCellCount == 1 && filled.warnings.count == 1)
  }

  @Test func `A table of gaps alone is refused whatever was chosen`() {
    for choice in SampleTable.ReadOptions.MissingValues.allCases {
      #expect(!errors("a,b\n1,\n2,\n") { $0.missing = choice }.isEmpty)
    }
  }

  @Test func `Lines of another length, empty and repeated names are refused with their place`() {
    let ragged = errors("a,b\n1,2\n3\n4,5,6\n")
    #expect(ragged.map { $0.location?.line } == [3, 4])
    #expect(ragged[0].message == "this line has 1 field, the first line has 2")
    let names = errors("a,,a\n1,2,3\n")
    #expect(names.map(\.code) == [.unreadableData, .duplicateName])
    #expect(names.map { $0.location?.column } == [3, 4])
    #expect(errors("a,b\n1,2,3\n4,5,6\n").first?.mend?.contains("names of the rows") == true)
  }

  @Test(arguments: ["", "\n\n", "a,b\n", "a\n", "\"a,b\n1,2\n", "a\u{0},b\n1,2\n"])
  func `A file without samples is refused`(_ text: String) {
    #expect(errors(text).count == 1)
  }

  @Test func `Bytes that are no text are refused`() {
    #expect(throws: ConstraintsError.self) {
      try SampleTable.read(SourceText(file: "data.csv", bytes: [0x61, 0x2C, 0xFF, 10, 49, 44, 50]))
    }
  }

  @Test func `A first column without a name that counts the rows is left out`() throws {
    for text in ["\"\",a\n1,5\n2,6\n3,7\n", ",a\n0,5\n1,6\n2,7\n", ",a\nr1,5\nr2,6\nr3,7\n"] {
      let reading = try read(text)
      #expect(reading.table == SampleTable(names: ["a"], values: matrix([[5], [6], [7]])))
      #expect(reading.warnings.count == 1)
    }
    #expect(errors(",a\n3,5\n9,6\n").count == 1)
  }

  @Test func `Columns can be left out and one can tell the series`() throws {
    let text = "id,a,note,b\ns1,1,x,2\ns1,3,y,4\ns2,5,z,6\n"
    let reading = try read(text) {
      $0.groupColumn = "id"
      $0.excludedColumns = ["note"]
    }
    #expect(reading.table == SampleTable(names: ["a", "b"], values: matrix([[1, 2], [3, 4], [5, 6]])))
    #expect(reading.groups == ["s1", "s1", "s2"])
    #expect(errors(text) { $0.groupColumn = "ix" }.first?.mend == "did you mean 'id'?")
    let numbered = try read("7,1,2\n7,3,4\n") { $0.groupColumn = "1" }
    #expect(numbered.table.names == ["x1", "x2"])
    #expect(numbered.groups == ["7", "7"])
  }

  @Test func `A constant column is reported`() throws {
    let reading = try read("a,b\n1,3\n2,3\n")
    #expect(reading.warnings.map(\.code) == [.emptyColumn])
    #expect(reading.warnings[0].message.contains("'b' is 3"))
  }

  @Test func `Many errors stop after twenty`() {
    let ragged = "a,b\n" + String(repeating: "1\n", count: 1000)
    #expect(errors(ragged).count == 20)
    let words = "a\n" + String(repeating: "x\n", count: 1000)
    #expect(errors(words).count == 1)
  }

  @Test func `Damaged files never crash`() {
    var generator = SplitMix64(seed: 11)
    let text = Array("id,a,\"b \"\"c\"\"\",d\r\n1,2,3,4\n5,NA,inf,8\n9;10\t11,12 13\n".utf8)
    for k in 0..<3000 {
      var copy = k < text.count ? Array(text.prefix(k)) : text
      if !copy.isEmpty {
        copy[Int.random(in: 0..<copy.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      var options = SampleTable.ReadOptions()
      options.missing = [.refuse, .drop, .mean][k % 3]
      options.header = [.detect, .present, .absent][k / 3 % 3]
      if k % 5 == 0 { options.groupColumn = "id" }
      let source = SourceText(file: "f", bytes: copy)
      _ = try? SampleTable.read(source, options: options)
      _ = try? SampleCovariance.read(source, sampleCount: 10)
      _ = try? EdgeList(source).graph(names: ["a", "b"], mustBeAcyclic: true)
    }
  }

  @Test func `The flow cytometry table is read whole`() throws {
    let path = StructureData.folder + "/sachs/sachs_all_7466.csv"
    guard FileManager.default.fileExists(atPath: path) else { return print("skipped: no \(path)") }
    let reading = try SampleTable.read(path: path)
    #expect(reading.table.sampleCount == 7466)
    #expect(reading.table.names.first == "Raf" && reading.table.names.last == "Jnk" && reading.table.variableCount == 11)
    #expect(reading.table.values[0, 7] == 414)
    #expect(reading.warnings.isEmpty)
  }
}

@Suite struct CovarianceReadingTests {
  private func read(_ text: String) throws(ConstraintsError) -> SampleCovariance {
    try SampleCovariance.read(SourceText(file: "cov.csv", text), sampleCount: 50)
  }

  @Test(arguments: ["4,1\n1,9\n", "x0,x1\n4,1\n1,9\n", ",x0,x1\nx0,4,1\nx1,1,9\n", "x0,4,1\nx1,1,9\n", "x0 x1\nx0 4 1\nx1 1 9\n"])
  func `A matrix is read with names above, beside, both or none`(_ text: String) throws {
    let read = try read(text)
    #expect(read.names == ["x0", "x1"])
    #expect(read.matrix == DenseMatrix(rowCount: 2, columnCount: 2, values: [4, 1, 1, 9]))
    #expect(read.sampleCount == 50)
  }

  @Test(arguments: [
    ("4,1\n2,9\n", 2, "mirror image"), ("4,1\n1,-9\n", 2, "negative"), ("4,1\n1\n", 2, "2 lines"), ("4,x\n1,9\n", 1, "finite"),
    ("a,a\n4,1\n1,9\n", 1, "two variables"), ("4,1\n1,nan\n", 2, "finite"),
  ])
  func `A matrix that is no covariance is refused with the place`(_ text: String, _ line: Int, _ words: String) {
    do throws(ConstraintsError) {
      _ = try read(text)
      Issue.record("it was read")
    } catch {
      guard case .invalid(let found) = error, let first = found.first else {
        Issue.record("\(error)")
        return
      }
      #expect(first.location?.line == line)
      #expect(first.message.contains(words))
    }
  }
}

@Suite struct EdgeListTests {
  private func list(_ text: String) throws(ConstraintsError) -> EdgeList {
    try EdgeList(SourceText(file: "edges.csv", text))
  }

  private func message(_ text: String, names: [String] = ["Raf", "Mek", "Erk"], acyclic: Bool = false) -> Diagnostic? {
    do throws(ConstraintsError) {
      _ = try list(text).graph(names: names, mustBeAcyclic: acyclic)
      return nil
    } catch {
      guard case .invalid(let found) = error else { return nil }
      return found.first
    }
  }

  @Test(arguments: [
    "from,to,weight\nRaf,Mek,2\nMek,Erk,-1\n", "Raf,Mek,2\nMek,Erk,-1\n", "0,1,2\n1,2,-1\n",
    "weight;target;note;source\n2;Mek;x;Raf\n-1;Erk;y;Mek\n0;Raf;none;Erk\n",
  ])
  func `Edges are read by name or number, in any order of columns`(_ text: String) throws {
    let graph = try list(text).graph(names: ["Raf", "Mek", "Erk"])
    #expect(graph.edges == [.init(from: 0, to: 1, weight: 2), .init(from: 1, to: 2, weight: -1)])
  }

  @Test func `Nodes are those of the file when no others are given`() throws {
    #expect(try list("from,to\nb,a\na,c\n").nodeNames == ["b", "a", "c"])
    #expect(try list("3,0\n").nodeNames == ["x0", "x1", "x2", "x3"])
    #expect(try list("from,to\n").nodeNames == [])
    #expect(try list("b,a\n").graph(names: ["a", "b"]).edges == [.init(from: 1, to: 0, weight: 1)])
  }

  @Test func `Mistakes are named with their place and a mend`() {
    #expect(message("from,to\nRaf,Mekk\n")?.mend == "did you mean 'Mek'?")
    #expect(message("from,to\nRaf,Mekk\n")?.location?.column == 5)
    #expect(message("0,3\n")?.mend == "nodes are counted from 0 to 2")
    #expect(message("from,to\nRaf,Raf\n")?.code == .cyclicEdges)
    #expect(message("from,to\nRaf,Mek\nRaf,Mek\n")?.message == "the edge Raf -> Mek is also in line 2")
    #expect(message("from,to,weight\nRaf,Mek,big\n")?.location?.column == 9)
    #expect(message("from,to\nRaf\n")?.location?.line == 2)
    #expect(message("from,to\nRaf,\n")?.location?.line == 2)
  }

  @Test func `A cycle is named with the edge that closes it`() {
    let text = "from,to\nMek,Erk\nErk,Raf\nRaf,Mek\n"
    let found = message(text, acyclic: true)
    #expect(found?.code == .cyclicEdges)
    #expect(found?.location?.line == 4)
    #expect(message(text) == nil)
  }
}
