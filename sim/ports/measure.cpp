#include "demuxsim/ports/measure.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "demuxsim/core/check.hpp"
#include "demuxsim/ports/ephemeral.hpp"

namespace demuxsim {
namespace {

constexpr std::uint32_t kMostGuesses = 4096;

/// What a host knows of one destination. Ports are offsets from the first of the range.
struct Destination {
  explicit Destination(std::uint32_t ports) : in_use(ports), ended_at(ports) {}
  std::vector<std::uint8_t> in_use;
  std::vector<std::uint32_t> ended_at;  ///< Allocations of the host until then; 0 for never.
  std::vector<std::uint32_t> connections;
};

class PortUser {
 public:
  PortUser(const EphemeralConfig& config, std::uint32_t destinations, std::uint64_t seed)
      : config_(&config),
        rng_(seed, {StreamKind::test, 1}),
        picker_(config, Rng(seed, {StreamKind::port_picker})),
        destinations_(destinations, Destination(config.range.size())) {}

  Rng& rng() { return rng_; }
  std::size_t connections(std::uint32_t index) const {
    return destinations_[index].connections.size();
  }
  std::uint32_t probes() const { return picker_.probes(); }

  /// The port of a new connection, or nothing where the picker gives up.
  std::optional<std::uint32_t> open(std::uint32_t index) {
    Destination& destination = destinations_[index];
    const std::uint32_t first = config_->range.first.value;
    const auto port = picker_.pick({.destination = key_of(index)}, [&](Port candidate) {
      return destination.in_use[candidate.value - first] == 0;
    });
    if (!port) return std::nullopt;
    ++allocations_;
    const std::uint32_t offset = port->value - first;
    DEMUXSIM_CHECK(destination.in_use[offset] == 0 && !config_->reserved.contains(*port));
    destination.in_use[offset] = 1;
    destination.connections.push_back(offset);
    if (destination.ended_at[offset] != 0) {
      reuses_.push_back(allocations_ - destination.ended_at[offset]);
    }
    return offset;
  }

  /// One of the connections ends. Precondition: there is one.
  void close_any(std::uint32_t index) {
    Destination& destination = destinations_[index];
    std::vector<std::uint32_t>& connections = destination.connections;
    std::swap(connections[rng_.below(connections.size())], connections.back());
    const std::uint32_t offset = connections.back();
    connections.pop_back();
    destination.in_use[offset] = 0;
    destination.ended_at[offset] = allocations_;
    picker_.gone(Port{static_cast<std::uint16_t>(config_->range.first.value + offset)},
                 key_of(index));
  }

  void forget_reuses() { reuses_.clear(); }
  PortReuse reuse() {
    if (reuses_.empty()) return {};
    const auto middle = reuses_.begin() + static_cast<std::ptrdiff_t>(reuses_.size() / 2);
    std::nth_element(reuses_.begin(), middle, reuses_.end());
    return {.count = static_cast<std::uint32_t>(reuses_.size()),
            .min = *std::min_element(reuses_.begin(), reuses_.end()),
            .median = *middle};
  }

 private:
  static std::uint64_t key_of(std::uint32_t index) { return mix64(index + 1); }

  const EphemeralConfig* config_;
  Rng rng_;
  EphemeralPicker picker_;
  std::vector<Destination> destinations_;
  std::uint32_t allocations_ = 0;
  std::vector<std::uint32_t> reuses_;
};

PortProbes summary_of(std::vector<std::uint32_t>& looks) {
  if (looks.empty()) return {};
  std::sort(looks.begin(), looks.end());
  std::uint64_t sum = 0;
  for (const std::uint32_t look : looks) sum += look;
  return {.mean = static_cast<double>(sum) / static_cast<double>(looks.size()),
          .p99 = looks[(looks.size() * 99 + 99) / 100 - 1],
          .max = looks.back()};
}

/// The last two ports that an attacker knows, and how often each of his rules was right.
class Guesser {
 public:
  explicit Guesser(std::uint32_t ports) : ports_(ports) {}

  void learn(std::uint32_t offset) {
    before_ = last_;
    last_ = offset;
  }
  void guess(std::uint32_t truth) {
    if (!before_) return;
    ++guesses_;
    const std::uint32_t way = (*last_ + ports_ - *before_) % ports_;
    const std::array<std::uint32_t, 3> steps{1, 2, way};
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if ((*last_ + steps[i]) % ports_ == truth) ++right_[i];
    }
  }

