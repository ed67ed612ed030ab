// A scenario as a tree of texts, lists and maps, each with its place. No text has a meaning yet:
// `22:22`, `on` and `010` are what the file says, not what some YAML makes of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/scenario/source.hpp"

namespace demuxsim::loading {

struct ValueNode {
  enum class Kind : std::uint8_t {
    nothing,  ///< `key:` alone, `~` or `null`.
    scalar,
    list,
    map,
    broken,  ///< Complained about already; whoever reads it takes a stand-in and is silent.
  };

  Kind kind = Kind::nothing;
  bool quoted = false;   ///< A scalar in quotes or a block; `${}` and numbers work all the same.
  SourceSpan span;       ///< The scalar, or where the list or map begins.
  SourceSpan parameter;  ///< Where the value of the last `${}` in it was given, if in the file.
  bool substituted = false;  ///< The text had a `${}`.
  std::string text;          ///< Of a scalar.
  std::string key;           ///< In a map.
  SourceSpan key_span;       ///< In a map.
  std::vector<ValueNode> items;

  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  bool is_nothing() const { return kind == Kind::nothing; }
  bool is_broken() const { return kind == Kind::broken; }
};

/// The item of a map with this key, or nothing.
const ValueNode* find(const ValueNode& map, std::string_view key);

/// Keys that begin with `x-` are for others: accepted anywhere, with anything in them.
inline bool is_extension(std::string_view key) { return key.starts_with("x-"); }

/// "text 'web'", "a list", "a map", "nothing": what was found in place of what was expected.
std::string describe(const ValueNode& node);

/// The tree as flow YAML on one line, without the key named: `{at: 39ms, socket: a1}`.
std::string one_line(const ValueNode& node, std::string_view without_key = {});

}  // namespace demuxsim::loading
