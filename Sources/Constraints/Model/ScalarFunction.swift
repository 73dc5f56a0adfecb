/// `coefficient * variable`.
public struct LinearTerm: Sendable, Hashable {
  public var coefficient: Double
  public var variable: Int32

  @inlinable public init(_ coefficient: Double, _ variable: Int32) {
    self.coefficient = coefficient
    self.variable = variable
  }
}

/// `coefficient * first * second`, with no hidden factor one half; `first <= second` in canonical form.
public struct QuadraticTerm: Sendable, Hashable {
  public var coefficient: Double
  public var first: Int32
  public var second: Int32

  @inlinable public init(_ coefficient: Double, _ first: Int32, _ second: Int32) {
    self.coefficient = coefficient
    self.first = first
    self.second = second
  }
}

/// A function of the variables of one model: constant + linear + quadratic + a nonlinear node of the model's arena.
///
/// Variables are given by position. In canonical form (see ``canonicalize()``) terms are sorted, merged and nonzero.
public struct ScalarFunction: Sendable, Hashable {
  public var constant: Double
  public var linear: [LinearTerm]
  public var quadratic: [QuadraticTerm]
  /// Node of ``Model/arena`` whose value is added, or nil.
  public var nonlinear: NodeID?

  public init(
    constant: Double = 0, linear: [LinearTerm] = [], quadratic: [QuadraticTerm] = [], nonlinear: NodeID? = nil
  ) {
    self.constant = constant
    self.linear = linear
    self.quadratic = quadratic
    self.nonlinear = nonlinear
  }

  public enum Kind: Int, Sendable, Comparable {
    case constant, linear, quadratic, nonlinear
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  public var kind: Kind {
    if nonlinear != nil { return .nonlinear }
    if !quadratic.isEmpty { return .quadratic }
    return linear.isEmpty ? .constant : .linear
  }

  /// The negative of a function without a nonlinear part.
  package var negated: ScalarFunction {
    precondition(nonlinear == nil)
    return ScalarFunction(
      constant: -constant, linear: linear.map { LinearTerm(-$0.coefficient, $0.variable) },
      quadratic: quadratic.map { QuadraticTerm(-$0.coefficient, $0.first, $0.second) })
  }

  /// Sorts terms by variable, adds up repeated ones and drops zeros; order of first appearance is not kept.
  /// - Complexity: O(t log t) for t terms, O(t) when already sorted.
  public mutating func canonicalize() {
    ScalarFunction.merge(&linear)
    if !quadratic.isEmpty {
      for i in quadratic.indices where quadratic[i].first > quadratic[i].second {
        (quadratic[i].first, quadratic[i].second) = (quadratic[i].second, quadratic[i].first)
      }
      quadratic.sort { ($0.first, $0.second) < ($1.first, $1.second) }
      var kept = 0
      var i = 0
      while i < quadratic.count {
        var term = quadratic[i]
        i += 1
        while i < quadratic.count, quadratic[i].first == term.first, quadratic[i].second == term.second {
          term.coefficient += quadratic[i].coefficient
          i += 1
        }
        if term.coefficient != 0 {
          quadratic[kept] = term
          kept += 1
        }
      }
      quadratic.removeSubrange(kept...)
    }
  }

  /// Sorts terms by variable, adds up repeated ones and drops zeros.
  static func merge(_ terms: inout [LinearTerm]) {
    var sorted = true
    var clean = true
    terms.withUnsafeBufferPointer { t in
      for i in 0..<t.count {
        if t[i].coefficient == 0 { clean = false }
        if i > 0 {
          if t[i].variable < t[i - 1].variable { sorted = false }
          if t[i].variable == t[i - 1].variable { clean = false }
        }
      }
    }
    if sorted && clean { return }
    if !sorted { terms.sort { $0.variable < $1.variable } }
    var kept = 0
    var i = 0
    while i < terms.count {
      var term = terms[i]
      i += 1
      while i < terms.count, terms[i].variable == term.variable {
        term.coefficient += terms[i].coefficient
        i += 1
      }
      if term.coefficient != 0 {
        terms[kept] = term
        kept += 1
      }
    }
    terms.removeSubrange(kept...)
  }
}

/// An objective: a function to make small or large.
public struct Objective: Sendable {
  public var sense: ObjectiveSense
  public var function: ScalarFunction
  /// Name for reports; empty when there is none.
  public var name: String
  /// Objectives of higher priority are optimized first; those of one priority are added up by weight.
  public var priority: Int
  /// Factor within its priority.
  public var weight: Double
  /// How much of the optimum of this priority later ones may give up: absolutely, and relative to its size.
  public var absoluteTolerance: Double
  public var relativeTolerance: Double

  public init(
    _ sense: ObjectiveSense, _ function: ScalarFunction, name: String = "", priority: Int = 0, weight: Double = 1,
    absoluteTolerance: Double = 0, relativeTolerance: Double = 0
  ) {
    self.sense = sense
    self.function = function
    self.name = name
    self.priority = priority
    self.weight = weight
    self.absoluteTolerance = absoluteTolerance
    self.relativeTolerance = relativeTolerance
  }
}
