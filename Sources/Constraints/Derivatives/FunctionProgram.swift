/// The functions of a nonlinear model, compiled for values and derivatives.
///
/// The constraints are the linear rows of the model, in order, followed by the given functions. Sums are taken apart;
/// terms that have the same operations are compiled once and evaluated side by side over a table of their variables and
/// numbers, and what single terms share is computed once. Gradients come from reverse sweeps, Hessians from edge
/// pushing (Gower and Mello 2012), both carried out on symbols when the program is built, so that evaluation runs
/// straight-line code: derivatives are exact up to rounding.
///
/// Where a function has no derivative, one of these stands for it: `abs`, `sign`, `norm2` and steps have derivative 0 at
/// the kink, `min` and `max` that of the first of equal operands, `ifelse` that of the branch taken; comparisons and
/// logic have derivative 0; second derivatives of kinks are 0.
///
/// The program does not change and is shared between threads; each thread makes its own ``FunctionEvaluator``.
public struct FunctionProgram: Sendable {
  public let variableCount: Int
  public let constraintCount: Int
  public let abilities: NonlinearAbilities
  /// Where the gradient of the objective may be nonzero, ascending.
  public let gradientVariables: [Int32]
  public let jacobianPattern: SparsityPattern
  public let hessianPattern: SparsityPattern

  let objective: FunctionSide
  let constraints: FunctionSide
  /// Entries of the Hessian from: the objective's factor, the multipliers, second derivatives of the objective's and the
  /// constraints' elements.
  let hessian: GatherTable
  /// Where ``hessian`` has its entries.
  let symmetricPattern: SparsityPattern
  let threads: Int
  let source: ProgramSource

  /// The objective `Σ weight * function` and all linear rows of a model, followed by `constraints`.
  ///
  /// Parameters of the model enter with their present values.
  /// - Parameters:
  ///   - objective: functions of the model with weights; -1 turns maximizing into minimizing.
  ///   - constraints: functions of the model, such as those of its general constraints.
  ///   - hessianLimit: with more pairs of interacting sub-expressions than this, the Hessian is not offered as a matrix,
  ///     only its products with vectors.
  ///   - threads: how many threads an evaluation may use; results are the same for any number.
  /// - Complexity: O(terms log terms + operations for one evaluation of all derivatives).
  public init(
    of model: Model, objective parts: [(weight: Double, function: ScalarFunction)], constraints functions: [ScalarFunction],
    hessianLimit: Int = 4_000_000, threads: Int = 1
  ) {
    source = ProgramSource(model: model, objective: parts, constraints: functions)
    let n = model.variableCount
    let knowledge = FixedNodes(of: model.arena, parameters: model.parameterValues)
    var encoder = ShapeEncoder(arena: model.arena, knowledge: knowledge)
    var terms = AdditiveTerms(arena: model.arena)
    terms.append(parts, arena: model.arena, knowledge: knowledge)
    var objectiveSide = FunctionSide(terms, variableCount: n, encoder: &encoder, hessianLimit: hessianLimit)
    terms = AdditiveTerms(arena: model.arena)
    for i in 0..<model.rows.count { terms.appendRow(model.rows, i) }
    for function in functions { terms.append([(1, function)], arena: model.arena, knowledge: knowledge) }
    var constraintSide = FunctionSide(terms, variableCount: n, encoder: &encoder, hessianLimit: hessianLimit)

    variableCount = n
    constraintCount = model.rows.count + functions.count
    self.threads = max(1, threads)
    let hasHessian = objectiveSide.hasHessian && constraintSide.hasHessian
    if !hasHessian {
      objectiveSide.replaceHessiansByProducts()
      constraintSide.replaceHessiansByProducts()
    }
    objectiveSide.forgetShapes()
    constraintSide.forgetShapes()
    // Without a Hessian of the elements this is that of the quadratic terms, for products.
    (symmetricPattern, hessian) = FunctionProgram.assemble(objectiveSide, constraintSide, variableCount: n)
    objectiveSide.hessian = []
    constraintSide.hessian = []
    hessianPattern = hasHessian ? symmetricPattern : SparsityPattern()
    let lacksCurvature = (objectiveSide.families + constraintSide.families).contains { $0.programs.lacksCurvature }
    abilities = hasHessian ? .all : lacksCurvature ? .jacobian : [.jacobian, .hessianProduct]
    objective = objectiveSide
    constraints = constraintSide
    gradientVariables = objectiveSide.pattern.indices
    jacobianPattern = constraintSide.pattern
  }

  /// The objective `sign * objective`, the linear rows of the model and then `constraints`.
  public init(
    of model: Model, objective: ScalarFunction, sign: Double = 1, constraints: [ScalarFunction], threads: Int = 1
  ) {
    self.init(of: model, objective: [(sign, objective)], constraints: constraints, threads: threads)
  }

  /// An evaluator of its own for the calling thread.
  public func makeEvaluator() -> FunctionEvaluator { FunctionEvaluator(self) }

  /// The Hessian's pattern and sums: contributions sorted by column, then row (counting sort).
  private static func assemble(
    _ objective: FunctionSide, _ constraints: FunctionSide, variableCount n: Int
  ) -> (SparsityPattern, GatherTable) {
    let m = constraints.values.count
    var all: [HessianContribution] = []
    all.reserveCapacity(objective.hessian.count + constraints.hessian.count)
    for var item in objective.hessian {
      item.source = item.source >= 0 ? 0 : Int32(1 + m) + ~item.source
      all.append(item)
    }
    for var item in constraints.hessian {
      item.source = item.source >= 0 ? 1 + item.source : Int32(1 + m + objective.hessianCount) + ~item.source
      all.append(item)
    }
    all = sorted(sorted(all, count: n) { Int($0.row) }, count: n) { Int($0.column) }
    var pattern = SparsityPattern()
    var table = GatherTable()
    table.indices.reserveCapacity(all.count)
    table.coefficients.reserveCapacity(all.count)
    var k = 0
    for column in 0..<n {
      while k < all.count, all[k].column == column {
        let row = all[k].row
        pattern.indices.append(row)
        while k < all.count, all[k].column == column, all[k].row == row {
          table.append(all[k].source, all[k].coefficient)
          k += 1
        }
        table.close(base: 0)
      }
      pattern.starts.append(pattern.indices.count)
    }
    return (pattern, table)
  }

  private static func sorted(
    _ list: [HessianContribution], count: Int, by key: (HessianContribution) -> Int
  ) -> [HessianContribution] {
    var next = [Int](repeating: 0, count: count + 1)
    for item in list { next[key(item) + 1] += 1 }
    for k in 0..<count { next[k + 1] += next[k] }
    return [HessianContribution](unsafeUninitializedCapacity: list.count) { result, filled in
      for item in list {
        let k = key(item)
        (result.baseAddress! + next[k]).initialize(to: item)
        next[k] += 1
      }
      filled = list.count
    }
  }
}

extension FunctionProgram {
  /// How the functions were compiled, in a few words for logs: families with their instances and lengths.
  public var summary: String {
    func text(_ side: FunctionSide) -> String {
      let list = side.families.prefix(8).map { family in
        let lengths = [family.programs.value, family.programs.gradient, family.programs.hessian ?? family.programs.product]
        return "\(family.count) x " + lengths.map { String($0?.instructions.count ?? 0) }.joined(separator: "/")
      }
      return list.joined(separator: ", ") + (side.families.count > 8 ? ", ..." : "")
    }
    return "objective: \(text(objective)); constraints: \(text(constraints))"
  }
}
