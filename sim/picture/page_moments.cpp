#include "picture/page_moments.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "demuxsim/core/random.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/lookup_words.hpp"

namespace demuxsim {
namespace {

enum class MomentKind : std::uint8_t { sent, received, dropped, call, other };

/// Rows of sockets that nothing happens to in the last part, but that are worth a look.
constexpr std::size_t kMostQuietRows = 2000;

MomentKind kind_of(const TraceRecord& first) {
  switch (first.kind) {
    case TraceKind::segment_sent:
      return MomentKind::sent;
    case TraceKind::segment_received:
      return MomentKind::received;
    case TraceKind::segment_dropped:
      return MomentKind::dropped;
    case TraceKind::call:
      return MomentKind::call;
    default:
      return MomentKind::other;
  }
}

bool is_of_segment(const TraceRecord& record) {
  return record.kind == TraceKind::segment_sent || record.kind == TraceKind::segment_received ||
         record.kind == TraceKind::segment_dropped || record.kind == TraceKind::demux;
}

std::uint64_t port_key(HostId host, Port port) {
  return std::uint64_t{host.value} << 16 | port.value;
}

std::int64_t nanoseconds(SimTime at) { return at.time_since_epoch().count(); }

/// Opens a member that holds an array when it gets its first item, and closes it at the end.
class OptionalArray {
 public:
  OptionalArray(JsonWriter& json, std::string_view key) : json_(json), key_(key) {}
  ~OptionalArray() {
    if (is_open_) json_.close(']');
  }
  OptionalArray(const OptionalArray&) = delete;
  OptionalArray& operator=(const OptionalArray&) = delete;

  JsonWriter& item() {
    if (!std::exchange(is_open_, true)) json_.key(key_).open('[');
    return json_.open('[');
  }

