// The sockets of every host as a reader of the trace knows them: which there are, whose, and in
// which state. Built from records alone, so that a page or a terminal can show a table before and
// after any of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim {

/// One row of a host's table.
struct BookedSocket {
  HostId host;
  ProcessId process;  ///< None for TIME-WAIT and for what a process left behind.
  std::int32_t fd = kNoDescriptor;
  SocketName socket;
  TcpState state = TcpState::closed;  ///< CLOSED: only bound.
  Endpoint local;
  Endpoint peer;  ///< `*:*` for a listener.
  friend bool operator==(const BookedSocket&, const BookedSocket&) = default;
};

class SocketBook {
 public:
  /// What a record did to one row. A row keeps its number as long as it lives; it is used again
  /// later. Without `before` the row is new, without `after` it is gone.
  struct Change {
    std::uint32_t row = 0;
    std::optional<BookedSocket> before;
    std::optional<BookedSocket> after;
  };

  /// Learns from a record of any kind; those of kind state and call change rows. What changed, in
  /// order, good until the next call.
  std::span<const Change> note(const TraceRecord& record);

  /// By row number; empty places are those of sockets that are gone.
  const std::vector<std::optional<BookedSocket>>& rows() const { return rows_; }

 private:
  /// A connection by its ends; a listener or a bound socket by its descriptor; one that calls by
  /// both.
  struct Key {
    HostId host;
    ProcessId process;  ///< None in the key of a connection.
    std::int32_t fd = kNoDescriptor;
    Endpoint local;
    Endpoint peer;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  static Key key_of(const BookedSocket& socket);
  static Key second_key_of(const BookedSocket& socket);
  void note_state(const TraceRecord& record);
  void note_call(const TraceRecord& record);
  std::optional<std::uint32_t> find(const Key& key) const;
  std::optional<std::uint32_t> find(const TraceRecord& state) const;
  void put(std::optional<std::uint32_t> row, const BookedSocket& socket);
  void remove(std::uint32_t row);
  void forget_keys(const BookedSocket& socket);

  void note_accept(const TraceRecord& record);
  void note_close(const TraceRecord& record);
  void end_bound(HostId host, ProcessId process);

  std::vector<std::optional<BookedSocket>> rows_;
  std::vector<std::uint32_t> free_rows_;
  /// What a socket that calls was bound to before, by its row.
  boost::unordered_flat_map<std::uint32_t, Endpoint> bound_;
  std::vector<Change> changes_;
  Port taken_;  ///< By the record before, for a bind that leaves the choice to the host.
  boost::unordered_flat_map<Key, std::uint32_t, KeyHash> by_key_;
};

}  // namespace demuxsim
