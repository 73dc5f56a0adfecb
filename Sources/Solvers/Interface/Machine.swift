#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The machine that solves.
enum Machine {
  /// Bytes of memory.
  static var memory: Double { Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) }

  /// Cores that this process may run on.
  static var availableCores: Int {
    let all = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    // The kernel's mask of allowed cores, in hexadecimal digits.
    guard let file = fopen("/proc/self/status", "r") else { return all }
    defer { fclose(file) }
    let key = "Cpus_allowed:"
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix(key) else { continue }
      let allowed = text.dropFirst(key.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
      return allowed > 0 ? min(all, allowed) : all
    }
    return all
  }
}