 private:
  JsonWriter& json_;
  std::string_view key_;
  bool is_open_ = false;
};

}  // namespace

PageMoments::PageMoments(const SeenRun& run, PageNames& names) : run_(run), names_(names) {}

void PageMoments::write(JsonWriter& json) {
  const Story& story = run_.story;
  json.key("moments").open('[');
  for (const Moment& moment : story.moments()) {
    if (story.gap() && moment.first == story.gap().at) jump_over_gap();
    write_moment(json, story.records_of(moment));
    ++moment_;
  }
  json.close(']');
  write_gap(json);
  write_ledger(json);
  json.key("segments").open('[').raw(segment_list_).close(']');
}

void PageMoments::write_moment(JsonWriter& json, std::span<const StoryRecord> records) {
  const TraceRecord& first = records.front().record;
  json.open('{').key("t").number(nanoseconds(first.at));
  json.key("h").number(names_.host(first.host));
  json.key("k").number(static_cast<std::int64_t>(kind_of(first)));
  write_what(json, records);
  write_lookup(json, records);
  write_changes(json, records);
  write_sockets(json, records);
  write_ports(json, records);
  json.close('}');
}

/// The segment or the call that the moment is about.
void PageMoments::write_what(JsonWriter& json, std::span<const StoryRecord> records) {
  const TraceRecord& first = records.front().record;
  bool again = false;
  for (const StoryRecord& each : records) again = resent_.note(each.record) || again;
  if (first.kind == TraceKind::call) {
    std::string call;
    append_call(call, first);
    write_ends(json, first);
    json.key("c").open('[').number(names_.word(call));
    json.number(names_.process(first.host, first.process));
    json.number(names_.word(name_of(first.result)));
    json.number(names_.socket(first.socket)).close(']');
  }
  const auto about = std::find_if(records.begin(), records.end(), [](const StoryRecord& each) {
    return is_of_segment(each.record);
  });
  if (about == records.end()) return;
  if (first.kind == TraceKind::segment_sent && first.process) {
    json.key("q").number(names_.process(first.host, first.process));
  }
  if (again) json.key("a").number(1);
  json.key("s").number(segment(*about)).key("l").number(about->record.segment.hop_limit);
  for (const StoryRecord& each : records) {
    if (each.record.kind != TraceKind::segment_dropped) continue;
    json.key("r").number(names_.word(name_of(each.record.reason)));
    json.key("w").number(names_.word(words_of(each.record.reason)));
    return;
  }
}

/// The ends of the connection that a call is about: its own, or those its descriptor had last.
void PageMoments::write_ends(JsonWriter& json, const TraceRecord& call) {
  CalledEnds ends{call.segment.from(), call.segment.to()};
  if (ends.local.port == Port{} || ends.peer.port == Port{}) {
    const auto known = descriptors_.find(Descriptor{call.host, call.process, call.fd});
    if (known == descriptors_.end()) return;
    ends = known->second;
  }
  json.key("e").open('[').number(names_.endpoint(ends.local));
  json.number(names_.endpoint(ends.peer)).close(']');
}

std::size_t PageMoments::DescriptorHash::operator()(const Descriptor& descriptor) const {
  return mix64(mix64(std::uint64_t{descriptor.host.value} << 32 | descriptor.process.value) +
               static_cast<std::uint32_t>(descriptor.fd));
}

void PageMoments::note_descriptor(const BookedSocket& socket) {
  if (!socket.process || socket.fd == kNoDescriptor || socket.peer == Endpoint{}) return;
  descriptors_[{socket.host, socket.process, socket.fd}] = {socket.local, socket.peer};
}

/// The number of a segment, which is written to its list when it is seen for the first time.
std::int64_t PageMoments::segment(const StoryRecord& story_record) {
  const Segment& segment = story_record.record.segment;
  const auto [place, is_new] =
      segments_.try_emplace(segment.id, static_cast<std::int64_t>(segments_.size()));
  if (!is_new) return place->second;
  const HostId from = story_record.record.kind == TraceKind::segment_sent
                          ? story_record.record.host
                          : run_.run.simulation().host_of(segment.source);
  JsonWriter& json = segment_json_;
  json.open('[').number(static_cast<std::int64_t>(segment.id));
  json.number(names_.endpoint(segment.from())).number(names_.endpoint(segment.to()));
  json.number(segment.flags).number(segment.seq.value).number(segment.ack.value);
  json.number(story_record.relative_seq.value).number(story_record.relative_ack.value);
  json.number(segment.window).number(segment.mss).number(segment.payload_bytes);
  json.number(segment.hop_limit).number(segment.ip_bytes());
  json.number(names_.path(from, segment.destination));
  if (segment.icmp != IcmpError::none) json.text(name_of(segment.icmp));
  json.close(']');
  return place->second;
}

void PageMoments::write_lookup(JsonWriter& json, std::span<const StoryRecord> records) {
  std::vector<TraceRecord> probes;
  for (const StoryRecord& each : records) {
    const TraceRecord& record = each.record;
    if (record.kind == TraceKind::probe) probes.push_back(record);
    if (record.kind != TraceKind::demux) continue;
    const LookupWords words =
        words_of(record, {probes, each.state, tcp_service_on}, run_.run.directory());
    json.key("d").open('[').number(static_cast<std::int64_t>(record.rule));
    json.number(record.examined_connections).number(record.examined_listeners);
    json.number(names_.process(record.host, record.process)).number(record.fd);
    json.number(names_.word(words.verdict)).number(names_.word(words.port_note)).open('[');
    for (const ExplainedStep& step : words.steps) {
      json.open('[').number(names_.word(step.name)).number(names_.word(step.sentence)).open('[');
      for (const ProbeLine& line : step.details) {
        json.open('[').number(static_cast<std::int64_t>(line.outcome));
        json.number(names_.word(line.text)).close(']');
      }
      json.close(']').close(']');
    }
    json.close(']').close(']');
    return;
  }
}

void PageMoments::write_changes(JsonWriter& json, std::span<const StoryRecord> records) {
  OptionalArray changes(json, "x");
  for (const StoryRecord& each : records) {
    const TraceRecord& record = each.record;
    if (record.kind != TraceKind::state) continue;
    changes.item()
        .number(names_.endpoint(record.segment.from()))
        .number(names_.endpoint(record.segment.to()))
        .number(record.from)
        .number(record.to)
        .number(names_.process(record.host, record.process))
        .close(']');
  }
}

void PageMoments::write_sockets(JsonWriter& json, std::span<const StoryRecord> records) {
  OptionalArray changes(json, "b");
  for (const StoryRecord& each : records) {
    for (const SocketBook::Change& change : sockets_.note(each.record)) {
      if (change.after) note_descriptor(*change.after);
      changes.item()
          .number(change.row)
          .number(change.after ? names_.row(*change.after) : -1)
          .close(']');
    }
  }
}

void PageMoments::write_ports(JsonWriter& json, std::span<const StoryRecord> records) {
  OptionalArray actions(json, "p");
  for (const StoryRecord& each : records) {
    const TraceRecord& record = each.record;
    note_port(record);
    if (record.kind != TraceKind::port) continue;
    actions.item()
        .number(static_cast<std::int64_t>(record.port_action))
        .number(record.segment.source_port.value)
        .number(names_.process(record.host, record.process))
        .close(']');
  }
}

void PageMoments::note_port(const TraceRecord& record) {
  const Port port = record.segment.source_port;
  const std::uint64_t key = port_key(record.host, port);
  const LedgerBook::Taking* const before = ports_.find(record.host, port);
  const LedgerBook::Taking old = before != nullptr ? *before : LedgerBook::Taking{};
  ports_.consume({&record, 1});
  const LedgerBook::Taking* const after = ports_.find(record.host, port);
  if (before == nullptr && after != nullptr) {
    held_[key] = holdings_.size();
    holdings_.push_back({record.host, port, *after, moment_, -1});
  } else if (before != nullptr && after == nullptr) {
    const auto held = held_.find(key);
    if (held == held_.end()) {
      holdings_.push_back({record.host, port, old, -1, moment_});
      return;
    }
    holdings_[held->second].last = moment_;
    held_.erase(held);
  }
}

void PageMoments::jump_over_gap() {
  gap_moment_ = moment_;
  sockets_ = run_.story.sockets_at_gap();
  ports_ = run_.story.ports_at_gap();
  descriptors_.clear();
  resent_.clear();
  for (const auto& row : sockets_.rows()) {
    if (row) note_descriptor(*row);
  }
  for (const auto& [key, place] : held_) {
    Holding& holding = holdings_[place];
    const LedgerBook::Taking* const now = ports_.find(holding.host, holding.port);
    if (now == nullptr || now->at != holding.taking.at) holding.last = moment_;
  }
  const auto has_ended = [this](const auto& each) { return holdings_[each.second].last >= 0; };
  boost::unordered::erase_if(held_, has_ended);
}

/// Those that something happens to in the last part: a change, a segment; and all listeners.
std::vector<std::uint32_t> PageMoments::rows_at_gap() {
  using Ends = std::tuple<HostId, Endpoint, Endpoint>;
  std::set<Ends> ends;
  const auto records = std::span(run_.story.records()).subspan(run_.story.gap().at);
  for (const StoryRecord& each : records) {
    const TraceRecord& record = each.record;
    if (record.kind == TraceKind::state || record.kind == TraceKind::segment_sent ||
        record.kind == TraceKind::call) {
      ends.emplace(record.host, record.segment.from(), record.segment.to());
    } else if (record.kind == TraceKind::demux) {
      ends.emplace(record.host, record.segment.to(), record.segment.from());
    }
  }
  std::vector<std::uint32_t> numbers;
  std::size_t quiet = 0;
  const auto& rows = run_.story.sockets_at_gap().rows();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;
    const bool has_no_peer = rows[i]->peer == Endpoint{};
    const bool matters = ends.count({rows[i]->host, rows[i]->local, rows[i]->peer}) != 0 ||
                         (has_no_peer && ++quiet <= kMostQuietRows);
    if (matters) numbers.push_back(i);
  }
  return numbers;
}

