/// A decision variable: an eight-byte handle into the ``Model`` that made it.
///
/// Using it with another model is reported as ``DiagnosticCode/foreignVariable``.
public struct Variable: Sendable, Hashable {
  /// Position in the model, from 0, in order of creation.
  public let index: Int32
  /// Tag of the owning model.
  let model: UInt32

  @inlinable public var position: Int { Int(index) }

  init(index: Int, model: UInt32) {
    self.index = Int32(truncatingIfNeeded: index)
    self.model = model
  }
}

/// A number that may change between solves: an eight-byte handle into its ``Model``.
///
/// It may stand wherever a number may: as a coefficient, a right-hand side, a constant, and inside nonlinear functions.
/// Changing its value with ``Model/set(_:to:)`` rebuilds no structure.
public struct Parameter: Sendable, Hashable {
  public let index: Int32
  let model: UInt32

  @inlinable public var position: Int { Int(index) }

  init(index: Int, model: UInt32) {
    self.index = Int32(truncatingIfNeeded: index)
    self.model = model
  }
}

/// The values a variable may take between its bounds.
public enum Domain: UInt8, Sendable, Hashable, CaseIterable {
  /// Any real number in [lower, upper].
  case real
  /// Any whole number in [lower, upper].
  case integer
  /// 0 or 1; bounds narrow further.
  case binary
  /// 0, or any real number in [lower, upper].
  case semicontinuous
  /// 0, or any whole number in [lower, upper].
  case semiinteger

  /// The name used in the algebraic format.
  public var name: String {
    switch self {
    case .real: "real"
    case .integer: "integer"
    case .binary: "binary"
    case .semicontinuous: "semicontinuous"
    case .semiinteger: "semiinteger"
    }
  }

  /// Whether nonzero values must be whole.
  @inlinable public var isIntegral: Bool { self == .integer || self == .binary || self == .semiinteger }
  /// Whether 0 is allowed beside [lower, upper].
  @inlinable public var isSemi: Bool { self == .semicontinuous || self == .semiinteger }
}

/// Refers to one constraint of a model.
///
/// Linear rows and all other constraints are stored apart; the reference says which store and which position in it.
public enum ConstraintReference: Sendable, Hashable {
  /// Linear row number i.
  case row(Int)
  /// Position in ``Model/generalConstraints``.
  case general(Int)
}

/// Smaller is better, or larger.
public enum ObjectiveSense: String, Sendable, Hashable {
  case minimize = "min"
  case maximize = "max"

  /// +1 for minimization, -1 for maximization: multiplying an objective by it makes smaller better.
  @inlinable public var sign: Double { self == .minimize ? 1 : -1 }
}
