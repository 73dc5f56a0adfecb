// A program that embeds the libraries: it plans deliveries from depots to shops, first with whole decisions (which
// depots to open), then, with the depots known, prices a tonne more of demand. `swift run -c release` runs it.
import Constraints
import Solvers

let depots = ["north", "south", "west"]
let shops = ["Aldorf", "Berg", "Celle", "Damm"]
let rent: [String: Double] = ["north": 120, "south": 100, "west": 90]
let room: [String: Double] = ["north": 60, "south": 52, "west": 45]
let demand: [String: Double] = ["Aldorf": 20, "Berg": 15, "Celle": 25, "Damm": 10]
let freight: [String: [Double]] = ["north": [4, 3, 6, 5], "south": [6, 5, 3, 2], "west": [2, 6, 7, 4]]

/// Opens every depot and asks the solver for the best deliveries: a first plan before any search.
struct OpenEverything: Heuristic {
  let depots: [Variable]
  var name: String { "open everything" }
  var moments: Set<HeuristicMoment> { [.beforeSearch] }

  func propose(_ situation: HeuristicSituation) -> HeuristicProposal {
    // NaN leaves a variable to the solver; the checker sees the completed point before the search does.
    var point = [Double](repeating: .nan, count: situation.model.variableCount)
    for depot in depots { point[depot.position] = 1 }
    return HeuristicProposal(points: [point])
  }
}

struct WrongAnswer: Error { var text: String }
func expect(_ value: Double, _ wanted: Double, _ what: String) throws {
  if abs(value - wanted) > 1e-6 { throw WrongAnswer(text: "\(what) is \(value), not \(wanted)") }
}

@main
enum EmbeddingApp {
  static func main() async throws {
    var model = Model("deliveries")
    let open = model.variables("open", over: depots, in: 0...1, .binary)
    let ship = model.variables("ship", over: product(depots, shops), in: 0...)
    let growth = model.parameter("growth", 1)
    model.minimize(
      sum(depots) { rent[$0]! * open[$0] }
        + sum(depots) { d in sum(shops.indices) { freight[d]![$0] * ship[d, shops[$0]] } })
    let supplied = model.subject(to: "supplied", over: shops) { s in
      sum(depots) { ship[$0, s] } >= demand[s]! * growth
    }
    model.subject(to: "room", over: depots) { d in sum(shops) { ship[d, $0] } <= room[d]! * open[d] }

    // One solve: at most ten seconds, events as they come, and a heuristic of our own.
    let plan = try await model.solve(
      timeLimit: .seconds(10), heuristics: [OpenEverything(depots: open.variables)]
    ) { event in
      if case .incumbent(let progress, let source) = event {
        print("  better plan by \(source): \(progress.incumbent ?? .nan)")
      }
    }
    guard plan.outcome == .optimal, plan.check?.verdict == .confirmed, let cost = plan.objective else {
      throw WrongAnswer(text: "outcome \(plan.outcome), ended because \(plan.termination.reason)")
    }
    let opened = try depots.filter { try plan.value(open[$0]) > 0.5 }
    print("cost \(cost) with depots \(opened.joined(separator: " and "))")
    try expect(cost, 400, "the cost of the plan")

    // The depots are rented; from here on the model is linear and has prices.
    for depot in depots {
      model.setDomain(of: open[depot], to: .real)
      try model.fix(open[depot], to: plan.value(open[depot]))
    }
    // A session keeps the model loaded: a changed parameter is passed on in place.
    let session = Session(model)
    // The costs, and the prices of a tonne more for each shop, found with another solver.
    let known: [(growth: Double, cost: Double, prices: [Double])] = [
      (1, 400, [2, 5, 3, 2]), (1.1, 424, [2, 6, 4, 3]), (1.3, 476, [2, 6, 4, 3]),
    ]
    for (factor, cost, prices) in known {
      session.update { $0.set(growth, to: factor) }
      let answer = try await session.solve()
      print("growth \(factor): cost \(answer.objective ?? .nan) (\(session.lastLoading))")
      try expect(answer.objective ?? .nan, cost, "the cost at growth \(factor)")
      for (i, shop) in shops.enumerated() {
        let price = try answer.dual(supplied[i])
        print("  a tonne more for \(shop) costs \(price)")
        try expect(price, prices[i], "the price of \(shop) at growth \(factor)")
      }
    }
  }
}
