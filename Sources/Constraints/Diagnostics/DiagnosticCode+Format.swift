/// Files and text formats.
extension DiagnosticCode {
  static let formatCodes: [DiagnosticCode] = fileCodes + sectionCodes + meaningCodes + writingCodes

  private static let fileCodes = [unknownFormat, formatMismatch, damagedArchive, inputTooLarge, notText]

  public static let unknownFormat = DiagnosticCode(
    "F101", "the format of the file is not known",
    cause: "Neither the ending of the name nor the first lines tell how to read it.",
    example: "solve model.txt",
    mend: "Name the format with --format, or give the file its usual ending.")
  public static let formatMismatch = DiagnosticCode(
    "F102", "name and content of the file disagree",
    cause: "The ending of the name says one format, the first lines look like another. The name is followed.",
    example: "an LP file called model.mps",
    mend: "Rename the file, or name the format with --format.")
  public static let damagedArchive = DiagnosticCode(
    "F103", "the compressed file is damaged",
    cause: "The gzip data end too early, fail their checksum, or are followed by something else.",
    example: "a download that was interrupted",
    mend: "Fetch or copy the file again.")
  public static let inputTooLarge = DiagnosticCode(
    "F104", "the file is larger than the limit",
    cause: "The text, or what a compressed file expands to, is beyond what is read without being asked to.",
    example: "a gzip file of 10 MB that expands to 10 GB of blanks",
    mend: "Expand the file by hand if you trust it, and split it.")
  public static let notText = DiagnosticCode(
    "F105", "the file is not UTF-8 text",
    cause: "A NUL byte or a byte sequence that UTF-8 does not have: a binary file, UTF-16, or an old 8-bit encoding.",
    example: "a name with é saved as Latin-1",
    mend: "Save the file as UTF-8: iconv -f LATIN1 -t UTF-8.")
}

/// Lines, sections and numbers.
extension DiagnosticCode {
  private static let sectionCodes = [
    badNumber, badLine, unknownSection, unsupportedSection, badKeyword, missingEnd, textAfterEnd, readAsFixed,
    lpSyntax, foreignDialect, repeatedEntry, splitColumn,
  ]

  public static let badNumber = DiagnosticCode(
    "F110", "this is not a number",
    cause: "A number was expected. Numbers are read as a whole: one followed by other characters, NaN, or a decimal comma is refused, never read in part.",
    example: "    x  c1  1,5",
    mend: "Write 1.5, 1e-3 or inf.")
  public static let badLine = DiagnosticCode(
    "F111", "the line does not have the fields that its section asks for",
    cause: "There are too few or too many words on the line, or a name contains blanks in a free-form file.",
    example: "    x  c1",
    mend: "Compare with the description of the section; names with blanks need fixed columns.")
  public static let unknownSection = DiagnosticCode(
    "F112", "there is no section of this name",
    cause: "A line that begins in the first column starts a section, and this one is not known.",
    example: "COLUMS",
    mend: "Correct the name; data lines begin with a blank.")
  public static let unsupportedSection = DiagnosticCode(
    "F113", "this section is not read",
    cause: "The section belongs to one solver's dialect, and leaving it out would change the problem; so the file is refused.",
    example: "GENCONS",
    mend: "Write the constraints in another form, for example in MathOptFormat.")
  public static let badKeyword = DiagnosticCode(
    "F114", "a type or keyword is not one of those allowed here",
    cause: "Row types are N, G, L, E; bound types LO, UP, FX, FR, MI, PL, BV, LI, UI, SC, SI; senses MIN and MAX.",
    example: " X  c1",
    mend: "Use one of the listed words.")
  public static let missingEnd = DiagnosticCode(
    "F115", "the end mark is missing",
    cause: "The file has no ENDATA (MPS) or End (LP) line; it may have been cut off.",
    example: "a download that was interrupted",
    mend: "Check that the file is complete and add the line.")
  public static let textAfterEnd = DiagnosticCode(
    "F116", "there is text after the end mark",
    cause: "Nothing after ENDATA or End is read.",
    example: "ENDATA, then a second model",
    mend: "Remove the text, or split the file.")
  public static let readAsFixed = DiagnosticCode(
    "F117", "the file is read by fixed columns",
    cause: "As blank-separated words the file makes no sense, by the columns of classic MPS it does; so names may hold blanks.",
    example: " E  ROW 1",
    mend: "Nothing needs to be done; write the model anew to get a free-form file.")
  public static let lpSyntax = DiagnosticCode(
    "F120", "this does not fit the grammar of LP files",
    cause: "A word or sign stands where the format allows something else.",
    example: "c1: x + <= 4",
    mend: "See the message; every constraint is 'name: expression <= number'.")
  public static let foreignDialect = DiagnosticCode(
    "F121", "this is another language with the same ending",
    cause: "The text is in the LP language of lp_solve, which shares its ending with the LP format of CPLEX but not its grammar. Other readers take such files for empty models.",
    example: "max: 3x + 2y; c1: x + y <= 4;",
    mend: "Convert it: lp_solve -S3 model.lp -wfmps model.mps, or -wxlp through its xli for CPLEX.")
  public static let repeatedEntry = DiagnosticCode(
    "F130", "something is given twice",
    cause: "A coefficient, right-hand side, bound or term stands in the file more than once, and readers disagree on which counts.",
    example: "    x  c1  1   c1  2",
    mend: "Keep one.")
  public static let splitColumn = DiagnosticCode(
    "F131", "a column continues after another one",
    cause: "All entries of a column must follow each other; some readers take the second part for a new variable.",
    example: "    x c1 1, then y c1 1, then x c2 1",
    mend: "Sort the lines by column, or read with --mode lenient, which merges the parts.")
}

