#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Testing

@testable import Constraints

/// Prints how fast a file is read; runs when SOLVE_TIME_FILE names one.
@Suite("Reading speed", .enabled(if: getenv("SOLVE_TIME_FILE") != nil))
struct ReadingSpeedTests {
  @Test func readsTheGivenFile() throws {
    let path = getenv("SOLVE_TIME_FILE").map { String(cString: $0) } ?? ""
    let clock = ContinuousClock()
    var best = Duration.seconds(1000)
    var size = 0
    var loading = Duration.zero
    for _ in 0..<3 {
      let start = clock.now
      let source = try SourceText.read(path: path)
      loading = clock.now - start
      let (format, _) = try ModelFormats.detect(source)
      size = source.bytes.count
      let model = try format.read(source, options: ReadOptions()).model
      best = min(best, clock.now - start)
      print("\(model.variableCount) variables, \(model.rows.count) rows, \(model.rows.entryCount) entries")
    }
    let seconds = Double(best.components.attoseconds) * 1e-18 + Double(best.components.seconds)
    print("\(path): \(size) bytes, \(seconds) s of which \(loading) to load, \(Double(size) / seconds / 1e6) MB/s")
    var usage = rusage()
    getrusage(0, &usage)  // 0 is RUSAGE_SELF, whose type differs between systems
    print("peak memory \(usage.ru_maxrss / 1024) MiB, \(Double(usage.ru_maxrss) * 1024 / Double(max(1, size))) times the text")
  }
}
