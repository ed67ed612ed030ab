#include "demuxsim/ports/ephemeral.hpp"

#include <chrono>

#include "demuxsim/core/check.hpp"

namespace demuxsim {
namespace {

struct PickText {
  PortPick pick;
  std::string_view name;
  std::string_view source;
};

constexpr std::array kPickTexts{
    PickText{PortPick::sequential, "sequential", "4.4BSD, in_pcbbind"},
    PickText{PortPick::random, "random", "RFC 6056 section 3.3.1"},
    PickText{PortPick::random_redraw, "random-redraw", "RFC 6056 section 3.3.2"},
    PickText{PortPick::simple_hash, "simple-hash", "RFC 6056 section 3.3.3"},
    PickText{PortPick::double_hash, "double-hash", "RFC 6056 section 3.3.4"},
    PickText{PortPick::random_increments, "random-increments", "RFC 6056 section 3.3.5"},
    PickText{PortPick::linux_hash, "linux", "Linux 6, __inet_hash_connect"},
    PickText{PortPick::oldest_free, "oldest-free", "demuxsim, oldest_free.hpp"},
};

constexpr bool in_order_of_enum() {
  if (kPickTexts.size() != kPortPicks.size()) return false;
  for (std::size_t i = 0; i < kPickTexts.size(); ++i) {
    if (kPickTexts[i].pick != kPortPicks[i] || static_cast<std::size_t>(kPortPicks[i]) != i) {
      return false;
    }
  }
  return true;
}
static_assert(in_order_of_enum());

constexpr Duration kShufflePeriod = std::chrono::seconds{10};

}  // namespace

std::string_view name_of(PortPick pick) { return kPickTexts[static_cast<std::size_t>(pick)].name; }

std::string_view source_of(PortPick pick) {
  return kPickTexts[static_cast<std::size_t>(pick)].source;
}

std::optional<PortPick> port_pick_from(std::string_view name) {
  for (const PickText& text : kPickTexts) {
    if (text.name == name) return text.pick;
  }
  return std::nullopt;
}

void LinuxWalk::begin(const PortRequest& request, Rng& rng) {
  const std::uint32_t pairs = size() > 1 ? size() & ~1u : 1;
  connects_ = request.purpose == PickFor::connect;
  if (!connects_) {
    start_ = static_cast<std::uint32_t>(rng.below(pairs)) | 1u;
  } else {
    const auto period = static_cast<std::uint64_t>(request.now.time_since_epoch() / kShufflePeriod);
    const std::uint64_t hash = SipHash13(key_).add(request.destination).add(period).finish(0, 0);
    index_ = static_cast<std::uint16_t>(hash);
    const auto [place, is_new] = perturbations_.try_emplace(index_);
    if (is_new) place->second = static_cast<std::uint32_t>(rng.next());
    start_ = (place->second + static_cast<std::uint32_t>(hash >> 32)) % pairs & ~1u;
  }
  enter(start_);
}

void LinuxWalk::enter(std::uint32_t offset) {
  const std::uint32_t parity = size() > 1 ? offset & 1u : 0;
  at_ = offset < size() ? offset : parity;
  left_ = (size() - parity + 1) / 2;
  walked_ = 0;
}

EphemeralPicker::Walk EphemeralPicker::make_walk(const EphemeralConfig& config, Rng& rng) {
  switch (config.pick) {
    case PortPick::sequential:
      return SequentialWalk(config);
    case PortPick::random:
      return RandomWalk(config);
    case PortPick::random_redraw:
      return RandomRedrawWalk(config);
    case PortPick::simple_hash:
      return SimpleHashWalk(config, rng);
    case PortPick::double_hash:
      return DoubleHashWalk(config, rng);
    case PortPick::random_increments:
      return RandomIncrementsWalk(config, rng);
    case PortPick::linux_hash:
      return LinuxWalk(config, rng);
    case PortPick::oldest_free:
      return OldestFreeWalk(config, rng);
  }
  DEMUXSIM_CHECK(!"a way to pick a port");
  return SequentialWalk(config);
}

}  // namespace demuxsim
