/// A file format for models. A new one is a folder with a conforming type plus one line in ``ModelFormats/all``.
public protocol ModelFormat: Sendable {
  /// The name used with `--format` and `--to`.
  static var name: String { get }
  /// File name endings, without `.gz`, most specific first.
  static var extensions: [String] { get }
  /// One line for help.
  static var summary: String { get }
  /// Whether a text that begins like this is probably of the format.
  static func recognizes(_ head: ArraySlice<UInt8>) -> Bool
  /// Reads a model.
  /// - Throws: ``ConstraintsError/invalid(_:)`` with located diagnostics.
  static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult
  /// Writes a model.
  /// - Throws: ``ConstraintsError/invalid(_:)`` naming what the format cannot carry.
  static func write(_ model: Model, options: WriteOptions) throws(ConstraintsError) -> WriteResult
}

/// How a file is read.
public struct ReadOptions: Sendable {
  public enum Mode: String, Sendable, CaseIterable {
    /// Refuses whatever readers disagree about.
    case strict
    /// Applies the majority rule and warns once a kind.
    case standard
    /// Also accepts known slips of dialects.
    case lenient
  }
  public var mode: Mode = .standard
  /// Values for the model's parameters, instead of those in the file.
  public var parameters: [(name: String, value: Double)] = []
  /// Folder that relative paths of data files start from; nil for the folder of the model file.
  public var dataFolder: String?
  /// The dialect of MPS where readers disagree.
  public var dialect: Dialect = .cplex
  public enum Dialect: String, Sendable, CaseIterable { case cplex, gurobi, mosek, classic }

  public init() {}
}

/// A model as read, with what was noticed and what the file asks of the solve.
public struct ReadResult: Sendable {
  public var model: Model
  public var warnings: [Diagnostic]
  /// Options of the file's `solve` block, in order, with their places.
  public var options: [FileOption]

  public struct FileOption: Sendable {
    public enum Value: Sendable, Hashable { case number(Double), text(String), flag(Bool) }
    public var name: String
    public var value: Value
    public var location: SourceLocation
    public init(name: String, value: Value, location: SourceLocation) {
      self.name = name
      self.value = value
      self.location = location
    }
  }

  public init(model: Model, warnings: [Diagnostic] = [], options: [FileOption] = []) {
    self.model = model
    self.warnings = warnings
    self.options = options
  }
}

/// How a file is written.
public struct WriteOptions: Sendable {
  /// Writes a maximization to MPS as the minimization of the negated objective, for readers without OBJSENSE.
  public var negateMaximization = false
  /// Fixed columns instead of free form, for MPS.
  public var fixedColumns = false
  public init() {}
}

/// A text as written, with what was lost or renamed.
public struct WriteResult: Sendable {
  public var bytes: [UInt8]
  public var warnings: [Diagnostic]
  /// New names by old, where the format could not carry the old one.
  public var renamed: [(old: String, new: String)]
  public init(bytes: [UInt8], warnings: [Diagnostic] = [], renamed: [(old: String, new: String)] = []) {
    self.bytes = bytes
    self.warnings = warnings
    self.renamed = renamed
  }
}

/// All model formats: the one place where a new one is registered.
public enum ModelFormats {
  public static let all: [any ModelFormat.Type] = [
    MathOptFormat.self, AlgebraicFormat.self, MPSFormat.self, LPFormat.self, CBFFormat.self, SDPAFormat.self,
  ]
}
