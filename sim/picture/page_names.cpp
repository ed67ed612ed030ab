#include "picture/page_names.hpp"

#include <fmt/core.h>

#include "demuxsim/picture/network_map.hpp"

namespace demuxsim {
namespace {

/// Processes of one kind with rooms of their own.
constexpr std::uint32_t kMostRoomsApart = 4;

bool are_apart(const ProcessSpec& spec) { return spec.count <= kMostRoomsApart; }

}  // namespace

std::vector<std::string> rooms_of(const HostGroupSpec& group) {
  std::vector<std::string> rooms;
  for (const ProcessSpec& spec : group.processes) {
    if (!are_apart(spec)) {
      rooms.push_back(fmt::format("{} x{}", spec.name, spec.count));
      continue;
    }
    for (std::uint32_t i = 0; i < spec.count; ++i) {
      rooms.push_back(spec.numbered ? fmt::format("{}.{}", spec.name, i) : spec.name);
    }
  }
  return rooms;
}

std::size_t room_of(const HostGroupSpec& group, ProcessId process) {
  std::size_t room = 0;
  std::uint32_t first = 0;
  for (const ProcessSpec& spec : group.processes) {
    if (process.value < first + spec.count) {
      return room + (are_apart(spec) ? process.value - first : 0);
    }
    room += are_apart(spec) ? spec.count : 1;
    first += spec.count;
  }
  return room;
}

std::int64_t PageNames::host(HostId host) { return host ? hosts_.number(host) : -1; }

std::int64_t PageNames::process(HostId host, ProcessId process) {
  if (!host || !process) return -1;
  this->host(host);
  return processes_.number({host, process});
}

std::int64_t PageNames::socket(SocketName name) {
  if (!name) return -1;
  const std::string text = run_.run.directory().socket(name);
  return text.empty() ? -1 : word(text);
}

std::int64_t PageNames::row(const BookedSocket& socket) {
  return rows_.number({host(socket.host), process(socket.host, socket.process), socket.fd,
                       this->socket(socket.socket), static_cast<std::int64_t>(socket.state),
                       endpoint(socket.local), endpoint(socket.peer)});
}

std::int64_t PageNames::path(HostId from, const IpAddress& destination) {
  if (!from) return -1;
  const bool shared = run_.spec.network.shared_switch;
  const std::vector<NodeId> way = run_.run.simulation().way(from, destination);
  const bool stays = run_.run.simulation().host_of(destination) == from;
  std::vector<std::uint32_t> path;
  for (const NodeId node : way) {
    path.push_back(map_node_of(run_.spec, cast_, node.value));
    if (shared && !stays && path.size() == 1) {
      path.push_back(static_cast<std::uint32_t>(cast_.actors().size()));
    }
  }
  return paths_.number(path);
}

void PageNames::write(JsonWriter& json) {
  write_hosts(json);
  write_processes(json);
  write_places(json);
  write_words(json);
}

void PageNames::write_hosts(JsonWriter& json) {
  json.key("hosts").open('[');
  for (const HostId* host : hosts_.values()) {
    json.open('[').number(word(run_.run.directory().host(*host)));
    json.number(cast_.actor_of(*host)).close(']');
  }
  json.close(']');
}

void PageNames::write_processes(JsonWriter& json) {
  json.key("processes").open('[');
  for (const ProcessKey* key : processes_.values()) {
    const HostGroupSpec& group = run_.spec.hosts[cast_.actors()[cast_.actor_of(key->host)].group];
    json.open('[').number(host(key->host));
    json.number(word(run_.run.directory().process(key->host, key->process)));
    json.number(pid_of(key->process));
    json.number(static_cast<std::int64_t>(room_of(group, key->process))).close(']');
  }
  json.close(']');
}

void PageNames::write_places(JsonWriter& json) const {
  json.key("endpoints").open('[');
  for (const Endpoint* endpoint : endpoints_.values()) {
    json.open('[').text(to_string(*endpoint)).number(endpoint->port.value).close(']');
  }
  json.close(']').key("paths").open('[');
  for (const auto* path : paths_.values()) {
    json.open('[');
    for (const std::uint32_t node : *path) json.number(node);
    json.close(']');
  }
  json.close(']').key("rows").open('[');
  for (const Row* row : rows_.values()) {
    json.open('[');
    for (const std::int64_t field : *row) json.number(field);
    json.close(']');
  }
  json.close(']');
}

void PageNames::write_words(JsonWriter& json) const {
  json.key("words").open('[');
  for (const std::string* word : words_.values()) json.text(*word);
  json.close(']');
}

}  // namespace demuxsim
