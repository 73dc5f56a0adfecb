/// Reads one model in the algebraic format: the state shared by all its parts.
///
/// The way of a text: ``ExpressionParser`` makes a tree, `resolve` binds names and types, and the evaluator runs the tree
/// once for each combination of index values. Index values are ``Key`` numbers in ``slots``, data are dense arrays
/// with strides, variables contiguous blocks, so that the inner loops touch no dictionary and no string.
struct AlgebraicReader {
  /// What a name stands for.
  enum Entity: Hashable {
    case set(Int), data(Int), parameter(Int), variable(Int), definition(Int)

    var noun: String {
      switch self {
      case .set: "set"
      case .data: "data"
      case .parameter: "parameter"
      case .variable: "variable"
      case .definition: "expression"
      }
    }
  }

  struct NamedSet {
    var name: String
    var place: JSONNode
    var space: IndexSpace
    var isUsed = false
    /// Whether the members are worked out only after the data are read.
    var isDerived = false
  }

  struct DataTable {
    var name: String
    var place: JSONNode
    var space: IndexSpace
    /// One number a slot, NaN where there is none.
    var numbers: [Double]
    /// One key a slot when the values are texts; otherwise empty.
    var keys: [Key] = []
    var standard: Double?
    var isUsed = false
  }

  /// A family of variables or parameters, consecutive in the model.
  struct Family {
    var name: String
    var place: JSONNode
    var space: IndexSpace
    var first: Int
    var isBinary = false
    var isUsed = false
  }

  /// A named expression with decision variables: one value a slot.
  struct Definition {
    var name: String
    var place: JSONNode
    var space = IndexSpace()
    var values: [Expression] = []
    var isReady = false
  }

  struct Text {
    var place: JSONNode
    var bytes: [UInt8]
  }

  let document: JSONDocument
  let options: ReadOptions
  var found = DiagnosticCollector()
  var model = Model()
  var fileOptions: [ReadResult.FileOption] = []

  var symbols = SymbolTable()
  var names: [String: Entity] = [:]
  var sets: [NamedSet] = []
  var data: [DataTable] = []
  var parameters: [Family] = []
  var variables: [Family] = []
  var definitions: [Definition] = []
  /// Whether the variables were read; those that then have no place in the model were reported.
  var areVariablesReady = false

  var tree = SyntaxTree()
  var texts: [Text] = []

  /// Index variables in scope, and their values.
  var scope: [(name: String, slot: Int)] = []
  var slots = [Key](repeating: .none, count: 64)
  /// Positions of the running loops, innermost last.
  var loopPositions: [Int] = []
  /// Unknown names that were reported.
  var reportedNames: Set<String> = []
  /// Constraints added to keep indices within their tables.
  var elementConstraints = 0
  /// Nodes with a reported problem in the present family, and lookups that found nothing.
  var reportedNodes: Set<Int32> = []
  var misses: [Int32: Miss] = [:]
  struct Miss {
    var count: Int
    var first: [Key]
  }
  /// The instance under evaluation, for messages: name and index values.
  var instanceName = ""
  var instanceKeys: [Key] = []
  /// Loop rounds so far; a limit keeps hostile files from running forever.
  var rounds = 0
  static let roundLimit = 100_000_000
  static let loopLimit = 100_000_000
  static let memberLimit = 10_000_000

  init(_ document: JSONDocument, options: ReadOptions) {
    self.document = document
    self.options = options
  }

  /// Whether enough errors were found to stop.
  var isStopped: Bool { found.isFull }

  // MARK: - Reading

  static func read(_ source: SourceText, options: ReadOptions) throws(ConstraintsError) -> ReadResult {
    let document = try JSONDocument(
      source, options: JSONParser.Options(allowsComments: true, allowsTrailingCommas: true))
    var reader = AlgebraicReader(document, options: options)
    reader.readSections()
    try reader.found.throwIfErrors()
    return ReadResult(model: reader.model, warnings: reader.found.finish(), options: reader.fileOptions)
  }

  private static let sections = [
    "format", "version", "name", "description", "author", "sets", "data", "parameters", "variables", "expressions",
    "sense", "objective", "constraints", "solve", "$schema",
  ]

