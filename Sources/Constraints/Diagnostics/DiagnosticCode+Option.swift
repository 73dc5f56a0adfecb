extension DiagnosticCode {
  static let optionCodes: [DiagnosticCode] = [unknownOption, badOptionValue, conflictingOptions]

  public static let unknownOption = DiagnosticCode(
    "O401", "there is no option of this name",
    cause: "The command line, the `solve` block of the model or an options file names an option that does not exist.",
    example: "\"solve\": {\"time_limt\": 10}",
    mend: "`solve help run` lists all options.")
  public static let badOptionValue = DiagnosticCode(
    "O402", "an option has a value it cannot take",
    cause: "The value is of the wrong type or outside the range.",
    example: "--gap -1",
    mend: "Give a value in the stated range; durations are written 90s, 5m or 1h.")
  public static let conflictingOptions = DiagnosticCode(
    "O403", "two options contradict each other",
    cause: "Such as exact arithmetic together with the interior-point method.",
    example: "--method exact on an integer model",
    mend: "Drop one of them.")
}
