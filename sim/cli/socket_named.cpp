#include "cli/socket_named.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// The number behind the last dot, if that is one.
std::uint32_t take_index(std::string_view& text) {
  const std::size_t dot = text.rfind('.');
  std::uint32_t index = SocketName::kNone;
  if (dot == text.npos || dot + 1 == text.size()) return index;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + dot + 1, end, index);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return SocketName::kNone;
  text = text.substr(0, dot);
  return index;
}

}  // namespace

Result<SocketName, UsageError> socket_named(const ScenarioSpec& spec, std::string_view name) {
  std::string_view rest = name;
  take_suffix(rest, ".peer");
  const bool first = take_suffix(rest, ".first");
  SocketName found;
  found.index = take_index(rest);
  const auto base = std::find(spec.socket_names.begin(), spec.socket_names.end(), rest);
  if (base == spec.socket_names.end() || rest.empty()) {
    std::vector<std::string_view> names;
    for (const std::string& each : spec.socket_names) {
      if (!each.empty()) names.push_back(each);
    }
    return failure(UsageError{fmt::format("there is no socket {}", loading::quote(name)),
                              names.empty() ? "no step of this scenario names its socket with 'as'"
                                            : loading::did_you_mean(rest, names)});
  }
  found.base = static_cast<std::uint32_t>(base - spec.socket_names.begin());
  return first ? found.first() : found;
}

}  // namespace demuxsim::cli
