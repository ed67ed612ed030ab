#include <algorithm>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

/// Whether a host or one of these routers has the address.
bool is_taken(const IpAddress& address, const Draft& draft) {
  if (draft.addresses.find(address)) return true;
  const auto& nodes = draft.spec.network.nodes;
  return std::any_of(nodes.begin(), nodes.end(), [&](const NetworkNodeSpec& node) {
    return std::find(node.addresses.begin(), node.addresses.end(), address) != node.addresses.end();
  });
}

/// The first address behind that of the network itself that nobody has.
std::optional<IpAddress> free_in(const IpPrefix& prefix, const Draft& draft) {
  auto address = prefix.address.plus(1);
  while (address && prefix.contains(*address) && is_taken(*address, draft)) {
    address = address->plus(1);
  }
  return address && prefix.contains(*address) ? address : std::nullopt;
}

void give_address(NetworkNodeSpec& router, Family family, const Draft& draft) {
  for (const IpAddress& own : router.addresses) {
    if (own.family() == family) return;
  }
  for (const IpPrefix& prefix : router.prefixes) {
    if (prefix.address.family() != family) continue;
    if (const auto address = free_in(prefix, draft)) {
      router.addresses.push_back(*address);
      return;
    }
  }
}

void check_addresses(const NetworkNodeSpec& router, Draft& draft) {
  std::vector<IpAddress> others;
  for (const NetworkNodeSpec& node : draft.spec.network.nodes) {
    if (&node == &router) break;
    others.insert(others.end(), node.addresses.begin(), node.addresses.end());
  }
  for (const IpAddress& address : router.addresses) {
    const bool is_other = std::find(others.begin(), others.end(), address) != others.end();
    others.push_back(address);
    if (!is_other && !draft.addresses.find(address)) continue;
    draft.diagnostics.add(router.span, fmt::format("address {} is used twice", to_string(address)))
        .help = "a router has addresses of its own";
  }
}

}  // namespace

void settle_routers(Draft& draft) {
  for (const NetworkNodeSpec& node : draft.spec.network.nodes) check_addresses(node, draft);
  for (NetworkNodeSpec& node : draft.spec.network.nodes) {
    for (const Family family : {Family::ipv4, Family::ipv6}) give_address(node, family, draft);
  }
}

}  // namespace demuxsim::loading
