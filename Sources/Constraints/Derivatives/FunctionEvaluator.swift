/// Evaluates a ``FunctionProgram`` on one thread.
public final class FunctionEvaluator: NonlinearEvaluator {
  public let program: FunctionProgram
  private let objectiveRunner: SideRunner
  private let constraintRunner: SideRunner

  // The multipliers and second derivatives that the Hessian is added up from.
  private let hessianSource: UnsafeMutablePointer<Double>
  // The last Jacobian and Hessian with what they belong to, for products.
  private var jacobianPoint: [Double] = []
  private var jacobianValues: [Double] = []
  private var hessianPoint: [Double] = []
  private var hessianMultipliers: [Double] = []
  private var hessianValues: [Double] = []

  init(_ program: FunctionProgram) {
    self.program = program
    objectiveRunner = SideRunner(program.objective, variableCount: program.variableCount, threads: program.threads)
    constraintRunner = SideRunner(program.constraints, variableCount: program.variableCount, threads: program.threads)
    let count = 1 + program.constraintCount + program.objective.hessianCount + program.constraints.hessianCount
    hessianSource = .allocate(capacity: count)
    hessianSource.initialize(repeating: 0, count: count)
  }

  deinit { hessianSource.deallocate() }

  public var variableCount: Int { program.variableCount }
  public var constraintCount: Int { program.constraintCount }
  public var abilities: NonlinearAbilities { program.abilities }
  public var jacobianPattern: SparsityPattern { program.jacobianPattern }
  public var hessianPattern: SparsityPattern { program.hessianPattern }

  public func objective(at x: UnsafePointer<Double>) -> Double {
    var result = 0.0
    objectiveRunner.values(at: x, into: &result)
    return result
  }

  public func gradient(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let entries = objectiveRunner.derivatives(at: x)
    result.update(repeating: 0, count: variableCount)
    for (k, variable) in program.gradientVariables.enumerated() { result[Int(variable)] = entries[k] }
  }

  public func constraints(at x: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    constraintRunner.values(at: x, into: result)
  }

  public func jacobian(at x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    constraintRunner.derivatives(at: x, into: values)
  }

  public func addJacobianTransposeProduct(
    at x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>
  ) {
    if !isSame(jacobianPoint, x) || jacobianValues.isEmpty {
      jacobianValues = [Double](unsafeUninitializedCapacity: jacobianPattern.entryCount) { values, filled in
        if let base = values.baseAddress { jacobian(at: x, into: base) }
        filled = jacobianPattern.entryCount
      }
      jacobianPoint = Array(UnsafeBufferPointer(start: x, count: variableCount))
    }
    program.jacobianPattern.starts.withUnsafeBufferPointer { starts in
      program.jacobianPattern.indices.withUnsafeBufferPointer { indices in
        jacobianValues.withUnsafeBufferPointer { values in
          for i in 0..<constraintCount where y[i] != 0 {
            for k in starts[i]..<starts[i + 1] { result[Int(indices[k])] += y[i] * values[k] }
          }
        }
      }
    }
  }

  public func hessian(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    into values: UnsafeMutablePointer<Double>
  ) {
    setMultipliers(factor, y)
    let m = constraintCount
    let second = hessianSource + (1 + m)
    objectiveRunner.hessians(at: x, multipliers: hessianSource, into: second)
    constraintRunner.hessians(at: x, multipliers: hessianSource + 1, into: second + program.objective.hessianCount)
    program.hessian.gather(from: hessianSource, into: values, threads: program.threads)
  }

  private func setMultipliers(_ factor: Double, _ y: UnsafePointer<Double>) {
    hessianSource[0] = factor
    for i in 0..<constraintCount { hessianSource[1 + i] = y[i] }
  }

  /// The Hessian is computed once for each point and multipliers and kept, so that further products cost only its
  /// entries. Where it is not offered as a matrix, a product costs a few evaluations of the gradient.
  public func hessianProduct(
    at x: UnsafePointer<Double>, objective factor: Double, multipliers y: UnsafePointer<Double>,
    _ v: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let m = constraintCount
    let isKnown =
      isSame(hessianPoint, x) && hessianMultipliers.count == m + 1 && hessianMultipliers[0] == factor
      && (0..<m).allSatisfy { hessianMultipliers[$0 + 1] == y[$0] }
    if !isKnown {
      let count = program.symmetricPattern.entryCount
      hessianValues = [Double](unsafeUninitializedCapacity: count) { values, filled in
        if let base = values.baseAddress { hessian(at: x, objective: factor, multipliers: y, into: base) }
        filled = count
      }
      hessianPoint = Array(UnsafeBufferPointer(start: x, count: variableCount))
      hessianMultipliers = [factor] + UnsafeBufferPointer(start: y, count: m)
    }
    result.update(repeating: 0, count: variableCount)
    program.symmetricPattern.starts.withUnsafeBufferPointer { starts in
      program.symmetricPattern.indices.withUnsafeBufferPointer { indices in
        hessianValues.withUnsafeBufferPointer { values in
          for j in 0..<variableCount {
            var sum = 0.0
            for k in starts[j]..<starts[j + 1] {
              let i = Int(indices[k])
              sum += values[k] * v[i]
              if i != j { result[i] += values[k] * v[j] }
            }
            result[j] += sum
          }
        }
      }
    }
    if abilities.contains(.hessian) { return }
    setMultipliers(factor, y)
    objectiveRunner.addHessianProduct(at: x, multipliers: hessianSource, v, to: result)
    constraintRunner.addHessianProduct(at: x, multipliers: hessianSource + 1, v, to: result)
  }

  private func isSame(_ known: [Double], _ x: UnsafePointer<Double>) -> Bool {
    guard known.count == variableCount, variableCount > 0 else { return false }
    for i in 0..<variableCount where known[i] != x[i] { return false }
    return true
  }
}
