import Foundation
import LinearAlgebra
import Testing

@testable import Learn2Opt

/// Rounds of the authors' program (C. Deng, K. Bello, B. Aragam, P. Ravikumar, 2023) with its automatic sizes, run on the
/// stored data sets with 20 nodes; it fits every regression on the samples.
struct PublishedTrajectory: Sendable {
  let data: String
  /// Whether the start is 0, 1, 2... or every seventh node modulo 20 from 3 on.
  let stridden: Bool
  /// Scores before each round, and at the end.
  let scores: [Double]

  var start: [Int] { (0..<20).map { stridden ? (3 + 7 * $0) % 20 : $0 } }

  static let all = [
    PublishedTrajectory(
      data: "ER2_d20_seed1", stridden: false,
      scores: [
        43.2713457103, 34.19071111, 29.3870253912, 24.0872879764, 15.7834678101, 14.3116047772, 12.3420627843,
        11.7205866087, 11.1927868375, 10.632519983, 10.5863461316, 10.5861554788, 10.5861370919, 10.1132127961,
        10.0372995149, 10.0372967867, 10.0370409779, 10.0369875173,
      ]),
    PublishedTrajectory(
      data: "ER2_d20_seed1", stridden: true,
      scores: [
        54.0119940896, 32.7859276778, 23.180396885, 16.5186818922, 14.2087857834, 13.0532026547, 11.9275317223,
        10.9940657508, 10.4549175875, 10.4540375541, 10.4535922991, 10.3929087316, 10.037070622,
      ]),
    PublishedTrajectory(
      data: "ER4_d20_seed1", stridden: false,
      scores: [
        1109.90061997, 48.217732668, 31.7670955424, 28.4080609184, 25.9054932088, 14.0558702299, 13.9367224894,
        13.9362247446, 13.8854248713, 13.6998546812, 11.6896133881, 10.7037495118, 10.6340167404, 10.6325427564,
        10.0717511604, 10.0716250167, 9.99498388918, 9.99498141815,
      ]),
    PublishedTrajectory(
      data: "ER4_d20_seed1", stridden: true,
      scores: [
        30.5393622735, 20.8182308517, 14.7890191831, 13.2251049828, 12.9552674995, 12.9546174534, 12.4708546922,
        9.99492813502, 9.99492270922,
      ]),
    PublishedTrajectory(
      data: "SF4_d20_seed1", stridden: false,
      scores: [
        314.555839544, 47.2905199781, 28.9998769034, 27.4514278142, 27.0447430359, 26.9055564907, 26.5931149237,
        26.5931129959, 15.9205525119, 15.2311114166, 13.0738809086, 11.6644519111, 11.6641527546, 11.6619670885,
        11.661796113, 11.6617445547, 11.6617149033, 11.6616945199, 11.6616939133, 11.6616935682,
      ]),
    PublishedTrajectory(
      data: "SF4_d20_seed1", stridden: true,
      scores: [
        514.942530512, 110.420651704, 35.464800585, 30.7641518624, 29.7346724816, 27.6813428067, 26.320332065,
        26.2402994019, 25.8485249203, 25.8475466301, 25.8474113612, 25.8473343423, 25.8473168865, 25.8473104161,
        14.7800665137, 14.7794243316,
      ]),
  ]
}

@Suite struct PublishedTrajectoryTests {
  static let folder = ProcessInfo.processInfo.environment["SOLVE_DATA"] ?? "../shared/data"
  static let isThere = FileManager.default.fileExists(atPath: folder + "/dag")

  @Test(.enabled(if: isThere, "data sets of graphs are not there"), arguments: PublishedTrajectory.all)
  func `Swaps from a covariance go the way of the published program`(run: PublishedTrajectory) throws {
    let text = try String(contentsOfFile: "\(Self.folder)/dag/\(run.data)_X.csv", encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",").map { Double($0)! }
    }
    let values = DenseMatrix(rowCount: rows.count, columnCount: rows[0].count) { rows[$0][$1] }
    let c = SampleCovariance(SampleTable(names: (0..<rows[0].count).map { "x\($0)" }, values: values))
    let outcome = try TopologicalSwaps().leastSquares(c, from: run.start)
    let scores = outcome.steps.map(\.score) + [outcome.score]
    #expect(scores.count == run.scores.count)
    for (ours, theirs) in zip(scores, run.scores) { #expect(abs(ours - theirs) < 1e-9 * theirs) }
  }
}
