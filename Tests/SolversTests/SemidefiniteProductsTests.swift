import LinearAlgebra
import Testing

@testable import Solvers

/// Products of matrices by which semidefinite cones are eliminated.
@Suite struct SemidefiniteProductsTests {
  /// Matrices with one entry, a few, and all: each way of multiplying is taken.
  @Test(arguments: [1, 2, 7, 24]) func `products agree with the scaling applied to each matrix`(order: Int) {
    var samples = ConeSamples(seed: 41)
    let n = order * (order + 1) / 2
    var starts = [0]
    var rows: [Int32] = []
    var values: [Double] = []
    let densities = [0.0, 1, 0.5, 0.1, 2 / Double(n), 1 / Double(n), 1, 0.02]
    for density in densities {
      for i in 0..<n where samples.random.chance(density) {
        rows.append(Int32(i))
        values.append(samples.normal())
      }
      starts.append(rows.count)
    }
    let matrices = SparseMatrix(
      rowCount: n, columnCount: densities.count, starts: starts, rowIndices: rows, values: values)
    let cone = ConicForm.Cone.semidefinite(order: order)
    let product = ConeProduct([cone])
    #expect(product.updateScaling(s: samples.point(cone), z: samples.point(cone, isDual: true)))
    let scaling = product.semidefinite(product.blocks[0])

    let products = SemidefiniteProducts(order: order, matrices: matrices)
    let count = densities.count
    func columns() -> [[Double]] {
      (0..<count).map { j in
        var dense = [Double](repeating: 0, count: n)
        for k in starts[j]..<starts[j + 1] { dense[Int(rows[k])] = values[k] }
        return dense
      }
    }
    let full = columns()
    for isInverse in [false, true] {
      var result = [Double](repeating: 0, count: count * count)
      products.add(isInverse ? scaling.inverseProduct : scaling.product, to: &result)
      for i in 0..<count {
        var image = full[i]
        if isInverse { scaling.applyInverseH(full[i], &image) } else { scaling.applyH(full[i], &image) }
        for j in 0..<count {
          let expected = dot(image, full[j])
          #expect(abs(result[i * count + j] - expected) <= 1e-11 * (1 + maxNorm(image) * maxNorm(full[j])) * Double(n))
          #expect(result[i * count + j] == result[j * count + i])
        }
      }
      // What is there is added to.
      products.add(isInverse ? scaling.inverseProduct : scaling.product, to: &result)
      #expect(abs(result[count + 1] - 2 * dot(isInverse ? inverse(scaling, full[1]) : product.applied(full[1]), full[1]))
        <= 1e-9 * (1 + abs(result[count + 1])))
    }
  }

  private func inverse(_ scaling: SemidefiniteScaling, _ v: [Double]) -> [Double] {
    var image = v
    scaling.applyInverseH(v, &image)
    return image
  }

  @Test func `the inverse of the scaling takes s to z`() {
    var samples = ConeSamples(seed: 42)
    let cone = ConicForm.Cone.semidefinite(order: 6)
    let product = ConeProduct([cone])
    for distance in [1.0, 1e-3] {
      let (s, z) = (samples.point(cone, distance: distance), samples.point(cone, isDual: true, distance: distance))
      #expect(product.updateScaling(s: s, z: z))
      let back = inverse(product.semidefinite(product.blocks[0]), s)
      #expect(difference(back, z) <= 1e-9 / distance * maxNorm(z))
    }
  }
}
