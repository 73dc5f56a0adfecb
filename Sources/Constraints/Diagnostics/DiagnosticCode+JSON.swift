extension DiagnosticCode {
  static let jsonCodes: [DiagnosticCode] = [
    unexpectedCharacter, truncatedJSON, duplicateKey, badJSONNumber, numberRange, badEscape, controlCharacter, invalidUTF8,
    tooDeep, tooLargeJSON, wrongKind, missingKey,
  ]

  public static let unexpectedCharacter = DiagnosticCode(
    "J001", "a character stands where JSON does not allow it",
    cause: "A comma, quote, colon or bracket is missing or too many; what follows can't be read with certainty.",
    example: "{\"a\" 1}",
    mend: "Look at and just before the marked place for a missing comma, colon or quote.")
  public static let truncatedJSON = DiagnosticCode(
    "J002", "the text ends too early",
    cause: "An object, list, string or comment is open at the end of the text, or the text is empty; the file may be cut off.",
    example: "{\"variables\": {\"x\": \"binary\"}",
    mend: "Close what is open, or fetch the whole file again.")
  public static let duplicateKey = DiagnosticCode(
    "J003", "a key occurs twice in one object",
    cause: "Many readers silently keep one of the two values; which one differs from reader to reader.",
    example: "{\"x\": 1, \"x\": 2}",
    mend: "Rename or remove one of the two.")
  public static let badJSONNumber = DiagnosticCode(
    "J004", "a number is not written as JSON numbers are",
    cause: "JSON numbers have no leading zeros, no plus sign, and a digit on both sides of the point.",
    example: "{\"a\": 007}",
    mend: "Write 7, 0.5 or 1e-3.")
  public static let numberRange = DiagnosticCode(
    "J005", "a number is too large for double precision",
    cause: "The largest number is about 1.8e308; reading it as infinity would change the model silently.",
    example: "{\"upper\": 1e999}",
    mend: "Write \"inf\" where no bound is meant.")
  public static let badEscape = DiagnosticCode(
    "J006", "an escape in a string has no meaning",
    cause: "A backslash begins one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u with four digits; surrogates come in pairs.",
    example: "\"C:\\data\"",
    mend: "Write \\\\ for a backslash.")
  public static let controlCharacter = DiagnosticCode(
    "J007", "a raw control character stands in a string",
    cause: "Line breaks and tabs inside a string must be escaped; most often a closing quote is missing.",
    example: "a string over two lines",
    mend: "Close the string, or write \\n or \\t.")
  public static let invalidUTF8 = DiagnosticCode(
    "J008", "the bytes are not valid UTF-8",
    cause: "JSON is UTF-8. The file was probably saved in another encoding, or is damaged.",
    example: "a Latin-1 file with the name M\u{FC}ller",
    mend: "Save the file as UTF-8.")
  public static let tooDeep = DiagnosticCode(
    "J009", "the text is nested too deeply",
    cause: "Objects, lists or brackets stand inside each other beyond the limit, which only damaged or hostile files need.",
    example: "[[[[ ... ]]]]",
    mend: "Name parts of the expression, or flatten the data.")
  public static let tooLargeJSON = DiagnosticCode(
    "J010", "the text is too large",
    cause: "Positions are kept in 32 bits.",
    example: "a file of more than 4 GiB",
    mend: "Put large tables into CSV files.")
  public static let wrongKind = DiagnosticCode(
    "J011", "a value is of the wrong kind",
    cause: "Such as a string where a number belongs, or a list where an object belongs.",
    example: "{\"variables\": [1, 2]}",
    mend: "See the format's description for what belongs at this place.")
  public static let missingKey = DiagnosticCode(
    "J012", "a key is missing",
    cause: "The object means nothing without it.",
    example: "{\"constraints\": {\"c\": {\"over\": \"i in I\"}}}",
    mend: "Add the key.")
}
