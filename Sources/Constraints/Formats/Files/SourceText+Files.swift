#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SourceText {
  /// Reads a file, or standard input for `-`. A gzip file is recognized by its first bytes and expanded.
  ///
  /// - Throws: ``ConstraintsError/unreadable(path:reason:)`` when the system refuses, and
  ///   ``ConstraintsError/invalid(_:)`` when the compressed data are damaged or grow beyond the limits.
  /// - Complexity: O(size).
  public static func read(path: String, limits: InputLimits = InputLimits()) throws(ConstraintsError) -> SourceText {
    let name = path == "-" ? "<stdin>" : path
    let raw = try FileBytes.read(path: path, limit: limits.largestSize)
    guard Gzip.isCompressed(raw) else { return SourceText(file: name, bytes: raw) }
    do {
      return SourceText(file: name, bytes: try Gzip.decompress(raw, limits: limits))
    } catch {
      throw .invalid([error.diagnostic(file: name, limits: limits)])
    }
  }
}

extension Gzip.Failure {
  func diagnostic(file: String, limits: InputLimits) -> Diagnostic {
    let place = SourceLocation(file: file, line: 1, column: 1)
    switch self {
    case .truncated:
      return Diagnostic(
        .damagedArchive, "the gzip data end too early", at: place, mend: "fetch or copy the file again; it is cut off")
    case .damaged(let reason):
      return Diagnostic(.damagedArchive, "the gzip data are damaged: \(reason)", at: place, mend: "fetch the file again")
    case .trailingBytes(let offset):
      return Diagnostic(
        .damagedArchive, "after the gzip data stand other bytes, from byte \(offset) on", at: place,
        mend: "cut them off, or compress the whole file")
    case .outOfMemory:
      return Diagnostic(.inputTooLarge, "there is not enough memory to expand the file", at: place)
    case .tooLarge(.size):
      return Diagnostic(
        .inputTooLarge, "the expanded text is over \(limits.largestSize >> 20) MiB", at: place,
        mend: "expand it by hand if you trust it, and split it")
    case .tooLarge(.ratio):
      return Diagnostic(
        .inputTooLarge, "the file expands to more than \(limits.largestRatio) times its size", at: place,
        mend: "expand it by hand if you trust it")
    }
  }
}

/// Whole files as bytes, by the system's own calls.
enum FileBytes {
  /// Reads everything; `-` is standard input.
  static func read(path: String, limit: Int) throws(ConstraintsError) -> [UInt8] {
    if path == "-" { return try drain(STDIN_FILENO, path: "<stdin>", expected: 0, limit: limit) }
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .unreadable(path: path, reason: "it is a folder") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
    defer { close(descriptor) }
    let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
    return try drain(descriptor, path: path, expected: size, limit: limit)
  }

  private static func drain(
    _ descriptor: Int32, path: String, expected: Int, limit: Int
  ) throws(ConstraintsError) -> [UInt8] {
    if expected > limit { throw tooLarge(path, limit) }
    var capacity = max(expected + 1, 1 << 16)
    var bytes: [UInt8] = []
    var failure: ConstraintsError?
    var isAtEnd = false
    while !isAtEnd, failure == nil {
      // Grows by appending an uninitialized tail that the system call fills.
      let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        while count < buffer.count {
          let got = systemRead(descriptor, buffer.baseAddress.map { $0 + count }, min(buffer.count - count, 1 << 30))
          if got < 0 {
            if errno == EINTR { continue }
            failure = .unreadable(path: path, reason: systemReason())
            return
          }
          if got == 0 {
            isAtEnd = true
            return
          }
          count += got
        }
      }
      if bytes.isEmpty { bytes = piece } else { bytes.append(contentsOf: piece) }
      if bytes.count > limit { failure = tooLarge(path, limit) }
      capacity = max(1 << 16, bytes.count)
    }
    if let failure { throw failure }
    return bytes
  }

  private static func tooLarge(_ path: String, _ limit: Int) -> ConstraintsError {
    .invalid([
      Diagnostic(
        .inputTooLarge, "the file is over \(limit >> 20) MiB", at: SourceLocation(file: path, line: 1, column: 1))
    ])
  }

  /// Writes a file as a whole: into a neighbour first, which then takes the name, so that a failure or an interrupt
  /// never leaves half a file. `-` is standard output.
  static func write(_ bytes: [UInt8], path: String) throws(ConstraintsError) {
    if path == "-" {
      guard put(bytes, STDOUT_FILENO) else { throw .unwritable(path: "<stdout>", reason: systemReason()) }
      return
    }
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR { throw .unwritable(path: path, reason: "it is a folder") }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      // A device or pipe cannot be replaced, only written to.
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
      defer { close(descriptor) }
      guard put(bytes, descriptor) else { throw .unwritable(path: path, reason: systemReason()) }
      return
    }
    let neighbour = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
    let descriptor = open(neighbour, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: systemReason()) }
    let isWritten = put(bytes, descriptor)
    let reason = isWritten ? "" : systemReason()
    let isClosed = close(descriptor) == 0
    if isWritten, isClosed {
      if exists { chmod(neighbour, status.st_mode & 0o7777) }
      if rename(neighbour, path) == 0 { return }
    }
    let failure = reason.isEmpty ? systemReason() : reason
    unlink(neighbour)
    throw .unwritable(path: path, reason: failure)
  }

  private static func put(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      var done = 0
      while done < buffer.count {
        let count = systemWrite(descriptor, buffer.baseAddress.map { $0 + done }, min(buffer.count - done, 1 << 30))
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        done += count
      }
      return true
    }
  }
}

/// The system's words for the last error.
private func systemReason() -> String { strerror(errno).map { String(cString: $0).lowercasedFirst } ?? "unknown error" }

private func systemRead(_ descriptor: Int32, _ target: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
  read(descriptor, target, count)
}

private func systemWrite(_ descriptor: Int32, _ source: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, source, count)
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
