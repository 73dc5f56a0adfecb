extension DiagnosticCode {
  static let backendCodes: [DiagnosticCode] = [
    unsupported, unknownSolver, solverMissing, solverFailed, loweredStatus,
  ]

  public static let unsupported = DiagnosticCode(
    "B101", "no solver here takes this kind of model",
    cause: "A constraint or the objective has a function or a set that the chosen solver, even after reformulation, does not take.",
    example: "a nonlinear equation with --solver glpk",
    mend: "Use --solver auto, or write the constraint in a form that the solver takes; `solve solvers` lists them.")
  public static let unknownSolver = DiagnosticCode(
    "B102", "there is no solver of this name",
    cause: "The name after --solver is not one that `solve solvers` lists.",
    example: "solve model.json --solver glkp",
    mend: "Use a listed name, or auto.")
  public static let solverMissing = DiagnosticCode(
    "B103", "the solver was left out of this build",
    cause: "The package was built without the trait of that name.",
    example: "swift build --disable-default-traits; solve model.json --solver glpk",
    mend: "Build again with the trait.")
  public static let solverFailed = DiagnosticCode(
    "B104", "the solver gave up",
    cause: "A numerical failure, or a condition that its authors did not foresee; the process and your data are unharmed.",
    example: "a basis that became singular",
    mend: "Try another method (--method), better units, or report the model.")
  public static let loweredStatus = DiagnosticCode(
    "B105", "a claim did not survive the check",
    cause: "Every answer is recomputed from the model by code that shares nothing with the solver; this one contradicts the claim, mostly because of badly scaled numbers.",
    example: "an optimal basis whose point breaks a row with coefficients from 1e-9 to 1e9",
    mend: "Choose units so that coefficients lie between 1e-3 and 1e6, or ask for --method exact.")
}
