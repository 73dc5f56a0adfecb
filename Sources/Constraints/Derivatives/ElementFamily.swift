/// The compiled programs of one expression shape.
struct CompiledShape: Sendable {
  var value: InstructionProgram
  var gradient: InstructionProgram
  var gradientEntries: [GradientEntry]
  /// Nil when the shape has too many second derivatives.
  var hessian: InstructionProgram?
  var hessianEntries: [HessianEntry] = []
  /// Whether there are no second derivatives at all.
  var lacksCurvature = false
  /// The product of the Hessian with a direction, by variable slot; only where a Hessian is not offered.
  var product: InstructionProgram?

  init(_ shape: ExpressionShape, numbers: [Double?], hessianLimit: Int) {
    let plain = LoweredShape(shape, numbers: numbers, order: 0)
    value = plain.builder.program(outputs: plain.outputs.map { plain.values[Int($0)] })
    var first = LoweredShape(shape, numbers: numbers, order: 1)
    let (entries, gradients) = first.gradients()
    gradientEntries = entries
    gradient = first.builder.program(outputs: gradients)
    var second = LoweredShape(shape, numbers: numbers, order: 2)
    lacksCurvature = second.lacksCurvature
    if !lacksCurvature, let (entries, values) = second.hessian(limit: hessianLimit) {
      hessianEntries = entries
      hessian = second.builder.program(outputs: values)
    }
  }

  mutating func compileProduct(_ shape: ExpressionShape, numbers: [Double?]) {
    var lowered = LoweredShape(shape, numbers: numbers, order: 2)
    let values = lowered.hessianProduct()
    product = lowered.builder.program(outputs: values)
    hessian = nil
    hessianEntries = []
  }
}

/// All elements of one shape: a table of variables and numbers, evaluated side by side.
struct ElementFamily: Sendable {
  var programs: CompiledShape
  /// Number of instances; a shape with several outputs has one instance.
  var count: Int
  var outputCount: Int
  /// Variable of slot s of instance i at `s * count + i`.
  var variables: [Int32]
  /// Number of slot s of instance i at `s * count + i`.
  var data: [Double]
  /// Where the values, gradients and Hessians of the family begin among those of its side.
  var valueBase = 0
  var gradientBase = 0
  var hessianBase = 0

  enum Order: Int { case value, gradient, hessian, product }

  func program(_ order: Order) -> InstructionProgram? {
    switch order {
    case .value: programs.value
    case .gradient: programs.gradient
    case .hessian: programs.hessian
    case .product: programs.product
    }
  }
}
