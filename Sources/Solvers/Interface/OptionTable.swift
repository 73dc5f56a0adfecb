import Constraints

/// The options of a solve as data: one table that drives the command line, its help, the keys of the `solve` block in a
/// model, and validation.
public enum OptionTable {
  /// One option.
  public struct Entry: Sendable {
    /// The name after `--`; in JSON with `_` for `-`.
    public let name: String
    /// What stands for the value in help; nil for a flag.
    public let valueName: String?
    public let defaultText: String
    public let help: String
    /// Sets the option from text, or says what was expected.
    let set: @Sendable (inout SolveOptions, String) -> String?

    /// The key in the `solve` block of a model.
    public var key: String { String(name.map { $0 == "-" ? "_" : $0 }) }
  }

  public static let entries: [Entry] = [
    Entry(name: "solver", valueName: "name", defaultText: "auto", help: "Which solver to use; `solve solvers` lists them.") {
      $0.solver = $1.lowercased()
      return nil
    },
    choice("method", "auto", "Algorithm for linear models.", \.method),
    Entry(
      name: "time-limit", valueName: "duration", defaultText: "none",
      help: "Stop after this time with the best answer so far: 90s, 5m, 1h, 500ms, or seconds."
    ) { options, text in
      if text.lowercased() == "none" {
        options.timeLimit = nil
        return nil
      }
      guard let seconds = duration(text) else { return "a duration such as 90s, 5m or 1h" }
      options.timeLimit = .milliseconds(Int64(min(seconds * 1000, 1e15)))
      return nil
    },
    positive("gap", "1e-6", "Stop when |objective - bound| is at most this times |objective|.", least: 0, \.gap),
    positive("absolute-gap", "1e-9", "Stop when |objective - bound| is at most this.", least: 0, \.absoluteGap),
    count("node-limit", "Stop after this many nodes of the search tree.", \.nodeLimit),
    count("iteration-limit", "Stop after this many iterations of the simplex, interior-point or first-order method.", \.iterationLimit),
    count("solution-limit", "Stop after this many improving points.", \.solutionLimit),
    count("memory-limit", "Megabytes the solver may use.", \.memoryLimit),
    tolerance(
      "feasibility", "Largest violation of a bound or row that the solver accepts, absolute or relative.",
      \.feasibilityTolerance),
    tolerance(
      "optimality",
      "Largest violation of a reduced cost's sign, and for interior and pdhg also largest relative gap, that the solver accepts.",
      \.optimalityTolerance),
    positive(
      "integrality", "1e-6", "Largest distance from a whole number that counts as whole.", least: 1e-9, most: 1e-3,
      \.integralityTolerance),
    Entry(name: "seed", valueName: "number", defaultText: "1", help: "Seed of everything random.") {
      guard let seed = UInt64($1) else { return "a whole number of at least 0" }
      $0.seed = seed
      return nil
    },
    Entry(
      name: "acyclicity", valueName: "exponential|polynomial|log-determinant", defaultText: "exponential",
      help: "Smooth function that stands for acyclic(W) in nonlinear models."
    ) { options, text in
      switch text.lowercased() {
      case "exponential": options.acyclicity = .exponential
      case "polynomial": options.acyclicity = .polynomial
      case "log-determinant": options.acyclicity = .logDeterminant
      default: return "exponential, polynomial, log-determinant"
      }
      return nil
    },
    Entry(
      name: "multistart", valueName: "count", defaultText: "auto",
      help: "For nonlinear models: solve from this many starts, the given one and others drawn with the seed, and keep the best answer; auto is \(Multistart.smallCount) for models of up to \(Multistart.smallSize) variables and 1 for others."
    ) { options, text in
      if text.lowercased() == "auto" {
        options.multistart = nil
        return nil
      }
      guard let count = Int(text), count >= 1, count <= 1_000_000 else { return "a whole number from 1 to 1000000, or auto" }
      options.multistart = count
      return nil
    },
    Entry(
      name: "threads", valueName: "count", defaultText: "none",
      help: "Threads that the solver may use, 0 for all cores; by default pdhg uses all when the model is large, the others one. The search of branch gives the same answer, nodes and incumbents on every run with as many threads."
    ) { options, text in
      if text.lowercased() == "none" {
        options.threads = nil
        return nil
      }
      guard let value = Int(text), value >= 0, value <= 1024 else { return "a whole number from 0 to 1024, or none" }
      options.threads = value == 0 ? Machine.availableCores : value
      return nil
    },
    flag("presolve", "true", "Reduce the model before solving it.", \.presolve),
    Entry(
      name: "heuristics", valueName: "off|default|aggressive", defaultText: "default",
      help: "How much of a search with whole numbers goes into looking for good points; --no-heuristics for off. Budgets are counted in simplex steps: default is \(HeuristicEffort.standard.budgetText), aggressive \(HeuristicEffort.aggressive.budgetText)."
    ) { options, text in
      switch text.lowercased() {
      case "true", "on", "yes", "1": options.heuristicEffort = .standard
      case "false", "no", "0": options.heuristicEffort = .off
      case let name:
        guard let effort = HeuristicEffort(rawValue: name) else { return "off, default or aggressive" }
        options.heuristicEffort = effort
      }
      return nil
    },
    Entry(
      name: "heuristic", valueName: "name[=share]", defaultText: "10%",
      help: "Share of the time that a heuristic may use, as rounding=20%; rounding=off leaves it out. Several with commas."
    ) { options, text in
      for part in text.split(separator: ",") {
        let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
        let name = sides[0]
        guard sides.count == 2 else {
          options.disabledHeuristics.remove(name)
          continue
        }
        if sides[1].lowercased() == "off" {
          options.disabledHeuristics.insert(name)
        } else if let share = fraction(sides[1]) {
          options.heuristicBudgets[name] = share
        } else {
          return "a share such as rounding=20%, or rounding=off"
        }
      }
      return nil
    },
    Entry(
      name: "cuts", valueName: "list", defaultText: "auto",
      help: "Cutting planes: auto, none, all, or some of gomory, mir, cover, clique with commas."
    ) { options, text in
      switch text.lowercased() {
      case "auto": options.cuts = .auto
      case "none": options.cuts = .only([])
      case "all": options.cuts = .only(Set(SolveOptions.Cut.allCases))
      default:
        var chosen: Set<SolveOptions.Cut> = []
        for part in text.lowercased().split(separator: ",") {
          guard let cut = SolveOptions.Cut(rawValue: String(part)) else {
            return "auto, none, all, or some of \(SolveOptions.Cut.allCases.map(\.rawValue).joined(separator: ", "))"
          }
          chosen.insert(cut)
        }
        options.cuts = .only(chosen)
      }
      return nil
    },
    choice("branching", "auto", "Which fractional variable to branch on.", \.branching),
    choice("node-selection", "auto", "Which open node to look at next.", \.nodeSelection),
    Entry(
      name: "pool", valueName: "count", defaultText: "1",
      help: "For models with whole numbers: give this many points, the best ones, each different from those before it."
    ) { options, text in
      guard let value = Int(text), value >= 1, value <= 1_000_000 else { return "a whole number from 1 to 1000000" }
      options.poolSize = value
      return nil
    },
    Entry(
      name: "pool-gap", valueName: "number", defaultText: "none",
      help: "How much worse than the best a point of the pool may be, relative to the best objective."
    ) { options, text in
      if text.lowercased() == "none" {
        options.poolGap = nil
        return nil
      }
      guard let value = Double(text), value >= 0, value.isFinite else { return "a number of at least 0, or none" }
      options.poolGap = value
      return nil
    },
    Entry(
      name: "pool-diversity", valueName: "count", defaultText: "1",
      help: "In how many whole variables any two points of the pool differ at least."
    ) { options, text in
      guard let value = Int(text), value >= 1, value <= 1_000_000_000 else { return "a whole number of at least 1" }
      options.poolDiversity = value
      return nil
    },
    Entry(
      name: "start-limit", valueName: "duration", defaultText: "10s",
      help: "Time for completing or repairing a point to start from."
    ) { options, text in
      guard let seconds = duration(text) else { return "a duration such as 500ms or 10s" }
      options.startLimit = seconds
      return nil
    },
    flag("crossover", "false", "Go on from the answer of an interior-point method to a vertex and its basis.", \.crossover),
    flag("duals", "false", "Give duals also for integer models, with the integers fixed at the answer.", \.duals),
  ]

