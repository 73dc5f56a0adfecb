extension Model {
  /// Puts other functions in another set in the place of a general constraint, which keeps its name and its position.
  package mutating func replaceBody(ofGeneral position: Int, by body: GeneralConstraint.Body) {
    generalConstraints[position].body = body
  }
}
