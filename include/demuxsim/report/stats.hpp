// A run in numbers: what each host and each of its processes sent, received, looked up, opened and
// lost. Only counts, from records alone, in memory that does not grow with the length of the run.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "demuxsim/report/port_series.hpp"
#include "demuxsim/report/value_histogram.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

struct SegmentCount {
  std::uint64_t segments = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t ip_bytes = 0;  ///< Whole IP datagrams.

  void add(const Segment& segment);
  void take_back(const Segment& segment);
  SegmentCount& operator+=(const SegmentCount& other);
};

/// What became of connections, and of calls for one.
enum class ConnectionFate : std::uint8_t {
  active,     ///< Reached ESTABLISHED at the end that called.
  passive,    ///< Reached ESTABLISHED at the end that was called.
  refused,    ///< The answer to its SYN was a reset.
  timed_out,  ///< The peer did not answer any more, in whatever state.
  reset,      ///< Ended by a reset in any other state but TIME-WAIT.
  no_port,    ///< Not begun: connect found no free port or address (EADDRNOTAVAIL).
  failed,     ///< Not begun: connect gave another errno.
};
inline constexpr std::array<std::string_view, 7> kConnectionFateNames{
    "active", "passive", "refused", "timed-out", "reset", "no-port", "failed"};

struct PortStats {
  std::uint64_t bound = 0;      ///< Times that a port was taken by number,
  std::uint64_t allocated = 0;  ///< or chosen by the host.
  std::uint64_t released = 0;
  std::uint64_t looked_at = 0;  ///< Ports that the host looked at to choose those.
  /// Different ports, each for the process that took it first, until it is released: that may be
  /// after the process has closed it.
  std::uint64_t in_use = 0;
  std::uint64_t most_in_use = 0;
};

struct StatsRow {
  SegmentCount in;   ///< Received, and looked up with this one as the result.
  SegmentCount out;  ///< Sent; those that the network lost included.
  std::array<std::uint64_t, kLookupRuleCount> lookups{};  ///< In the order of LookupRule.
  ValueHistogram examined;  ///< Full comparisons of a look-up, connections and listeners.
  std::array<std::uint64_t, kConnectionFateNames.size()> connections{};
  PortStats ports;

  std::uint64_t count(ConnectionFate fate) const {
    return connections[static_cast<std::size_t>(fate)];
  }
  /// Anything but zeros.
  bool any() const;
  /// `most_in_use` becomes the sum, which is too much where they were not at the same time.
  StatsRow& operator+=(const StatsRow& other);
};

/// A process, or all of a group.
struct ProcessStats {
  std::string name;  ///< `nginx`, `worker.2`, `worker.*`.
  ProcessId first;
  std::uint32_t count = 1;
  StatsRow row;
};

using DropCounts = std::array<std::uint64_t, kDropReasonCount>;

/// A host, or all of a group.
struct HostStats {
  HostStats(std::string host_name, std::size_t most_points)
      : name(std::move(host_name)), ports(most_points) {}

  std::string name;  ///< `web`, `client.17`, `client.*`.
  HostId first;
  std::uint32_t count = 1;
  std::vector<ProcessStats> processes;
  /// What concerns no process: what nobody wanted, TIME-WAIT, answers of the host itself, segments
  /// that the scenario injected, and what a process has left behind.
  StatsRow nobody;
  DropCounts dropped{};  ///< What it sent and the network lost, and what it threw away itself.
  PortCounts ports_now{};
  std::uint64_t most_ports = 0;  ///< In use at one time.
  PortSeries ports;

  /// All processes and nobody.
  StatsRow total() const;
};

/// Wants all kinds but probe.
class StatsSink final : public TraceSink {
 public:
  /// Of hosts or processes that differ only by number, each is told apart if there are `most_alike`
  /// at most; otherwise they are counted as one. The directory is not needed afterwards.
  StatsSink(const Directory& directory, std::uint32_t most_alike);

  void consume(std::span<const TraceRecord> records) override;

  /// In the order of the scenario.
  std::span<const HostStats> hosts() const { return hosts_; }
  /// All hosts together.
  StatsRow total() const;
  /// Lost segments whose sender's address no host has.
  const DropCounts& dropped_of_strangers() const { return dropped_of_strangers_; }

 private:
  struct Place {
    std::uint32_t host = 0;       ///< In hosts_.
    std::uint32_t processes = 0;  ///< In process_places_, that of its first process.
  };
  /// A connection as one end sees it.
  struct End {
    HostId host;
    Endpoint local;
    Endpoint peer;
    friend bool operator==(const End&, const End&) = default;
  };
  struct EndHash {
    std::size_t operator()(const End& end) const;
  };

  static End end_of(const TraceRecord& record) {
    return {record.host, record.segment.from(), record.segment.to()};
  }
  void add_group(const Directory::Entry& entry, std::uint32_t most_alike, std::size_t most_points);
  HostStats& host_of(const TraceRecord& record) { return hosts_[places_[record.host.value].host]; }
  StatsRow& row_of(const TraceRecord& record);
  void count(const TraceRecord& record);
  void lookup(const TraceRecord& record);
  void drop(const TraceRecord& record);
  void state(const TraceRecord& record);
  void ended(const TraceRecord& record);
  void call(const TraceRecord& record);
  void port(const TraceRecord& record);
  void take_port(const TraceRecord& record, StatsRow& row);
  void release_port(const TraceRecord& record);
  void note_ports(const TraceRecord& record);

  std::vector<HostStats> hosts_;
  std::vector<Place> places_;                  ///< By HostId.
  std::vector<std::uint32_t> process_places_;  ///< By ProcessId, of each group.
  DropCounts dropped_of_strangers_{};
  /// Who took each port in use, by host and port.
  boost::unordered_flat_map<std::uint64_t, StatsRow*> takers_;
  /// Ends in SYN-RECEIVED that have called themselves: of simultaneous opens.
  boost::unordered_flat_set<End, EndHash> callers_called_;
  TraceRecord reset_;  ///< The look-up of the last reset, as long as it may be the reason.
};

}  // namespace demuxsim
