// Which segments are sent again: decided from records alone, by the sequence numbers that an end
// has sent before. Why they are, the connection knows.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>

#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/net/sequence.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

class ResentBook {
 public:
  /// How many ends are remembered at least; those seen last, and never more than twice as many.
  static constexpr std::size_t kRemembered = 1 << 14;

  /// To be told of every record in order, with sequence numbers as they travel. Whether it is of a
  /// segment that is sent and takes sequence numbers that the same end has sent before. A SYN that
  /// answers another (simultaneous open) does not send again the one before it.
  bool note(const TraceRecord& record);

  /// Forgets all: for where records are left out.
  void clear();

 private:
  /// One end of a connection; a host that forges its segments is another.
  struct End {
    HostId host;
    Endpoint local;
    Endpoint peer;
    friend auto operator<=>(const End&, const End&) = default;
  };

  struct Sent {
    SequenceNumber first;    ///< The lowest number that is known.
    SequenceNumber next;     ///< The one after the highest.
    std::uint8_t flags = 0;  ///< Of the segment that came first.
  };

  Sent* find(const End& end);
  void remember(const End& end, Sent sent);

  std::map<End, Sent> recent_;
  std::map<End, Sent> older_;  ///< What was recent before that was full.
};

}  // namespace demuxsim
