#include "demuxsim/picture/cast.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/core.h>

namespace demuxsim {

Cast::Cast(const ScenarioSpec& spec) {
  std::uint32_t apart = 0;
  for (const HostGroupSpec& group : spec.hosts) {
    apart += group.count <= kMostApart ? group.count : 1;
  }
  for (std::uint32_t g = 0; g < spec.hosts.size(); ++g) {
    const HostGroupSpec& group = spec.hosts[g];
    const bool together = group.count > (apart <= kMostActors ? kMostApart : 1);
    if (together) {
      actors_.push_back(
          {fmt::format("{} x{}", group.name, group.count), group.first, group.count, g});
      continue;
    }
    for (std::uint32_t i = 0; i < group.count; ++i) {
      actors_.push_back({group.numbered ? fmt::format("{}.{}", group.name, i) : group.name,
                         HostId{group.first.value + i}, 1, g});
    }
  }
}

std::uint32_t Cast::actor_of(HostId host) const {
  const auto after =
      std::upper_bound(actors_.begin(), actors_.end(), host,
                       [](HostId wanted, const Actor& actor) { return wanted < actor.first; });
  return static_cast<std::uint32_t>(std::prev(after) - actors_.begin());
}

bool listens(const HostGroupSpec& group) {
  return std::any_of(group.processes.begin(), group.processes.end(),
                     [](const ProcessSpec& each) { return !each.listens.empty(); });
}

std::string times(std::string_view name, std::uint32_t count, bool numbered) {
  return numbered ? fmt::format("{} x{}", name, count) : std::string(name);
}

}  // namespace demuxsim
