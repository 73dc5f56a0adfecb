/// Evaluates one ``FunctionSide``; owns the registers and the values of its elements.
final class SideRunner {
  private let side: FunctionSide
  private let n: Int
  // The variables, the products of quadratic terms, the values of the elements.
  private let valueSource: UnsafeMutablePointer<Double>
  // The variables and the gradients of the elements.
  private let gradientSource: UnsafeMutablePointer<Double>
  private let derivativeValues: UnsafeMutablePointer<Double>
  private let weights: UnsafeMutablePointer<Double>
  private var registers: [RegisterFile]

  init(_ side: FunctionSide, variableCount: Int) {
    self.side = side
    n = variableCount
    func zeros(_ count: Int) -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(count, 1))
      pointer.initialize(repeating: 0, count: max(count, 1))
      return pointer
    }
    valueSource = zeros(n + side.products.count + side.valueCount)
    gradientSource = zeros(n + side.gradientCount)
    derivativeValues = zeros(side.derivatives.count)
    weights = zeros(side.valueCount)
    registers = [RegisterFile](repeating: RegisterFile(), count: side.families.count * 3)
  }

  deinit {
    valueSource.deallocate()
    gradientSource.deallocate()
    derivativeValues.deallocate()
    weights.deallocate()
    for file in registers { file.memory?.deallocate() }
  }

  func values(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    valueSource.update(from: x, count: n)
    for (k, pair) in side.products.enumerated() { valueSource[n + k] = x[Int(pair.0)] * x[Int(pair.1)] }
    run(.value, at: x, into: valueSource + (n + side.products.count))
    side.values.gather(0..<side.values.count, from: valueSource, into: result)
  }

  func derivatives(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    gradientSource.update(from: x, count: n)
    run(.gradient, at: x, into: gradientSource + n)
    side.derivatives.gather(0..<side.derivatives.count, from: gradientSource, into: result)
  }

  /// The derivatives in memory of the runner.
  func derivatives(at x: UnsafePointer<Double>) -> UnsafePointer<Double> {
    derivatives(at: x, into: derivativeValues)
    return UnsafePointer(derivativeValues)
  }

  /// Second derivatives of all elements, weighted by what they contribute to `Σ multiplier * function`.
  func hessians(
    at x: UnsafePointer<Double>, multipliers: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    side.weights.gather(0..<side.valueCount, from: multipliers, into: weights)
    run(.hessian, at: x, into: result)
  }

  private func run(
    _ order: ElementFamily.Order, at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    for f in side.families.indices {
      guard let program = side.families[f].program(order) else { continue }
      let slot = f * 3 + (order == .value ? 0 : order == .gradient ? 1 : 2)
      let count = side.families[f].count
      if registers[slot].memory == nil { registers[slot] = RegisterFile(program, isScalar: count == 1) }
      let file = registers[slot]
      let base =
        switch order {
        case .value: side.families[f].valueBase
        case .gradient: side.families[f].gradientBase
        case .hessian: side.families[f].hessianBase
        }
      side.families[f].variables.withUnsafeBufferPointer { variables in
        side.families[f].data.withUnsafeBufferPointer { data in
          let inputs = InstructionInputs(
            x: x, variables: variables.baseAddress ?? UnsafePointer(bitPattern: 8)!,
            data: data.baseAddress ?? UnsafePointer(weights), weights: weights + side.families[f].valueBase,
            outputs: result + base, count: count)
          if count == 1 {
            program.run(inputs, registers: file.memory!.assumingMemoryBound(to: Double.self))
            return
          }
          let registers = file.memory!.assumingMemoryBound(to: SIMD8<Double>.self)
          let lanes = file.vectors * 8
          for first in stride(from: 0, to: count, by: lanes) {
            program.runBlock(
              inputs, first: first, live: min(lanes, count - first), vectors: file.vectors, registers: registers)
          }
        }
      }
      if order == .hessian, side.families[f].outputCount == 1 {
        clearUnweighted(side.families[f], result + base)
      }
    }
  }

  /// An element without weight contributes nothing, even where its second derivative is not finite.
  private func clearUnweighted(_ family: ElementFamily, _ result: UnsafeMutablePointer<Double>) {
    for i in 0..<family.count where weights[family.valueBase + i] == 0 {
      for h in family.programs.hessianEntries.indices { result[h * family.count + i] = 0 }
    }
  }
}

/// The registers of one program, with its constants in place.
private struct RegisterFile {
  var memory: UnsafeMutableRawPointer?
  var vectors = 1

  /// Bytes that a block's registers should not exceed, so that they stay in the first-level cache.
  private static let cacheBytes = 24_576

  init() {}

  init(_ program: InstructionProgram, isScalar: Bool) {
    let count = max(program.registerCount, 1)
    if isScalar {
      let memory = UnsafeMutablePointer<Double>.allocate(capacity: count)
      memory.initialize(repeating: 0, count: count)
      for (k, constant) in program.constants.enumerated() { memory[k] = constant }
      self.memory = UnsafeMutableRawPointer(memory)
      return
    }
    vectors = max(1, min(8, RegisterFile.cacheBytes / (count * 64)))
    let memory = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: count * vectors)
    memory.initialize(repeating: .zero, count: count * vectors)
    for (k, constant) in program.constants.enumerated() {
      for v in 0..<vectors { memory[k * vectors + v] = SIMD8(repeating: constant) }
    }
    self.memory = UnsafeMutableRawPointer(memory)
  }
}
