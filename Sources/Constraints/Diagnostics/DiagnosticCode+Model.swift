extension DiagnosticCode {
  static let modelCodes: [DiagnosticCode] = [
    foreignVariable, notANumber, crossedBounds, fractionalIntegerBound, alwaysFalse, alwaysTrue, hugeCoefficient,
    dimensionMismatch, badSet, tooLarge, unboundedForReformulation, notFinite, outsideDomain,
  ]

  public static let foreignVariable = DiagnosticCode(
    "M301", "a variable of another model is used",
    cause: "Every variable and parameter belongs to the model that made it; its number means nothing elsewhere.",
    example: "var a = Model(), b = Model(); let x = a.variable(\"x\"); b.minimize(x)",
    mend: "Make the variable with the model that uses it.")
  public static let notANumber = DiagnosticCode(
    "M302", "a coefficient or bound is not a number",
    cause: "NaN, or an infinite coefficient, right-hand side or objective, has no meaning in a model.",
    example: "\"cap\": \"x <= 0 / 0\"",
    mend: "Find the data that made it: a division by zero, an empty cell, inf - inf.")
  public static let crossedBounds = DiagnosticCode(
    "M303", "a lower bound is above the upper bound",
    cause: "No value lies between the bounds, so the model could only be infeasible; nearly always a slip of data.",
    example: "\"x\": {\"lower\": 5, \"upper\": 3}",
    mend: "Exchange or correct the bounds.")
  public static let fractionalIntegerBound = DiagnosticCode(
    "M304", "an integer variable has fractional bounds",
    cause: "The bounds are rounded inwards, which may surprise.",
    example: "\"x\": {\"domain\": \"integer\", \"lower\": 0.5}",
    mend: "Give whole numbers.")
  public static let alwaysFalse = DiagnosticCode(
    "M305", "a constraint can never hold",
    cause: "It has no variables left and its numbers contradict each other.",
    example: "\"cap\": \"3 <= 2\"",
    mend: "Correct the data, or remove the constraint.")
  public static let alwaysTrue = DiagnosticCode(
    "M306", "a constraint always holds",
    cause: "It has no variables left and its numbers agree; it has no effect.",
    example: "\"cap\": \"2 <= 3\"",
    mend: "Remove it if this is not expected.")
  public static let hugeCoefficient = DiagnosticCode(
    "M307", "a coefficient is so large that answers become unreliable",
    cause: "Double precision carries 16 digits; a coefficient of 1e15 leaves one digit for everything else in its row.",
    example: "\"link\": \"x <= 1e15 * open\"",
    mend: "Choose other units, or an indicator constraint in place of a big number.")
  public static let dimensionMismatch = DiagnosticCode(
    "M308", "a vector function and its set differ in dimension",
    cause: "Each output of the function is one coordinate of the set.",
    example: "three rows in a SecondOrderCone of dimension 4",
    mend: "Correct the dimension or the rows.")
  public static let badSet = DiagnosticCode(
    "M309", "a set has parameters that make no sense",
    cause: "Such as a power cone with exponent 2, or SOS weights that repeat.",
    example: "{\"type\": \"PowerCone\", \"exponent\": 2}",
    mend: "See the definition of the set in the documentation.")
  public static let tooLarge = DiagnosticCode(
    "M310", "the model is larger than what can be indexed",
    cause: "Variables, rows and nodes are numbered with 32 bits.",
    example: "3 000 000 000 variables",
    mend: "Split the model, or aggregate.")
  public static let unboundedForReformulation = DiagnosticCode(
    "M311", "a reformulation needs a bound that the model does not give",
    cause: "Turning a logical constraint into linear ones takes a big number from proven bounds; a guess could cut off the answer.",
    example: "\"door\": \"open == 0 => x <= 3\" with x unbounded above",
    mend: "Give the named variable a finite bound.")
  public static let notFinite = DiagnosticCode(
    "M312", "a function is not a finite number at a point",
    cause: "The point lies outside the domain of a function, such as the logarithm of a negative number, or a value overflows.",
    example: "\"c3\": \"log(x - y) >= 1\" at x = 1, y = 1.2",
    mend: "Give bounds or start values that keep the named sub-expression inside the domain.")
  public static let outsideDomain = DiagnosticCode(
    "M313", "a function may be asked for where it is not defined",
    cause: "The bounds of the variables allow arguments outside the domain; a solver that goes there has to turn back, or stops.",
    example: "\"c\": \"log(x) >= 1\" with x in [0, 10]",
    mend: "Give the variables bounds that keep the argument inside, such as a small positive lower bound.")
}
