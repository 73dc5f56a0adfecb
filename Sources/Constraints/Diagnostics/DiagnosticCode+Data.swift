extension DiagnosticCode {
  static let dataCodes: [DiagnosticCode] = [
    missingData, badData, repeatedMember, undefinedNumber, tooManyCombinations, unreadableData, missingValue, emptyColumn,
    cyclicEdges,
  ]

  public static let missingData = DiagnosticCode(
    "D601", "an index combination has no value",
    cause: "An expression asks a table or family of variables for keys it does not have. Nothing is assumed in its place.",
    example: "use['hands','pie'] where the table has no such entry",
    mend: "Add the entry, restrict the loop with 'where', or write a default: x[t-1] default 0.")
  public static let badData = DiagnosticCode(
    "D602", "data are not of the form they should have",
    cause: "Such as a text where a number belongs, a row of the wrong length, or keys of different depth.",
    example: "\"use\": {\"oven\": 3, \"hands\": {\"pie\": 1}}",
    mend: "Give every entry the same number of keys and a number for a value.")
  public static let repeatedMember = DiagnosticCode(
    "D603", "a member occurs twice",
    cause: "Sets and the keys of a table have no repetitions; a sum over the set would count the member twice.",
    example: "\"P\": [\"bread\", \"bread\"]",
    mend: "Remove one.")
  public static let undefinedNumber = DiagnosticCode(
    "D604", "arithmetic on data has no result",
    cause: "A division by zero, a root or logarithm of a negative number, inf - inf.",
    example: "\"cap\": \"x <= total / count\" where count is 0",
    mend: "Correct the data, or restrict the loop with 'where'.")
  public static let tooManyCombinations = DiagnosticCode(
    "D605", "a loop runs over too many combinations",
    cause: "The sizes of the sets multiply to more than can be worked through; usually a set is larger than meant.",
    example: "\"N\": {\"range\": [1, 1000000000]}",
    mend: "Use a derived set that holds only the combinations needed.")
  public static let unreadableData = DiagnosticCode(
    "D606", "a data file can't be used",
    cause: "It is missing, not readable, or not a table with the columns that the model names.",
    example: "\"use\": {\"csv\": \"use.csv\", \"value\": \"hours\"} without a column hours",
    mend: "Check the path, which starts from the folder of the model, and the names of the columns.")
  public static let missingValue = DiagnosticCode(
    "D607", "a table of samples has a cell without a value",
    cause: "What stands for an unknown number is a choice that changes the result, so none is made unasked.",
    example: "4.2,,1.7 or 4.2,NA,1.7",
    mend: "Fill in the value, or choose: solve dag --missing drop leaves such rows out, --missing mean puts in the column's mean.")
  public static let emptyColumn = DiagnosticCode(
    "D608", "a column of samples says nothing",
    cause: "All its values are the same, or it repeats another column; no method can give it parents or children of its own.",
    example: "a column of zeros",
    mend: "Leave the column out.")
  public static let cyclicEdges = DiagnosticCode(
    "D609", "the edges of a graph that must be acyclic form a cycle",
    cause: "Causal order, equivalence class and effects of interventions are defined for acyclic graphs.",
    example: "a,b and b,c and c,a",
    mend: "Remove or turn one of the edges.")
}
