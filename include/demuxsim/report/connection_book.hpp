// What a reader of a trace remembers of each connection: both initial sequence numbers, so that
// numbers can be shown relative to them, and the state of each end. Built from records alone.
#pragma once

#include <cstdint>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/ring.hpp"
#include "demuxsim/net/segment.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// Whether the owner of a connection in this state has closed it, and the host finishes it alone.
bool is_closed_by_owner(std::optional<TcpState> state);

/// Holds the connections that live and the `closed_kept` that ended last, so that a run of a
/// million short ones needs no more memory than one of a few thousand.
class ConnectionBook {
 public:
  explicit ConnectionBook(std::size_t closed_kept = 4096) : closed_kept_(closed_kept) {}

  /// Learns from a record of any kind; to be called before the record is shown.
  void note(const TraceRecord& record);

  /// The segment with seq and ack counted from the initial sequence number of their end, as far as
  /// that is known; for the others they stay absolute.
  Segment relative(const Segment& segment) const;

  /// The state last seen at the end `local` of its connection with `peer`, if there was any.
  std::optional<TcpState> state_of(const Endpoint& local, const Endpoint& peer) const;

  /// Whether the receiver of a looked-up segment has closed its connection. The state says so,
  /// not the descriptor: one that waits to be accepted has none either.
  bool owner_has_closed(const TraceRecord& demux) const;

  /// How many connections are held.
  std::size_t size() const { return connections_.size(); }

 private:
  /// Both ends in order, whoever looks.
  struct Key {
    Endpoint low;
    Endpoint high;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct End {
    std::optional<SequenceNumber> iss;
    std::optional<TcpState> state;
    /// SYN-SENT does not count: such a connection may never come about, or, after a port switch,
    /// under other ends; and a SYN,ACK tells both numbers anew.
    bool alive() const {
      return state && *state != TcpState::closed && *state != TcpState::syn_sent;
    }
  };
  struct Connection {
    End low;
    End high;
    bool queued = false;  ///< Stands in closed_.
  };
  /// The connection of `mine` as one of its ends sees it.
  struct View {
    End& mine;
    End& other;
  };

  static Key key_of(const Endpoint& a, const Endpoint& b);
  static View view(Connection& connection, const Endpoint& mine, const Endpoint& other);
  void note_syn(const Segment& segment);
  void note_state(const TraceRecord& record);
  void retire(const Key& key, Connection& connection);

  std::size_t closed_kept_;
  boost::unordered_flat_map<Key, Connection, KeyHash> connections_;
  Ring<Key> closed_;  ///< Connections that may be over, the oldest first.
};

}  // namespace demuxsim
