import Constraints
import LinearAlgebra

/// A form under construction, with what bridges need to know: bounds that are proven, how added columns follow from a
/// point of the model, and where multipliers come back from.
struct FormBuilder {
  private(set) var form: ConicForm
  private(set) var plan: [PlanStep] = []
  /// For each added column its value, given the columns before it.
  private(set) var derived: [@Sendable ([Double]) -> Double] = []
  /// Where the multipliers of coordinates of general constraints are found.
  private(set) var dualSources: [DualSource] = []
  /// Whether the multipliers of some constraint do not follow from those of the form.
  private(set) var losesDuals = false
  let model: Model
  /// Position in the model's general constraints of the one being rewritten; nil for the objective and variables.
  var constraint: Int?
  /// Nonlinear expressions that have columns already.
  var lowered = LoweredExpressions()
  /// Indicators of the values of functions.
  var families = ValueFamilies()
  /// Circuits without direction, by the position of their constraint.
  var edges: [Int: CircuitEdges] = [:]
  /// Bounds tightened by propagation, computed when the first bridge asks.
  private var proven: BoundPropagation?

  /// The multiplier of a coordinate is `factor` times that of a row, or of a row of G when `isCone`.
  struct DualSource: Sendable {
    var constraint: Int32
    var coordinate: Int32
    var isCone: Bool
    var row: Int32
    var factor: Double
  }

  /// - Complexity: O(size of the model's variables and rows).
  init(_ model: Model) {
    self.model = model
    var form = LinearForm()
    form.sense = model.sense
    form.objective = [Double](repeating: 0, count: model.variableCount)
    form.columnLower = model.lower
    form.columnUpper = model.upper
    form.isInteger = model.domains.map { $0.isIntegral ? 1 : 0 }
    for j in 0..<model.variableCount where model.domains[j].isIntegral {
      form.columnLower[j] = (model.lower[j] - 1e-9).rounded(.up)
      form.columnUpper[j] = (model.upper[j] + 1e-9).rounded(.down)
    }
    form.starts = model.rows.starts
    form.entryColumns = model.rows.columns
    form.entryValues = model.rows.values
    form.rowLower = model.rows.lower
    form.rowUpper = model.rows.upper
    self.form = ConicForm(form)
  }

  // MARK: - The objective

  /// Adds an affine function to the objective.
  mutating func addObjective(_ function: Affine) {
    form.linear.constant += function.constant
    for term in function.terms { form.linear.objective[Int(term.column)] += term.value }
  }

  /// Sets the quadratic part of the objective; terms in canonical order.
  mutating func setHessian(_ terms: [QuadraticTerm]) {
    let n = model.variableCount
    var starts = [Int](repeating: 0, count: n + 1)
    var rows = [Int32](repeating: 0, count: terms.count)
    var values = [Double](repeating: 0, count: terms.count)
    for (k, term) in terms.enumerated() {
      // Terms ascend by first and then by second variable: column by column of the lower triangle.
      starts[Int(term.first) + 1] += 1
      rows[k] = term.second
      values[k] = term.first == term.second ? 2 * term.coefficient : term.coefficient
    }
    for j in 0..<n { starts[j + 1] += starts[j] }
    form.hessian = SparseMatrix(rowCount: n, columnCount: n, starts: starts, rowIndices: rows, values: values)
  }

  /// The form with a Hessian as wide as its columns have become.
  func finished() -> ConicForm {
    var result = form
    let n = form.linear.columnCount
    let missing = n - form.hessian.columnCount
    if missing > 0 {
      result.hessian.starts += [Int](repeating: form.hessian.entryCount, count: missing)
      result.hessian.columnCount = n
      result.hessian.rowCount = n
    }
    return result
  }

  // MARK: - For bridges

  /// Notes what a bridge did since ``size`` was taken.
  mutating func note(_ constraint: String, _ bridge: String, _ detail: String = "", since before: Size) {
    let now = size
    var step = PlanStep(constraint: constraint, bridge: bridge, detail: detail)
    step.rows = now.rows - before.rows
    step.columns = now.columns - before.columns
    step.integers = now.integers - before.integers
    step.cones = now.cones - before.cones
    step.coneRows = now.coneRows - before.coneRows
    plan.append(step)
  }

  /// How much there is so far.
  var size: Size {
    Size(
      rows: form.linear.rowCount, columns: form.linear.columnCount, integers: integerCount, cones: form.cones.count,
      coneRows: form.coneRowCount)
  }
  struct Size {
    var rows, columns, integers, cones, coneRows: Int
  }
  private var integerCount = 0

