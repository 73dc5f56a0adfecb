/// Places for the nodes of a directed graph in layers from top to bottom, and the ways of its edges between them.
///
/// The steps of the classical method: edges that close cycles are turned for the layout, nodes get layers, long edges
/// get a dummy node in every layer between, the layers are ordered to have few crossings, and coordinates are chosen so
/// that edges are short and straight.
///
/// - Sources: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures",
///   1981; E. Gansner, E. Koutsofios, S. North, K. Vo, "A technique for drawing directed graphs", 1993 (weights of the
///   coordinate problem).
public struct LayeredLayout: Sendable {
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  public struct Options: Sendable, Equatable {
    /// Least distance between neighbours in a layer.
    public var nodeGap = 26.0
    /// Least distance of an edge that passes a layer from its neighbours there.
    public var edgeGap = 12.0
    /// Least distance between layers.
    public var layerGap = 54.0
    /// Sweeps over the layers for few crossings.
    public var orderingSweeps = 24
    /// Sweeps over the layers for the coordinates.
    public var coordinateSweeps = 40

    public init() {}
  }

  /// Centres of the nodes.
  public private(set) var centres: [Point]
  /// For each edge the points it passes, from the lower rim of its source to the upper rim of its target; for an edge that
  /// closes a cycle from the upper rim of the source to the lower rim of the target.
  public private(set) var routes: [[Point]]
  /// Size of the drawing, without a margin.
  public private(set) var width: Double
  public private(set) var height: Double

  /// - Parameters:
  ///   - widths: width of each node.
  ///   - nodeHeight: height of all nodes.
  ///   - edges: pairs of different nodes, each at most once in either direction.
  /// - Complexity: a sweep takes O((d + dummy nodes) log d); a graph of 100 nodes and 400 edges takes a few
  ///   milliseconds.
  public init(widths: [Double], nodeHeight: Double, edges: [(from: Int, to: Int)], options: Options = Options()) {
    let d = widths.count
    let isTurned = LayerAssignment.turnedEdges(nodeCount: d, edges)
    let downward = zip(edges, isTurned).map { edge, turned in turned ? (from: edge.to, to: edge.from) : edge }
    let layers = LayerAssignment.layers(nodeCount: d, downward)
    var graph = ProperLayering(widths: widths, layers: layers, edges: downward, options: options)
    graph.reduceCrossings(sweeps: options.orderingSweeps)
    let x = graph.coordinates(sweeps: options.coordinateSweeps)
    // Layers between which edges travel far sideways are set further apart.
    var y = [Double](repeating: 0, count: graph.order.count)
    for layer in 1..<max(1, graph.order.count) {
      var longest = 0.0
      for node in graph.order[layer] {
        for above in graph.above[node] { longest = max(longest, abs(x[node] - x[above])) }
      }
      y[layer] = y[layer - 1] + nodeHeight + max(options.layerGap, min(2.6 * options.layerGap, 0.16 * longest))
    }
    let left = (0..<x.count).map { x[$0] - graph.widths[$0] / 2 }.min() ?? 0
    let right = (0..<x.count).map { x[$0] + graph.widths[$0] / 2 }.max() ?? 0
    centres = (0..<d).map { Point(x: x[$0] - left, y: y[graph.layer[$0]] + nodeHeight / 2) }
    width = right - left
    height = (y.last ?? 0) + (d > 0 ? nodeHeight : 0)
    routes = []
    let ports = Ports(graph: graph, x: x, edges: downward)
    for (k, edge) in downward.enumerated() {
      var route = [Point(x: ports.start[k] - left, y: y[graph.layer[edge.from]] + nodeHeight)]
      for dummy in graph.chains[k] {
        // Through the whole height of the layer, so that it does not cut the corner of a neighbour.
        let top = y[graph.layer[dummy]]
        route.append(Point(x: x[dummy] - left, y: top + nodeHeight / 2))
      }
      route.append(Point(x: ports.end[k] - left, y: y[graph.layer[edge.to]]))
      routes.append(isTurned[k] ? route.reversed() : route)
    }
  }
}

/// Where edges leave and enter their nodes: spread over the rim in the order of where they come from, so that arrow heads
/// do not lie on each other.
private struct Ports {
  var start: [Double]
  var end: [Double]

  /// Part of a node's width that its edges are spread over.
  private static let spread = 0.7
  /// Widest distance between two edges on a rim.
  private static let widest = 14.0

  init(graph: ProperLayering, x: [Double], edges: [(from: Int, to: Int)]) {
    start = edges.map { x[$0.from] }
    end = edges.map { x[$0.to] }
    var leaving = [[(edge: Int, toward: Double)]](repeating: [], count: graph.nodeCount)
    var entering = leaving
    for (k, edge) in edges.enumerated() {
      leaving[edge.from].append((k, x[graph.chains[k].first ?? edge.to]))
      entering[edge.to].append((k, x[graph.chains[k].last ?? edge.from]))
    }
    for node in 0..<graph.nodeCount {
      for (list, isLeaving) in [(leaving[node], true), (entering[node], false)] where list.count > 1 {
        let step = min(Ports.widest, Ports.spread * graph.widths[node] / Double(list.count - 1))
        for (place, item) in list.sorted(by: { ($0.toward, $0.edge) < ($1.toward, $1.edge) }).enumerated() {
          let shift = (Double(place) - Double(list.count - 1) / 2) * step
          if isLeaving { start[item.edge] += shift } else { end[item.edge] += shift }
        }
      }
    }
  }
}
