/// The solution file: one JSON object with what is known, how strongly, why the solve ended, and the points.
public enum SolutionJSON {
  /// What a run wants to have on record beside the solution.
  public struct Run: Sendable {
    public var version: String
    public var seed: UInt64?
    public var threads: Int?
    public var isDeterministic: Bool?
    /// Options that were set, by name.
    public var options: [(name: String, value: ReadResult.FileOption.Value)]

    public init(
      version: String, seed: UInt64? = nil, threads: Int? = nil, isDeterministic: Bool? = nil,
      options: [(name: String, value: ReadResult.FileOption.Value)] = []
    ) {
      self.version = version
      self.seed = seed
      self.threads = threads
      self.isDeterministic = isDeterministic
      self.options = options
    }
  }

  /// Writes a solution of a model.
  ///
  /// Values of families nest by key, `{"make": {"bread": 12}}`; with `flat` they stand under their full names. Numbers
  /// read back to the same `Double`, infinities are the strings `"inf"` and `"-inf"`, a missing number is `null`.
  /// - Complexity: O(size of the model and the points).
  public static func write(_ solution: Solution, of model: Model, flat: Bool = false, run: Run? = nil) -> [UInt8] {
    var writer = SolutionWriter(solution: solution, model: model, isFlat: flat)
    return writer.write(run)
  }

  /// A point read from a solution file, for a start or a verification.
  public struct Point: Sendable {
    /// One value a variable of the model, NaN where the file has none.
    public var values: [Double]
    /// The objective that the file states.
    public var objective: Double?
    /// The outcome that the file states, if it is one that we know.
    public var outcome: OutcomeStatus?
    /// Whether the file was written for this very model; nil when it doesn't say.
    public var isSameModel: Bool?
    public var warnings: [Diagnostic]
  }

  /// Reads the first point of a solution file by the names of the model's variables.
  ///
  /// Names that the model does not have are errors with suggestions; variables without a value are NaN and counted in a
  /// warning.
  /// - Throws: ``ConstraintsError/invalid(_:)`` with located diagnostics.
  public static func readPoint(_ source: SourceText, for model: Model) throws(ConstraintsError) -> Point {
    var reader = SolutionReader(document: try JSONDocument(source), model: model)
    return try reader.read()
  }

  /// Whether a text that begins like this is probably a solution file.
  public static func recognizes(_ head: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: head, as: UTF8.self)
    return text.contains("\"format\"") && text.contains("\"solution\"")
  }
}
