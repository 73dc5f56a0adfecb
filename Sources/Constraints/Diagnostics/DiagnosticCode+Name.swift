extension DiagnosticCode {
  static let nameCodes: [DiagnosticCode] = [
    unknownName, duplicateName, shadowedName, cyclicDefinition, unusedName,
  ]

  public static let unknownName = DiagnosticCode(
    "N201", "a name is not known",
    cause: "An expression, a section of a file or a data table uses a name that nothing declares; nearly always a slip of the keyboard.",
    example: "\"maximize\": \"sum(profitt[p] * make[p] for p in P)\" where the data is called profit",
    mend: "Correct the name, or declare it.")
  public static let duplicateName = DiagnosticCode(
    "N202", "a name is used twice",
    cause: "Two things of one kind with one name cannot be told apart in answers and messages.",
    example: "two variables called x",
    mend: "Rename one of them.")
  public static let shadowedName = DiagnosticCode(
    "N203", "a name hides another one",
    cause: "An index variable, data table, set, parameter or variable has the name of something else that is visible at the same place.",
    example: "\"sum(x[x] for x in P)\"",
    mend: "Rename one of them.")
  public static let cyclicDefinition = DiagnosticCode(
    "N204", "definitions depend on each other in a circle",
    cause: "An expression, derived set or computed table needs its own value to be worked out.",
    example: "\"expressions\": {\"a\": \"b + 1\", \"b\": \"a + 1\"}",
    mend: "Break the circle; if the values really determine each other, make one a variable and add a constraint.")
  public static let unusedName = DiagnosticCode(
    "N205", "a name is declared but never used",
    cause: "Often a sign that a constraint is missing or that a name is misspelt elsewhere.",
    example: "\"data\": {\"capacity\": 10} and no expression with capacity",
    mend: "Use it or remove it.")
}