  public static func entry(_ name: String) -> Entry? { entries.first { $0.name == name || $0.key == name } }

  /// Sets an option given as text.
  /// - Throws: a diagnostic without place, with the nearest right name or the expected value.
  public static func set(_ name: String, to text: String, in options: inout SolveOptions) throws(OptionProblem) {
    guard let entry = entry(name) else {
      throw OptionProblem(
        diagnostic: Diagnostic(
          .unknownOption, "there is no option called '\(name)'",
          mend: didYouMean(name, in: entries.map(\.key)) ?? "`solve help run` lists all options"))
    }
    if let expected = entry.set(&options, text) {
      throw OptionProblem(
        diagnostic: Diagnostic(
          .badOptionValue, "option '\(name)' cannot be '\(text)'", mend: "expected \(expected)"))
    }
  }

  /// Help for a command line, with values and default.
  public static func help(_ name: String) -> String {
    guard let entry = entry(name) else { return "" }
    return "\(entry.help) (default: \(entry.defaultText))"
  }

  /// Seconds in `90`, `90s`, `1.5m`, `1h`, `500ms`.
  public static func duration(_ text: String) -> Double? {
    let units: [(String, Double)] = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
    for (unit, factor) in units where text.hasSuffix(unit) {
      if let value = Double(text.dropLast(unit.count)), value >= 0, value.isFinite { return value * factor }
      if !unit.isEmpty { return nil }
    }
    return nil
  }

