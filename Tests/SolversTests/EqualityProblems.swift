import Foundation
import Solvers

/// Problems with equations alone whose optima are published.
///
/// Source: Hock, Schittkowski, "Test examples for nonlinear programming codes", 1981.
enum EqualityProblems {
  struct Problem {
    var name: String
    var optimum: Double
    var form: NonlinearForm
  }

  static let all: [Problem] = [
    Problem(name: "HS6", optimum: 0, form: .equations(1, start: [-1.2, 1]) { x in
      [(x[0] - 1).squared, 10 * (x[1] - x[0].squared)]
    }),
    Problem(name: "HS7", optimum: -3.0.squareRoot(), form: .equations(1, start: [2, 2]) { x in
      let a = x[0].squared + 1
      return [log(a) - x[1], a.squared + x[1].squared - 4]
    }),
    Problem(name: "HS26", optimum: 0, form: .equations(1, start: [-2.6, 2, 2]) { x in
      let f = (x[0] - x[1]).squared + (x[1] - x[2]).power(4)
      return [f, (x[1].squared + 1) * x[0] + x[2].power(4) - 3]
    }),
    Problem(name: "HS27", optimum: 0.04, form: .equations(1, start: [2, 2, 2]) { x in
      let f = 0.01 * (x[0] - 1).squared + (x[1] - x[0].squared).squared
      return [f, x[0] + x[2].squared + 1]
    }),
    Problem(name: "HS28", optimum: 0, form: .equations(1, start: [-4, 1, 1]) { x in
      let f = (x[0] + x[1]).squared + (x[1] + x[2]).squared
      return [f, x[0] + 2 * x[1] + 3 * x[2] - 1]
    }),
    Problem(name: "HS39", optimum: -1, form: .equations(2, start: [2, 2, 2, 2]) { x in
      [(-1) * x[0], x[1] - x[0].power(3) - x[2].squared, x[0].squared - x[1] - x[3].squared]
    }),
    Problem(name: "HS40", optimum: -0.25, form: .equations(3, start: [0.8, 0.8, 0.8, 0.8]) { x in
      let f = (-1) * (x[0] * x[1] * x[2] * x[3])
      return [f, x[0].power(3) + x[1].squared - 1, x[0].squared * x[3] - x[2], x[3].squared - x[1]]
    }),
    Problem(
      name: "HS46", optimum: 0,
      form: .equations(2, start: [0.5 * 2.0.squareRoot(), 1.75, 0.5, 2, 2]) { x in
        let f = (x[0] - x[1]).squared + (x[2] - 1).squared + (x[3] - 1).power(4) + (x[4] - 1).power(6)
        let c = x[0].squared * x[3] + sin(x[3] - x[4]) - 1
        return [f, c, x[1] + x[2].power(4) * x[3].squared - 2]
      }),
    Problem(name: "HS48", optimum: 0, form: .equations(2, start: [3, 5, -3, 2, -2]) { x in
      let f = (x[0] - 1).squared + (x[1] - x[2]).squared + (x[3] - x[4]).squared
      let sum = x[0] + x[1] + x[2] + x[3] + x[4]
      return [f, sum - 5, x[2] - 2 * (x[3] + x[4]) + 3]
    }),
    Problem(name: "HS51", optimum: 0, form: .equations(3, start: [2.5, 0.5, 2, -1, 0.5]) { x in
      let f = (x[0] - x[1]).squared + (x[1] + x[2] - 2).squared + (x[3] - 1).squared + (x[4] - 1).squared
      return [f, x[0] + 3 * x[1] - 4, x[2] + x[3] - 2 * x[4], x[1] - x[4]]
    }),
    Problem(name: "HS52", optimum: 5.326648, form: .equations(3, start: [2, 2, 2, 2, 2]) { x in
      let f = (4 * x[0] - x[1]).squared + (x[1] + x[2] - 2).squared + (x[3] - 1).squared + (x[4] - 1).squared
      return [f, x[0] + 3 * x[1], x[2] + x[3] - 2 * x[4], x[1] - x[4]]
    }),
    Problem(name: "HS61", optimum: -143.646142, form: .equations(2, start: [0, 0, 0]) { x in
      let squares = 4 * x[0].squared + 2 * x[1].squared + 2 * x[2].squared
      let f = squares - 33 * x[0] + 16 * x[1] - 24 * x[2]
      return [f, 3 * x[0] - 2 * x[1].squared - 7, 4 * x[0] - x[2].squared - 11]
    }),
    Problem(name: "HS77", optimum: 0.241505, form: .equations(2, start: [2, 2, 2, 2, 2]) { x in
      let near = (x[0] - 1).squared + (x[0] - x[1]).squared + (x[2] - 1).squared
      let f = near + (x[3] - 1).power(4) + (x[4] - 1).power(6)
      let c = x[0].squared * x[3] + sin(x[3] - x[4]) - 2 * 2.0.squareRoot()
      return [f, c, x[1] + x[2].power(4) * x[3].squared - 8 - 2.0.squareRoot()]
    }),
    Problem(name: "HS78", optimum: -2.919700, form: .equations(3, start: [-2, 1.5, 2, -1, -1]) { x in
      let squares = x[0].squared + x[1].squared + x[2].squared + x[3].squared + x[4].squared
      let f = x[0] * x[1] * x[2] * x[3] * x[4]
      return [f, squares - 10, x[1] * x[2] - 5 * (x[3] * x[4]), x[0].power(3) + x[1].power(3) + 1]
    }),
    Problem(name: "HS79", optimum: 0.078777, form: .equations(3, start: [2, 2, 2, 2, 2]) { x in
      let near = (x[0] - 1).squared + (x[0] - x[1]).squared + (x[1] - x[2]).squared
      let f = near + (x[2] - x[3]).power(4) + (x[3] - x[4]).power(4)
      let c = x[0] + x[1].squared + x[2].power(3) - 2 - 3 * 2.0.squareRoot()
      return [f, c, x[1] - x[2].squared + x[3] + 2 - 2 * 2.0.squareRoot(), x[0] * x[4] - 2]
    }),
  ]

  /// Points on a circle: full Newton steps raise both objective and violation on the way to (1, 0).
  ///
  /// Source: Maratos, "Exact penalty function algorithms for finite dimensional and control optimization problems", 1978.
  static let maratos = NonlinearForm.equations(1, start: [0.8, 0.6]) { x in
    let c = x[0].squared + x[1].squared - 1
    return [2 * c - x[0], c]
  }
}
