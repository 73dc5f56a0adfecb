import LinearAlgebra

extension KKTSystem {
  /// Puts the cones' block, and regularization of its auxiliary rows, on top of what the products gave.
  func addConeBlock() {
    if cones.isEmpty { return }
    let rho = regularization
    cones.writeBlock(into: coneValues.pointer)
    pattern.coneEntries.withUnsafeBufferPointer { entries in
      for k in 0..<entries.count { values.pointer[entries[k]] += coneValues.pointer[k] }
    }
    let first = r - cones.dimension
    let row = pattern.kept.count + first
    for i in 0..<cones.blockDimension {
      let size = abs(coneValues.pointer[cones.blockStarts[i]])
      rowDiagonal.pointer[first + i] = size
      // On the way to a certificate a block vanishes: regularization must not outweigh it.
      values.pointer[pattern.starts[row + i]] += rho - min(rho, boost * options.rowShare * size)
    }
    let base = pattern.kept.count + pattern.rowCount
    for a in 0..<cones.auxiliaryCount {
      values.pointer[pattern.starts[base + a]] += Double(cones.auxiliarySigns[a]) * rho
    }
    regularizeColumns(from: first, rho)
    guard !elimination.isEmpty else { return }
    pattern.position.withUnsafeBufferPointer { position in
      pattern.starts.withUnsafeBufferPointer { starts in
        pattern.rowIndices.withUnsafeBufferPointer { indices in
          elimination.addProducts(to: values.pointer, position: position, starts: starts, indices: indices)
        }
      }
    }
  }

  /// Raises the regularization of a column in cones to a share of what eliminating the cones would put on its diagonal:
  /// where that is large, a small pivot taken first would drown it in rounding.
  private func regularizeColumns(from firstConeRow: Int, _ rho: Double) {
    problem.matrix.starts.withUnsafeBufferPointer { columnStarts in
      problem.matrix.rowIndices.withUnsafeBufferPointer { rowIndices in
        problem.matrix.values.withUnsafeBufferPointer { entries in
          for (c, j) in pattern.kept.lazy.map(Int.init).enumerated() {
            var sum = 0.0
            for k in columnStarts[j]..<columnStarts[j + 1]
            where Int(rowIndices[k]) >= firstConeRow && Int(rowIndices[k]) < pattern.rowCount {
              let size = rowDiagonal.pointer[Int(rowIndices[k])]
              if size > 0 { sum += entries[k] * entries[k] / size }
            }
            let wanted = min(boost * options.columnShare * sum, 1e4)
            let present = !isInClique.isEmpty && isInClique[c] ? 0 : rho
            if wanted > present { values.pointer[pattern.starts[c]] += wanted - present }
          }
        }
      }
    }
  }

  /// Scales the rows and columns of cliques to a diagonal of 1 and regularizes them there: what elimination leaves of a
  /// cone on them ranges over many powers of ten in the course of a solve, and an absolute number would soon outweigh it.
  func equilibrate() {
    let (starts, scale) = (pattern.starts, scale.pointer)
    for c in 0..<self.scale.count {
      scale[c] = 1
      let size = abs(values.pointer[starts[c]])
      if isInClique[c] && size > 1e-200 { scale[c] = 1 / size.squareRoot() }
    }
    pattern.rowIndices.withUnsafeBufferPointer { indices in
      for c in 0..<self.scale.count {
        let own = scale[c]
        for k in starts[c]..<starts[c + 1] { values.pointer[k] *= own * scale[Int(indices[k])] }
        if isInClique[c] { values.pointer[starts[c]] += Double(pattern.signs[c]) * boost * options.cliqueShare }
      }
    }
  }
}
