/// Where in a text something was found.
public struct SourceLocation: Sendable, Hashable {
  /// The file as the user named it, or `<input>`.
  public var file: String
  /// Line, from 1.
  public var line: Int
  /// Column in Unicode scalars, from 1; a tab counts as one.
  public var column: Int
  /// How many columns to underline, at least 1.
  public var length: Int
  /// JSON pointer (RFC 6901) of the value, when the text is JSON.
  public var pointer: String?
  /// The text of the line, for printing; cut to a readable length around the column.
  public var lineText: String?

  public init(
    file: String, line: Int, column: Int, length: Int = 1, pointer: String? = nil, lineText: String? = nil
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.length = max(1, length)
    self.pointer = pointer
    self.lineText = lineText
  }
}

/// One problem found in an input: what, where, and how to mend it.
public struct Diagnostic: Error, Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, Comparable {
    case note, warning, error

    public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
  }

  public var code: DiagnosticCode
  public var severity: Severity
  /// What is wrong, in one sentence without a full stop.
  public var message: String
  public var location: SourceLocation?
  /// What to write instead; printed beside the underlined text.
  public var mend: String?
  /// Further facts, one line each.
  public var notes: [String]
  /// The variable or constraint that it is about, for diagnostics of a model, which knows no file.
  public var subject: String?

  public init(
    _ code: DiagnosticCode, _ severity: Severity, _ message: String, at location: SourceLocation? = nil,
    mend: String? = nil, notes: [String] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.location = location
    self.mend = mend
    self.notes = notes
  }

  /// An error.
  public init(
    _ code: DiagnosticCode, _ message: String, at location: SourceLocation? = nil, mend: String? = nil,
    notes: [String] = []
  ) {
    self.init(code, .error, message, at: location, mend: mend, notes: notes)
  }

  /// The diagnostic with the place where its subject is first named in a text, if it has no place yet.
  ///
  /// Looks for the full name, and for a member of a family for the base name.
  /// - Complexity: O(text).
  public func located(in source: SourceText) -> Diagnostic {
    guard location == nil, let subject, !subject.isEmpty else { return self }
    let base = subject.split(separator: "[", maxSplits: 1).first.map(String.init) ?? subject
    for name in [subject, base] {
      if let offset = source.firstWord(name) {
        var result = self
        result.location = source.location(at: offset, length: name.unicodeScalars.count)
        return result
      }
    }
    return self
  }

  /// About a named part of a model.
  func about(_ name: String) -> Diagnostic {
    var result = self
    result.subject = name
    return result
  }

  /// The diagnostic as a person reads it, over several lines, without a trailing newline.
  public func rendered() -> String {
    var text = "\(severity.rawValue)[\(code)]: \(message)"
    if let location {
      text += "\n  --> \(location.file):\(location.line):\(location.column)"
      if let pointer = location.pointer, !pointer.isEmpty { text += "   (\(pointer))" }
      if let line = location.lineText {
        let number = String(location.line)
        let margin = String(repeating: " ", count: number.count + 1)
        let (shown, column) = Diagnostic.window(of: line, around: location.column, length: location.length)
        let caret = String(repeating: " ", count: column - 1)
          + String(repeating: "^", count: min(location.length, max(1, shown.unicodeScalars.count - column + 2)))
        text += "\n\(margin)|\n\(number) | \(shown)\n\(margin)| \(caret)"
        if let mend { text += " \(mend)" }
      } else if let mend {
        text += "\n  = mend: \(mend)"
      }
    } else if let mend {
      text += "\n  = mend: \(mend)"
    }
    for note in notes { text += "\n  = note: \(note)" }
    return text
  }

  /// Cuts a long line to about 100 columns around `column`; control characters are shown as blanks.
  static func window(of line: String, around column: Int, length: Int) -> (String, Int) {
    var scalars = line.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }
    var column = max(1, min(column, scalars.count + 1))
    if scalars.count > 110 {
      let start = max(0, column - 1 - 50)
      let end = min(scalars.count, start + 100)
      scalars = Array(scalars[start..<end])
      column -= start
      if start > 0 {
        scalars.replaceSubrange(0..<min(3, scalars.count), with: "...".unicodeScalars)
      }
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return (String(text), column)
  }
}

/// Everything that the `Constraints` module throws.
public enum ConstraintsError: Error, Sendable {
  /// The file or its directory could not be read; the operating system's reason.
  case unreadable(path: String, reason: String)
  /// The file could not be written; the operating system's reason.
  case unwritable(path: String, reason: String)
  /// The text, data or model is wrong; at least one diagnostic has severity `error`. Warnings found on the way are kept.
  case invalid([Diagnostic])

  /// The diagnostics as printed to a person.
  public var rendered: String {
    switch self {
    case .unreadable(let path, let reason): return "error: cannot read \(path): \(reason)"
    case .unwritable(let path, let reason): return "error: cannot write \(path): \(reason)"
    case .invalid(let diagnostics): return diagnostics.map { $0.rendered() }.joined(separator: "\n")
    }
  }
}

extension ConstraintsError: CustomStringConvertible {
  public var description: String { rendered }
}

/// Collects independent diagnostics, so that one run reports several mistakes.
public struct DiagnosticCollector: Sendable {
  public private(set) var diagnostics: [Diagnostic] = []
  public private(set) var errorCount = 0
  /// After this many errors readers stop looking for more.
  public let errorLimit: Int
  private var warningCounts: [String: Int] = [:]

  public init(errorLimit: Int = 20) { self.errorLimit = errorLimit }

  public var hasErrors: Bool { errorCount > 0 }
  public var isFull: Bool { errorCount >= errorLimit }

  /// Adds a diagnostic; errors beyond the limit are dropped.
  public mutating func add(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error {
      guard errorCount < errorLimit else { return }
      errorCount += 1
    }
    diagnostics.append(diagnostic)
  }

  /// Adds a warning or note once per `kind`; later ones of the kind are counted and the count is appended by ``finish()``.
  public mutating func addOnce(kind: String, _ diagnostic: @autoclosure () -> Diagnostic) {
    if let n = warningCounts[kind] {
      warningCounts[kind] = n + 1
    } else {
      warningCounts[kind] = 1
      add(diagnostic())
      kindPositions[kind] = diagnostics.count - 1
    }
  }
  private var kindPositions: [String: Int] = [:]

  /// All diagnostics ordered by line and column, counts of repeated kinds added.
  public mutating func finish() -> [Diagnostic] {
    for (kind, count) in warningCounts.sorted(by: { $0.key < $1.key }) where count > 1 {
      if let position = kindPositions[kind], position < diagnostics.count {
        diagnostics[position].notes.append("\(count) places in all")
      }
    }
    warningCounts = [:]
    kindPositions = [:]
    let keyed = diagnostics.enumerated().sorted { a, b in
      let x = (a.element.location?.line ?? 0, a.element.location?.column ?? 0, a.offset)
      let y = (b.element.location?.line ?? 0, b.element.location?.column ?? 0, b.offset)
      return x < y
    }
    return keyed.map(\.element)
  }

  /// Throws ``ConstraintsError/invalid(_:)`` with everything collected if there is an error.
  public mutating func throwIfErrors() throws(ConstraintsError) {
    if hasErrors { throw .invalid(finish()) }
  }
}
