import Testing

@testable import Constraints

/// Damaged files: always a model or diagnostics, never a trap.
@Suite("Hostile text")
struct HostileTextTests {
  static let mps = """
    NAME t
    OBJSENSE
     MAX
    ROWS
     N obj
     G c1
     L c2
     E c3
    LAZYCONS
     L l1
    COLUMNS
     M 'MARKER' 'INTORG'
     x obj 1 c1 1
     x c2 2.5e-3
     M 'MARKER' 'INTEND'
     y c1 1 c3 -4
     z l1 1
     w obj 1
    RHS
     RHS c1 1 obj -7
    RANGES
     RNG c2 4
    BOUNDS
     UP BND x 4
     BV BND w
     SC BND z 5
    QUADOBJ
     x x 2
     x y 3
    QCMATRIX c2
     y y 1
    SOS
     S1 s1
     x 1
     y 2
    INDICATORS
     IF c3 w 1
    CSECTION k 0.0 QUAD
     x
     y
    ENDATA

    """

  static let lp = """
    \\Problem name: t
    Maximize
     obj: 3 x + 2 y - [ 2 x ^ 2 + x * y ] / 2 + 4
    Subject To
     c1: x + y >= 2
     c2: -3 <= x - 2.5e-3 y <= 8
     c3: w = 1 -> x + z <= 3
     c4: [ x ^ 2 ] + y <= 9
    Lazy Constraints
     l1: x <= 8
    Bounds
     0 <= x <= 4
     -inf <= y <= 1e30
     z free
    Binary
     w
    General
     x
    Semi-Continuous
     x
    SOS
     s1: S1:: x:1 y:2
    End

    """

  static let fixed = """
    NAME          FIXED
    ROWS
     N  COST
     G  ROW 1
    COLUMNS
        X 1       COST               1.0   ROW 1              2.0
    RHS
        RHS       ROW 1              4.0
    BOUNDS
     UP BND       X 1               10.0
    ENDATA

    """

  static let samples: [(any ModelFormat.Type, String)] = [(MPSFormat.self, mps), (LPFormat.self, lp), (MPSFormat.self, fixed)]

  /// Reads, and when that succeeds writes and reads again.
  private func exercise(_ format: any ModelFormat.Type, _ bytes: [UInt8]) {
    for mode in ReadOptions.Mode.allCases {
      var options = ReadOptions()
      options.mode = mode
      do {
        let model = try format.read(SourceText(file: "t", bytes: bytes), options: options).model
        _ = model.validate()
        _ = try? MPSFormat.write(model, options: WriteOptions())
        _ = try? LPFormat.write(model, options: WriteOptions())
      } catch {
        guard case .invalid(let diagnostics) = error else {
          Issue.record("\(error)")
          continue
        }
        if !diagnostics.contains(where: { $0.severity == .error && $0.location != nil }) {
          Issue.record("no located error for \(String(decoding: bytes, as: UTF8.self)): \(error)")
        }
      }
    }
  }

  @Test func samplesAreRead() throws {
    for (format, text) in Self.samples { _ = try format.read(SourceText(text), options: ReadOptions()) }
  }

  @Test func everyTruncationEndsWell() {
    for (format, text) in Self.samples {
      let bytes = Array(text.utf8)
      for length in 0..<bytes.count { exercise(format, Array(bytes[..<length])) }
    }
  }

  @Test func flippedBytesEndWell() {
    var state: UInt64 = 42
    func random(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(n))
    }
    let interesting = Array(" \t\n\r:;<>=+-*^[]/\\.0123456789eEdDx'$\"\u{0}nNfF".utf8)
    for (format, text) in Self.samples {
      let original = Array(text.utf8)
      for _ in 0..<3000 {
        var bytes = original
        for _ in 0...random(4) {
          let at = random(bytes.count)
          switch random(5) {
          case 0: bytes[at] = UInt8(random(256))
          case 1: bytes[at] = interesting[random(interesting.count)]
          case 2: bytes.remove(at: at)
          case 3: bytes.insert(interesting[random(interesting.count)], at: at)
          default:
            let end = min(bytes.count, at + random(30))
            bytes.insert(contentsOf: bytes[at..<end], at: random(bytes.count))
          }
        }
        exercise(format, bytes)
      }
    }
  }

  @Test func longLinesAndHugeNumbersEndQuickly() {
    let clock = ContinuousClock()
    let start = clock.now
    exercise(MPSFormat.self, Array("NAME\nROWS\n N obj\n".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000))
    exercise(LPFormat.self, Array("Minimize\n obj: x\nSubject To\n c: ".utf8) + [UInt8](repeating: UInt8(ascii: "-"), count: 1_000_000))
    exercise(LPFormat.self, Array("Minimize\n obj: ".utf8) + [UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000) + Array(" x\nSubject To\nEnd".utf8))
    exercise(LPFormat.self, Array("Minimize\n obj: x\n/* ".utf8) + [UInt8](repeating: UInt8(ascii: "*"), count: 1_000_000))
    exercise(MPSFormat.self, Array(String(repeating: "NAME\nROWS\n N a\n N a\n", count: 20_000).utf8))
    exercise(MPSFormat.self, Array("NAME\nROWS\n N o\nCOLUMNS\n x o 1\nRHS\n R o 1e99999999999999999999999999\nENDATA\n".utf8))
    #expect(clock.now - start < .seconds(5))
  }
}
