#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

/// The listeners of all hosts, at start and by the timeline.
class Listeners {
 public:
  explicit Listeners(const ScenarioSpec& spec) {
    for (std::size_t group = 0; group < spec.hosts.size(); ++group) {
      for (const ProcessSpec& process : spec.hosts[group].processes) {
        for (const ListenConfig& listen : process.listens) {
          add({true, static_cast<std::uint32_t>(group)}, {listen, kStart});
        }
      }
    }
    for (const StepSpec& step : spec.steps) {
      if (step.action == StepAction::listen) {
        add({false, step.by.host.value}, {step.listen, step.at});
      }
    }
  }

  /// The one that most likely answers a call at this time: of those on the very address before
  /// those on any, the one that began last; else one that begins later. Null: nobody listens.
  const ListenConfig* find(HostId host, std::uint32_t group, const Endpoint& target,
                           SimTime at) const {
    const Listener* best = nullptr;
    Rank best_rank{};
    for (const Owner owner : {Owner{true, group}, Owner{false, host.value}}) {
      const auto found = by_port_.find({owner, target.port});
      if (found == by_port_.end()) continue;
      for (const Listener& listener : found->second) {
        const Rank rank = rank_of(listener, target.address, at);
        if (rank <= best_rank) continue;
        best_rank = rank;
        best = &listener;
      }
    }
    return best == nullptr ? nullptr : &best->config;
  }

 private:
  struct Listener {
    ListenConfig config;
    SimTime from;
  };
  struct Owner {
    bool is_group = false;
    std::uint32_t number = 0;
    friend constexpr auto operator<=>(Owner, Owner) = default;
  };
  /// Better is larger; that of a listener that does not fit is zero.
  struct Rank {
    bool fits = false;
    bool has_begun = false;
    bool same_address = false;
    std::int64_t begun = 0;
    friend constexpr auto operator<=>(const Rank&, const Rank&) = default;
  };
  /// Of more listeners on one port of a host, the others behave like these, or cannot listen.
  static constexpr std::size_t kMostOnPort = 256;

  static Rank rank_of(const Listener& listener, const IpAddress& address, SimTime at) {
    const IpAddress& local = listener.config.local.address;
    const bool same = local == address;
    const bool any = local == IpAddress{} || (local.is_unspecified() && address.is_ipv4());
    if (!same && !any) return {};
    const std::int64_t begun = (listener.from - kStart).count();
    const bool has_begun = listener.from <= at;
    return {true, has_begun, same, has_begun ? begun : -begun};
  }

  void add(Owner owner, Listener listener) {
    std::vector<Listener>& listeners = by_port_[{owner, listener.config.local.port}];
    if (listeners.size() < kMostOnPort) listeners.push_back(std::move(listener));
  }

  std::map<std::pair<Owner, Port>, std::vector<Listener>> by_port_;
};

/// The addresses of those who call, by family.
struct Caller {
  const HostGroupSpec& group;
  std::optional<HostId> host;

  bool has(Family family) const {
    return std::any_of(group.addresses.begin(), group.addresses.end(),
                       [&](const IpAddress& address) { return address.family() == family; });
  }
  std::string_view name() const { return group.name; }
};

std::string_view name_of(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// The address to call. Of a host that is named, the first that the caller can reach.
std::optional<IpAddress> choose_address(const PendingConnect& pending, const Target& target,
                                        const Caller& caller, Draft& draft) {
  const auto usable = [&](const IpAddress& address) {
    if (pending.from_address) return address.family() == pending.from_address->family();
    return address.is_loopback() || caller.has(address.family());
  };
  std::vector<IpAddress> addresses;
  if (target.address) {
    addresses.push_back(*target.address);
  } else {
    addresses = addresses_of(*target.host, draft);
  }
  const auto found = std::find_if(addresses.begin(), addresses.end(), usable);
  if (found != addresses.end()) return *found;
  if (addresses.empty()) return std::nullopt;  // Its addresses are wrong; that has been told.
  if (caller.group.addresses.empty()) return std::nullopt;
  const std::string_view family = name_of(addresses.front().family());
  complain(draft.diagnostics, *pending.to,
           pending.from_address
               ? fmt::format("the call comes from {}, which is of another family than {}",
                             to_string(*pending.from_address), quote(pending.to->text))
               : fmt::format("{} has {} addresses only, and {} has none", quote(pending.to->text),
                             family, quote(caller.name())));
  return std::nullopt;
}

/// What a call to a listener is told about it.
struct Answer {
  Endpoint target;
  SetUp set_up = SetUp::same_port;
  std::uint64_t reply_bytes = 0;
};

void write_back(const PendingConnect& pending, const Answer& answer, Draft& draft) {
  if (pending.step) {
    StepSpec& step = draft.spec.steps[*pending.step];
    step.target = answer.target;
    step.set_up = answer.set_up;
    return;
  }
  ClientConfig& client = *draft.spec.hosts[pending.group].processes[pending.process].client;
  client.target = answer.target;
  client.set_up = answer.set_up;
  client.reply_bytes = answer.reply_bytes;
}

void resolve_connect(const PendingConnect& pending, const Listeners& listeners, Draft& draft) {
  const auto target = decode_target(*pending.to, draft);
  const bool caller_known = !pending.host || *pending.host;
  if (!target || !caller_known) return;
  // A step may show that nobody ever answers there; a workload would be a slip.
  if (target->port.value == 0 && !pending.step) {
    complain(draft.diagnostics, *pending.to, "port 0 is reserved: it never names a process");
    return;
  }
  const std::uint32_t group_index =
      pending.host ? draft.hosts.index_of(draft.hosts.entry_of(pending.host->value))
                   : pending.group;
  const Caller caller{draft.spec.hosts[group_index], pending.host};
  const auto address = choose_address(pending, *target, caller, draft);
  if (!address) return;
  Answer answer{{*address, target->port}};
  const HostId from = pending.host.value_or(caller.group.first);
  const auto called = address->is_loopback() ? std::optional<HostId>(from) : target->host;
  if (called) {
    const auto called_group = draft.hosts.index_of(draft.hosts.entry_of(called->value));
    if (const auto* const listen =
            listeners.find(*called, called_group, answer.target, pending.at)) {
      answer.set_up = listen->set_up;
      answer.reply_bytes = listen->reply_bytes;
    }
    draft.contacts.push_back(
        {pending.to->span, from.value, pending.host ? 1 : caller.group.count, *called});
  }
  write_back(pending, answer, draft);
}

}  // namespace

void resolve_connects(Draft& draft) {
  const Listeners listeners(draft.spec);
  for (const PendingConnect& pending : draft.connects) resolve_connect(pending, listeners, draft);
}

}  // namespace demuxsim::loading
