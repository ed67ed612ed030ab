#include "scenario/value.hpp"

#include <algorithm>

#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

void write(const ValueNode& node, std::string_view without_key, std::string& out) {
  if (node.is_scalar()) {
    out += printable(node.text);
    return;
  }
  if (!node.is_map() && !node.is_list()) return;
  out += node.is_map() ? '{' : '[';
  bool first = true;
  for (const ValueNode& item : node.items) {
    if (node.is_map() && item.key == without_key) continue;
    if (!first) out += ", ";
    first = false;
    if (node.is_map()) out += printable(item.key) + ": ";
    write(item, {}, out);
  }
  out += node.is_map() ? '}' : ']';
}

}  // namespace

const ValueNode* find(const ValueNode& map, std::string_view key) {
  const auto found = std::find_if(map.items.begin(), map.items.end(),
                                  [&](const ValueNode& item) { return item.key == key; });
  return map.is_map() && found != map.items.end() ? &*found : nullptr;
}

std::string describe(const ValueNode& node) {
  switch (node.kind) {
    case ValueNode::Kind::scalar:
      return quote(node.text);
    case ValueNode::Kind::list:
      return "a list";
    case ValueNode::Kind::map:
      return "a map";
    case ValueNode::Kind::nothing:
    case ValueNode::Kind::broken:
      break;
  }
  return "nothing";
}

std::string one_line(const ValueNode& node, std::string_view without_key) {
  std::string out;
  write(node, without_key, out);
  return out;
}

}  // namespace demuxsim::loading