  std::uint32_t guesses() const { return guesses_; }
  const std::array<std::uint32_t, 3>& right() const { return right_; }

 private:
  std::uint32_t ports_;
  std::optional<std::uint32_t> before_;
  std::optional<std::uint32_t> last_;
  std::uint32_t guesses_ = 0;
  std::array<std::uint32_t, 3> right_{};
};

/// The best rule's share, over several that guess alike.
double best_share(const std::vector<Guesser>& guessers) {
  std::uint32_t guesses = 0;
  std::array<std::uint32_t, 3> right{};
  for (const Guesser& guesser : guessers) {
    guesses += guesser.guesses();
    for (std::size_t i = 0; i < right.size(); ++i) right[i] += guesser.right()[i];
  }
  return guesses == 0
             ? 0
             : static_cast<double>(*std::max_element(right.begin(), right.end())) / guesses;
}

class Measurer {
 public:
  explicit Measurer(const PortWorkload& workload)
      : workload_(&workload),
        ports_(workload.ports.range.size()),
        steps_(workload.steps == 0 ? ports_ : workload.steps),
        user_(workload.ports, workload.destinations + 1, workload.seed) {}

  PortMeasurement run() {
    result_.connections = wanted_connections();
    fill();
    for (std::uint32_t i = 0; i < steps_; ++i) renew(any_destination());
    user_.forget_reuses();
    churn();
    guess();
    return result_;
  }

 private:
  std::uint32_t any_destination() {
    return static_cast<std::uint32_t>(user_.rng().below(workload_->destinations));
  }

  std::uint32_t wanted_connections() const {
    std::uint32_t usable = 0;
    const PortRange range = workload_->ports.range;
    for (std::uint32_t port = range.first.value; port <= range.last.value; ++port) {
      usable += !workload_->ports.reserved.contains(Port{static_cast<std::uint16_t>(port)});
    }
    const Ratio share = workload_->occupancy;
    DEMUXSIM_CHECK(usable > 0 && share.numerator <= share.denominator);
    const std::uint64_t wanted = share.numerator * ports_ / share.denominator;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(wanted, 1, usable));
  }

  void fill() {
    const std::uint64_t all = std::uint64_t{result_.connections} * workload_->destinations;
    const std::uint64_t last = std::max<std::uint64_t>(all / 100, 1);
    std::vector<std::uint32_t> looks;
    for (std::uint64_t i = 0; i < all; ++i) {
      const auto index = static_cast<std::uint32_t>(i % workload_->destinations);
      while (!user_.open(index)) {
      }
      if (i >= all - last) looks.push_back(user_.probes());
    }
    result_.filling = summary_of(looks);
  }

  /// A connection ends, unless one is missing, and another begins.
  std::optional<std::uint32_t> renew(std::uint32_t index) {
    if (user_.connections(index) >= result_.connections) user_.close_any(index);
    return user_.open(index);
  }

  void churn() {
    std::vector<std::uint32_t> looks;
    for (std::uint32_t i = 0; i < steps_; ++i) {
      if (!renew(any_destination())) ++result_.refused;
      looks.push_back(user_.probes());
    }
    result_.steady = summary_of(looks);
    result_.reuse = user_.reuse();
  }

  /// Calls the attacker and a victim in turn.
  void guess() {
    const std::uint32_t attacker = workload_->destinations;
    std::vector<Guesser> from_own(1, Guesser(ports_));
    std::vector<Guesser> from_destination(workload_->destinations, Guesser(ports_));
    for (std::uint32_t i = 0; i < std::min(steps_, kMostGuesses); ++i) {
      if (user_.connections(attacker) != 0) user_.close_any(attacker);
      if (const auto own = user_.open(attacker)) from_own[0].learn(*own);
      const std::uint32_t index = any_destination();
      const auto truth = renew(index);
      if (!truth) continue;
      from_own[0].guess(*truth);
      from_destination[index].guess(*truth);
      from_destination[index].learn(*truth);
    }
    result_.guesses = {best_share(from_own), best_share(from_destination)};
  }

  const PortWorkload* workload_;
  std::uint32_t ports_;
  std::uint32_t steps_;
  PortUser user_;
  PortMeasurement result_;
};

}  // namespace

PortMeasurement measure_ports(const PortWorkload& workload) { return Measurer(workload).run(); }

}  // namespace demuxsim
