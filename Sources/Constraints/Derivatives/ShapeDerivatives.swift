/// Where output k depends on variable slot v.
struct GradientEntry: Sendable {
  var output: Int32
  var variable: Int32
}

/// A position of a Hessian by variable slots.
struct HessianEntry: Sendable {
  var first: Int32
  var second: Int32
}

extension LoweredShape {
  /// The gradients of all outputs.
  ///
  /// Sub-expressions that several outputs share are differentiated once: reverse sweeps stop at them, and the gradients
  /// are put together by the chain rule from the leaves upwards.
  /// - Complexity: O(nodes + entries of the gradients of shared sub-expressions by use).
  mutating func gradients() -> (entries: [GradientEntry], values: [Value]) {
    let count = values.count
    // The head of a node: itself for outputs and shared nodes, else the only head that reaches it.
    var head = [Int32](repeating: -1, count: count)
    for output in outputs { head[Int(output)] = output }
    for i in stride(from: count - 1, through: variableCount, by: -1) where head[i] >= 0 {
      for e in edgeRange(i) {
        let j = Int(edges[e].node)
        if head[j] < 0 { head[j] = head[i] } else if head[j] != head[i] { head[j] = Int32(j) }
      }
    }
    // Members of each head, ascending.
    var next = [Int32](repeating: -1, count: count)
    var first = [Int32](repeating: -1, count: count)
    for i in stride(from: count - 1, through: variableCount, by: -1) where head[i] >= 0 {
      next[i] = first[Int(head[i])]
      first[Int(head[i])] = Int32(i)
    }
    var adjoint = [Value](repeating: 0, count: count)
    var total = [Value](repeating: 0, count: variableCount)
    var isTouched = [Bool](repeating: false, count: variableCount)
    var gradient: [Int: [(variable: Int32, value: Value)]] = [:]
    var members: [Int] = []
    for h in variableCount..<max(count, variableCount) where head[h] == Int32(h) {
      members.removeAll(keepingCapacity: true)
      var i = first[h]
      while i >= 0 {
        members.append(Int(i))
        i = next[Int(i)]
      }
      var boundary: [Int] = []
      adjoint[h] = builder.one
      for i in members.reversed() {
        let a = adjoint[i]
        adjoint[i] = builder.zero
        if a == builder.zero { continue }
        for e in edgeRange(i) {
          let j = Int(edges[e].node)
          let contribution = multiply(a, edges[e].partial, at: i)
          if contribution == builder.zero { continue }
          if j < variableCount || head[j] != Int32(h), adjoint[j] == builder.zero { boundary.append(j) }
          adjoint[j] = builder.add(adjoint[j], contribution)
        }
      }
      var touched: [Int32] = []
      func accumulate(_ v: Int, _ value: Value) {
        if !isTouched[v] {
          isTouched[v] = true
          touched.append(Int32(v))
        }
        total[v] = builder.add(total[v], value)
      }
      for j in boundary {
        let a = adjoint[j]
        adjoint[j] = builder.zero
        if j < variableCount {
          accumulate(j, a)
        } else {
          for entry in gradient[j] ?? [] { accumulate(Int(entry.variable), multiply(a, entry.value, at: j)) }
        }
      }
      touched.sort()
      gradient[h] = touched.map { ($0, total[Int($0)]) }
      for v in touched {
        total[Int(v)] = builder.zero
        isTouched[Int(v)] = false
      }
    }
    var entries: [GradientEntry] = []
    var result: [Value] = []
    for (k, output) in outputs.enumerated() {
      if Int(output) < variableCount {
        entries.append(GradientEntry(output: Int32(k), variable: output))
        result.append(builder.one)
        continue
      }
      for entry in gradient[Int(output)] ?? [] {
        entries.append(GradientEntry(output: Int32(k), variable: entry.variable))
        result.append(entry.value)
      }
    }
    return (entries, result)
  }

  /// The Hessian of `Σ weightₖ outputₖ`, or nil when more than `limit` pairs of nodes interact.
  ///
  /// Edge pushing: R. M. Gower and M. P. Mello, "A new framework for the computation of Hessians" (2012), algorithm 3.1.
  /// One reverse sweep keeps the nonlinear interactions between nodes and pushes them down to the variables; it is exact
  /// and touches only structural nonzeros, so no colouring is needed. Here the sweep is carried out once, on symbols.
  mutating func hessian(limit: Int) -> (entries: [HessianEntry], values: [Value])? {
    var interactions = NodeInteractions(nodeCount: values.count)
    var adjoint = [Value](repeating: builder.zero, count: values.count)
    for (k, output) in outputs.enumerated() {
      adjoint[Int(output)] = builder.add(adjoint[Int(output)], builder.input(.weight, k))
    }
    for i in stride(from: values.count - 1, through: variableCount, by: -1) where isActive[i] {
      let range = edgeRange(i)
      var entry = interactions.first[i]
      while entry >= 0 {
        let other = interactions.lower[Int(entry)]
        let value = interactions.values[Int(entry)]
        entry = interactions.next[Int(entry)]
        if value == builder.zero { continue }
        if Int(other) == i {
          for a in range {
            let half = multiply(value, edges[a].partial, at: i)
            if half == builder.zero { continue }
            for b in a..<range.upperBound {
              let whole = multiply(half, edges[b].partial, at: i)
              let isDouble = a != b && edges[a].node == edges[b].node
              interactions.add(isDouble ? builder.scale(2, whole) : whole, edges[a].node, edges[b].node, &builder)
            }
          }
        } else {
          for a in range {
            let pushed = multiply(value, edges[a].partial, at: i)
            interactions.add(
              edges[a].node == other ? builder.scale(2, pushed) : pushed, edges[a].node, other, &builder)
          }
        }
        if interactions.count > limit { return nil }
      }
      let a = adjoint[i]
      if a == builder.zero { continue }
      for p in pairRange(i) {
        let pair = pairs[p]
        let (u, w) = (edges[Int(pair.first)].node, edges[Int(pair.second)].node)
        let curvature = multiply(a, pair.partial, at: i)
        let isDouble = pair.first != pair.second && u == w
        interactions.add(isDouble ? builder.scale(2, curvature) : curvature, u, w, &builder)
      }
      for e in range {
        let j = Int(edges[e].node)
        adjoint[j] = builder.add(adjoint[j], multiply(a, edges[e].partial, at: i))
      }
    }
    var entries: [HessianEntry] = []
    var result: [Value] = []
    for i in 0..<variableCount {
      var entry = interactions.first[i]
      while entry >= 0 {
        if interactions.values[Int(entry)] != builder.zero {
          entries.append(HessianEntry(first: Int32(i), second: interactions.lower[Int(entry)]))
          result.append(interactions.values[Int(entry)])
        }
        entry = interactions.next[Int(entry)]
      }
    }
    return (entries, result)
  }
}