/// What a file means where readers disagree.
extension DiagnosticCode {
  private static let meaningCodes = [
    ignoredEntry, negativeUpperBound, zeroUpperBound, nearlyInfinite, misplacedInfinity, integerDefault,
    quadraticFactor, asymmetricMatrix, missingSemicontinuousBound, badSetInFile, droppedCut, narrowedBinary,
    impliedVariable, movedConstant, mergedTerms, keywordAsName, missingObjective,
  ]

  public static let ignoredEntry = DiagnosticCode(
    "F132", "an entry has no effect",
    cause: "The file says something that has no meaning here or that the model does not keep.",
    example: "a right-hand side for a free row that is not the objective",
    mend: "Remove it, or check that it was meant.")
  public static let negativeUpperBound = DiagnosticCode(
    "F133", "a negative upper bound without a lower bound",
    cause: "CPLEX and others then make the lower bound minus infinity, HiGHS, SCIP, GLPK and MOSEK keep 0, which makes the model infeasible.",
    example: " UP BND x -1",
    mend: "State the lower bound with LO or MI.")
  public static let zeroUpperBound = DiagnosticCode(
    "F134", "an upper bound of 0 without a lower bound",
    cause: "With the default lower bound 0 the variable is fixed at 0.",
    example: " UP BND x 0",
    mend: "If that is meant write FX; if not, state the lower bound.")
  public static let nearlyInfinite = DiagnosticCode(
    "F135", "a bound is very large but finite",
    cause: "Values from 1e30 on mean infinity in these formats, and many solvers begin at 1e20; this one is kept as it is.",
    example: " UP BND x 1e20",
    mend: "Write inf if no bound is meant.")
  public static let misplacedInfinity = DiagnosticCode(
    "F136", "infinity stands where it makes no sense",
    cause: "Coefficients and fixed values must be finite, a lower bound cannot be plus infinity, an upper one not minus infinity.",
    example: " LO BND x inf",
    mend: "Correct the number.")
  public static let integerDefault = DiagnosticCode(
    "F137", "integer columns without bounds are read as binary",
    cause: "Between integer markers a column that no BOUNDS line names has the bounds [0, 1] by custom.",
    example: "MARKER 'INTORG', x, MARKER 'INTEND' without bounds for x",
    mend: "State the bounds: LO 0 and PL for any whole number.")
  public static let quadraticFactor = DiagnosticCode(
    "F138", "readers disagree on the factor of a quadratic constraint",
    cause: "QCMATRIX is x'Qx for Gurobi, SCIP and here, 0.5 x'Qx in MOSEK's dialect.",
    example: "QCMATRIX c1",
    mend: "Choose with --mps-dialect.")
  public static let asymmetricMatrix = DiagnosticCode(
    "F139", "a matrix that should be symmetric or triangular is not",
    cause: "QMATRIX and QCMATRIX list both triangles, QUADOBJ and QSECTION one.",
    example: "QMATRIX with (x, y) but not (y, x)",
    mend: "Add or remove the entries of the other triangle.")
  public static let missingSemicontinuousBound = DiagnosticCode(
    "F140", "a semicontinuous variable has no upper bound",
    cause: "Other readers take a missing value for 0, for infinity, or refuse; here it is infinity.",
    example: " SC BND x",
    mend: "Write the bound.")
  public static let badSetInFile = DiagnosticCode(
    "F141", "a set of variables makes no sense",
    cause: "The weights of an ordered set must differ, a cone needs its number of members, the condition of an indicator must be a binary variable.",
    example: "two members with weight 1",
    mend: "Correct the members.")
  public static let droppedCut = DiagnosticCode(
    "F142", "user cuts are left out",
    cause: "Cuts only help a search; they must not change the set of solutions, so the model is the same without them.",
    example: "USERCUTS",
    mend: "Move rows that are real constraints to ROWS.")
  public static let narrowedBinary = DiagnosticCode(
    "F143", "a binary variable has other bounds",
    cause: "Some readers keep the bounds, others take 0 and 1; here both hold.",
    example: "x <= 5 in Bounds and x in Binary",
    mend: "Remove the bounds, or make the variable integer.")
  public static let impliedVariable = DiagnosticCode(
    "F144", "a section names a variable that no expression has",
    cause: "The variable is created; most often the name is misspelt.",
    example: "Bounds: xx <= 5 where the variable is x",
    mend: "Correct the name.")
  public static let movedConstant = DiagnosticCode(
    "F145", "a constant stands among the terms",
    cause: "Some readers lose it; here it goes to the right-hand side.",
    example: "2 x + 3 >= 9 is read as 2 x >= 6",
    mend: "Move it yourself to be understood everywhere.")
  public static let mergedTerms = DiagnosticCode(
    "F146", "a variable occurs twice in one expression",
    cause: "Some readers refuse this; here the coefficients are added.",
    example: "x + x >= 4 is read as 2 x >= 4",
    mend: "Add them up yourself to be understood everywhere.")
  public static let keywordAsName = DiagnosticCode(
    "F147", "a keyword is used as a name",
    cause: "Words such as free, bin or end mean something in LP files, and readers differ on when.",
    example: "a variable called free",
    mend: "Rename it.")
  public static let missingObjective = DiagnosticCode(
    "F148", "the objective row is not there",
    cause: "OBJNAME names a row that ROWS does not declare as N.",
    example: "OBJNAME costs, where the row is called cost",
    mend: "Correct the name.")
}

