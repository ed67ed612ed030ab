// What a page's model calls by number: texts, endpoints, hosts, processes, rows of socket tables,
// ways through the network. See page_model.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/picture/cast.hpp"
#include "demuxsim/picture/seen_run.hpp"
#include "picture/intern.hpp"
#include "picture/json_writer.hpp"

namespace demuxsim {

class PageNames {
 public:
  /// Both outlive this.
  PageNames(const SeenRun& run, const Cast& cast) : run_(run), cast_(cast) {}

  std::int64_t word(std::string_view text) { return words_.number(std::string(text)); }
  std::int64_t endpoint(const Endpoint& endpoint) { return endpoints_.number(endpoint); }
  std::int64_t host(HostId host);
  std::int64_t process(HostId host, ProcessId process);
  std::int64_t socket(SocketName name);
  std::int64_t row(const BookedSocket& socket);
  /// The way of a segment, over the nodes of the map.
  std::int64_t path(HostId from, const IpAddress& destination);

  /// The members "words", "endpoints", "hosts", "processes", "paths" and "rows" of an object.
  void write(JsonWriter& json);

 private:
  using Row = std::array<std::int64_t, 7>;
  struct ProcessKey {
    HostId host;
    ProcessId process;
    friend constexpr auto operator<=>(const ProcessKey&, const ProcessKey&) = default;
  };

  void write_hosts(JsonWriter& json);
  void write_processes(JsonWriter& json);
  void write_places(JsonWriter& json) const;
  void write_words(JsonWriter& json) const;

  const SeenRun& run_;
  const Cast& cast_;
  Interned<std::string> words_;
  Interned<Endpoint> endpoints_;
  Interned<HostId> hosts_;
  Interned<ProcessKey> processes_;
  Interned<Row> rows_;
  Interned<std::vector<std::uint32_t>> paths_;
};

/// The rooms of a host's building: a process has its own while there are few of them.
std::vector<std::string> rooms_of(const HostGroupSpec& group);
/// The room of a process.
std::size_t room_of(const HostGroupSpec& group, ProcessId process);

}  // namespace demuxsim
