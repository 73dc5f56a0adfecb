import Solvers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C and termination requests: the first asks for a clean stop with the best answer so far, the second ends the
/// process at once. The handler touches one atomic flag and nothing else.
enum Interrupt {
  static let cancellation = Cancellation()

  /// Catches the signals from now on; before a solve there is nothing to save and they end the process.
  static func install() {
    // Made before the handler can run: a handler must not be the first to touch a lazy global.
    _ = cancellation
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { _ in Interrupt.receive() }
      #else
        action.__sigaction_handler.sa_handler = { _ in Interrupt.receive() }
      #endif
      sigaction(number, &action, nil)
    }
    // A parent may have started us with the signals blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// A reader that closed its end shows as a failed write, not as the death of the process.
  static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

  private static func receive() {
    if cancellation.isCancelled { _exit(130) }
    cancellation.cancel()
  }
}
