import Constraints

/// Numbers as text in pictures.
enum Digits {
  /// Three significant digits.
  static func short(_ x: Double) -> String {
    if x == 0 || !x.isFinite { return x.text }
    var scale = 1.0
    var size = abs(x)
    while size < 100 && scale < 1e15 {
      size *= 10
      scale *= 10
    }
    if size >= 1000 { return size < 1e15 ? (x.rounded()).text : x.text }
    return ((x * scale).rounded() / scale).text
  }

  /// A coordinate to a tenth.
  static func place(_ x: Double) -> String {
    let tenths = (x * 10).rounded()
    return tenths == 0 ? "0" : (tenths / 10).text
  }

  /// A share to a hundredth.
  static func share(_ x: Double) -> String { ((x * 100).rounded() / 100).text }
}
