import Constraints
import Testing

@testable import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Instances with published optima, from the folder that `SOLVE_DATA` names.
enum Instances {
  static let folder = getenv("SOLVE_DATA").map { String(cString: $0) } ?? "../shared/data"

  /// Names and one column of the first table with that column in a folder's README; empty when the folder is missing.
  static func table(_ path: String, column: String) -> [(name: String, value: String)] {
    guard let file = fopen("\(folder)/\(path)/README.md", "r") else { return [] }
    defer { fclose(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let n = fread(&buffer, 1, buffer.count, file)
      if n == 0 { break }
      text += buffer[0..<n]
    }
    var wanted: Int?
    var result: [(name: String, value: String)] = []
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") where line.hasPrefix("|") {
      let cells = line.dropFirst().split(separator: "|", omittingEmptySubsequences: false).map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      if let position = cells.firstIndex(of: column) {
        wanted = position
      } else if let wanted, wanted < cells.count, !cells[0].hasPrefix("---") {
        result.append((cells[0], cells[wanted]))
      }
    }
    return result
  }
}

#if GLPK
  @Suite("Published optima")
  struct PublishedOptimaTests {
    @Test func netlib() throws {
      let table = Instances.table("lp/netlib", column: "computed optimum")
      if table.isEmpty { return print("skipped: no lp/netlib in \(Instances.folder)") }
      for (name, value) in table {
        let model = try ModelFormats.read(path: "\(Instances.folder)/lp/netlib/\(name).mps.gz").model
        var options = SolveOptions()
        options.timeLimit = .seconds(120)
        let solution = try model.solve(options: options)
        let optimum = try #require(Double(value))
        #expect(solution.outcome == .optimal, "\(name): \(solution.outcome) \(solution.warnings.map(\.message))")
        #expect(solution.check?.verdict == .confirmed, "\(name): \(String(describing: solution.check?.verdict))")
        let objective = solution.objective ?? .nan
        #expect(abs(objective - optimum) <= 1e-6 * max(1, abs(optimum)), "\(name): \(objective) instead of \(optimum)")
        if getenv("SOLVE_VERBOSE") != nil {
          print(name, solution.termination.seconds, solution.statistics.iterations, solution.check?.dualResidual ?? -1, solution.check?.dualityGap ?? -1, solution.check?.largestScaled ?? -1)
        }
      }
    }

    @Test func infeasibleOnesComeWithACertificate() throws {
      let table = Instances.table("lp/infeasible", column: "answer")
      if table.isEmpty { return print("skipped: no lp/infeasible in \(Instances.folder)") }
      for (name, _) in table {
        let model = try ModelFormats.read(path: "\(Instances.folder)/lp/infeasible/\(name).mps.gz").model
        var options = SolveOptions()
        options.timeLimit = .seconds(120)
        let solution = try model.solve(options: options)
        #expect(solution.outcome == .infeasible, "\(name): \(solution.outcome) \(solution.warnings.map(\.message))")
        #expect(solution.proof == .certificate, "\(name): \(solution.proof)")
        if getenv("SOLVE_VERBOSE") != nil {
          print(name, solution.termination.seconds, solution.statistics.iterations, solution.check?.certificateMargin ?? -1)
        }
      }
    }
  }
#endif
