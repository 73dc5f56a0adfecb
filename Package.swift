// swift-tools-version:6.1
import PackageDescription

/// The GPL-licensed solver, left out with `--disable-default-traits`.
let glpk = Target.Dependency.target(name: "CGLPK", condition: .when(traits: ["GLPK"]))

let package = Package(
  name: "swift-solve",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Constraints", targets: ["Constraints"]),
    .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
    .library(name: "Solvers", targets: ["Solvers"]),
    .library(name: "Learn2Opt", targets: ["Learn2Opt"]),
    .executable(name: "solve", targets: ["solve"]),
  ],
  traits: [
    .default(enabledTraits: ["GLPK"]),
    .trait(
      name: "GLPK",
      description: "Link the GNU Linear Programming Kit (GPL version 3 or later) as a solver."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .target(
      name: "CGLPK",
      cSettings: [.define("SOLVE_GLPK", .when(traits: ["GLPK"]))],
      linkerSettings: [.linkedLibrary("glpk", .when(traits: ["GLPK"]))]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CAMD", providers: [.apt(["libsuitesparse-dev"]), .brew(["suite-sparse"])]),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CAMD"]),
    .target(name: "Constraints", dependencies: ["CZlib"]),
    .target(name: "Solvers", dependencies: ["Constraints", "LinearAlgebra", glpk]),
    .target(name: "Learn2Opt", dependencies: ["Constraints", "LinearAlgebra", "Solvers"]),
    .executableTarget(
      name: "solve",
      dependencies: [
        "Constraints", "LinearAlgebra", "Solvers", "Learn2Opt",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // The example app, here once more so that the tests run it; it is also a package of its own.
    .executableTarget(
      name: "EmbeddingApp", dependencies: ["Constraints", "Solvers"], path: "Examples/EmbeddingApp/Sources/EmbeddingApp"),
    .executableTarget(name: "fuzz-readers", dependencies: ["Constraints"], path: "Benchmarks/Fuzz"),
    .executableTarget(name: "modelling-benchmark", dependencies: ["Constraints"], path: "Benchmarks/Modelling"),
    .executableTarget(
      name: "sketching-benchmark", dependencies: ["Constraints", "LinearAlgebra", "Solvers"],
      path: "Benchmarks/Sketching"),
    .systemLibrary(
      name: "CCHOLMOD", path: "Benchmarks/CCHOLMOD", providers: [.apt(["libsuitesparse-dev"]), .brew(["suite-sparse"])]),
    .executableTarget(
      name: "factorization-benchmark", dependencies: ["Constraints", "LinearAlgebra", "CCHOLMOD"],
      path: "Benchmarks/Factorization"),
    .executableTarget(
      name: "derivative-benchmark", dependencies: ["Constraints", "Solvers"], path: "Benchmarks/Derivatives"),
    .executableTarget(
      name: "dag-benchmark", dependencies: ["Learn2Opt", "LinearAlgebra", "Solvers"], path: "Benchmarks/dag/Runner"),
    .testTarget(name: "ConstraintsTests", dependencies: ["Constraints"]),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "SolversTests", dependencies: ["Solvers", "Constraints", "LinearAlgebra", glpk]),
    .testTarget(name: "Learn2OptTests", dependencies: ["Learn2Opt", "Constraints", "LinearAlgebra", "Solvers"]),
    .testTarget(name: "solveTests", dependencies: ["Constraints", "Solvers", "Learn2Opt", "solve", "EmbeddingApp"]),
  ],
  swiftLanguageModes: [.v6]
)
