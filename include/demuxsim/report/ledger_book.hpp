// Since when each port is in use and who took it, from records alone. A port that is free again is
// forgotten, and begins anew when it is taken the next time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/trace/recorder.hpp"

namespace demuxsim {

/// Wants the kinds port and state.
class LedgerBook final : public TraceSink {
 public:
  struct Taking {
    SimTime at;         ///< When the first socket took the port; more may have joined it since.
    ProcessId process;  ///< Whose socket that was.
    PortAction action = PortAction::bound;  ///< Bound by number, or allocated: the host chose it.
  };

  static constexpr TraceKinds kinds() {
    return TraceKinds{}.with(TraceKind::port).with(TraceKind::state);
  }

  void consume(std::span<const TraceRecord> records) override;

  /// Null for a port that is free. Good until the next record.
  const Taking* find(HostId host, Port port) const;

  /// Ports in use on all hosts.
  std::size_t size() const { return takings_.size(); }

 private:
  static std::uint64_t key_of(HostId host, Port port) {
    return std::uint64_t{host.value} << 16 | port.value;
  }

  boost::unordered_flat_map<std::uint64_t, Taking> takings_;
};

}  // namespace demuxsim