  private mutating func readSections() {
    guard document.kind(document.root) == .object else {
      return report(.wrongKind, "a model is a JSON object, not \(document.kind(document.root).phrase)", at: document.root)
    }
    var section: [String: JSONNode] = [:]
    for (key, value) in document.members(document.root) {
      let name = document.text(key) ?? ""
      switch name {
      case "uncertainty", "stages", "graph":
        report(.notSupported, "'\(name)' is not yet supported", at: key, mend: "remove the block")
      case _ where AlgebraicReader.sections.contains(name): section[name] = value
      case _ where AlgebraicReader.remarks.contains(name): break
      default:
        report(
          .unknownName, "'\(name)' is not a section of a model", at: key,
          mend: didYouMean(name, in: AlgebraicReader.sections))
      }
    }
    readHead(section)
    var pending: [PendingDefinition] = []
    if let node = section["sets"] { readSets(node, &pending) }
    if let node = section["data"] { readData(node, &pending) }
    if let node = section["parameters"] { readParameters(node) }
    if let node = section["expressions"] { readExpressions(node, &pending) }
    var variableNodes: [(name: String, key: JSONNode, value: JSONNode)] = []
    if let node = section["variables"] { variableNodes = declareVariables(node) }
    overrideParameters()
    if isStopped { return }
    define(pending, variableNames: Set(variableNodes.map(\.name))) { reader in
      for (i, node) in variableNodes.enumerated() {
        // In a list the name stands inside the variable's object, behind its beginning.
        reader.readVariable(i, node.name, node.value, isListed: node.key.index > node.value.index)
      }
      reader.areVariablesReady = true
    }
    if isStopped { return }
    model.beginParametricBatch()
    if let node = section["objective"] { readObjective(node, sense: section["sense"]) }
    if let node = section["constraints"] { readConstraints(node) }
    model.endParametricBatch()
    if let node = section["solve"] { readSolveBlock(node) }
    if !found.hasErrors { warnAboutUnused() }
  }

  private mutating func readHead(_ section: [String: JSONNode]) {
    if let node = section["format"] {
      if !document.isText(node, "algebraic") { report(.wrongKind, "the format should be \"algebraic\"", at: node) }
    } else if !document.members(document.root).contains(where: { _ in true }) {
      report(
        .missingKey, "an empty object is not a model", at: document.root, mend: "begin with \"format\": \"algebraic\"")
    }
    if let node = section["version"], document.integer(node) != 1 {
      report(.notSupported, "this reader knows version 1 of the format", at: node, mend: "write 1")
    }
    if let node = section["name"] {
      if let name = document.text(node) { model.name = name } else { wrongKind("the name of the model", "a string", node) }
    }
    for key in ["description", "author"] {
      if let node = section[key], document.kind(node) != .string { wrongKind("'\(key)'", "a string", node) }
    }
  }

  private mutating func readSolveBlock(_ node: JSONNode) {
    guard requireObject(node, "'solve'") else { return }
    for (key, value) in document.members(node) {
      let name = document.text(key) ?? ""
      let location = document.location(key)
      switch document.kind(value) {
      case .number: fileOptions.append(.init(name: name, value: .number(document.number(value) ?? 0), location: location))
      case .string: fileOptions.append(.init(name: name, value: .text(document.text(value) ?? ""), location: location))
      case .boolean: fileOptions.append(.init(name: name, value: .flag(document.boolean(value) ?? false), location: location))
      default:
        report(
          .badOptionValue, "option '\(name)' can't be \(document.kind(value).phrase)", at: value,
          mend: "give a number, a string, true or false")
      }
    }
  }

  private mutating func warnAboutUnused() {
    for set in sets where !set.isUsed {
      warn(.unusedName, "set '\(set.name)' is never used", at: set.place)
    }
    for table in data where !table.isUsed {
      warn(.unusedName, "data '\(table.name)' is never used", at: table.place)
    }
    for family in parameters where !family.isUsed {
      warn(.unusedName, "parameter '\(family.name)' is never used", at: family.place)
    }
    for family in variables where !family.isUsed && family.space.count > 0 {
      warn(.unusedName, "variable '\(family.name)' appears in no constraint and no objective", at: family.place)
    }
  }

  // MARK: - Diagnostics

