#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

private let degree = Double.pi / 180

extension Operation {
  /// The value of a unary operation.
  @inline(__always)
  package func value(_ x: Double) -> Double {
    switch self {
    case .negate: return -x
    case .abs: return Swift.abs(x)
    case .sign: return x > 0 ? 1 : x < 0 ? -1 : x
    case .sqrt: return x.squareRoot()
    case .cbrt: return _cbrt(x)
    case .square: return x * x
    case .inverse: return 1 / x
    case .log: return _log(x)
    case .log10: return _log10(x)
    case .log2: return _log2(x)
    case .log1p: return _log1p(x)
    case .exp: return _exp(x)
    case .exp2: return _exp2(x)
    case .expm1: return _expm1(x)
    case .sin: return _sin(x)
    case .cos: return _cos(x)
    case .tan: return _tan(x)
    case .sec: return 1 / _cos(x)
    case .csc: return 1 / _sin(x)
    case .cot: return 1 / _tan(x)
    case .asin: return _asin(x)
    case .acos: return _acos(x)
    case .atan: return _atan(x)
    case .asec: return _acos(1 / x)
    case .acsc: return _asin(1 / x)
    case .acot: return _atan(1 / x)
    case .sinh: return _sinh(x)
    case .cosh: return _cosh(x)
    case .tanh: return _tanh(x)
    case .sech: return 1 / _cosh(x)
    case .csch: return 1 / _sinh(x)
    case .coth: return 1 / _tanh(x)
    case .asinh: return _asinh(x)
    case .acosh: return _acosh(x)
    case .atanh: return _atanh(x)
    case .asech: return _acosh(1 / x)
    case .acsch: return _asinh(1 / x)
    case .acoth: return _atanh(1 / x)
    case .sind: return _sin(x * degree)
    case .cosd: return _cos(x * degree)
    case .tand: return _tan(x * degree)
    case .secd: return 1 / _cos(x * degree)
    case .cscd: return 1 / _sin(x * degree)
    case .cotd: return 1 / _tan(x * degree)
    case .asind: return _asin(x) / degree
    case .acosd: return _acos(x) / degree
    case .atand: return _atan(x) / degree
    case .asecd: return _acos(1 / x) / degree
    case .acscd: return _asin(1 / x) / degree
    case .acotd: return _atan(1 / x) / degree
    case .deg2rad: return x * degree
    case .rad2deg: return x / degree
    case .erf: return _erf(x)
    case .erfc: return _erfc(x)
    case .gamma: return _tgamma(x)
    case .lgamma: return _lgamma(x)
    case .besselj0: return _j0(x)
    case .besselj1: return _j1(x)
    case .bessely0: return _y0(x)
    case .bessely1: return _y1(x)
    case .floor: return x.rounded(.down)
    case .ceil: return x.rounded(.up)
    case .round: return x.rounded()
    case .logistic: return x >= 0 ? 1 / (1 + _exp(-x)) : _exp(x) / (1 + _exp(x))
    case .softplus: return Swift.max(x, 0) + _log1p(_exp(-Swift.abs(x)))
    case .not: return x == 0 ? 1 : 0
    default: return .nan
    }
  }

  /// The value of a binary operation.
  @inline(__always)
  package func value(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .subtract: return x - y
    case .divide: return x / y
    case .power: return y == 2 ? x * x : _pow(x, y)
    case .atan2: return _atan2(x, y)
    case .less: return x < y ? 1 : 0
    case .lessOrEqual: return x <= y ? 1 : 0
    case .equal: return x == y ? 1 : 0
    case .notEqual: return x != y ? 1 : 0
    case .greaterOrEqual: return x >= y ? 1 : 0
    case .greater: return x > y ? 1 : 0
    default: return .nan
    }
  }

  /// The value of an operation of any arity, for folding and printing; the evaluator below does not allocate.
  func value(_ x: [Double]) -> Double {
    switch arity {
    case .leaf: return .nan
    case .unary: return value(x[0])
    case .binary: return value(x[0], x[1])
    case .nary: return x.withUnsafeBufferPointer { values in reduce(values.count) { values[$0] } }
    }
  }

  /// The value of an operation on `count` operands.
  @inline(__always)
  func reduce(_ count: Int, _ operand: (Int) -> Double) -> Double {
    switch self {
    case .add:
      var sum = 0.0
      for k in 0..<count { sum += operand(k) }
      return sum
    case .multiply:
      var product = 1.0
      for k in 0..<count { product *= operand(k) }
      return product
    case .min:
      var least = Double.infinity
      for k in 0..<count {
        let v = operand(k)
        if v.isNaN { return v }
        least = Swift.min(least, v)
      }
      return least
    case .max:
      var most = -Double.infinity
      for k in 0..<count {
        let v = operand(k)
        if v.isNaN { return v }
        most = Swift.max(most, v)
      }
      return most
    case .and:
      for k in 0..<count where operand(k) == 0 { return 0 }
      return 1
    case .or:
      for k in 0..<count where operand(k) != 0 { return 1 }
      return 0
    case .norm2, .sumOfSquares:
      var sum = 0.0
      for k in 0..<count { sum += operand(k) * operand(k) }
      return self == .norm2 ? sum.squareRoot() : sum
    case .ifElse: return operand(0) != 0 ? operand(1) : operand(2)
    case .call: return UserFunction.numbered(operand(0))?.value((1..<Swift.max(count, 1)).map(operand)) ?? .nan
    default: return .nan
    }
  }
}

