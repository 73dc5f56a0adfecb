import ArgumentParser

/// Learning directed acyclic graphs.
struct Dag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn a directed acyclic graph from data.",
    discussion: """
      `solve dag data.csv` learns which variables drive which others: it searches for the order of the variables and the \
      edges along it that explain the data best, says how far from the best possible score the answer can be, and \
      prints it beside two simple answers, sorting by variance and no edges at all. The answer goes to standard output, \
      everything else to standard error.

      What comes out is a description of the data. It is a causal graph only under strong assumptions: no unobserved \
      common causes, no feedback, linear effects, and for the directions either noise of equal size (least squares) or \
      nothing more than the equivalence class (BIC). `solve help dag fit` lists all options of learning.

      Examples:
        solve dag data.csv
        solve dag data.csv --out graph.svg --out graph.csv
        solve dag data.csv --truth edges.csv --out comparison.svg
        solve dag simulate --graph SF4 --nodes 50 --samples 1000 --out data.csv --edges-out truth.csv
        solve dag compare found.csv truth.csv
        solve dag certify data.csv found.csv
        solve dag draw found.csv --truth truth.csv --out graph.svg
      """,
    subcommands: [DagFit.self, DagSimulate.self, DagCompare.self, DagCertify.self, DagDraw.self],
    defaultSubcommand: DagFit.self)
}
