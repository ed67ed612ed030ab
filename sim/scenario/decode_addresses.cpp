#include "scenario/decode_addresses.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/core.h>

namespace demuxsim::loading {
namespace {

using Range = AddressBook::Range;

/// How many addresses `to` stands behind `from`. Precondition: fewer than 2^32.
std::uint32_t steps(const IpAddress& from, const IpAddress& to) {
  return static_cast<std::uint32_t>(to.low() - from.low());
}

bool stands_before(SourceSpan a, SourceSpan b) {
  return std::tie(a.line, a.column) < std::tie(b.line, b.column);
}

void complain_about_overlap(const Range& a, const Range& b, DiagnosticCollector& diagnostics) {
  const bool a_is_first = stands_before(a.span, b.span);
  const Range& first = a_is_first ? a : b;
  const Range& second = a_is_first ? b : a;
  const IpAddress shared = std::max(a.first, b.first);
  Diagnostic& diagnostic =
      diagnostics.add(second.span, fmt::format("address {} is used twice", to_string(shared)));
  const bool counted = first.first != first.last || second.first != second.last;
  const auto text = [](const Range& range) {
    return range.first == range.last
               ? to_string(range.first)
               : fmt::format("{} to {}", to_string(range.first), to_string(range.last));
  };
  if (counted) {
    diagnostic.help =
        fmt::format("counted up, it is {} here and {} there", text(second), text(first));
  }
  diagnostic.notes.push_back({first.span, "first used here"});
}

}  // namespace

void AddressBook::settle(DiagnosticCollector& diagnostics) {
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> apart;
  for (const Range& range : ranges_) {
    if (!apart.empty() && range.first <= apart.back().last) {
      complain_about_overlap(apart.back(), range, diagnostics);
      if (range.last > apart.back().last) apart.back() = range;
      continue;
    }
    apart.push_back(range);
  }
  ranges_ = std::move(apart);
}

std::optional<HostId> AddressBook::find(const IpAddress& address) const {
  const auto next =
      std::upper_bound(ranges_.begin(), ranges_.end(), address,
                       [](const IpAddress& a, const Range& range) { return a < range.first; });
  if (next == ranges_.begin()) return std::nullopt;
  const Range& range = *std::prev(next);
  if (address > range.last) return std::nullopt;
  return HostId{range.first_host.value + steps(range.first, address)};
}

}  // namespace demuxsim::loading