void PageMoments::write_gap(JsonWriter& json) {
  const StoryGap& gap = run_.story.gap();
  if (!gap) return;
  const auto& rows = run_.story.sockets_at_gap().rows();
  const std::vector<std::uint32_t> shown = rows_at_gap();
  std::map<HostId, std::int64_t> others;
  for (const auto& row : rows) {
    if (row) ++others[row->host];
  }
  json.key("gap").open('{').key("moment").number(gap_moment_);
  json.key("segments").number(static_cast<std::int64_t>(gap.segments));
  json.key("records").number(static_cast<std::int64_t>(gap.records));
  json.key("from").number(nanoseconds(gap.from)).key("to").number(nanoseconds(gap.to));
  json.key("rows").open('[');
  for (const std::uint32_t number : shown) {
    --others[rows[number]->host];
    json.open('[').number(number).number(names_.row(*rows[number])).close(']');
  }
  json.close(']').key("others").open('[');
  for (const auto& [host, count] : others) {
    if (count > 0 && others.size() <= kMostQuietRows) {
      json.open('[').number(names_.host(host)).number(count).close(']');
    }
  }
  json.close(']').close('}');
}

void PageMoments::write_ledger(JsonWriter& json) {
  json.key("ledger").open('[');
  for (const Holding& holding : holdings_) {
    json.open('[').number(names_.host(holding.host)).number(holding.port.value);
    json.number(names_.process(holding.host, holding.taking.process));
    json.number(static_cast<std::int64_t>(holding.taking.action));
    json.number(holding.first).number(holding.last).number(nanoseconds(holding.taking.at));
    json.close(']');
  }
  json.close(']');
}

}  // namespace demuxsim
