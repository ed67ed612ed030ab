// Single values: each function gives the value, or complains and gives nothing. A broken node has
// been complained about already and gives nothing in silence.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/core/errno.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/net/port.hpp"
#include "scenario/diagnostic_collector.hpp"
#include "scenario/diagnostic_text.hpp"
#include "scenario/value.hpp"
#include "scenario/value_units.hpp"

namespace demuxsim::loading {

/// Complains about a value, and says where it comes from if that is a parameter.
Diagnostic& complain(DiagnosticCollector& diagnostics, const ValueNode& node, std::string message,
                     std::string help = {});
inline Diagnostic& complain(DiagnosticCollector& diagnostics, const ValueNode& node,
                            const TextError& error) {
  return complain(diagnostics, node, error.message, error.help);
}

/// The text of a scalar; `what` is what was expected, with its article: "a time such as 10ms".
std::optional<std::string_view> text_of(const ValueNode& node, std::string_view what,
                                        DiagnosticCollector& diagnostics);

std::optional<std::string> decode_text(const ValueNode&, DiagnosticCollector&);
/// `true` or `false`; `yes` and `on` are explained.
std::optional<bool> decode_flag(const ValueNode&, DiagnosticCollector&);
std::optional<std::uint64_t> decode_whole(const ValueNode&, DiagnosticCollector&);
std::optional<Duration> decode_time(const ValueNode&, DiagnosticCollector&);
/// A time that is not 0.
std::optional<Duration> decode_positive_time(const ValueNode&, DiagnosticCollector&);
std::optional<SimTime> decode_instant(const ValueNode&, DiagnosticCollector&);
std::optional<std::uint64_t> decode_bytes(const ValueNode&, DiagnosticCollector&);
std::optional<BitRate> decode_rate(const ValueNode&, DiagnosticCollector&);
std::optional<Ratio> decode_share(const ValueNode&, DiagnosticCollector&);
std::optional<Duration> decode_frequency(const ValueNode&, DiagnosticCollector&);
std::optional<IpAddress> decode_address(const ValueNode&, DiagnosticCollector&);
/// `ok` or a POSIX errno name.
std::optional<Errno> decode_errno(const ValueNode&, DiagnosticCollector&);
/// A number or a service name; 0 is refused.
std::optional<Port> decode_port(const ValueNode&, DiagnosticCollector&);
/// The same, and 0.
std::optional<Port> decode_port_or_zero(const ValueNode&, DiagnosticCollector&);

struct NumberLimits {
  std::string_view what;  ///< "a backlog"
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

template <class T>
struct Limited {
  NumberLimits limits;
  std::optional<T> operator()(const ValueNode& node, DiagnosticCollector& diagnostics) const {
    const auto number = decode_whole(node, diagnostics);
    if (!number) return std::nullopt;
    if (*number >= limits.least && *number <= limits.most) return static_cast<T>(*number);
    complain(diagnostics, node,
             fmt::format("expected {} from {} to {}, found {}", limits.what, limits.least,
                         limits.most, *number));
    return std::nullopt;
  }
};

/// A word of the format and what it means.
template <class T>
struct Word {
  std::string_view name;
  T value;
};

/// "unknown setup 'anounce'", with the word that was meant or all there are.
void complain_about_word(const ValueNode& node, std::string_view what,
                         std::span<const std::string_view> known, DiagnosticCollector& diagnostics);

/// One of a table of words (Word, or what has its members); `what` is what they say: "setup".
template <class Named, std::size_t N>
auto decode_word(const ValueNode& node, std::string_view what, const std::array<Named, N>& words,
                 DiagnosticCollector& diagnostics) -> std::optional<decltype(Named::value)> {
  std::array<std::string_view, N> known;
  for (std::size_t i = 0; i < N; ++i) known[i] = words[i].name;
  const auto text = text_of(node, fmt::format("one of {}", alternatives(known)), diagnostics);
  if (!text) return std::nullopt;
  for (const Named& word : words) {
    if (word.name == *text) return word.value;
  }
  complain_about_word(node, what, known, diagnostics);
  return std::nullopt;
}

/// One value or a list of them, each by `decode`. Those that cannot be decoded are left out.
template <class T, class Decode>
std::vector<T> decode_one_or_more(const ValueNode& node, DiagnosticCollector& diagnostics,
                                  const Decode& decode) {
  std::vector<T> values;
  const auto add = [&](const ValueNode& item) {
    if (auto value = decode(item, diagnostics)) values.push_back(std::move(*value));
  };
  if (node.is_list()) {
    for (const ValueNode& item : node.items) add(item);
  } else {
    add(node);
  }
  return values;
}

}  // namespace demuxsim::loading
