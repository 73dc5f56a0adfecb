#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Testing

@testable import Constraints

/// The instance folder: `SOLVE_DATA`, or `../shared/data` beside the package.
enum Instances {
  static let folder: String = {
    if let given = getenv("SOLVE_DATA") { return String(cString: given) }
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    return here + "/shared/data"
  }()

  /// Files below a folder of the instances, sorted.
  static func files(_ subfolder: String, endings: [String]) -> [String] {
    var found: [String] = []
    var open = ["\(folder)/\(subfolder)"]
    while let path = open.popLast() {
      guard let directory = opendir(path) else { continue }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
          String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name.hasPrefix(".") { continue }
        if endings.contains(where: name.hasSuffix) { found.append("\(path)/\(name)") } else { open.append("\(path)/\(name)") }
      }
    }
    return found.sorted()
  }

  static let models: [String] = {
    let all = ["lp", "mip", "qp"].flatMap { files($0, endings: [".mps.gz", ".qps.gz", ".mps", ".qps"]) }
    if all.isEmpty { print("skipped: no instances below \(folder); set SOLVE_DATA") }
    return all
  }()
}

@Suite("Instances survive being written and read")
struct InstanceRoundTripTests {
  @Test(arguments: [false, true])
  func mpsRoundTripIsIdentical(fixed: Bool) throws {
    for path in Instances.models {
      let model = try ModelFormats.read(path: path).model
      #expect(model.validate().allSatisfy { $0.severity != .error }, "\(path)")
      var options = WriteOptions()
      options.fixedColumns = fixed
      let written = try MPSFormat.write(model, options: options)
      var again = try MPSFormat.read(SourceText(file: path, bytes: written.bytes), options: ReadOptions()).model
      again = again.renamed(by: written.renamed)
      #expect(again.difference(from: model) == nil, "\(path)")
      let twice = try MPSFormat.write(again, options: options)
      #expect(twice.bytes == written.bytes, "\(path)")
    }
  }

  @Test func lpRoundTripIsIdentical() throws {
    for path in Instances.models {
      var model = try ModelFormats.read(path: path).model
      model.namedExpressions = []  // LP files have no place for them, and the writer says so.
      let written = try LPFormat.write(model, options: WriteOptions())
      let read = try LPFormat.read(SourceText(file: path, bytes: written.bytes), options: ReadOptions()).model
      #expect(read.renamed(by: written.renamed).difference(from: model) == nil, "\(path)")
    }
  }
}

extension Model {
  /// The model with the old names of a table of renamed things.
  func renamed(by table: [(old: String, new: String)]) -> Model {
    if table.isEmpty { return self }
    var model = self
    let old = Dictionary(uniqueKeysWithValues: table.map { ($0.new, $0.old) })
    func restored(_ names: NameTable) -> NameTable {
      var result = NameTable()
      for i in 0..<names.count { result.append(old[names[i]] ?? names[i]) }
      return result
    }
    model.variableNames = restored(variableNames)
    model.rowNames = restored(rowNames)
    model.generalNames = restored(generalNames)
    for i in objectives.indices { model.objectives[i].name = old[objectives[i].name] ?? objectives[i].name }
    for i in namedExpressions.indices {
      model.namedExpressions[i].name = old[namedExpressions[i].name] ?? namedExpressions[i].name
    }
    return model
  }
}
