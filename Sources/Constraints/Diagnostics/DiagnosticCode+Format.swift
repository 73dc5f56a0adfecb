extension DiagnosticCode {
  static let formatCodes: [DiagnosticCode] = []
}
