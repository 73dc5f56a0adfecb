/// Reads the LP format of CPLEX by recursive descent over three tokens of look-ahead; rows go into the model as they
/// are read, variables are numbered by first appearance.
struct LPReader: ~Copyable {
  typealias Token = LPScanner.Token

  enum Section { case constraints, lazy, cuts, bounds, general, binary, semicontinuous, sets(kind: Int), end }

  struct VariableFlags: OptionSet {
    let rawValue: UInt8
    static let integer = VariableFlags(rawValue: 1)
    static let binary = VariableFlags(rawValue: 2)
    static let semicontinuous = VariableFlags(rawValue: 4)
    static let lowerGiven = VariableFlags(rawValue: 8)
    static let upperGiven = VariableFlags(rawValue: 16)
  }

  let source: SourceText
  let bytes: UnsafeBufferPointer<UInt8>
  let options: ReadOptions
  private var scanner: LPScanner
  private(set) var token: Token
  private(set) var next: Token
  private(set) var afterNext: Token
  /// Where the last token ended.
  private(set) var lastEnd = 0

  var found = DiagnosticCollector()
  private var seenKinds: Set<String> = []

  var model = Model()
  var variables: ByteNameTable
  var flags: [VariableFlags] = []
  var lower: [Double] = []
  var upper: [Double] = []
  /// Constraint in which each variable was last seen, to notice repeated terms.
  var lastSeen: [Int32] = []
  var constraintNumber: Int32 = 0
  var rowNames: ByteNameTable
  var lazyRows: [ConstraintReference] = []
  var uppersBelowZero: [(variable: Int, place: Token)] = []
  var sense = ObjectiveSense.minimize
  var setCount = 0

  init(_ source: SourceText, _ bytes: UnsafeBufferPointer<UInt8>, options: ReadOptions) {
    self.source = source
    self.bytes = bytes
    self.options = options
    scanner = LPScanner(bytes, allowsBrackets: options.mode == .lenient || options.dialect == .gurobi)
    variables = ByteNameTable(bytes)
    rowNames = ByteNameTable(bytes)
    token = scanner.next()
    next = scanner.next()
    afterNext = scanner.next()
  }

  // MARK: - Tokens

  mutating func advance() {
    lastEnd = token.end
    token = next
    next = afterNext
    afterNext = scanner.next()
  }

  func text(_ token: Token) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

  /// What a token is called in messages.
  func shown(_ token: Token) -> String {
    token.kind == .end ? "the end of the file" : "'\(text(token))'"
  }

  func lowercased(_ token: Token) -> String {
    token.kind == .name && token.end - token.start <= 16 ? text(token).lowercased() : ""
  }

  // MARK: - Diagnostics

  func location(_ token: Token) -> SourceLocation {
    source.location(at: token.start, length: max(1, token.end - token.start))
  }

  mutating func fail(_ code: DiagnosticCode, _ message: String, at token: Token, mend: String? = nil) {
    guard !found.isFull else { return }
    found.add(Diagnostic(code, message, at: location(token), mend: mend))
  }

  /// A warning or note, once a kind; later ones are counted.
  mutating func note(
    _ kind: String, _ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ message: String, at token: Token,
    mend: String? = nil
  ) {
    let place = seenKinds.insert(kind).inserted ? location(token) : nil
    found.addOnce(kind: kind, Diagnostic(code, severity, message, at: place, mend: mend))
  }

  /// Something that readers disagree about: an error in strict mode and, if `isLenientOnly`, in standard mode; a
  /// warning otherwise.
  /// - Returns: whether to go on with the reading that the warning states.
  @discardableResult
  mutating func slip(
    _ kind: String, _ code: DiagnosticCode, _ message: String, at token: Token, mend: String? = nil,
    isLenientOnly: Bool = false
  ) -> Bool {
    if options.mode == .strict || (isLenientOnly && options.mode != .lenient) {
      fail(code, message, at: token, mend: mend)
      return false
    }
    note(kind, code, .warning, message, at: token, mend: mend)
    return true
  }

  /// Goes on at the next line that begins a section or a named statement.
  mutating func recover() {
    while token.kind != .end {
      advance()
      if token.isFirst, token.kind == .name, next.kind == .colon || section() != nil { return }
    }
  }

  // MARK: - Variables

  /// The number of the variable of a name token, made when it is new.
  mutating func variable(_ name: Token) -> Int {
    let (number, isNew) = variables.insert(name.start, name.end)
    if isNew { addVariable() }
    return number
  }

  private mutating func addVariable() {
    flags.append([])
    lower.append(0)
    upper.append(.infinity)
    lastSeen.append(-1)
  }

  /// The variable of a name in a section after the constraints; a new one is reported.
  mutating func knownVariable(_ name: Token, in section: String) -> Int? {
    let number = variables.find(name.start, name.end)
    if number >= 0 { return number }
    let wanted = text(name)
    let near = didYouMean(wanted, in: (0..<min(variables.count, 20_000)).map { variables.name($0) })
    guard
      slip(
        "implied \(section)", .impliedVariable, "\(section) names '\(wanted)', which no expression has; the variable is created",
        at: name, mend: near)
    else { return nil }
    return variable(name)
  }

  // MARK: - Sections

  /// The section that begins at the present token, where a section can begin.
  func section() -> (section: Section, words: Int, unsupported: String?)? {
    guard token.kind == .name else { return nil }
    let word = lowercased(token)
    let second = lowercased(next)
    let found: (Section, Int, String?)
    switch word {
    case "subject" where second == "to", "such" where second == "that": found = (.constraints, 2, nil)
    case "st", "s.t.", "st.": found = (.constraints, 1, nil)
    case "lazy" where second == "constraints" || second == "constraint": found = (.lazy, 2, nil)
    case "user" where second == "cuts" || second == "cut": found = (.cuts, 2, nil)
    case "bound", "bounds": found = (.bounds, 1, nil)
    case "general" where second == "constraints" || second == "constraint":
      found = (.end, 2, "general constraints of Gurobi")
    case "gen", "general", "generals", "int", "integer", "integers": found = (.general, 1, nil)
    case "bin", "binary", "binaries": found = (.binary, 1, nil)
    case "semi", "semis":
      let isLong = next.kind == .minus && next.start == token.end && lowercased(afterNext) == "continuous"
      found = (.semicontinuous, isLong ? 3 : 1, nil)
    case "sos": found = (.sets(kind: 0), 1, nil)
    case "sos1": found = (.sets(kind: 1), 1, nil)
    case "sos2": found = (.sets(kind: 2), 1, nil)
    case "pwlobj", "pwl": found = (.end, 1, "piecewise linear functions")
    case "gencons": found = (.end, 1, "general constraints of Gurobi")
    case "scenario", "scenarios": found = (.end, 1, "scenarios of Gurobi")
    case "end": found = (.end, 1, nil)
    default: return nil
    }
    // A keyword that something continues is a name.
    let follower = found.1 == 1 ? next : found.1 == 2 ? afterNext : Token(kind: .end, start: 0, end: 0, isFirst: true)
    switch follower.kind {
    case .colon:
      // `Subject To:` is customary in some dialects; `sos1:` names a set.
      if found.1 == 2, case .constraints = found.0 { break }
      if word == "st" || word == "s.t." || word == "st.", afterNext.isFirst { break }
      return nil
    case .plus, .minus, .times, .power, .less, .greater, .equal, .arrow, .doubleColon:
      if !follower.isFirst || follower.isRelation { return nil }
    default: break
    }
    if !token.isFirst, variables.find(token.start, token.end) >= 0 { return nil }
    return found
  }
}
