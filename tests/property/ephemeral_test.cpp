// Every way to pick a port on a host that opens, binds and closes at random, beside a model that
// looks at the whole range: what is given is free, and nothing is given only where nothing is free.
// Pickers that are broken on purpose must be found out.
#include "demuxsim/ports/ephemeral.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

bool may_give_up(PortPick pick) {
  return pick == PortPick::random_redraw || pick == PortPick::random_increments;
}

EphemeralConfig random_config(PortPick pick, Rng& rng) {
  const std::uint64_t sizes[] = {1, 2, 3, 7, 16, 33, 100};
  const std::uint64_t size = sizes[rng.below(7)];
  // The last port of all takes part.
  const auto first =
      static_cast<std::uint16_t>(rng.chance({1, 4}) ? 65'536 - size : 1024 + rng.below(60'000));
  EphemeralConfig config{.range = {Port{first}, Port{static_cast<std::uint16_t>(first + size - 1)}},
                         .pick = pick};
  config.max_increment = static_cast<std::uint32_t>(1 + rng.below(10));
  config.table_length = static_cast<std::uint32_t>(1 + rng.below(4));
  const std::uint64_t ranges = rng.below(3);
  for (std::uint64_t i = 0; i < ranges; ++i) {
    const auto begin = static_cast<std::uint16_t>(first + rng.below(size));
    config.reserved.add(
        {Port{begin}, Port{std::max(begin, static_cast<std::uint16_t>(begin + rng.below(5)))}});
  }
  return config;
}

/// Who has a port: connections to a destination share it, a bound socket does not.
class Model {
 public:
  explicit Model(const EphemeralConfig& config) : config_(&config) {}

  bool is_free(const PortRequest& request, Port port) const {
    if (bound_.count(port) != 0) return false;
    const auto has_port = [&](const Held& held) { return held.port == port; };
    if (request.purpose == PickFor::bind) {
      return std::none_of(connections_.begin(), connections_.end(), has_port);
    }
    return std::none_of(connections_.begin(), connections_.end(), [&](const Held& held) {
      return has_port(held) && held.destination == request.destination;
    });
  }

  bool is_pickable(const PortRequest& request, Port port) const {
    return config_->range.contains(port) && !config_->reserved.contains(port) &&
           is_free(request, port);
  }

  bool has_any(const PortRequest& request) const {
    for (std::uint32_t port = config_->range.first.value; port <= config_->range.last.value;
         ++port) {
      if (is_pickable(request, Port{static_cast<std::uint16_t>(port)})) return true;
    }
    return false;
  }

  void hold(const PortRequest& request, Port port) {
    if (request.purpose == PickFor::bind) {
      bound_.insert(port);
    } else {
      connections_.push_back({port, request.destination});
    }
  }

  /// Somebody lets go of something; the picker is told as a host would tell it.
  template <class Picker>
  void release_any(Picker& picker, Rng& rng) {
    if (connections_.size() + bound_.size() == 0) return;
    const std::uint64_t chosen = rng.below(connections_.size() + bound_.size());
    Port port;
    if (chosen < connections_.size()) {
      port = connections_[chosen].port;
      picker.gone(port, connections_[chosen].destination);
      connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(chosen));
    } else {
      const auto place =
          std::next(bound_.begin(), static_cast<std::ptrdiff_t>(chosen - connections_.size()));
      port = *place;
      bound_.erase(place);
    }
    if (is_free({.purpose = PickFor::bind}, port)) picker.unheld(port);
  }

 private:
  struct Held {
    Port port;
    std::uint64_t destination;
  };
  const EphemeralConfig* config_;
  std::vector<Held> connections_;
  std::set<Port> bound_;
};

/// A host's life with this picker: what is wrong with it, or nothing.
template <class Picker>
std::optional<std::string> fault_of(const EphemeralConfig& config, Rng& rng, int steps) {
  Model model(config);
  Picker picker(config, Rng(rng.next()));
  const std::uint32_t size = config.range.size();
  const std::uint64_t destinations = 1 + rng.below(3);
  const Ratio releases{rng.below(10), 10};
  const Ratio binds{rng.below(5), 10};
  for (int step = 0; step < steps; ++step) {
    if (rng.chance(releases)) model.release_any(picker, rng);
    if (rng.chance({1, 500})) picker.restart();
    PortRequest request{.destination = 1 + rng.below(destinations)};
    if (rng.chance(binds)) request = {.purpose = PickFor::bind};
    if (request.purpose == PickFor::bind && rng.chance({1, 3})) {  // By number.
      const Port port{static_cast<std::uint16_t>(config.range.first.value + rng.below(size))};
      if (model.is_free(request, port)) model.hold(request, port);
      continue;
    }
    std::uint32_t asked = 0;
    const auto port = picker.pick(request, [&](Port candidate) {
      ++asked;
      return model.is_free(request, candidate);
    });
    if (asked > picker.probes()) return "more looks than it counted";
    if (picker.probes() > 3 * size) return "too many looks";
    if (picker.probes() == 0) return "no look";
    if (port && !model.is_pickable(request, *port)) return "a port that is not free";
    if (!port && !may_give_up(config.pick) && model.has_any(request)) return "nothing, wrongly";
    if (port) model.hold(request, *port);
  }
  return std::nullopt;
}

