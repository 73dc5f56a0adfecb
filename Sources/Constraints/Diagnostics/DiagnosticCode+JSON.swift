extension DiagnosticCode {
  static let jsonCodes: [DiagnosticCode] = []
}
