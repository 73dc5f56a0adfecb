/// Rows modulo 2 with a slack each and columns with a distance each; sums of rows are formed by elimination.
struct ParitySystem {
  private let rowCount: Int
  private let distances: [Double]
  /// Words of 64 bits a row: entries by column, then the rows that it is the sum of.
  private let columnWords: Int
  private let words: Int
  private var bits: [UInt64]
  private var numbers: [Int32]
  private var slacks: [Double]
  private var isOdd: [Bool]
  private var isLeft: [Bool]

  init(rowCount: Int, distances: [Double]) {
    self.rowCount = rowCount
    self.distances = distances
    columnWords = (distances.count + 63) / 64
    words = columnWords + (rowCount + 63) / 64
    bits = [UInt64](repeating: 0, count: rowCount * words)
    numbers = [Int32](repeating: 0, count: rowCount)
    slacks = [Double](repeating: 0, count: rowCount)
    isOdd = [Bool](repeating: false, count: rowCount)
    isLeft = [Bool](repeating: false, count: rowCount)
  }

  /// Changes the parity of one entry.
  mutating func flip(_ row: Int, _ column: Int) { bits[row * words + column / 64] ^= 1 << UInt64(column % 64) }

  mutating func setRow(_ row: Int, number: Int32, slack: Double, isOdd odd: Bool, isUsable: Bool) {
    numbers[row] = number
    slacks[row] = slack
    isOdd[row] = odd
    isLeft[row] = isUsable
    bits[row * words + columnWords + row / 64] ^= 1 << UInt64(row % 64)
  }

  /// Eliminates columns in their order, each by the tightest row that has it.
  /// - Parameters:
  ///   - effort: words that may be looked at.
  ///   - report: is given what slack and odd columns sum to, and the numbers of the rows, for odd sums below 1.
  mutating func eliminate(effort: Int, report: (Double, [Int32]) -> Void) {
    var left = effort
    let width = words
    for row in 0..<rowCount where isLeft[row] { judge(row, report) }
    for column in 0..<distances.count {
      let (word, mask) = (column / 64, UInt64(1) << UInt64(column % 64))
      var pivot = -1
      for row in 0..<rowCount where isLeft[row] && bits[row * width + word] & mask != 0 {
        if pivot < 0 || slacks[row] < slacks[pivot] { pivot = row }
      }
      left -= rowCount
      if pivot < 0 { continue }
      isLeft[pivot] = false
      for row in 0..<rowCount where isLeft[row] && bits[row * width + word] & mask != 0 {
        bits.withUnsafeMutableBufferPointer { buffer in
          for w in 0..<width { buffer[row * width + w] ^= buffer[pivot * width + w] }
        }
        left -= width
        // An upper estimate: a row that occurs twice has left the sum.
        slacks[row] += slacks[pivot]
        isOdd[row] = isOdd[row] != isOdd[pivot]
        if slacks[row] >= 1 - 1e-6 {
          isLeft[row] = false
        } else {
          judge(row, report)
        }
      }
      if left < 0 { return }
    }
  }

  private func judge(_ row: Int, _ report: (Double, [Int32]) -> Void) {
    if !isOdd[row] { return }
    var total = slacks[row]
    for w in 0..<columnWords {
      var word = bits[row * words + w]
      while word != 0 {
        total += distances[w * 64 + word.trailingZeroBitCount]
        if total >= 1 - 1e-6 { return }
        word &= word - 1
      }
    }
    var sum: [Int32] = []
    for w in columnWords..<words {
      var word = bits[row * words + w]
      while word != 0 {
        sum.append(numbers[(w - columnWords) * 64 + word.trailingZeroBitCount])
        word &= word - 1
      }
    }
    report(total, sum)
  }
}
