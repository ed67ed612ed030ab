// Tells which segments send again what their end has sent before, from the records of what is sent.
// It knows nothing of acknowledgments or timers.
#pragma once

#include <cstddef>
#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/net/segment.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

class SentBefore {
 public:
  /// Notes a segment that is sent. True if all of the sequence numbers that it takes have been sent
  /// before from the same end to the same peer. What takes none, and a reset, is never sent again;
  /// nor is a SYN that answers another (simultaneous open) the SYN before it.
  bool note(const TraceRecord& sent);
  void clear() { ends_.clear(); }

 private:
  struct End {
    HostId host;
    Endpoint local;
    Endpoint peer;
    friend bool operator==(const End&, const End&) = default;
  };
  struct EndHash {
    std::size_t operator()(const End& end) const;
  };
  struct Sent {
    SequenceNumber first;
    SequenceNumber next;  ///< After the last one that was sent.
    std::uint8_t syn_flags = 0;
  };

  boost::unordered_flat_map<End, Sent, EndHash> ends_;
};

}  // namespace demuxsim
