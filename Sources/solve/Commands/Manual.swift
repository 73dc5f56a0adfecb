import ArgumentParser
import Constraints
import Solvers

/// Prints the manual page, in the language of `man`.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the manual page (for man).", shouldDisplay: false)

  func run() throws {
    var page = ".TH SOLVE 1 \"\" \"solve \(version)\" \"User commands\"\n.SH NAME\nsolve \\- \(Manual.escaped(SolveCommand.configuration.abstract))\n"
    page += ".SH SYNOPSIS\n.B solve\n[\\fIcommand\\fR] \\fImodel\\fR [\\fIoptions\\fR]\n"
    page += ".SH DESCRIPTION\n\(Manual.escaped(SolveCommand.configuration.discussion))\n.SH COMMANDS\n"
    for command in SolveCommand.configuration.subcommands where command.configuration.shouldDisplay {
      let name = command.configuration.commandName ?? "\(command)".lowercased()
      page += Manual.section(name, command.configuration)
      for part in command.configuration.subcommands {
        page += Manual.section("\(name) \(part.configuration.commandName ?? "")", part.configuration)
      }
    }
    page += ".SH OPTIONS OF A SOLVE\nThey may also stand in the model's \"solve\" block, with _ for \\-.\n"
    for entry in OptionTable.entries {
      page += ".TP\n.B \\-\\-\(Manual.escaped(entry.name))"
      page += entry.valueName.map { " \\fI\(Manual.escaped($0))\\fR" } ?? ""
      page += "\n\(Manual.escaped(OptionTable.help(entry.name)))\n"
    }
    page += ".SH FORMATS\n"
    for format in ModelFormats.all {
      page += ".TP\n.B \(Manual.escaped(format.name))\n\(Manual.escaped(format.summary)) (.\(format.extensions.joined(separator: ", .")))\n"
    }
    Terminal.write(page)
  }

  private static func section(_ name: String, _ configuration: CommandConfiguration) -> String {
    var text = ".TP\n.B \(name)\n\(escaped(configuration.abstract))\n"
    if !configuration.discussion.isEmpty { text += ".IP\n\(escaped(configuration.discussion))\n" }
    return text
  }

  /// Backslashes, hyphens and leading dots mean something to `man`.
  private static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var result = ""
      for character in line {
        if character == "\\" { result += "\\e" } else if character == "-" { result += "\\-" } else { result.append(character) }
      }
      if result.isEmpty { return ".PP" }
      if line.hasPrefix("  ") { return ".br\n" + result }
      return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }.joined(separator: "\n")
  }
}
