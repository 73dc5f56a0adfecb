import CZlib

/// Reading and writing of gzip (RFC 1952) through zlib.
enum Gzip {
  /// Whether the bytes begin as a gzip member does.
  static func isCompressed(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  enum Failure: Error, Equatable {
    /// The data end inside a member.
    case truncated
    /// A member is damaged; zlib's reason.
    case damaged(String)
    /// After the last member stand bytes that are neither a member nor padding.
    case trailingBytes(at: Int)
    /// The text grows beyond the limits.
    case tooLarge(InputLimits.Excess)
    /// zlib could not get memory.
    case outOfMemory
  }

  /// Expands all members, one after the other; their checksums are verified.
  /// - Complexity: O(size of the result); stops at the limits.
  static func decompress(_ input: [UInt8], limits: InputLimits) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    // 16 + 15: gzip header and trailer, largest window.
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .outOfMemory
    }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    output.reserveCapacity(min(limits.largestSize, max(1 << 16, input.count.multipliedOrMax(by: 6))))
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
    defer { chunk.deallocate() }
    var failure: Failure?
    input.withUnsafeBufferPointer { source in
      failure = expand(source, &stream, chunk, limits, into: &output)
    }
    if let failure { throw failure }
    return output
  }

  private static func expand(
    _ source: UnsafeBufferPointer<UInt8>, _ stream: inout z_stream, _ chunk: UnsafeMutableBufferPointer<UInt8>,
    _ limits: InputLimits, into output: inout [UInt8]
  ) -> Failure? {
    var consumed = 0
    while true {
      // zlib counts in 32 bits, so the input goes in by pieces.
      let piece = min(source.count - consumed, 1 << 30)
      guard let base = source.baseAddress, let target = chunk.baseAddress else { return .truncated }
      stream.next_in = UnsafeMutablePointer(mutating: base + consumed)
      stream.avail_in = UInt32(piece)
      stream.next_out = target
      stream.avail_out = UInt32(chunk.count)
      let status = inflate(&stream, Z_NO_FLUSH)
      consumed += piece - Int(stream.avail_in)
      let produced = chunk.count - Int(stream.avail_out)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: chunk[0..<produced]))
      if let excess = limits.excess(size: output.count, compressed: consumed) { return .tooLarge(excess) }
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        if consumed == source.count { return nil }
        if source[consumed] == 0x1F {
          inflateReset(&stream)
          continue
        }
        // Padding with zeros is customary on block devices.
        if let junk = source[consumed...].firstIndex(where: { $0 != 0 }) { return .trailingBytes(at: junk) }
        return nil
      case Z_BUF_ERROR:
        if consumed == source.count && produced == 0 { return .truncated }
      case Z_MEM_ERROR: return .outOfMemory
      default: return .damaged(stream.msg.map { String(cString: $0) } ?? "zlib error \(status)")
      }
    }
  }

  /// One gzip member with the default compression level.
  static func compress(_ input: [UInt8]) throws(Failure) -> [UInt8] {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .outOfMemory }
    defer { deflateEnd(&stream) }
    var output: [UInt8] = []
    output.reserveCapacity(input.count / 3 + 64)
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
    defer { chunk.deallocate() }
    var status = Z_OK
    input.withUnsafeBufferPointer { source in
      var consumed = 0
      repeat {
        let piece = min(source.count - consumed, 1 << 30)
        stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
        stream.avail_in = UInt32(piece)
        stream.next_out = chunk.baseAddress
        stream.avail_out = UInt32(chunk.count)
        status = deflate(&stream, consumed + piece == source.count ? Z_FINISH : Z_NO_FLUSH)
        consumed += piece - Int(stream.avail_in)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: chunk[0..<(chunk.count - Int(stream.avail_out))]))
      } while status == Z_OK || status == Z_BUF_ERROR
    }
    guard status == Z_STREAM_END else { throw .damaged("zlib error \(status)") }
    return output
  }
}

/// How much a file may hold, so that a hostile one ends in a message and not in swapping.
public struct InputLimits: Sendable {
  /// Largest size of the text in bytes, after expansion.
  public var largestSize = 8 << 30
  /// Largest ratio of expanded to compressed size, once the expanded text is over ``ratioFrom`` bytes. Model files
  /// rarely shrink by more than 100; gzip itself ends near 1030.
  public var largestRatio = 400
  /// Texts below this size may have any ratio.
  public var ratioFrom = 64 << 20

  public init() {}

  enum Excess: Equatable, Sendable { case size, ratio }

  func excess(size: Int, compressed: Int) -> Excess? {
    if size > largestSize { return .size }
    if size > ratioFrom, size / max(1, compressed) > largestRatio { return .ratio }
    return nil
  }
}

extension Int {
  fileprivate func multipliedOrMax(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
