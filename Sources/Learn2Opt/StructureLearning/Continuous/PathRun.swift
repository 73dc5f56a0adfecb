/// How a sequence of minimizations ended.
struct PathRun {
  var end: ContinuousStructure.End
  /// Updates of the multiplier, or stages.
  var rounds = 0
  /// Steps of all minimizations.
  var iterations = 0
  /// The last penalty of the augmented Lagrangian.
  var finalPenalty = 0.0
}