  /// Says that multipliers of the constraint being rewritten cannot be recovered.
  mutating func loseDuals() { losesDuals = true }

  /// The linear parts of the functions of the constraint being rewritten.
  func coordinates(_ functions: [ScalarFunction]) -> [Affine] {
    functions.enumerated().map { i, function in
      var result = Affine(linear: function)
      result.sources = [Affine.Source(coordinate: Int32(i), factor: 1)]
      return result
    }
  }

  /// Adds a column whose value follows from the columns before it.
  mutating func addColumn(
    lower: Double = -.infinity, upper: Double = .infinity, isInteger: Bool = false,
    value: @escaping @Sendable ([Double]) -> Double
  ) -> Int {
    derived.append(value)
    if isInteger { integerCount += 1 }
    return form.linear.addColumn(lower: lower, upper: upper, isInteger: isInteger)
  }

  /// Adds `lower <= function <= upper`; repeated columns are added up.
  mutating func addRow(_ function: Affine, lower: Double, upper: Double) {
    var function = function
    function.merge()
    note(function.sources, isCone: false, row: form.linear.rowCount)
    for term in function.terms {
      form.linear.entryColumns.append(term.column)
      form.linear.entryValues.append(term.value)
    }
    form.linear.starts.append(form.linear.entryValues.count)
    form.linear.rowLower.append(lower - function.constant)
    form.linear.rowUpper.append(upper - function.constant)
  }

  /// Adds `functions in cone`.
  mutating func addCone(_ cone: ConicForm.Cone, _ functions: [Affine]) {
    form.cones.append(cone)
    for function in functions {
      var function = function
      function.merge()
      note(function.sources, isCone: true, row: form.coneRowCount)
      for term in function.terms {
        form.coneColumns.append(term.column)
        form.coneValues.append(term.value)
      }
      form.coneStarts.append(form.coneValues.count)
      form.coneOffsets.append(function.constant)
    }
  }

  private mutating func note(_ sources: [Affine.Source], isCone: Bool, row: Int) {
    guard let constraint else { return }
    for source in sources {
      dualSources.append(
        DualSource(
          constraint: Int32(constraint), coordinate: source.coordinate, isCone: isCone, row: Int32(row),
          factor: source.factor))
    }
  }

  /// Adds rows that are stated when a point violates them.
  mutating func addSeparator(_ separator: any RowSeparator) { form.linear.separators.append(separator) }

  mutating func setColumnBounds(_ j: Int, lower: Double, upper: Double) {
    form.linear.columnLower[j] = lower
    form.linear.columnUpper[j] = upper
  }

  /// Bounds of a column that hold in every feasible point; for the model's variables from propagation over the rows.
  mutating func provenBounds(of j: Int) -> (lower: Double, upper: Double) {
    if j >= model.variableCount { return (form.linear.columnLower[j], form.linear.columnUpper[j]) }
    if proven == nil {
      var propagation = BoundPropagation(model: model)
      _ = propagation.propagateAll(rounds: 5)
      proven = propagation
    }
    guard let proven, !proven.isInfeasible else { return (model.lower[j], model.upper[j]) }
    return (proven.lower[j], proven.upper[j])
  }

  /// Smallest and largest value that an affine function can take, and a column that makes one of them infinite.
  mutating func range(of function: Affine) -> (least: Double, most: Double, openBelow: Int?, openAbove: Int?) {
    var function = function
    function.merge()
    var least = function.constant
    var most = function.constant
    var openBelow: Int?
    var openAbove: Int?
    for term in function.terms {
      let j = Int(term.column)
      let (low, high) = provenBounds(of: j)
      let a = term.value
      let (x, y) = a > 0 ? (a * low, a * high) : (a * high, a * low)
      least += x
      most += y
      if !x.isFinite { openBelow = openBelow ?? j }
      if !y.isFinite { openAbove = openAbove ?? j }
    }
    return (least, most, openBelow, openAbove)
  }

  /// The error for a variable that lacks the bound a big number must come from.
  func needsBound(_ constraint: String, variable j: Int, _ side: String) -> SolverError {
    let variable = j < model.variableCount ? "variable '\(model.variableNames[j])'" : "what it is made of"
    return .refused([
      Diagnostic(
        .unboundedForReformulation,
        "\(constraint) needs \(side) bound on \(variable) to be written with linear rows",
        mend: j < model.variableCount ? "give '\(model.variableNames[j])' \(side) bound" : "give its variables bounds")
    ])
  }
}
