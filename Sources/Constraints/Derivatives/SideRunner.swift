import Dispatch

/// Evaluates one ``FunctionSide``; owns the registers and the values of its elements.
final class SideRunner {
  private let side: FunctionSide
  private let n: Int
  private let threads: Int
  // The variables, the products of quadratic terms, the values of the elements.
  private let valueSource: UnsafeMutablePointer<Double>
  // The variables and the gradients of the elements.
  private let gradientSource: UnsafeMutablePointer<Double>
  private let derivativeValues: UnsafeMutablePointer<Double>
  private let weights: UnsafeMutablePointer<Double>
  // Products of the elements' Hessians with a direction; made when first needed.
  private var directional: [Double] = []
  // By family, kind of program and thread.
  private var registers: [RegisterFile]

  init(_ side: FunctionSide, variableCount: Int, threads: Int) {
    self.side = side
    self.threads = threads
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
    registers = [RegisterFile](repeating: RegisterFile(), count: side.families.count * 4 * threads)
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
    side.products.withUnsafeBufferPointer { products in
      for k in 0..<products.count { valueSource[n + k] = x[Int(products[k].0)] * x[Int(products[k].1)] }
    }
    run(.value, at: x, into: valueSource + (n + side.products.count))
    side.values.gather(from: valueSource, into: result, threads: threads)
  }

  func derivatives(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    gradientSource.update(from: x, count: n)
    run(.gradient, at: x, into: gradientSource + n)
    side.derivatives.gather(from: gradientSource, into: result, threads: threads)
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
    side.weights.gather(from: multipliers, into: weights, threads: threads)
    run(.hessian, at: x, into: result)
  }

  /// Adds the product of the elements' Hessians, weighted, with a direction; forward over reverse.
  func addHessianProduct(
    at x: UnsafePointer<Double>, multipliers: UnsafePointer<Double>, _ direction: UnsafePointer<Double>,
    to result: UnsafeMutablePointer<Double>
  ) {
    side.weights.gather(from: multipliers, into: weights, threads: threads)
    if directional.isEmpty {
      directional = [Double](repeating: 0, count: side.families.reduce(1) { max($0, $1.variables.count) })
    }
    for f in side.families.indices {
      directional.withUnsafeMutableBufferPointer { products in
        run(f, .product, at: x, direction: direction, into: products.baseAddress!)
        let variables = side.families[f].variables
        for k in variables.indices { result[Int(variables[k])] += products[k] }
      }
    }
  }

  private func run(
    _ order: ElementFamily.Order, at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    for f in side.families.indices {
      let base =
        switch order {
        case .value: side.families[f].valueBase
        case .gradient: side.families[f].gradientBase
        case .hessian, .product: side.families[f].hessianBase
        }
      run(f, order, at: x, direction: x, into: result + base)
    }
  }

  private func run(
    _ f: Int, _ order: ElementFamily.Order, at x: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    into result: UnsafeMutablePointer<Double>
  ) {
    guard let program = side.families[f].program(order) else { return }
    let count = side.families[f].count
    let slot = (f * 4 + order.rawValue) * threads
    let isScalar = count == 1 || !program.calls.isEmpty
    let team = !isScalar && count * program.instructions.count >= SideRunner.parallelWork ? threads : 1
    for t in 0..<team where registers[slot + t].memory == nil {
      registers[slot + t] = RegisterFile(program, isScalar: isScalar)
    }
    side.families[f].variables.withUnsafeBufferPointer { variables in
      side.families[f].data.withUnsafeBufferPointer { data in
        let inputs = InstructionInputs(
          x: x, direction: direction, variables: variables.baseAddress ?? UnsafePointer(bitPattern: 8)!,
          data: data.baseAddress ?? UnsafePointer(weights), weights: weights + side.families[f].valueBase,
          outputs: result, count: count)
        if isScalar {
          let memory = registers[slot].memory!.assumingMemoryBound(to: Double.self)
          for i in 0..<count { program.run(inputs, instance: i, registers: memory) }
          return
        }
        let vectors = registers[slot].vectors
        let blocks = (count + vectors * 8 - 1) / (vectors * 8)
        if team == 1 {
          program.run(inputs, blocks: 0..<blocks, vectors: vectors, registers: registers[slot].vectorMemory)
          return
        }
        // Each thread has its own registers and writes the outputs of its own instances.
        nonisolated(unsafe) let files = registers[slot..<slot + team].map(\.vectorMemory)
        nonisolated(unsafe) let shared = inputs
        DispatchQueue.concurrentPerform(iterations: team) { t in
          program.run(
            shared, blocks: blocks * t / team..<blocks * (t + 1) / team, vectors: vectors, registers: files[t])
        }
      }
    }
    if order == .hessian || order == .product, side.families[f].outputCount == 1 {
      clearUnweighted(side.families[f], program.outputCount, result)
    }
  }

  /// Families with fewer instructions to carry out than this stay on the calling thread: waking others costs as much as
  /// some ten thousand instructions.
  private static let parallelWork = 100_000

  /// An element without weight contributes nothing, even where its second derivative is not finite.
  private func clearUnweighted(_ family: ElementFamily, _ outputs: Int, _ result: UnsafeMutablePointer<Double>) {
    for i in 0..<family.count where weights[family.valueBase + i] == 0 {
      for h in 0..<outputs { result[h * family.count + i] = 0 }
    }
  }
}

/// The registers of one program on one thread, with its constants in place.
private struct RegisterFile {
  var memory: UnsafeMutableRawPointer?
  var vectors = 1

  var vectorMemory: UnsafeMutablePointer<SIMD8<Double>> { memory!.assumingMemoryBound(to: SIMD8<Double>.self) }

  /// Bytes that a block's registers should not exceed, so that they stay in the first-level cache.
  private static let cacheBytes = 24_576

  init() {}

  init(_ program: InstructionProgram, isScalar: Bool) {
    let count = max(program.registerCount, 1)
    if isScalar {
      let memory = UnsafeMutablePointer<Double>.allocate(capacity: count + program.callSpace)
      memory.initialize(repeating: 0, count: count + program.callSpace)
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
