/// All vector sets by name: the one place where a new set is registered.
public enum VectorSetCatalog {
  public static let all: [any VectorSet.Type] = [
    Reals.self, Zeros.self, Nonnegatives.self, Nonpositives.self, HyperRectangle.self,
    SecondOrderCone.self, RotatedSecondOrderCone.self, ExponentialCone.self, DualExponentialCone.self,
    PowerCone.self, DualPowerCone.self, GeometricMeanCone.self, RelativeEntropyCone.self,
    DualGeometricMeanCone.self, DualRelativeEntropyCone.self,
    NormOneCone.self, NormInfinityCone.self, NormCone.self, NormSpectralCone.self, NormNuclearCone.self,
    PositiveSemidefiniteConeTriangle.self, PositiveSemidefiniteConeSquare.self,
    HermitianPositiveSemidefiniteConeTriangle.self, Scaled.self,
    RootDetConeTriangle.self, RootDetConeSquare.self, LogDetConeTriangle.self, LogDetConeSquare.self,
    SOS1.self, SOS2.self, Indicator.self, Reified.self,
    AllDifferent.self, BinPacking.self, Circuit.self, CountAtLeast.self, CountBelongs.self, CountDistinct.self,
    CountGreaterThan.self, Cumulative.self, Path.self, AcyclicGraph.self, Table.self,
    Complements.self,
  ]

  /// The set type of this name.
  public static func type(named name: String) -> (any VectorSet.Type)? { byName[name] }

  private static let byName: [String: any VectorSet.Type] =
    Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
