import COpenBLAS

/// Threads that BLAS uses inside one call.
public enum BLAS {
  /// Set once, before threads of our own call BLAS. `OPENBLAS_NUM_THREADS` in the environment gives the value at start.
  public static var threadCount: Int {
    get { Int(openblas_get_num_threads()) }
    set { openblas_set_num_threads(Int32(newValue)) }
  }
}
