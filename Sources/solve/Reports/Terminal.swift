import Constraints

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output for answers, standard error for everything else.
enum Terminal {
  /// Colour only on a terminal, and not when `NO_COLOR` is set.
  static let hasColour = isatty(2) == 1 && getenv("NO_COLOR") == nil && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false

  /// Writes to standard output; when that fails the process ends with the code for it.
  static func write(_ text: String) { write(Array(text.utf8)) }
  static func write(_ bytes: [UInt8]) {
    if !put(bytes, to: 1) {
      log("error: cannot write to standard output: \(String(cString: strerror(errno)))")
      exit(ExitCodes.cannotWrite.rawValue)
    }
  }
  static func log(_ text: String) { _ = put(Array((text + "\n").utf8), to: 2) }

  static func log(_ diagnostic: Diagnostic, asJSON: Bool) {
    if asJSON { log(json(diagnostic)) } else { log(coloured(diagnostic)) }
  }

  private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    return bytes.withUnsafeBytes { buffer in
      while sent < buffer.count {
        let n = systemWrite(descriptor, buffer.baseAddress! + sent, buffer.count - sent)
        if n < 0 {
          if errno == EINTR || errno == EAGAIN { continue }
          return false
        }
        sent += n
      }
      return true
    }
  }

  private static func coloured(_ diagnostic: Diagnostic) -> String {
    let text = diagnostic.rendered()
    guard hasColour else { return text }
    let colour = diagnostic.severity == .error ? "31" : diagnostic.severity == .warning ? "33" : "36"
    guard let end = text.firstIndex(of: ":") else { return text }
    return "\u{1B}[1;\(colour)m" + text[..<end] + "\u{1B}[0m" + text[end...]
  }

  /// One line a diagnostic, for machines.
  private static func json(_ d: Diagnostic) -> String {
    var fields = [
      "\"code\":\(quoted(d.code.id))", "\"severity\":\(quoted(d.severity.rawValue))", "\"message\":\(quoted(d.message))",
    ]
    if let place = d.location {
      fields.append("\"file\":\(quoted(place.file)),\"line\":\(place.line),\"column\":\(place.column),\"length\":\(place.length)")
      if let pointer = place.pointer { fields.append("\"pointer\":\(quoted(pointer))") }
    }
    if let mend = d.mend { fields.append("\"mend\":\(quoted(mend))") }
    if !d.notes.isEmpty { fields.append("\"notes\":[\(d.notes.map(quoted).joined(separator: ","))]") }
    return "{" + fields.joined(separator: ",") + "}"
  }

  /// A text with its line breaks and control characters written as `\n`, `\u{7F}`.
  static func onOneLine(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
    if !text.unicodeScalars.contains(where: isControl) { return text }
    return text.unicodeScalars.map { isControl($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
  }

  /// A JSON string.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, base, count)
}
