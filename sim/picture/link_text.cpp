#include <algorithm>
#include <span>
#include <string_view>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/network_map.hpp"

namespace demuxsim {
namespace {

struct Unit {
  double size;
  std::string_view name;
};

/// `1.5ms`: in the largest of the units, which run downwards, that makes at least one.
std::string in_units(double value, std::span<const Unit> units) {
  const auto unit = std::find_if(units.begin(), units.end() - 1,
                                 [&](const Unit& each) { return value >= each.size; });
  return fmt::format("{:.6g}{}", value / unit->size, unit->name);
}

std::string text_of(Duration time) {
  constexpr Unit kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
  return in_units(static_cast<double>(time.count()), kUnits);
}

std::string text_of(BitRate rate) {
  constexpr Unit kUnits[] = {{1e9, "Gbit/s"}, {1e6, "Mbit/s"}, {1e3, "Kbit/s"}, {1, "bit/s"}};
  return in_units(static_cast<double>(rate.bits_per_s), kUnits);
}

void append_share(std::string& text, std::string_view what, Ratio share) {
  if (share.numerator == 0) return;
  append_format(
      text, ", {} {:.4g}%", what,
      100.0 * static_cast<double>(share.numerator) / static_cast<double>(share.denominator));
}

}  // namespace

std::string text_of(const LinkSpec& link) {
  std::string text = text_of(link.delay);
  if (link.rate.bits_per_s != 0) append_format(text, ", {}", text_of(link.rate));
  if (link.jitter > Duration::zero()) append_format(text, ", jitter {}", text_of(link.jitter));
  append_share(text, "loss", link.loss);
  append_share(text, "duplicate", link.duplicate);
  append_share(text, "reorder", link.reorder);
  append_share(text, "corrupt", link.corrupt);
  if (link.queue_segments != 0) append_format(text, ", queue {}", link.queue_segments);
  if (link.queue_bytes % 1024 != 0) {
    append_format(text, ", queue {}B", link.queue_bytes);
  } else if (link.queue_bytes != 0) {
    append_format(text, ", queue {}KiB", link.queue_bytes / 1024);
  }
  return text;
}

}  // namespace demuxsim
