#include "demuxsim/stress/traffic.hpp"

#include <algorithm>
#include <queue>
#include <tuple>
#include <utility>
#include <variant>

#include "demuxsim/demux/demultiplexer.hpp"
#include "demuxsim/demux/workload.hpp"

namespace demuxsim {
namespace {

constexpr KeySet kKeys = KeySet::one_server;

FourTuple4 key_of(std::uint32_t number) { return connection_key<FourTuple4>(kKeys, number); }

/// Segments of connections that stay.
class OfConnections {
 public:
  OfConnections(Lookups lookups, const std::vector<FourTuple4>& keys)
      : lookups_(lookups), keys_(&keys) {}

  void next(TableCalls& calls) {
    const std::uint32_t number = lookups_.next();
    calls.add(TableCall::find, first_key(*keys_, number), number);
  }

 private:
  Lookups lookups_;
  const std::vector<FourTuple4>* keys_;
};

/// Clients of connection_key() have addresses below 128.0.0.0.
class OfNobody {
 public:
  explicit OfNobody(Rng rng) : rng_(rng) {}

  void next(TableCalls& calls) {
    const std::uint64_t chance = rng_.next();
    FourTuple4 key = key_of(0);
    key.remote_address = static_cast<std::uint32_t>(chance) | 0x80000000;
    key.remote_port = static_cast<std::uint16_t>(chance >> 32);
    calls.add(TableCall::find, key, DemuxResult::kNone);
  }

 private:
  Rng rng_;
};

/// The server's table as McKenney and Dove have it: two segments of a transaction come in, the
/// query and the acknowledgement of the response, and two go out.
class OfTerminals {
 public:
  OfTerminals(std::uint32_t terminals, Rng rng) : rng_(rng) {
    std::vector<Event> first;
    first.reserve(terminals);
    for (std::uint32_t i = 0; i < terminals; ++i) first.push_back({SimTime{} + think(), i});
    events_ = Events(Later{}, std::move(first));
  }

  void next(TableCalls& calls) {
    const auto [at, terminal, what] = events_.top();
    events_.pop();
    const FourTuple4 key = key_of(terminal);
    switch (what) {
      case What::query:
        calls.add(TableCall::find, key, terminal);
        calls.add(TableCall::note_sent, key, terminal);  // The acknowledgement of the query.
        events_.push({at + std::chrono::milliseconds(200), terminal, What::response});
        events_.push({at + think(), terminal, What::query});
        break;
      case What::response:
        calls.add(TableCall::note_sent, key, terminal);
        events_.push({at + std::chrono::milliseconds(1), terminal, What::acknowledgement});
        break;
      case What::acknowledgement:
        calls.add(TableCall::find, key, terminal);
        break;
    }
  }

 private:
  enum class What : std::uint8_t { query, response, acknowledgement };
  struct Event {
    SimTime at;
    std::uint32_t terminal = 0;
    What what = What::query;
  };
  /// Two at one time come in the order of their terminals, with every library.
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return std::tuple(a.at, a.terminal, a.what) > std::tuple(b.at, b.terminal, b.what);
    }
  };

  using Events = std::priority_queue<Event, std::vector<Event>, Later>;

  Duration think() { return rng_.exponential(std::chrono::seconds(10)); }

  Rng rng_;
  Events events_;
};

class OfComingAndGoing {
 public:
  OfComingAndGoing(std::uint32_t connections, Rng rng) : rng_(rng), connections_(connections) {}

  void next(TableCalls& calls) {
    const std::uint32_t newest = oldest_ + connections_;
    calls.add(TableCall::find, key_of(newest), DemuxResult::kNone);  // Its SYN.
    calls.add(TableCall::insert, key_of(newest), newest);
    for (int i = 0; i < 8; ++i) {
      const auto number = oldest_ + static_cast<std::uint32_t>(rng_.below(connections_ + 1ULL));
      calls.add(TableCall::find, key_of(number), number);
    }
    calls.add(TableCall::erase, key_of(oldest_), oldest_);
    ++oldest_;
  }

 private:
  Rng rng_;
  std::uint32_t connections_;
  std::uint32_t oldest_ = 0;
};

using AnySource = std::variant<OfConnections, OfNobody, OfTerminals, OfComingAndGoing>;

AnySource make_source(TrafficKind kind, std::uint32_t connections,
                      const std::vector<FourTuple4>& keys, Rng rng) {
  const auto of_connections = [&](LookupOrder order) {
    return OfConnections(Lookups(order, connections, rng), keys);
  };
  switch (kind) {
    case TrafficKind::uniform:
    case TrafficKind::hash_flood:
      break;
    case TrafficKind::zipf:
      return of_connections(LookupOrder::zipf);
    case TrafficKind::trains:
      return of_connections(LookupOrder::trains);
    case TrafficKind::tpca:
      return OfTerminals(connections, rng);
    case TrafficKind::syn_flood:
      return OfNobody(rng);
    case TrafficKind::churn:
      return OfComingAndGoing(connections, rng);
  }
  return of_connections(LookupOrder::uniform);
}

}  // namespace

std::optional<TrafficKind> traffic_from(std::string_view name) {
  const auto* const found = std::find(kTrafficNames.begin(), kTrafficNames.end(), name);
  if (found == kTrafficNames.end()) return std::nullopt;
  return static_cast<TrafficKind>(found - kTrafficNames.begin());
}

class Traffic::Source {
 public:
  explicit Source(AnySource source) : source_(std::move(source)) {}
  void next(std::size_t count, TableCalls& calls) {
    std::visit(
        [&](auto& source) {
          while (calls.calls.size() < count) source.next(calls);
        },
        source_);
  }

 private:
  AnySource source_;
};

Traffic::Traffic(TrafficKind kind, std::uint32_t connections, const std::vector<FourTuple4>& keys,
                 Rng rng)
    : source_(std::make_unique<Source>(make_source(kind, connections, keys, rng))) {}
Traffic::~Traffic() = default;
Traffic::Traffic(Traffic&&) noexcept = default;
Traffic& Traffic::operator=(Traffic&&) noexcept = default;

void Traffic::next(std::size_t count, TableCalls& calls) {
  calls.clear();
  source_->next(count, calls);
}

FourTuple4 first_key(const std::vector<FourTuple4>& keys, std::uint32_t number) {
  return keys.empty() ? key_of(number) : keys[number];
}

}  // namespace demuxsim
