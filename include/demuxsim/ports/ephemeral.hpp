// Which free port a host hands out next. The picker only proposes; what "free" means is a predicate
// of the caller (a port nobody holds, or a 4-tuple that is not in use).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "demuxsim/core/random.hpp"
#include "demuxsim/ports/config.hpp"

namespace demuxsim {

struct PortChoice {
  Port port;
  std::uint32_t tries = 1;  ///< Ports looked at, this one included.
};

/// What the port is for; Linux keeps the two apart by parity.
enum class PickFor : std::uint8_t { connect, bind };

class EphemeralPicker {
 public:
  /// `config` must outlive the picker. `rng` is this picker's own stream.
  EphemeralPicker(const EphemeralConfig& config, Rng rng) : config_(&config), rng_(rng) {}

  /// The first free port in the order of config.pick, or nothing when there is none: the range is
  /// exhausted. `destination` is a hash of the remote end (used by linux_hash).
  template <class Free>
  std::optional<PortChoice> pick(PickFor purpose, std::uint64_t destination, Free&& free);

 private:
  static constexpr std::uint32_t kTableSize = 256;

  bool reserved(Port port) const {
    for (const PortRange& range : config_->reserved) {
      if (range.contains(port)) return true;
    }
    return false;
  }

  /// Every `step`-th of the range's `size` offsets, `size` / `step` of them, from `offset` on.
  template <class Free>
  bool scan(std::uint32_t offset, std::uint32_t step, PortChoice& choice, Free&& free) const;
  template <class Free>
  std::optional<PortChoice> pick_by_parity(PickFor purpose, std::uint64_t destination, Free&& free);

  const EphemeralConfig* config_;
  Rng rng_;
  std::uint32_t next_ = 0;                   ///< Sequential: offset of the next proposal.
  std::vector<std::uint16_t> perturbation_;  ///< linux_hash: kTableSize entries, or not yet made.
};

template <class Free>
bool EphemeralPicker::scan(std::uint32_t offset, std::uint32_t step, PortChoice& choice,
                           Free&& free) const {
  const std::uint32_t size = config_->range.size();
  const std::uint32_t first = offset % step;
  for (std::uint32_t at = offset, left = (size - first + step - 1) / step; left > 0; --left) {
    ++choice.tries;
    choice.port = Port{static_cast<std::uint16_t>(config_->range.first.value + at)};
    if (!reserved(choice.port) && free(choice.port)) return true;
    at = at + step < size ? at + step : first;
  }
  return false;
}

/// Offsets start at a place that depends on the destination (RFC 6056 section 3.3.4). As in Linux's
/// __inet_hash_connect, ports of the range's first parity are tried for connect before the others,
/// and for bind the other way round, so that the two seldom meet.
template <class Free>
std::optional<PortChoice> EphemeralPicker::pick_by_parity(PickFor purpose,
                                                          std::uint64_t destination, Free&& free) {
  const std::uint32_t size = config_->range.size();
  if (perturbation_.empty()) perturbation_.resize(kTableSize);
  std::uint16_t& perturbation = perturbation_[destination % kTableSize];
  const auto start = static_cast<std::uint32_t>(
      purpose == PickFor::connect ? (mix64(destination) + perturbation) % size : rng_.below(size));
  const std::uint32_t parity = purpose == PickFor::connect ? 0 : 1;
  PortChoice choice{{}, 0};
  for (const std::uint32_t odd : {parity, 1 - parity}) {
    std::uint32_t offset = (start & ~1u) | odd;
    if (offset >= size) offset = odd;
    if (offset < size && scan(offset, 2, choice, free)) {
      perturbation = static_cast<std::uint16_t>(perturbation + 2 * choice.tries);
      return choice;
    }
  }
  return std::nullopt;
}

template <class Free>
std::optional<PortChoice> EphemeralPicker::pick(PickFor purpose, std::uint64_t destination,
                                                Free&& free) {
  if (config_->pick == PortPick::linux_hash) return pick_by_parity(purpose, destination, free);
  const std::uint32_t size = config_->range.size();
  const auto start =
      config_->pick == PortPick::random ? static_cast<std::uint32_t>(rng_.below(size)) : next_;
  PortChoice choice{{}, 0};
  if (!scan(start, 1, choice, free)) return std::nullopt;
  const std::uint32_t offset = std::uint32_t{choice.port.value} - config_->range.first.value;
  next_ = offset + 1 < size ? offset + 1 : 0;
  return choice;
}

}  // namespace demuxsim
