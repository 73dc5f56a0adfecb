extension InstructionCode {
  /// How many of a, b, c are values; inputs and constants have none.
  var operandCount: Int {
    switch self {
    case .constant, .variable, .data, .weight, .direction, .call: 0
    case .negate, .reciprocal, .safeReciprocal, .unary, .digamma, .trigamma, .besselJ2, .besselJ3, .besselY2,
      .besselY3, .component, .store: 1
    case .add, .subtract, .multiply, .divide, .maskedMultiply, .minimum, .maximum, .binary, .powerBase, .powerExponent,
      .powerBaseBase, .powerBaseExponent, .powerExponentExponent: 2
    case .multiplyAdd, .select: 3
    }
  }
}

extension InstructionBuilder {
  /// The program that computes `outputs`: values that nobody needs are left out, a product that is only added once
  /// becomes one instruction with the addition, and registers are used again after their last reader (linear scan;
  /// M. Poletto and V. Sarkar, "Linear scan register allocation", 1999).
  /// - Complexity: O(values).
  func program(outputs: [Value]) -> InstructionProgram {
    var work = nodes
    // Readers of each value; outputs count as readers.
    var readers = [Int32](repeating: 0, count: work.count)
    for output in outputs { readers[Int(output)] += 1 }
    for i in work.indices.reversed() where readers[i] > 0 {
      let node = work[i]
      let count = node.code.operandCount
      if count > 0 { readers[Int(node.a)] += 1 }
      if count > 1 { readers[Int(node.b)] += 1 }
      if count > 2 { readers[Int(node.c)] += 1 }
      if node.code == .call { for operand in calls[Int(node.a)].operands { readers[Int(operand)] += 1 } }
    }
    for i in work.indices where readers[i] > 0 && work[i].code == .add {
      for (product, other) in [(work[i].a, work[i].b), (work[i].b, work[i].a)] {
        let factor = work[Int(product)]
        if factor.code == .multiply, readers[Int(product)] == 1, product != other {
          readers[Int(product)] = 0
          work[i] = Node(code: .multiplyAdd, a: factor.a, b: factor.b, c: other)
          break
        }
      }
    }

    var program = InstructionProgram()
    program.outputCount = outputs.count
    program.callResultCount = callResultCount
    // Outputs are stored right after they are computed: lists of outputs by value.
    var nextOutput = [Int32](repeating: -1, count: outputs.count)
    var firstOutput = [Int32](repeating: -1, count: work.count)
    for (k, output) in outputs.enumerated().reversed() {
      nextOutput[k] = firstOutput[Int(output)]
      firstOutput[Int(output)] = Int32(k)
    }
    var lastReader = [Int32](repeating: -1, count: work.count)
    for i in work.indices where readers[i] > 0 {
      let node = work[i]
      let count = node.code.operandCount
      if count > 0 { lastReader[Int(node.a)] = Int32(i) }
      if count > 1 { lastReader[Int(node.b)] = Int32(i) }
      if count > 2 { lastReader[Int(node.c)] = Int32(i) }
      if node.code == .call { for operand in calls[Int(node.a)].operands { lastReader[Int(operand)] = Int32(i) } }
    }
    var register = [Int32](repeating: -1, count: work.count)
    for i in work.indices where readers[i] > 0 && work[i].code == .constant {
      register[i] = Int32(program.constants.count)
      program.constants.append(constantValue(Int32(i))!)
    }
    program.registerCount = program.constants.count
    var free: [Int32] = []
    for i in work.indices where readers[i] > 0 {
      let node = work[i]
      if node.code != .constant {
        let count = node.code.operandCount
        var instruction = Instruction(code: node.code, extra: node.extra, target: 0, a: node.a, b: node.b, c: node.c)
        if count > 0 { instruction.a = register[Int(node.a)] }
        if count > 1 { instruction.b = register[Int(node.b)] }
        if count > 2 { instruction.c = register[Int(node.c)] }
        // An operand read for the last time gives its register to the result: every instruction reads before it writes.
        func release(_ operand: Int32) {
          if work[Int(operand)].code != .constant, lastReader[Int(operand)] == Int32(i) {
            free.append(register[Int(operand)])
            lastReader[Int(operand)] = -2
          }
        }
        if count > 0 { release(node.a) }
        if count > 1 { release(node.b) }
        if count > 2 { release(node.c) }
        if node.code == .call {
          instruction.a = Int32(program.calls.count)
          var call = calls[Int(node.a)]
          call.operands = call.operands.map { register[Int($0)] }
          program.calls.append(call)
          program.callSpace = max(program.callSpace, callResultCount + call.operands.count)
          for operand in calls[Int(node.a)].operands { release(operand) }
        }
        if node.code == .component { instruction.b = node.b }
        if let last = free.popLast() {
          instruction.target = last
        } else {
          instruction.target = Int32(program.registerCount)
          program.registerCount += 1
        }
        register[i] = instruction.target
        program.instructions.append(instruction)
      }
      var k = firstOutput[i]
      while k >= 0 {
        program.instructions.append(Instruction(code: .store, extra: 0, target: k, a: register[i], b: 0, c: 0))
        k = nextOutput[Int(k)]
      }
      if node.code != .constant, lastReader[i] == -1 { free.append(register[i]) }
    }
    return program
  }
}
