import Foundation

/// Runs the command as a user would.
struct Command {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
    var seconds: Double
  }

  /// The binary that was built beside the tests.
  static let path: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("solve").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    // The runner of Swift Testing may live elsewhere; the build folder is then found from the sources.
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for build in [".build-test", ".build"] {
      let candidate = package.appendingPathComponent("\(build)/release/solve").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    return "solve"
  }()

  static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples").path

  /// A fresh folder that is removed by the caller.
  static func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("solve-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// Runs the command to its end, or interrupts it after a while.
  static func run(
    _ arguments: [String], input: Data? = nil, interruptAfter delay: Double? = nil, limit: Double = 120
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files rather than pipes: nothing can block, however much is printed.
    let outURL = folder.appendingPathComponent("out")
    let errURL = folder.appendingPathComponent("err")
    try Data().write(to: outURL)
    try Data().write(to: errURL)
    let out = try FileHandle(forWritingTo: outURL)
    let err = try FileHandle(forWritingTo: errURL)
    process.standardOutput = out
    process.standardError = err
    if let input {
      let inURL = folder.appendingPathComponent("in")
      try input.write(to: inURL)
      process.standardInput = try FileHandle(forReadingFrom: inURL)
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    let begin = Date()
    try process.run()
    if let delay {
      Thread.sleep(forTimeInterval: delay)
      if process.isRunning { kill(process.processIdentifier, SIGINT) }
    }
    while process.isRunning {
      if Date().timeIntervalSince(begin) > limit {
        kill(process.processIdentifier, SIGKILL)
        break
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
    process.waitUntilExit()
    let seconds = Date().timeIntervalSince(begin)
    let status = process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    return Result(
      status: status, output: String(decoding: try Data(contentsOf: outURL), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errURL), as: UTF8.self), seconds: seconds)
  }
}