extension ExpressionArena {
  /// Evaluates all nodes up to the highest of `roots` (all when nil), in order.
  ///
  /// - Returns: one value a node; nodes beyond the highest root are left out.
  /// - Complexity: O(nodes + operands).
  public func values(
    at point: some RandomAccessCollection<Double>, parameters: [Double] = [], roots: [NodeID]? = nil
  ) -> [Double] {
    let last = roots.map { ($0.map(\.position).max() ?? -1) + 1 } ?? nodes.count
    let point = Array(point)
    var result = [Double](repeating: 0, count: last)
    nodes.withUnsafeBufferPointer { nodes in
      operands.withUnsafeBufferPointer { operands in
        result.withUnsafeMutableBufferPointer { r in
          for i in 0..<last {
            let node = nodes[i]
            switch node.operation {
            case .constant: r[i] = constants[Int(node.first)]
            case .variable: r[i] = point[Int(node.first)]
            case .parameter: r[i] = parameters[Int(node.first)]
            default:
              switch node.operation.arity {
              case .leaf: break
              case .unary: r[i] = node.operation.value(r[Int(node.first)])
              case .binary: r[i] = node.operation.value(r[Int(node.first)], r[Int(node.second)])
              case .nary:
                let start = Int(node.first)
                r[i] = node.operation.reduce(Int(node.second)) { r[Int(operands[start + $0])] }
              }
            }
          }
        }
      }
    }
    return result
  }
}

// The C functions under names that the cases of Operation do not hide.
private func _cbrt(_ x: Double) -> Double { cbrt(x) }
private func _log(_ x: Double) -> Double { log(x) }
private func _log10(_ x: Double) -> Double { log10(x) }
private func _log2(_ x: Double) -> Double { log2(x) }
private func _log1p(_ x: Double) -> Double { log1p(x) }
private func _exp(_ x: Double) -> Double { exp(x) }
private func _exp2(_ x: Double) -> Double { exp2(x) }
private func _expm1(_ x: Double) -> Double { expm1(x) }
private func _sin(_ x: Double) -> Double { sin(x) }
private func _cos(_ x: Double) -> Double { cos(x) }
private func _tan(_ x: Double) -> Double { tan(x) }
private func _asin(_ x: Double) -> Double { asin(x) }
private func _acos(_ x: Double) -> Double { acos(x) }
private func _atan(_ x: Double) -> Double { atan(x) }
private func _sinh(_ x: Double) -> Double { sinh(x) }
private func _cosh(_ x: Double) -> Double { cosh(x) }
private func _tanh(_ x: Double) -> Double { tanh(x) }
private func _asinh(_ x: Double) -> Double { asinh(x) }
private func _acosh(_ x: Double) -> Double { acosh(x) }
private func _atanh(_ x: Double) -> Double { atanh(x) }
private func _erf(_ x: Double) -> Double { erf(x) }
private func _erfc(_ x: Double) -> Double { erfc(x) }
private func _tgamma(_ x: Double) -> Double { tgamma(x) }
private func _lgamma(_ x: Double) -> Double { lgamma(x) }
private func _j0(_ x: Double) -> Double { j0(x) }
private func _j1(_ x: Double) -> Double { j1(x) }
private func _y0(_ x: Double) -> Double { y0(x) }
private func _y1(_ x: Double) -> Double { y1(x) }
private func _atan2(_ x: Double, _ y: Double) -> Double { atan2(x, y) }
private func _pow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