  private static func fraction(_ text: String) -> Double? {
    let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
    guard let value, value >= 0, value <= 1 else { return nil }
    return value
  }

  // MARK: - Kinds of entries

  private static func positive(
    _ name: String, _ defaultText: String, _ help: String, least: Double, most: Double = 1e9,
    _ path: WritableKeyPath<SolveOptions, Double> & Sendable
  ) -> Entry {
    Entry(name: name, valueName: "number", defaultText: defaultText, help: help) { options, text in
      guard let value = Double(text), value >= least, value <= most else {
        return "a number from \(least.text) to \(most.text)"
      }
      options[keyPath: path] = value
      return nil
    }
  }

  /// A tolerance that each solver has its own default for.
  private static func tolerance(
    _ name: String, _ help: String, _ path: WritableKeyPath<SolveOptions, Double?> & Sendable
  ) -> Entry {
    let defaults = Solvers.all.map { "\($0.capabilities.accuracy.text.replacing("e-0", with: "e-")) for \($0.name)" }.joined(separator: ", ")
    return Entry(name: name, valueName: "number", defaultText: defaults, help: help) { options, text in
      if text.lowercased() == "default" {
        options[keyPath: path] = nil
        return nil
      }
      guard let value = Double(text), value >= 1e-12, value <= 1e-2 else { return "a number from 1e-12 to 0.01, or default" }
      options[keyPath: path] = value
      return nil
    }
  }

  private static func count(
    _ name: String, _ help: String, _ path: WritableKeyPath<SolveOptions, Int?> & Sendable
  ) -> Entry {
    Entry(name: name, valueName: "count", defaultText: "none", help: help) { options, text in
      if text.lowercased() == "none" {
        options[keyPath: path] = nil
        return nil
      }
      guard let value = Int(text), value >= 1, value <= 2_000_000_000 else { return "a whole number of at least 1, or none" }
      options[keyPath: path] = value
      return nil
    }
  }

  private static func flag(
    _ name: String, _ defaultText: String, _ help: String, _ path: WritableKeyPath<SolveOptions, Bool> & Sendable
  ) -> Entry {
    Entry(name: name, valueName: nil, defaultText: defaultText, help: help) { options, text in
      switch text.lowercased() {
      case "true", "on", "yes", "1": options[keyPath: path] = true
      case "false", "off", "no", "0": options[keyPath: path] = false
      default: return "true or false"
      }
      return nil
    }
  }

  private static func choice<E: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ defaultText: String, _ help: String, _ path: WritableKeyPath<SolveOptions, E> & Sendable
  ) -> Entry {
    let names = E.allCases.map(\.rawValue)
    return Entry(
      name: name, valueName: names.joined(separator: "|"), defaultText: defaultText, help: help
    ) { options, text in
      guard let value = E(rawValue: text.lowercased()) else { return names.joined(separator: ", ") }
      options[keyPath: path] = value
      return nil
    }
  }
}

/// An option that does not exist or has a value it cannot take.
public struct OptionProblem: Error, Sendable {
  public var diagnostic: Diagnostic
}
