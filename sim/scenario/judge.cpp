#include "judge.hpp"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

namespace demuxsim {
namespace {

TcpState state_of(const SocketRow& row) { return static_cast<TcpState>(row.state); }

bool matches(const EndpointPattern& pattern, const Endpoint& endpoint) {
  const bool address =
      pattern.addresses.empty() || std::find(pattern.addresses.begin(), pattern.addresses.end(),
                                             endpoint.address) != pattern.addresses.end();
  return address && (!pattern.port || *pattern.port == endpoint.port);
}

std::string describe(const SocketRow& row) {
  return fmt::format("{} - {} {}", to_string(row.local), to_string(row.peer),
                     name_of(state_of(row)));
}

Finding judge_socket(const Scene& scene, const SocketExpect& expect) {
  const std::optional<SocketRow> row = scene.names.row(scene.simulation, expect.socket);
  if (!row) {
    const bool gone = expect.state == TcpState::closed && !expect.local && !expect.peer;
    const bool made = scene.names.place(scene.simulation, expect.socket).has_value();
    return {gone && made, made ? "CLOSED (the socket is no more)" : "no such socket so far"};
  }
  const bool held = (!expect.local || matches(*expect.local, row->local)) &&
                    (!expect.peer || matches(*expect.peer, row->peer)) &&
                    (!expect.state || *expect.state == state_of(*row));
  return {held, describe(*row)};
}

std::string owner_name(const Scene& scene, HostId host, const SocketRow& row) {
  if (!row.process) return "nobody";
  return scene.directory.host(host) + "/" + scene.directory.process(host, row.process);
}

std::string describe_port(const Scene& scene, const PortExpect& expect,
                          const std::vector<SocketRow>& rows) {
  std::string found(name_of(class_of(expect.port)));
  if (rows.empty()) return found + ", free";
  constexpr std::size_t kShown = 4;
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    const bool bound = state_of(rows[i]) == TcpState::closed;
    found += fmt::format(", {} by {}", bound ? "bound" : name_of(state_of(rows[i])),
                         owner_name(scene, expect.host, rows[i]));
  }
  if (rows.size() > kShown) found += fmt::format(", and {} more", rows.size() - kShown);
  return found;
}

Finding judge_port(const Scene& scene, const PortExpect& expect) {
  std::vector<SocketRow> rows = scene.simulation.host(expect.host).sockets(scene.simulation.now());
  std::erase_if(rows, [&](const SocketRow& row) { return row.local.port != expect.port; });
  // State and owner must be those of one and the same socket.
  const bool some = std::any_of(rows.begin(), rows.end(), [&](const SocketRow& row) {
    return (!expect.state || *expect.state == state_of(row)) &&
           (!expect.bound || state_of(row) == TcpState::closed) &&
           (!expect.owner || (expect.owner->process == row.process));
  });
  const bool asks = expect.state || expect.bound || expect.owner;
  const bool held = (!expect.port_class || *expect.port_class == class_of(expect.port)) &&
                    (!expect.free || rows.empty()) && (!asks || some);
  return {held, describe_port(scene, expect, rows)};
}

Finding count_sockets(const Scene& scene, const CountExpect& expect, const SocketFilter& filter) {
  std::uint64_t count = 0;
  const std::uint32_t first = filter.host ? filter.host->value : 0;
  const std::uint32_t last = filter.host ? first + 1 : scene.simulation.host_count();
  for (std::uint32_t i = first; i < last; ++i) {
    for (const SocketRow& row : scene.simulation.host(HostId{i}).sockets(scene.simulation.now())) {
      const bool counts = (!filter.process || *filter.process == row.process) &&
                          (!filter.local_port || *filter.local_port == row.local.port) &&
                          (!filter.peer_port || *filter.peer_port == row.peer.port) &&
                          (!filter.state || *filter.state == state_of(row));
      if (counts) ++count;
    }
  }
  return {within(expect.bounds, count, 1), std::to_string(count)};
}

}  // namespace

Finding judge(const Scene& scene, std::uint32_t index) {
  const auto& what = scene.spec.expects[index].what;
  if (const auto* socket = std::get_if<SocketExpect>(&what)) return judge_socket(scene, *socket);
  if (const auto* port = std::get_if<PortExpect>(&what)) return judge_port(scene, *port);
  if (std::holds_alternative<SegmentExpect>(what)) return scene.observer.segments(index);
  if (std::holds_alternative<ShareExpect>(what)) return scene.observer.share(index);
  if (std::holds_alternative<ExaminedExpect>(what)) return scene.observer.examined(index);
  const auto& count = std::get<CountExpect>(what);
  const auto* sockets = std::get_if<SocketFilter>(&count.what);
  return sockets != nullptr ? count_sockets(scene, count, *sockets) : scene.observer.count(index);
}

}  // namespace demuxsim
