/// What a program reads and writes, for `count` instances whose inputs are stored slot by slot.
struct InstructionInputs {
  /// All variables.
  var x: UnsafePointer<Double>
  /// The direction of a directional derivative, like `x`.
  var direction: UnsafePointer<Double>
  /// Position in `x` of slot s of instance i at `s * count + i`.
  var variables: UnsafePointer<Int32>
  /// Number s of instance i at `s * count + i`.
  var data: UnsafePointer<Double>
  /// Weight of output k of instance i at `k * count + i`.
  var weights: UnsafePointer<Double>
  /// Output k of instance i goes to `k * count + i`.
  var outputs: UnsafeMutablePointer<Double>
  var count: Int
}

extension InstructionProgram {
  /// Runs the program for one instance.
  /// - Parameter registers: ``registerCount`` + ``callSpace`` numbers, the first of them already set to ``constants``.
  func run(_ inputs: InstructionInputs, instance: Int = 0, registers r: UnsafeMutablePointer<Double>) {
    let count = inputs.count
    instructions.withUnsafeBufferPointer { list in
      for position in 0..<list.count {
        let i = list[position]
        let a = Int(i.a)
        let b = Int(i.b)
        let target = Int(i.target)
        switch i.code {
        case .constant: break
        case .variable: r[target] = inputs.x[Int(inputs.variables[a * count + instance])]
        case .direction: r[target] = inputs.direction[Int(inputs.variables[a * count + instance])]
        case .data: r[target] = inputs.data[a * count + instance]
        case .weight: r[target] = inputs.weights[a * count + instance]
        case .add: r[target] = r[a] + r[b]
        case .subtract: r[target] = r[a] - r[b]
        case .multiply: r[target] = r[a] * r[b]
        case .divide: r[target] = r[a] / r[b]
        case .negate: r[target] = -r[a]
        case .reciprocal: r[target] = 1 / r[a]
        case .multiplyAdd: r[target] = r[a] * r[b] + r[Int(i.c)]
        case .store: inputs.outputs[target * count + instance] = r[a]
        case .call: call(a, r)
        case .component: r[target] = r[registerCount + b]
        default:
          r[target] = i.value(r[a], r[b], r[Int(i.c)])
        }
      }
    }
  }

  private func call(_ number: Int, _ r: UnsafeMutablePointer<Double>) {
    let call = calls[number]
    let results = r + (registerCount + call.offset)
    let arguments = r + (registerCount + callResultCount)
    for (k, operand) in call.operands.enumerated() { arguments[k] = r[Int(operand)] }
    let inputs = UnsafeBufferPointer(start: UnsafePointer(arguments), count: call.operands.count)
    call.function.evaluate(call.result, inputs, into: results)
  }

  /// Runs the program for a range of blocks of 8 * `vectors` instances; the last block may be shorter.
  func run(
    _ inputs: InstructionInputs, blocks: Range<Int>, vectors: Int, registers: UnsafeMutablePointer<SIMD8<Double>>
  ) {
    let lanes = vectors * 8
    for block in blocks {
      let first = block * lanes
      runBlock(inputs, first: first, live: min(lanes, inputs.count - first), vectors: vectors, registers: registers)
    }
  }

