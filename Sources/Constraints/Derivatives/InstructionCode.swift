/// What one instruction of an ``InstructionProgram`` computes from its operands a, b, c.
enum InstructionCode: UInt8 {
  // Inputs: a is the position; of a direction, that of the variable it belongs to.
  case constant, variable, data, weight, direction
  // Arithmetic.
  case add, subtract, multiply, divide, negate, reciprocal
  /// a * b + c, rounded twice.
  case multiplyAdd
  /// a * b, but 0 where a is 0, even if b is infinite or not a number.
  case maskedMultiply
  /// 1 / a, but 0 where a is 0.
  case safeReciprocal
  case minimum, maximum
  /// b where a is not 0, else c.
  case select
  /// The operation with the raw value `extra` on one or two operands.
  case unary, binary
  // First and second derivatives of a ^ b, with their limits at a = 0.
  case powerBase, powerExponent, powerBaseBase, powerBaseExponent, powerExponentExponent
  // Functions that are only needed for derivatives.
  case digamma, trigamma, besselJ2, besselJ3, besselY2, besselY3
  /// Calls user function number a of the program; its results are read by `component`.
  case call
  /// Result b of the calls.
  case component
  /// Writes a as output number `target`.
  case store
}

/// `registers[target] = code(registers[a], registers[b], registers[c])`.
struct Instruction: Sendable {
  var code: InstructionCode
  var extra: UInt8
  var target: Int32
  var a: Int32
  var b: Int32
  var c: Int32
}

/// A call of a user function.
struct FunctionCall: Sendable {
  enum Result { case value, gradient, hessian }

  var function: UserFunction
  var result: Result
  /// Where the arguments are: values while a program is built, then registers.
  var operands: [Int32]
  /// Where its results begin among those of all calls.
  var offset = 0

  var resultCount: Int {
    switch result {
    case .value: 1
    case .gradient: function.arity
    case .hessian: function.arity * (function.arity + 1) / 2
    }
  }
}

/// A straight-line program on a file of registers; the first registers hold the constants.
struct InstructionProgram: Sendable {
  var instructions: [Instruction] = []
  var constants: [Double] = []
  var registerCount = 0
  var outputCount = 0
  /// Calls of user functions; a program that has some runs one instance at a time.
  var calls: [FunctionCall] = []
  /// How many results of calls are kept behind the registers, and those together with the arguments of one call.
  var callResultCount = 0
  var callSpace = 0
}
