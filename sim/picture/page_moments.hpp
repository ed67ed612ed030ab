// What happened in a run, moment by moment, as a page's model has it. See page_model.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/report/ledger_book.hpp"
#include "demuxsim/report/resent.hpp"
#include "demuxsim/report/socket_book.hpp"
#include "picture/page_names.hpp"

namespace demuxsim {

class PageMoments {
 public:
  /// Both outlive this.
  PageMoments(const SeenRun& run, PageNames& names);

  /// The members "moments", "segments", "ledger" and "gap" of an object.
  void write(JsonWriter& json);

 private:
  /// A port that somebody held for a while.
  struct Holding {
    HostId host;
    Port port;
    LedgerBook::Taking taking;
    std::int64_t first = -1;  ///< Moment; -1: before the gap's end, or in the gap.
    std::int64_t last = -1;   ///< -1: until the end.
  };

  /// What a process calls a connection.
  struct Descriptor {
    HostId host;
    ProcessId process;
    std::int32_t fd = kNoDescriptor;
    friend bool operator==(const Descriptor&, const Descriptor&) = default;
  };
  struct DescriptorHash {
    std::size_t operator()(const Descriptor& descriptor) const;
  };
  struct CalledEnds {
    Endpoint local;
    Endpoint peer;
  };

  void write_moment(JsonWriter& json, std::span<const StoryRecord> records);
  void write_what(JsonWriter& json, std::span<const StoryRecord> records);
  void write_lookup(JsonWriter& json, std::span<const StoryRecord> records);
  void write_changes(JsonWriter& json, std::span<const StoryRecord> records);
  void write_sockets(JsonWriter& json, std::span<const StoryRecord> records);
  void write_ports(JsonWriter& json, std::span<const StoryRecord> records);
  std::int64_t segment(const StoryRecord& record);

  void write_ends(JsonWriter& json, const TraceRecord& call);
  void note_descriptor(const BookedSocket& socket);

  void jump_over_gap();
  void note_port(const TraceRecord& record);
  void write_ledger(JsonWriter& json);
  void write_gap(JsonWriter& json);
  std::vector<std::uint32_t> rows_at_gap();

  const SeenRun& run_;
  PageNames& names_;
  std::int64_t moment_ = 0;  ///< The one being written.
  SocketBook sockets_;
  LedgerBook ports_;
  ResentBook resent_;
  boost::unordered_flat_map<Descriptor, CalledEnds, DescriptorHash> descriptors_;
  std::vector<Holding> holdings_;
  boost::unordered_flat_map<std::uint64_t, std::size_t> held_;  ///< Host and port: the holding.
  boost::unordered_flat_map<std::uint64_t, std::int64_t> segments_;  ///< By id: the number.
  std::string segment_list_;
  JsonWriter segment_json_{segment_list_};
  std::int64_t gap_moment_ = -1;
};

}  // namespace demuxsim
