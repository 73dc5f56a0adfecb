extension DiagnosticCode {
  static let typeCodes: [DiagnosticCode] = [
    syntax, implicitProduct, wrongUse, wrongIndexCount, strictInequality, notSupported, notBinary,
  ]

  public static let syntax = DiagnosticCode(
    "T501", "an expression is not well formed",
    cause: "A bracket, operator or value is missing or too many, or a character has no meaning in expressions.",
    example: "\"maximize\": \"3 * make[p + 2\"",
    mend: "See the grammar in the documentation of the algebraic format.")
  public static let implicitProduct = DiagnosticCode(
    "T502", "a product is written without '*'",
    cause: "2x could be a slip for a name; products are always written out.",
    example: "\"cap\": \"2x <= 4\"",
    mend: "Write 2*x.")
  public static let wrongUse = DiagnosticCode(
    "T503", "a value of one kind stands where another kind belongs",
    cause: "Numbers, texts, conditions, variables and sets are told apart: a text can't be added, a condition can't hold a variable, a bound can't depend on a variable.",
    example: "\"sum(x[i] for i in I where x[i] > 0)\"",
    mend: "Use data and indices in conditions and bounds; put variables into constraints.")
  public static let wrongIndexCount = DiagnosticCode(
    "T504", "a wrong number of indices or arguments",
    cause: "A table or family is used with more or fewer indices than it was declared with, or a function with the wrong number of arguments.",
    example: "\"cost[i]\" where cost is given by plant and market",
    mend: "Give one index for each set the name was declared over.")
  public static let strictInequality = DiagnosticCode(
    "T505", "a strict inequality stands in a constraint",
    cause: "Solvers work with closed sets; x < 3 has no largest x.",
    example: "\"cap\": \"x < 3\"",
    mend: "Write <=, with a margin if one is needed; for whole numbers x <= 2.")
  public static let notSupported = DiagnosticCode(
    "T506", "a part of the language is not yet supported",
    cause: "The format foresees it, but this version can't carry it out; it is refused rather than ignored.",
    example: "\"uncertainty\": {...}",
    mend: "Remove it, or rewrite it with what the table of abilities lists.")
  public static let notBinary = DiagnosticCode(
    "T507", "a logical formula uses something that is not a binary variable",
    cause: "and, or, not, => and <=> connect binary variables and comparisons; a general number is neither true nor false.",
    example: "\"rule\": \"x => y <= 3\" with x real",
    mend: "Declare the variable as binary, or write a comparison.")
}
