/// The names of a model's variables, grouped for nested output: `{"make": {"bread": 12, "cake": 24}, "open": 1}`.
struct FamilyTree {
  /// A run of consecutive items.
  enum Group {
    /// One item under its full name.
    case single(Int)
    /// A family with its base name; `keys` are those of each item.
    case family(base: String, items: Range<Int>, arity: Int)
  }
  private(set) var groups: [Group] = []
  private let names: NameTable

  /// Families whose base name is taken by something else, or that are not consecutive, fall apart into single items.
  init(_ names: NameTable) {
    self.names = names
    var taken: [String: Int] = [:]
    var runs: [(base: String, arity: Int, items: Range<Int>)] = []
    var i = 0
    while i < names.count {
      guard let (base, keys) = names.familyAndKeys(i) else {
        runs.append((names[i], 0, i..<(i + 1)))
        taken[names[i], default: 0] += 1
        i += 1
        continue
      }
      var end = i + 1
      while end < names.count, let next = names.familyAndKeys(end), next.base == base, next.keys.count == keys.count {
        end += 1
      }
      runs.append((base, keys.count, i..<end))
      taken[base, default: 0] += 1
      i = end
    }
    for run in runs {
      if run.arity > 0, taken[run.base] == 1 {
        groups.append(.family(base: run.base, items: run.items, arity: run.arity))
      } else {
        for item in run.items { groups.append(.single(item)) }
      }
    }
  }

  func keys(_ item: Int) -> [IndexKey] { names.familyAndKeys(item)?.keys ?? [] }

  /// Writes the members of an open object, one value an item.
  func write(to out: inout JSONWriter, flat: Bool = false, _ value: (Int, inout JSONWriter) -> Void) {
    for group in groups {
      switch group {
      case .single(let item):
        out.key(names[item])
        value(item, &out)
      case .family(let base, let items, _):
        if flat {
          for item in items {
            out.key(names[item])
            value(item, &out)
          }
        } else {
          out.key(base)
          writeFamily(items, to: &out, value)
        }
      }
    }
  }

  /// Writes a family as objects nested by key.
  func writeFamily(_ items: Range<Int>, to out: inout JSONWriter, _ value: (Int, inout JSONWriter) -> Void) {
    write(Array(items), items.map { keys($0) }, 0, &out, value)
  }

  private func write(
    _ items: [Int], _ keys: [[IndexKey]], _ level: Int, _ out: inout JSONWriter, _ value: (Int, inout JSONWriter) -> Void
  ) {
    guard let arity = keys.first?.count else { return }
    out.beginObject(inline: level + 1 == arity)
    var order: [IndexKey] = []
    var members: [IndexKey: [Int]] = [:]
    for i in items.indices {
      let key = keys[i][level]
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(i)
    }
    for key in order {
      guard let chosen = members[key], let first = chosen.first else { continue }
      out.key(key.description)
      if level + 1 == arity {
        value(items[first], &out)
      } else {
        write(chosen.map { items[$0] }, chosen.map { keys[$0] }, level + 1, &out, value)
      }
    }
    out.end()
  }
}