  mutating func report(
    _ code: DiagnosticCode, _ message: String, at node: JSONNode, mend: String? = nil, notes: [String] = []
  ) {
    guard !isStopped else { return }
    found.add(Diagnostic(code, message, at: document.location(node), mend: mend, notes: notes))
  }

  mutating func warn(_ code: DiagnosticCode, _ message: String, at node: JSONNode) {
    found.add(Diagnostic(code, .warning, message, at: document.location(node)))
  }

  /// Reports something about a node of an expression, with its place in the string and the file.
  mutating func report(
    _ code: DiagnosticCode, _ message: String, node: Int32, mend: String? = nil, notes: [String] = []
  ) {
    guard !isStopped else { return }
    let n = tree.nodes[Int(node)]
    report(code, message, text: Int(n.text), range: Int(n.start)..<Int(n.end), mend: mend, notes: notes)
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, text: Int, range: Range<Int>, mend: String? = nil, notes: [String] = []
  ) {
    guard !isStopped else { return }
    let location = document.location(inString: texts[text].place, range)
    found.add(Diagnostic(code, message, at: location, mend: mend, notes: notes))
  }

  mutating func report(_ error: ExpressionError, text: Int) {
    report(error.code, error.message, text: text, range: error.range, mend: error.mend)
  }

  /// Reports a problem of a node once for the present family, naming the instance.
  /// - Parameter namesInstance: false when the message already does.
  mutating func reportOnce(
    _ code: DiagnosticCode, _ message: String, node: Int32, mend: String? = nil, namesInstance: Bool = true
  ) {
    guard !isStopped, reportedNodes.insert(node).inserted else { return }
    let place = instanceName.isEmpty || !namesInstance ? "" : " in \(instanceText)"
    report(code, message + place, node: node, mend: mend)
  }

  var instanceText: String {
    if instanceKeys.isEmpty { return instanceName }
    return "\(instanceName)[\(instanceKeys.map(symbols.text).joined(separator: ","))]"
  }

  mutating func wrongKind(_ what: String, _ wanted: String, _ node: JSONNode) {
    report(.wrongKind, "\(what) must be \(wanted), not \(document.kind(node).phrase)", at: node)
  }

  mutating func requireObject(_ node: JSONNode, _ what: String) -> Bool {
    if document.kind(node) == .object { return true }
    wrongKind(what, "an object", node)
    return false
  }

  /// Declares a name; reports when it is taken or reserved.
  mutating func declare(_ name: String, _ entity: Entity, at key: JSONNode) {
    if name.isEmpty { return report(.syntax, "a name is empty", at: key, mend: "give it a name") }
    if AlgebraicReader.reserved.contains(name) {
      return report(
        .shadowedName, "'\(name)' is a word of the language", at: key, mend: "choose another name for this \(entity.noun)")
    }
    if let other = names[name] {
      return report(
        .shadowedName, "\(entity.noun) '\(name)' has the name of a \(other.noun)", at: key, mend: "rename one of them")
    }
    names[name] = entity
  }

  static let reserved: Set<String> = [
    "inf", "pi", "for", "in", "where", "if", "and", "or", "not", "default", "perp",
  ]

  /// Parses a text; nil after a reported error.
  mutating func parse<T>(
    _ node: JSONNode, _ body: (inout ExpressionParser, inout SyntaxTree) throws(ExpressionError) -> T
  ) -> T? {
    texts.append(Text(place: node, bytes: document.textBytes(node)))
    let number = texts.count - 1
    do throws(ExpressionError) {
      var parser = try ExpressionParser(texts[number].bytes, number: number)
      return try body(&parser, &tree)
    } catch {
      report(error, text: number)
      return nil
    }
  }

  /// Forgets what was parsed since a mark, and reports lookups that found nothing.
  mutating func finish(_ mark: (tree: SyntaxTree.Mark, texts: Int)) {
    reportMisses()
    reportedNodes.removeAll(keepingCapacity: true)
    tree.release(to: mark.tree)
    texts.removeSubrange(mark.texts...)
    scope.removeAll(keepingCapacity: true)
    loopPositions.removeAll(keepingCapacity: true)
    instanceName = ""
    instanceKeys = []
  }
  var textMark: (tree: SyntaxTree.Mark, texts: Int) { (tree.mark, texts.count) }
}
