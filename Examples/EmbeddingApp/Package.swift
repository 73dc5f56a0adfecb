// swift-tools-version:6.1
import PackageDescription

let package = Package(
  name: "EmbeddingApp",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-solve", path: "../..")],
  targets: [
    .executableTarget(
      name: "EmbeddingApp",
      dependencies: [
        .product(name: "Constraints", package: "swift-solve"),
        .product(name: "Solvers", package: "swift-solve"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
