// Which free port a host hands out next. The picker only proposes; what "free" means is a predicate
// of the caller (a port nobody holds, or a 4-tuple that is not in use).
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

#include "demuxsim/core/random.hpp"
#include "demuxsim/ports/config.hpp"
#include "demuxsim/ports/ephemeral_walks.hpp"
#include "demuxsim/ports/oldest_free.hpp"

namespace demuxsim {

class EphemeralPicker {
 public:
  /// `config` must outlive the picker. `rng` is this picker's own stream; secrets come from it.
  EphemeralPicker(const EphemeralConfig& config, Rng rng)
      : config_(&config), rng_(rng), walk_(make_walk(config, rng_)) {}

  /// The first port in the order of config.pick that is not reserved and that `free` agrees to.
  /// Nothing when there is none; two walks (see ephemeral_walks.hpp) may give up before that.
  template <class Free>
  std::optional<Port> pick(const PortRequest& request, Free&& free) {
    return std::visit([&](auto& walk) { return search(walk, request, free); }, walk_);
  }

  /// Ports that the last pick looked at, the reserved and the one it found included.
  std::uint32_t probes() const { return probes_; }

  /// What was picked for a connection to this destination is free again for another one.
  void gone(Port port, std::uint64_t destination) {
    if (!config_->range.contains(port)) return;
    std::visit([&](auto& walk) { walk.gone(offset_of(port), destination); }, walk_);
  }
  /// Nobody holds the port any more, whoever did and whoever chose it.
  void unheld(Port port) {
    if (!config_->range.contains(port)) return;
    std::visit([&](auto& walk) { walk.unheld(offset_of(port)); }, walk_);
  }
  /// The host starts again: new secrets, nothing remembered.
  void restart() { walk_ = make_walk(*config_, rng_); }

 private:
  using Walk = std::variant<SequentialWalk, RandomWalk, RandomRedrawWalk, SimpleHashWalk,
                            DoubleHashWalk, RandomIncrementsWalk, LinuxWalk, OldestFreeWalk>;
  static_assert(std::variant_size_v<Walk> == kPortPicks.size());

  static Walk make_walk(const EphemeralConfig& config, Rng& rng);

  std::uint32_t offset_of(Port port) const {
    return std::uint32_t{port.value} - config_->range.first.value;
  }

  template <class W, class Free>
  std::optional<Port> search(W& walk, const PortRequest& request, Free& free) {
    walk.begin(request, rng_);
    const std::uint32_t looks = walk.looks();
    for (probes_ = 1; probes_ <= looks; ++probes_) {
      const std::uint32_t offset = walk.next(rng_);
      const Port port{static_cast<std::uint16_t>(config_->range.first.value + offset)};
      if (config_->reserved.contains(port)) continue;
      if (free(port)) {
        walk.chosen(offset, rng_);
        return port;
      }
      walk.refused(offset);
    }
    probes_ = looks;
    return std::nullopt;
  }

  const EphemeralConfig* config_;
  Rng rng_;
  Walk walk_;
  std::uint32_t probes_ = 0;
};

}  // namespace demuxsim
