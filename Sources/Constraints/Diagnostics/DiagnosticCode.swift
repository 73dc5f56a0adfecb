/// A stable identifier of one kind of problem, together with the page that explains it.
///
/// Codes are part of the public interface: a letter for the family (`J` JSON, `F` file formats, `N` names, `T` types
/// and shapes, `D` data, `M` model meaning, `B` backend, `O` options) and three digits. `solve explain N201` prints
/// the page. Each family lives in one file, `DiagnosticCode+Family.swift`, and is registered in ``all``.
public struct DiagnosticCode: Sendable, Hashable, CustomStringConvertible {
  /// The code as printed, such as `N201`.
  public let id: String
  /// One line: what is wrong.
  public let title: String
  /// Why it happens and why it is refused rather than guessed.
  public let cause: String
  /// A smallest input that triggers it.
  public let example: String
  /// What to change.
  public let mend: String

  public init(_ id: String, _ title: String, cause: String, example: String, mend: String) {
    self.id = id
    self.title = title
    self.cause = cause
    self.example = example
    self.mend = mend
  }

  public var description: String { id }

  public static func == (a: Self, b: Self) -> Bool { a.id == b.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }

  /// Every documented code, in order of family and number.
  public static let all: [DiagnosticCode] =
    jsonCodes + formatCodes + nameCodes + typeCodes + dataCodes + modelCodes + backendCodes + optionCodes

  /// The code with this identifier, in any case.
  public static func named(_ id: String) -> DiagnosticCode? {
    let wanted = id.uppercased()
    return all.first { $0.id == wanted }
  }
}
