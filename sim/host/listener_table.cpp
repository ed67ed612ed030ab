#include "demuxsim/host/listener_table.hpp"

#include <algorithm>

#include "demuxsim/core/check.hpp"

namespace demuxsim {

void ListenerTable::add(const Endpoint& local, std::uint32_t listener) {
  std::vector<Group>& groups = ports_[local.port.value];
  auto group = std::find_if(groups.begin(), groups.end(),
                            [&](const Group& g) { return g.address == local.address; });
  if (group == groups.end()) group = groups.insert(groups.end(), {local.address, {}});
  group->members.push_back(listener);
}

void ListenerTable::remove(const Endpoint& local, std::uint32_t listener) {
  const auto port = ports_.find(local.port.value);
  DEMUXSIM_CHECK(port != ports_.end());
  std::vector<Group>& groups = port->second;
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& g) { return g.address == local.address; });
  DEMUXSIM_CHECK(group != groups.end());
  std::erase(group->members, listener);
  if (group->members.empty()) groups.erase(group);
  if (groups.empty()) ports_.erase(port);
}

ListenerTable::Found ListenerTable::find(const Endpoint& destination, std::uint32_t hash) const {
  Found found;
  const auto port = ports_.find(destination.port.value);
  if (port == ports_.end()) return found;
  const auto is_any = [&](const IpAddress& address) {
    return address.is_unspecified() && (address == IpAddress{} || destination.address.is_ipv4());
  };
  const Group* best = nullptr;
  for (const Group& group : port->second) {
    ++found.examined;
    if (group.address == destination.address) {
      best = &group;
      break;
    }
    // Any IPv4 address is nearer to an IPv4 destination than any address at all.
    if (is_any(group.address) && (best == nullptr || best->address == IpAddress{})) best = &group;
  }
  if (best == nullptr) return found;
  const std::size_t count = best->members.size();
  // The hash is spread over the members as by a multiplication with count / 2^32.
  found.listener = best->members[(std::uint64_t{hash} * count) >> 32];
  found.rule = count > 1                        ? LookupRule::reuseport_hash
               : best->address.is_unspecified() ? LookupRule::listener_any
                                                : LookupRule::listener_address;
  return found;
}

}  // namespace demuxsim
