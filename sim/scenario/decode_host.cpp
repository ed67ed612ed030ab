#include <algorithm>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_ephemeral.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::uint32_t kMostHosts = 10'000'000;
constexpr std::uint64_t kMostProcesses = 20'000'000;
/// A socket holds the index of its address in a byte.
constexpr std::size_t kMostAddresses = 250;

/// Complains about an address, or a range of them, that no host can have.
bool check_host_addresses(const ValueNode& node, const AddressBook::Range& range,
                          DiagnosticCollector& diagnostics) {
  std::string_view kind;
  if (range.first.is_unspecified()) kind = "stands for any address";
  if (range.first.is_multicast() || range.last.is_multicast()) kind = "is a multicast address";
  if (range.last.is_broadcast()) kind = "is the broadcast address";
  const IpAddress loopback_first = IpAddress::ipv4(0x7f00'0000);
  const IpAddress loopback_last = IpAddress::ipv4(0x7fff'ffff);
  const bool meets_ipv4_loopback = range.first <= loopback_last && loopback_first <= range.last;
  const IpAddress loopback_6 = IpAddress::ipv6(0, 1);
  const bool meets_ipv6_loopback = range.first <= loopback_6 && loopback_6 <= range.last;
  if (meets_ipv4_loopback || meets_ipv6_loopback) kind = "is a loopback address";
  if (kind.empty()) return true;
  const bool counted = range.first != range.last;
  complain(diagnostics, node,
           counted ? fmt::format("an address from {} to {} {}", to_string(range.first),
                                 to_string(range.last), kind)
                   : fmt::format("{} {}: no host can have it", to_string(range.first), kind));
  return false;
}

void decode_addresses(const ValueNode& node, HostGroupSpec& group, Draft& draft) {
  const auto add = [&](const ValueNode& item) {
    const auto first = decode_address(item, draft.diagnostics);
    if (!first) return;
    const auto last = first->plus(group.count - 1);
    if (!last) {
      complain(
          draft.diagnostics, item,
          fmt::format("there are not {} addresses from {} on", group.count, to_string(*first)));
      return;
    }
    const AddressBook::Range range{*first, *last, group.first, item.span};
    if (!check_host_addresses(item, range, draft.diagnostics)) return;
    group.addresses.push_back(*first);
    draft.addresses.add(range);
  };
  if (node.is_list()) {
    if (node.items.empty()) complain(draft.diagnostics, node, "a host needs an address");
    if (node.items.size() > kMostAddresses) {
      complain(draft.diagnostics, node,
               fmt::format("a host has at most {} addresses", kMostAddresses));
      return;
    }
    for (const ValueNode& item : node.items) add(item);
  } else {
    add(node);
  }
}

HostConfig decode_config(const Record& record, const HostDefaults& defaults, Draft& draft) {
  DiagnosticCollector& diagnostics = draft.diagnostics;
  Profile profile = defaults.profile;
  record.read("profile", profile, decode_profile);
  profile = draft.profile.value_or(profile);
  HostConfig config = defaults_of(profile);
  // The scenario's own mistakes are told once, not once for each host.
  DiagnosticCollector told_already;
  if (defaults.tcp != nullptr) decode_tcp(*defaults.tcp, config.tcp, told_already);
  if (const ValueNode* const tcp = record.find("tcp")) decode_tcp(*tcp, config.tcp, diagnostics);
  record.read("ephemeral", config.ephemeral, [&](const ValueNode& node, DiagnosticCollector& d) {
    return decode_ephemeral(node, config.ephemeral, d);
  });
  record.read("demux", config.algorithm, decode_demux);
  record.read("require_privilege", config.require_privilege, decode_flag);
  return config;
}

void check_process_count(const HostGroupSpec& group, const NameTable& processes,
                         std::uint64_t& total, DiagnosticCollector& diagnostics) {
  const std::uint64_t count = std::uint64_t{group.count} * processes.size();
  if (count <= kMostProcesses - total) {
    total += count;
    return;
  }
  diagnostics.add(group.span, fmt::format("too many processes: at most {} on all hosts together",
                                          kMostProcesses));
}

void decode_host(const ValueNode& node, const HostDefaults& defaults, Draft& draft) {
  const Record record(
      node, "a host",
      {"ip", "count", "ephemeral", "demux", "tcp", "profile", "processes", "require_privilege"},
      draft.diagnostics);
  if (const auto error = check_name(node.key, "host")) {
    draft.diagnostics.add(node.key_span, error->message).help = error->help;
  }
  HostGroupSpec group;
  group.name = node.key;
  group.span = node.key_span;
  group.first = HostId{draft.hosts.size()};
  group.numbered = record.has("count");
  record.read("count", group.count, Limited<std::uint32_t>{{"a number of hosts", 1, kMostHosts}});
  if (draft.hosts.size() + group.count > kMostHosts) {
    draft.diagnostics.add(record.span(),
                          fmt::format("too many hosts: at most {} altogether", kMostHosts));
    group.count = 1;
  }
  if (const ValueNode* const ip = record.need("ip")) decode_addresses(*ip, group, draft);
  group.config = decode_config(record, defaults, draft);
  draft.hosts.add(group.name, group.count, group.numbered, group.span);
  draft.processes.emplace_back("process");
  draft.spec.hosts.push_back(std::move(group));
  if (const ValueNode* const processes = record.find("processes")) {
    decode_processes(*processes, draft);
  }
}

}  // namespace

std::optional<Profile> decode_profile(const ValueNode& node, DiagnosticCollector& diagnostics) {
  return decode_word(node, "profile", kProfiles, diagnostics);
}

void decode_hosts(const ValueNode& node, const HostDefaults& defaults, Draft& draft) {
  if (!node.is_map()) {
    if (!node.is_broken()) {
      complain(draft.diagnostics, node,
               fmt::format("expected a map of hosts by name, found {}", describe(node)));
    }
    return;
  }
  std::uint64_t processes = 0;
  for (const ValueNode& item : node.items) {
    if (is_extension(item.key)) continue;
    decode_host(item, defaults, draft);
    check_process_count(draft.spec.hosts.back(), draft.processes.back(), processes,
                        draft.diagnostics);
  }
  if (draft.spec.hosts.empty()) complain(draft.diagnostics, node, "a scenario needs a host");
  draft.spec.host_count = draft.hosts.size();
  draft.addresses.settle(draft.diagnostics);
}

}  // namespace demuxsim::loading
