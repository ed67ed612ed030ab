// Which ports each host has used at any time, from the records of a run.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

/// Wants the kind port.
class PortsUsed final : public TraceSink {
 public:
  static constexpr TraceKinds kinds() { return TraceKinds{}.with(TraceKind::port); }

  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& record : records) {
      const bool taken =
          record.kind == TraceKind::port && record.port_action != PortAction::released;
      if (taken) by_host_[record.host].insert(record.segment.source_port);
    }
  }
  /// Of `count` hosts in a row together.
  std::set<Port> of(HostId first, std::uint32_t count) const {
    std::set<Port> ports;
    for (auto host = by_host_.lower_bound(first); host != by_host_.end(); ++host) {
      if (host->first.value - first.value >= count) break;
      ports.insert(host->second.begin(), host->second.end());
    }
    return ports;
  }
  /// Hosts that used none are not there.
  const std::map<HostId, std::set<Port>>& by_host() const { return by_host_; }

 private:
  std::map<HostId, std::set<Port>> by_host_;
};

}  // namespace demuxsim
