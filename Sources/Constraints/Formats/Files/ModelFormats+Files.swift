extension ModelFormats {
  /// The format of this name, as given with `--format`.
  public static func named(_ name: String) -> (any ModelFormat.Type)? {
    all.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The format that the ending of a path says, without `.gz`; the longest ending wins.
  public static func format(ofPath path: String) -> (any ModelFormat.Type)? {
    let path = path.lowercased()
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    var best: (length: Int, format: any ModelFormat.Type)?
    for format in all {
      for ending in format.extensions where name.hasSuffix("." + ending) && ending.utf8.count > best?.length ?? 0 {
        best = (ending.utf8.count, format)
      }
    }
    return best?.format
  }

  /// The first format that recognizes the beginning of a text.
  public static func format(ofText source: SourceText) -> (any ModelFormat.Type)? {
    let head = source.bytes.prefix(4096)
    return all.first { $0.recognizes(head) }
  }

  /// The format of a text: by the ending of its file, else by its content.
  /// - Returns: the format and, when ending and content disagree, a warning that says so.
  /// - Throws: ``ConstraintsError/invalid(_:)`` when neither tells.
  public static func detect(
    _ source: SourceText
  ) throws(ConstraintsError) -> (format: any ModelFormat.Type, mismatch: Diagnostic?) {
    let byContent = format(ofText: source)
    guard let byEnding = format(ofPath: source.file) else {
      if let byContent { return (byContent, nil) }
      throw .invalid([
        Diagnostic(
          .unknownFormat, "neither the name nor the content of the file tells its format", at: source.location(at: 0),
          mend: "name it with --format",
          notes: ["formats: " + all.map { "\($0.name) (.\($0.extensions.joined(separator: ", .")))" }.joined(separator: ", ")])
      ])
    }
    guard let byContent, byContent != byEnding, !byEnding.recognizes(source.bytes.prefix(4096)) else {
      return (byEnding, nil)
    }
    return (
      byEnding,
      Diagnostic(
        .formatMismatch, .warning,
        "the name of the file says \(byEnding.name), but its content looks like \(byContent.name)",
        at: source.location(at: 0), mend: "rename it, or use --format \(byContent.name)")
    )
  }

  /// Reads a model from a file, or from standard input for `-`; gzip is expanded.
  /// - Parameter format: the format; nil to go by the ending of the path and then by content.
  /// - Throws: ``ConstraintsError``; diagnostics are located.
  public static func read(
    path: String, format: (any ModelFormat.Type)? = nil, options: ReadOptions = ReadOptions(),
    limits: InputLimits = InputLimits()
  ) throws(ConstraintsError) -> ReadResult {
    try read(SourceText.read(path: path, limits: limits), format: format, options: options)
  }

  /// Reads a model from a text.
  public static func read(
    _ source: SourceText, format: (any ModelFormat.Type)? = nil, options: ReadOptions = ReadOptions()
  ) throws(ConstraintsError) -> ReadResult {
    if let format { return try format.read(source, options: options) }
    let (format, mismatch) = try detect(source)
    guard let mismatch else { return try format.read(source, options: options) }
    do {
      var result = try format.read(source, options: options)
      result.warnings.insert(mismatch, at: 0)
      return result
    } catch {
      guard case .invalid(let diagnostics) = error else { throw error }
      throw .invalid([mismatch] + diagnostics)
    }
  }

  /// Writes a model to a file, or to standard output for `-`; compressed when the path ends in `.gz`.
  ///
  /// The file appears as a whole or not at all.
  /// - Parameter format: the format; nil to go by the ending of the path.
  /// - Returns: what was lost or renamed, and the text as written.
  @discardableResult
  public static func write(
    _ model: Model, to path: String, format: (any ModelFormat.Type)? = nil, options: WriteOptions = WriteOptions()
  ) throws(ConstraintsError) -> WriteResult {
    guard let format = format ?? self.format(ofPath: path) else {
      throw .invalid([
        Diagnostic(
          .unknownFormat, "the ending of '\(path)' names no format", mend: "name the format",
          notes: ["formats: " + all.map { "\($0.name) (.\($0.extensions.joined(separator: ", .")))" }.joined(separator: ", ")])
      ])
    }
    let result = try format.write(model, options: options)
    try writeFile(result.bytes, to: path)
    return result
  }

  /// Writes bytes to a file as a whole; compressed when the path ends in `.gz`, standard output for `-`.
  public static func writeFile(_ bytes: [UInt8], to path: String) throws(ConstraintsError) {
    guard path.lowercased().hasSuffix(".gz") else { return try FileBytes.write(bytes, path: path) }
    let compressed: [UInt8]
    do {
      compressed = try Gzip.compress(bytes)
    } catch {
      throw .unwritable(path: path, reason: "compression failed")
    }
    try FileBytes.write(compressed, path: path)
  }
}
