/// What a node of an ``ExpressionArena`` computes.
///
/// Names are those of MathOptFormat where it has the function; comparisons and logic give 1 for true and 0 for false.
public enum Operation: UInt8, Sendable, Hashable, CaseIterable {
  // Leaves.
  case constant, variable, parameter
  // One operand.
  case negate, abs, sign, sqrt, cbrt, square, inverse
  case log, log10, log2, log1p, exp, exp2, expm1
  case sin, cos, tan, sec, csc, cot
  case asin, acos, atan, asec, acsc, acot
  case sinh, cosh, tanh, sech, csch, coth
  case asinh, acosh, atanh, asech, acsch, acoth
  case sind, cosd, tand, secd, cscd, cotd
  case asind, acosd, atand, asecd, acscd, acotd
  case deg2rad, rad2deg
  case erf, erfc, gamma, lgamma
  case besselj0, besselj1, bessely0, bessely1
  case floor, ceil, round, logistic, softplus, not
  // Two operands.
  case subtract, divide, power, atan2
  case less, lessOrEqual, equal, notEqual, greaterOrEqual, greater
  // Any number of operands.
  case add, multiply, min, max, and, or, norm2, sumOfSquares
  // Condition, then, else.
  case ifElse
  // The number of a user function, then its arguments; see UserFunction.
  case call

  /// All operations that expressions are written with; ``call`` is only made by a ``UserFunction``.
  public static let allCases: [Operation] = (0...Operation.ifElse.rawValue).compactMap { Operation(rawValue: $0) }

  public enum Arity: Sendable { case leaf, unary, binary, nary }

  @inlinable public var arity: Arity {
    if rawValue <= Operation.parameter.rawValue { return .leaf }
    if rawValue <= Operation.not.rawValue { return .unary }
    if rawValue <= Operation.greater.rawValue { return .binary }
    return .nary
  }

  /// The name in the algebraic format and in printed expressions.
  public var name: String {
    switch self {
    case .negate, .subtract: "-"
    case .add: "+"
    case .multiply: "*"
    case .divide: "/"
    case .power: "^"
    case .less: "<"
    case .lessOrEqual: "<="
    case .equal: "=="
    case .notEqual: "!="
    case .greaterOrEqual: ">="
    case .greater: ">"
    case .sumOfSquares: "sumsq"
    case .ifElse: "ifelse"
    case .inverse: "inv"
    default: "\(self)"
    }
  }

  /// The name in MathOptFormat, or nil when it has no such function.
  public var formatName: String? {
    switch self {
    case .constant, .variable, .parameter: nil
    case .square: "abs2"
    case .atan2: "atan"
    case .and: "&&"
    case .or: "||"
    case .sign, .round, .logistic, .softplus, .not, .notEqual, .norm2, .sumOfSquares, .call: nil
    default: name
    }
  }

  /// The unary function with this name in the algebraic format, such as `exp`.
  public static func function(named name: String) -> Operation? { functions[name] }

  /// The operations that are called by name, `f(x)` or `f(x, y, ...)`.
  public static let functions: [String: Operation] = {
    var table: [String: Operation] = [:]
    for operation in allCases where operation.arity != .leaf {
      switch operation {
      case .negate, .subtract, .add, .multiply, .divide, .power, .less, .lessOrEqual, .equal, .notEqual,
        .greaterOrEqual, .greater, .and, .or, .not: continue
      default: table[operation.name] = operation
      }
    }
    return table
  }()
}
