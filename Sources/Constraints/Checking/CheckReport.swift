/// What the checker found about an answer, from the model and the numbers alone.
public struct CheckReport: Sendable {
  public enum Verdict: Sendable, Hashable {
    /// Everything that can be checked holds.
    case confirmed
    /// The claim does not survive, for this reason.
    case refuted(String)
    /// There was nothing to check.
    case unchecked
  }

  /// A constraint, bound or domain that a point breaks.
  public struct Violation: Sendable, Hashable {
    public enum Kind: String, Sendable { case bound, row, domain, general }
    public var kind: Kind
    /// Name of the constraint or variable.
    public var name: String
    /// Distance in the units of the constraint.
    public var absolute: Double
    /// The distance divided by the size of the numbers that enter.
    public var scaled: Double
    /// What exactly is wrong, where more can be said, such as the edges of a cycle with their weights.
    public var detail = ""
    public init(kind: Kind, name: String, absolute: Double, scaled: Double) {
      self.kind = kind
      self.name = name
      self.absolute = absolute
      self.scaled = scaled
    }
  }

  public var verdict: Verdict = .unchecked
  /// The objective recomputed.
  public var objective: Double?
  /// The worst violations, largest scaled first; at most ``Checker/Options/listLength``.
  public var violations: [Violation] = []
  /// How many constraints, bounds and domains are broken beyond the tolerance.
  public var violationCount = 0
  public var largestAbsolute = 0.0
  public var largestScaled = 0.0
  /// Largest distance of an integer variable from a whole number.
  public var integrality = 0.0
  /// Largest scaled violation of the dual's sign conditions and of complementary slackness; nil without duals.
  public var dualResidual: Double?
  /// Objective minus the dual objective, relative; nil without duals.
  public var dualityGap: Double?
  /// The margin by which a certificate contradicts, relative to its size; nil without a certificate.
  public var certificateMargin: Double?

  public init() {}
}