  /// Runs the program for the instances `first..<first + live`, at most 8 * `vectors` of them, side by side.
  /// - Parameter registers: ``registerCount`` times `vectors` vectors; the first are already set to ``constants``.
  func runBlock(
    _ inputs: InstructionInputs, first: Int, live: Int, vectors: Int, registers r: UnsafeMutablePointer<SIMD8<Double>>
  ) {
    let lanes = vectors * 8
    instructions.withUnsafeBufferPointer { list in
      for position in 0..<list.count {
        let i = list[position]
        let a = r + Int(i.a) * vectors
        let b = r + Int(i.b) * vectors
        let t = r + Int(i.target) * vectors
        switch i.code {
        case .constant: break
        case .variable, .direction:
          let source = i.code == .variable ? inputs.x : inputs.direction
          let slots = inputs.variables + (Int(i.a) * inputs.count + first)
          let into = UnsafeMutableRawPointer(t).assumingMemoryBound(to: Double.self)
          for lane in 0..<live { into[lane] = source[Int(slots[lane])] }
          for lane in live..<lanes { into[lane] = into[live - 1] }
        case .data, .weight:
          let from = (i.code == .data ? inputs.data : inputs.weights) + (Int(i.a) * inputs.count + first)
          let into = UnsafeMutableRawPointer(t).assumingMemoryBound(to: Double.self)
          for lane in 0..<live { into[lane] = from[lane] }
          for lane in live..<lanes { into[lane] = from[live - 1] }
        case .store:
          let to = inputs.outputs + (Int(i.target) * inputs.count + first)
          let from = UnsafeMutableRawPointer(a).assumingMemoryBound(to: Double.self)
          for lane in 0..<live { to[lane] = from[lane] }
        case .add: for v in 0..<vectors { t[v] = a[v] + b[v] }
        case .subtract: for v in 0..<vectors { t[v] = a[v] - b[v] }
        case .multiply: for v in 0..<vectors { t[v] = a[v] * b[v] }
        case .divide: for v in 0..<vectors { t[v] = a[v] / b[v] }
        case .negate: for v in 0..<vectors { t[v] = -a[v] }
        case .reciprocal: for v in 0..<vectors { t[v] = 1 / a[v] }
        case .multiplyAdd:
          let c = r + Int(i.c) * vectors
          for v in 0..<vectors { t[v] = a[v] * b[v] + c[v] }
        default:
          let x = UnsafeMutableRawPointer(a).assumingMemoryBound(to: Double.self)
          let y = UnsafeMutableRawPointer(b).assumingMemoryBound(to: Double.self)
          let z = UnsafeMutableRawPointer(r + Int(i.c) * vectors).assumingMemoryBound(to: Double.self)
          let into = UnsafeMutableRawPointer(t).assumingMemoryBound(to: Double.self)
          i.evaluate(lanes, x, y, z, into)
        }
      }
    }
  }
}

extension Instruction {
  /// The value of a code that is not plain arithmetic.
  func value(_ x: Double, _ y: Double, _ z: Double) -> Double {
    switch code {
    case .maskedMultiply: return x == 0 ? 0 : x * y
    case .safeReciprocal: return x == 0 ? 0 : 1 / x
    case .minimum: return x.isNaN ? x : y.isNaN ? y : Swift.min(x, y)
    case .maximum: return x.isNaN ? x : y.isNaN ? y : Swift.max(x, y)
    case .select: return x != 0 ? y : z
    case .unary: return Operation(rawValue: extra)!.value(x)
    case .binary: return Operation(rawValue: extra)!.value(x, y)
    case .powerBase: return SpecialFunctions.powerBase(x, y)
    case .powerExponent: return SpecialFunctions.powerExponent(x, y)
    case .powerBaseBase: return SpecialFunctions.powerBaseBase(x, y)
    case .powerBaseExponent: return SpecialFunctions.powerBaseExponent(x, y)
    case .powerExponentExponent: return SpecialFunctions.powerExponentExponent(x, y)
    case .digamma: return SpecialFunctions.digamma(x)
    case .trigamma: return SpecialFunctions.trigamma(x)
    case .besselJ2: return SpecialFunctions.besselJ(2, x)
    case .besselJ3: return SpecialFunctions.besselJ(3, x)
    case .besselY2: return SpecialFunctions.besselY(2, x)
    case .besselY3: return SpecialFunctions.besselY(3, x)
    default: return .nan
    }
  }

  /// The value for many operands; frequent functions are chosen outside the loop.
  func evaluate(
    _ count: Int, _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>,
    _ z: UnsafeMutablePointer<Double>, _ into: UnsafeMutablePointer<Double>
  ) {
    if code == .unary {
      switch Operation(rawValue: extra)! {
      case .sqrt: for l in 0..<count { into[l] = x[l].squareRoot() }
      case .sin: for l in 0..<count { into[l] = SpecialFunctions.sine(x[l]) }
      case .cos: for l in 0..<count { into[l] = SpecialFunctions.cosine(x[l]) }
      case .exp: for l in 0..<count { into[l] = SpecialFunctions.exponential(x[l]) }
      case .log: for l in 0..<count { into[l] = SpecialFunctions.logarithm(x[l]) }
      case let operation: for l in 0..<count { into[l] = operation.value(x[l]) }
      }
      return
    }
    for l in 0..<count { into[l] = value(x[l], y[l], z[l]) }
  }
}