template <class Picker>
std::optional<std::string> fault_in_any_life(PortPick pick, std::uint64_t lives) {
  for (std::uint64_t seed = 0; seed < lives; ++seed) {
    Rng rng(seed, {StreamKind::test, static_cast<std::uint32_t>(pick)});
    const EphemeralConfig config = random_config(pick, rng);
    const auto fault = fault_of<Picker>(config, rng, 400);
    if (fault) return *fault + ", seed " + std::to_string(seed);
  }
  return std::nullopt;
}

// ---- broken on purpose ----

/// Believes that nobody has anything, now and then.
struct Careless : EphemeralPicker {
  using EphemeralPicker::EphemeralPicker;
  std::uint32_t picks = 0;
  template <class Free>
  std::optional<Port> pick(const PortRequest& request, Free&& free) {
    const bool careless = ++picks % 16 == 0;
    return EphemeralPicker::pick(request, [&](Port port) { return free(port) || careless; });
  }
};

/// Never gives the last port of the range.
struct ShortByOne : EphemeralPicker {
  Port last;
  ShortByOne(const EphemeralConfig& config, Rng rng)
      : EphemeralPicker(config, rng), last(config.range.last) {}
  template <class Free>
  std::optional<Port> pick(const PortRequest& request, Free&& free) {
    return EphemeralPicker::pick(request, [&](Port port) { return port != last && free(port); });
  }
};

/// Has not heard of reserved ports.
struct Unreserved {
  EphemeralConfig config;
  EphemeralPicker picker;
  Unreserved(EphemeralConfig original, Rng rng)
      : config(std::move(original)), picker((config.reserved = {}, config), rng) {}
  template <class Free>
  std::optional<Port> pick(const PortRequest& request, Free&& free) {
    return picker.pick(request, free);
  }
  std::uint32_t probes() const { return picker.probes(); }
  void gone(Port port, std::uint64_t destination) { picker.gone(port, destination); }
  void unheld(Port port) { picker.unheld(port); }
  void restart() { picker.restart(); }
};

/// Counts the looks that failed, not the one that did not.
struct Miscounting : EphemeralPicker {
  using EphemeralPicker::EphemeralPicker;
  std::uint32_t probes() const { return EphemeralPicker::probes() - 1; }
};

/// Gives up after half of the looks.
struct Impatient : EphemeralPicker {
  std::uint32_t most;
  Impatient(const EphemeralConfig& config, Rng rng)
      : EphemeralPicker(config, rng), most(config.range.size() / 2) {}
  template <class Free>
  std::optional<Port> pick(const PortRequest& request, Free&& free) {
    std::uint32_t looks = 0;
    return EphemeralPicker::pick(request, [&](Port port) { return looks++ < most && free(port); });
  }
};

/// Is never told that a port has come back. No fault: it finds out when it has nothing else.
struct Untold : EphemeralPicker {
  using EphemeralPicker::EphemeralPicker;
  void gone(Port, std::uint64_t) {}
  void unheld(Port) {}
};

}  // namespace

TEST_CASE("what is given is free, and nothing is given only where nothing is free", "[rfc6056]") {
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    const auto fault = fault_in_any_life<EphemeralPicker>(pick, 300);
    INFO(fault.value_or(""));
    CHECK_FALSE(fault);
  }
}

TEST_CASE("a picker that is told nothing is slower, not wrong") {
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    CHECK_FALSE(fault_in_any_life<Untold>(pick, 100));
  }
}

TEST_CASE("pickers that are broken on purpose are found out") {
  for (const PortPick pick : kPortPicks) {
    CAPTURE(name_of(pick));
    CHECK(fault_in_any_life<Careless>(pick, 300));
    CHECK(fault_in_any_life<Unreserved>(pick, 300));
    CHECK(fault_in_any_life<Miscounting>(pick, 300));
    if (may_give_up(pick)) continue;
    CHECK(fault_in_any_life<ShortByOne>(pick, 300));
    CHECK(fault_in_any_life<Impatient>(pick, 300));
  }
}

TEST_CASE("oldest-free looks once, however full the range is") {
  for (const std::uint64_t destinations : {1u, 3u}) {
    const EphemeralConfig config{.range = {Port{32'768}, Port{60'999}},
                                 .pick = PortPick::oldest_free};
    EphemeralPicker picker(config, Rng(1));
    Rng rng(2, {StreamKind::test});
    std::vector<std::vector<Port>> held(destinations);
    std::vector<std::vector<bool>> in_use(destinations, std::vector<bool>(65'536));
    const auto open = [&](std::uint64_t d) {
      const auto port = picker.pick({.destination = d + 1},
                                    [&](Port candidate) { return !in_use[d][candidate.value]; });
      REQUIRE(port);
      if (picker.probes() != 1) FAIL("more than one look: " << picker.probes());
      in_use[d][port->value] = true;
      held[d].push_back(*port);
    };
    constexpr int kConnections = 28'232 * 99 / 100;
    for (int i = 0; i < kConnections; ++i) {
      for (std::uint64_t d = 0; d < destinations; ++d) open(d);
    }
    for (int i = 0; i < 50'000; ++i) {
      const std::uint64_t d = rng.below(destinations);
      std::swap(held[d][rng.below(held[d].size())], held[d].back());
      in_use[d][held[d].back().value] = false;
      picker.gone(held[d].back(), d + 1);
      held[d].pop_back();
      open(d);
    }
  }
}