extension LoweredShape {
  /// The product of the Hessian of `Σ weightₖ outputₖ` with the direction, one value a variable slot.
  ///
  /// The derivative along the direction of the reverse sweep (forward over reverse; A. Griewank and A. Walther,
  /// "Evaluating Derivatives", 2008, section 5.1).
  /// - Complexity: O(nodes + pairs).
  mutating func hessianProduct() -> [Value] {
    let count = values.count
    var tangent = [Value](repeating: builder.zero, count: count)
    for slot in 0..<variableCount { tangent[slot] = builder.input(.direction, slot) }
    for i in variableCount..<max(count, variableCount) where isActive[i] {
      var sum = builder.zero
      for e in edgeRange(i) { sum = builder.add(sum, multiply(tangent[Int(edges[e].node)], edges[e].partial, at: i)) }
      tangent[i] = sum
    }
    var adjoint = [Value](repeating: builder.zero, count: count)
    var change = adjoint
    for (k, output) in outputs.enumerated() {
      adjoint[Int(output)] = builder.add(adjoint[Int(output)], builder.input(.weight, k))
    }
    for i in stride(from: count - 1, through: variableCount, by: -1) where isActive[i] {
      if adjoint[i] == builder.zero && change[i] == builder.zero { continue }
      for e in edgeRange(i) {
        let j = Int(edges[e].node)
        adjoint[j] = builder.add(adjoint[j], multiply(adjoint[i], edges[e].partial, at: i))
        change[j] = builder.add(change[j], multiply(change[i], edges[e].partial, at: i))
      }
      for p in pairRange(i) {
        let (u, w) = (Int(edges[Int(pairs[p].first)].node), Int(edges[Int(pairs[p].second)].node))
        let curvature = multiply(adjoint[i], pairs[p].partial, at: i)
        change[u] = builder.add(change[u], multiply(curvature, tangent[w], at: i))
        if pairs[p].first != pairs[p].second {
          change[w] = builder.add(change[w], multiply(curvature, tangent[u], at: i))
        }
      }
    }
    return Array(change.prefix(variableCount))
  }
}

/// A symmetric sparse matrix of values over pairs of nodes, kept at the higher node of a pair.
private struct NodeInteractions {
  var first: [Int32]
  private(set) var lower: [Int32] = []
  private(set) var next: [Int32] = []
  private(set) var values: [InstructionBuilder.Value] = []
  private var higher: [Int32] = []
  private var table = [Int32](repeating: -1, count: 64)

  init(nodeCount: Int) { first = [Int32](repeating: -1, count: nodeCount) }

  var count: Int { values.count }

  private func slot(_ high: Int32, _ low: Int32) -> Int {
    var h = (UInt64(UInt32(bitPattern: high)) << 32 | UInt64(UInt32(bitPattern: low))) &* 0x9e37_79b9_7f4a_7c15
    h ^= h >> 32
    var slot = Int(truncatingIfNeeded: h) & (table.count - 1)
    while table[slot] >= 0, higher[Int(table[slot])] != high || lower[Int(table[slot])] != low {
      slot = (slot + 1) & (table.count - 1)
    }
    return slot
  }

  mutating func add(
    _ value: InstructionBuilder.Value, _ a: Int32, _ b: Int32, _ builder: inout InstructionBuilder
  ) {
    if value == builder.zero { return }
    let (high, low) = (max(a, b), min(a, b))
    let place = slot(high, low)
    if table[place] >= 0 {
      let entry = Int(table[place])
      values[entry] = builder.add(values[entry], value)
      return
    }
    let entry = Int32(values.count)
    table[place] = entry
    values.append(value)
    higher.append(high)
    lower.append(low)
    next.append(first[Int(high)])
    first[Int(high)] = entry
    if values.count * 2 > table.count {
      table = [Int32](repeating: -1, count: table.count * 2)
      for k in values.indices { table[slot(higher[k], lower[k])] = Int32(k) }
    }
  }
}
