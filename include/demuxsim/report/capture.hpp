// A run as a packet capture for Wireshark, tcpdump and their kin: pcapng, each frame with the
// look-up that found its process.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/report/byte_sink.hpp"
#include "demuxsim/report/connection_book.hpp"
#include "demuxsim/report/pcapng.hpp"
#include "demuxsim/trace/directory.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

/// Hosts in a row that have an interface in the capture.
struct CapturedHosts {
  HostId first;
  std::uint32_t count = 0;
  bool has(HostId host) const { return host >= first && host.value - first.value < count; }
};

struct CaptureOptions {
  CapturedHosts hosts;
  /// As these hosts see it: what they send, and what reaches them when it does. Otherwise each
  /// segment stands there once, as its sender sends it.
  bool as_seen = false;
  /// LINKTYPE_PKTAP, whose header names the process; otherwise LINKTYPE_ETHERNET.
  bool pktap = false;
  std::string comment;      ///< Of the section.
  std::string application;  ///< Name and version of the program.
};

/// Wants the kinds segment_sent, segment_received, segment_dropped, demux and state.
class CaptureSink final : public TraceSink {
 public:
  static constexpr TraceKinds kinds() {
    return TraceKinds{}
        .with(TraceKind::segment_sent)
        .with(TraceKind::segment_received)
        .with(TraceKind::segment_dropped)
        .with(TraceKind::demux)
        .with(TraceKind::state);
  }

  /// `addresses` are those of each host, in order. The directory and `out` outlive this; the caller
  /// flushes `out`.
  CaptureSink(const Directory& directory, std::span<const std::vector<IpAddress>> addresses,
              ByteSink& out, CaptureOptions options);

  void consume(std::span<const TraceRecord> records) override;
  /// Writes what is still on its way, when the run is over or, if not, was interrupted.
  void finish(bool is_over);

 private:
  /// A frame whose fate is not known yet. They are written in order, so it holds up those behind.
  struct Pending {
    Segment segment;
    SimTime at;
    HostId host;  ///< Whose interface it is at.
    PcapngDirection direction = PcapngDirection::outbound;
    std::uint64_t payload_offset = 0;
    ProcessId sender;
    std::optional<TraceRecord> lookup;
    std::string comment;
    SimTime decided = kNever;
  };

  void write_head(std::span<const std::vector<IpAddress>> addresses);
  void add(const TraceRecord& record, PcapngDirection direction);
  void decide(const TraceRecord& record);
  void write_decided(SimTime before);
  void write(const Pending& pending);
  void append_pktap(const Pending& pending);
  Pending* find(std::uint64_t id);
  bool is_of_router(const Segment& segment);
  HostId host_of(const IpAddress& address) const;

  const Directory& directory_;
  CaptureOptions options_;
  PcapngWriter writer_;
  boost::unordered_flat_map<IpAddress, HostId, IpAddressHash> hosts_;
  ConnectionBook book_;
  std::deque<Pending> pending_;
  std::uint64_t written_ = 0;  ///< Frames that have left pending_.
  /// Frame number, by the segment, of those that wait for their look-up.
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> waiting_;
  std::string frame_;
};

}  // namespace demuxsim
