import ArgumentParser
import Constraints

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain the code of an error or warning.",
    discussion: "Without a code, lists all of them.\n\nExample:\n  solve explain N201")

  @Argument(help: "A code such as N201.") var code: String?

  func run() throws {
    guard let code else {
      for entry in DiagnosticCode.all { Terminal.write("\(entry.id)  \(entry.title)\n") }
      return
    }
    guard let entry = DiagnosticCode.named(code) else {
      let hint = didYouMean(code.uppercased(), in: DiagnosticCode.all.map(\.id)) ?? "`solve explain` lists all codes"
      Terminal.log("error: there is no code '\(code)'; \(hint)")
      throw ExitCodes.badInput
    }
    Terminal.write("\(entry.id)  \(entry.title)\n\nCause    \(entry.cause)\nExample  \(entry.example)\nMend     \(entry.mend)\n")
  }
}