/// Writing models, and solution files.
extension DiagnosticCode {
  private static let writingCodes = [cannotCarry, renamedInFile, lostInFile, inexactRange, badSolutionLine, wrongSolutionSize]

  public static let cannotCarry = DiagnosticCode(
    "F150", "the format cannot hold this",
    cause: "The model has constraints, objectives or domains that the format has no way to write; nothing is left out silently.",
    example: "a nonlinear constraint in MPS",
    mend: "Choose another format, such as MathOptFormat or the algebraic JSON.")
  public static let renamedInFile = DiagnosticCode(
    "F151", "names were changed in the file",
    cause: "The format does not allow blanks, some signs, or names of this length.",
    example: "make[white bread] in MPS",
    mend: "Keep the table of new names (--name-map) to read answers back.")
  public static let lostInFile = DiagnosticCode(
    "F152", "something is not in the file",
    cause: "The format has no place for it, but the problem is the same without it.",
    example: "start values in MPS",
    mend: "Choose another format if you need it.")
  public static let inexactRange = DiagnosticCode(
    "F153", "a range cannot be written exactly",
    cause: "MPS states one side and the width of a range; no double added to the one gives exactly the other.",
    example: "-0.3 <= x + y <= 1.1",
    mend: "Use a format that states both sides.")
  public static let badSolutionLine = DiagnosticCode(
    "F160", "a line of a solution file makes no sense",
    cause: "A name followed by a number was expected.",
    example: "x = 3",
    mend: "Correct the line, or name the flavour with --format.")
  public static let wrongSolutionSize = DiagnosticCode(
    "F161", "the solution is of another model",
    cause: "The file numbers variables instead of naming them, and their count is not that of the model.",
    example: "a GLPK solution with 5 columns for a model with 6",
    mend: "Use the solution of this model.")
}
