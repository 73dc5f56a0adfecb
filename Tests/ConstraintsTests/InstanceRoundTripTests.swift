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
      if fixed && !written.renamed.isEmpty {
        #expect(again.rows.count == model.rows.count)
      } else {
        again = renamedBack(again, written.renamed)
        #expect(again.difference(from: model) == nil, "\(path)")
        let twice = try MPSFormat.write(again, options: options)
        if written.renamed.isEmpty { #expect(twice.bytes == written.bytes, "\(path)") }
      }
    }
  }

  @Test func lpRoundTripIsIdentical() throws {
    for path in Instances.models {
      var model = try ModelFormats.read(path: path).model
      model.namedExpressions = []  // LP files have no place for them, and the writer says so.
      let written = try LPFormat.write(model, options: WriteOptions())
      let read = try LPFormat.read(SourceText(file: path, bytes: written.bytes), options: ReadOptions()).model
      #expect(renamedBack(read, written.renamed).difference(from: model) == nil, "\(path)")
    }
  }

  /// The model with the old names of a table of renamed things.
  private func renamedBack(_ model: Model, _ table: [(old: String, new: String)]) -> Model {
    var model = model
    var old: [String: String] = [:]
    for entry in table { old[entry.new] = entry.old }
    func restored(_ names: NameTable) -> NameTable {
      var result = NameTable()
      for i in 0..<names.count { result.append(old[names[i]] ?? names[i]) }
      return result
    }
    if table.isEmpty { return model }
    model.variableNames = restored(model.variableNames)
    model.rowNames = restored(model.rowNames)
    model.generalNames = restored(model.generalNames)
    for i in model.objectives.indices { model.objectives[i].name = old[model.objectives[i].name] ?? model.objectives[i].name }
    for i in model.namedExpressions.indices {
      model.namedExpressions[i].name = old[model.namedExpressions[i].name] ?? model.namedExpressions[i].name
    }
    return model
  }
}
