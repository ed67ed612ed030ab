// Who has a place of its own in a picture: hosts one by one while they are few, and one for all
// hosts of a `count` where they are many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/scenario/spec.hpp"

namespace demuxsim {

/// A host, or several that are drawn as one.
struct Actor {
  std::string name;  ///< "web", "client.2"; of several "client x100".
  HostId first;
  std::uint32_t count = 1;
  std::uint32_t group = 0;  ///< In ScenarioSpec::hosts.
};

class Cast {
 public:
  /// Hosts of one group that are drawn apart, and actors at the most where groups are drawn so.
  static constexpr std::uint32_t kMostApart = 8;
  static constexpr std::uint32_t kMostActors = 24;

  explicit Cast(const ScenarioSpec& spec);

  /// In file order.
  const std::vector<Actor>& actors() const { return actors_; }
  /// The number of the actor that stands for the host.
  std::uint32_t actor_of(HostId host) const;

 private:
  std::vector<Actor> actors_;
};

/// Whether a process of the group listens from the start.
bool listens(const HostGroupSpec& group);

/// `worker x4` for what has a count, else the name alone.
std::string times(std::string_view name, std::uint32_t count, bool numbered);

}  // namespace demuxsim
