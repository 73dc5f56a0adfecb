import COpenBLAS

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Threads that BLAS uses inside one call.
public enum BLAS {
  /// Set once, before threads of our own call BLAS. `OPENBLAS_NUM_THREADS` in the environment gives the value at start.
  public static var threadCount: Int {
    get { Int(openblas_get_num_threads()) }
    set { openblas_set_num_threads(Int32(newValue)) }
  }

  private static let oneThreadUnlessAsked: Void = {
    if getenv("OPENBLAS_NUM_THREADS") == nil { threadCount = 1 }
  }()

  /// Sets one thread, the first time in a process, unless `OPENBLAS_NUM_THREADS` says otherwise.
  ///
  /// To be called by methods of many small products, which waiting for threads would slow down.
  public static func useOneThreadUnlessAsked() { _ = oneThreadUnlessAsked }
}
