#include "demuxsim/picture/ladder.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/cast.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/tcp/state.hpp"
#include "picture/grouped.hpp"

namespace demuxsim {
namespace {

std::string time_text(SimTime at) {
  std::string text;
  append_time(text, at);
  return text;
}

/// What tcpdump shows of a segment behind its flags, without what is zero.
void add_numbers(SegmentLabel& label, const StoryRecord& story, bool absolute) {
  const Segment& segment = story.record.segment;
  const SequenceNumber seq = absolute ? segment.seq : story.relative_seq;
  const SequenceNumber ack = absolute ? segment.ack : story.relative_ack;
  const std::uint16_t bytes = segment.payload_bytes;
  if (bytes != 0 || segment.has(flag::kSyn | flag::kFin | flag::kRst)) {
    label.seq = fmt::format("seq {}", seq.value);
  }
  if (bytes != 0) {
    append_format(label.seq, ":{}", (seq + bytes).value);
    label.length = fmt::format("length {}", bytes);
  }
  if (segment.has(flag::kAck)) label.ack = fmt::format("ack {}", ack.value);
}

std::string joined(std::string text, std::initializer_list<std::string_view> numbers) {
  std::string_view between = " ";
  for (const std::string_view each : numbers) {
    if (each.empty()) continue;
    append_format(text, "{}{}", between, each);
    between = ", ";
  }
  return text;
}

/// Calls of which an arrow or a state tells already.
bool is_told_otherwise(const TraceRecord& call) {
  if (call.result != Errno::ok) return false;
  return call.call == SocketCall::accept || call.call == SocketCall::receive ||
         call.call == SocketCall::listen;
}

/// Whether the ends are those of the receiver of a segment.
bool is_end_of(const Segment& ends, const Segment& segment) {
  return ends.from() == segment.to() && ends.to() == segment.from();
}

/// The child of a listener that is gone: nobody listens where it was.
bool is_back_to_listen(TcpState from, TcpState to) {
  return to == TcpState::listen && from != TcpState::closed;
}

std::string_view word_for(TcpState from, TcpState to) {
  return is_back_to_listen(from, to) ? "back to LISTEN" : name_of(to);
}

/// An answer that comes later than the call itself.
bool is_answer(const TraceRecord& call) { return call.call == SocketCall::connect; }

class LadderBuilder {
 public:
  explicit LadderBuilder(const SeenRun& run) : run_(run), cast_(run.spec) {}

  Ladder build() {
    add_columns();
    const Story& story = run_.story;
    ladder_.segments = story.segments();
    for (std::size_t i = 0; i < story.moments().size(); ++i) {
      const Moment& moment = story.moments()[i];
      if (story.gap() && moment.first == story.gap().at) add_gap(i);
      add_moment(i, story.records_of(moment));
    }
    tell_fates();
    return std::move(ladder_);
  }

 private:
  const Directory& directory() const { return run_.run.directory(); }
  std::uint32_t column_of(HostId host) const { return cast_.actor_of(host); }

  /// Where an address is, as seen from a host.
  std::uint32_t column_of(const IpAddress& address, HostId from) const {
    if (address.is_loopback()) return column_of(from);
    const HostId host = run_.run.simulation().host_of(address);
    return host ? column_of(host) : LadderRung::kNowhere;
  }

  void add_columns() {
    append_name(ladder_.title, run_.spec.title);
    for (const Actor& actor : cast_.actors()) {
      std::string name;
      append_name(name, actor.name);
      ladder_.columns.push_back(std::move(name));
      ladder_.addresses.push_back(actor.count == 1
                                      ? heading_of(run_.run.simulation().host(actor.first))
                                      : std::vector<std::string>{});
    }
  }

  static std::vector<std::string> heading_of(const Host& host) {
    constexpr std::size_t kMost = 3;
    std::vector<std::string> texts;
    const auto count = static_cast<std::size_t>(
        std::count_if(host.addresses().begin(), host.addresses().end(),
                      [](const IpAddress& address) { return !address.is_loopback(); }));
    for (const IpAddress& address : host.addresses()) {
      if (address.is_loopback()) continue;
      if (texts.size() + 1 == kMost && count > kMost) {
        texts.push_back(fmt::format("and {} more", count - texts.size()));
        break;
      }
      texts.push_back(to_string(address));
    }
    return texts;
  }

  /// Whether the host's name stands for the address.
  bool is_first_address(const IpAddress& address) const {
    const HostId host = run_.run.simulation().host_of(address);
    return host && run_.run.simulation().host(host).addresses().front() == address;
  }

  void add_gap(std::size_t moment) {
    const StoryGap& gap = run_.story.gap();
    LadderRung rung;
    rung.kind = RungKind::gap;
    rung.at = gap.from;
    rung.moment = moment;
    rung.note = fmt::format("... {} segments left out, {} s to {} s ...", grouped(gap.segments),
                            time_text(gap.from), time_text(gap.to));
    ladder_.rungs.push_back(std::move(rung));
  }

  void add_moment(std::size_t moment, std::span<const StoryRecord> records) {
    switch (records.front().record.kind) {
      case TraceKind::segment_sent:
        add_segment(moment, records, RungKind::sent);
        break;
      case TraceKind::segment_received:
        add_segment(moment, records, RungKind::received);
        break;
      case TraceKind::segment_dropped:
        add_drop(moment, records.front());
        break;
      default:
        add_local(moment, records);
    }
  }

  /// Of the segments whose end is not in the ladder.
  void tell_fates() {
    const auto gap =
        std::find_if(ladder_.rungs.begin(), ladder_.rungs.end(),
                     [](const LadderRung& rung) { return rung.kind == RungKind::gap; });
    for (auto rung = ladder_.rungs.begin(); rung != ladder_.rungs.end(); ++rung) {
      if (rung->kind != RungKind::sent || rung->pair != LadderRung::kNoRung) continue;
      rung->fate = rung < gap && gap != ladder_.rungs.end() ? "arrival left out" : "on its way";
    }
  }

  LadderRung rung_at(std::size_t moment, const TraceRecord& record, RungKind kind) const {
    LadderRung rung;
    rung.kind = kind;
    rung.at = record.at;
    rung.moment = moment;
    if (!record.host) return rung;  // A drop on the way of a segment that is from no host.
    // What comes from no host is shown where it was going.
    const HostId shown =
        record.host ? record.host : run_.run.simulation().host_of(record.segment.destination);
    rung.column = column_of(shown ? shown : HostId{0});
    if (record.host && cast_.actors()[rung.column].count > 1) {
      append_name(rung.host, directory().host(record.host));
    }
    return rung;
  }

  SegmentLabel label_of(const StoryRecord& story, bool forged) const {
    const Segment& segment = story.record.segment;
    SegmentLabel label;
    label.id = segment.id;
    const bool tells_source = forged || !is_first_address(segment.source);
    const bool tells_destination = !is_first_address(segment.destination);
    const std::string source = to_string(segment.from());
    const std::string destination = to_string(segment.to());
    label.ports = fmt::format(
        "{} > {}", tells_source ? source : std::to_string(segment.source_port.value),
        tells_destination ? destination : std::to_string(segment.destination_port.value));
    if (tells_source || tells_destination) {
      label.addressed =
          fmt::format("{}{}>{}{}", tells_source ? source : "", tells_source ? " " : "",
                      tells_destination ? " " : "", tells_destination ? destination : "");
    }
    append_flags(label.flags, segment);
    add_numbers(label, story, run_.absolute_seq);
    label.is_reset = segment.has(flag::kRst);
    return label;
  }

  void add_segment(std::size_t moment, std::span<const StoryRecord> records, RungKind kind) {
    const StoryRecord& first = records.front();
    const Segment& segment = first.record.segment;
    segment_ = segment;
    LadderRung rung = rung_at(moment, first.record, kind);
    if (kind == RungKind::sent) {
      rung.forged = column_of(segment.source, first.record.host) != rung.column;
      rung.far = column_of(segment.destination, first.record.host);
      join_what_led_to_it(rung, first.record);
      sent_[segment.id] = ladder_.rungs.size();
    } else {
      rung.far = column_of(segment.source, first.record.host);
      tie_to_sending(rung, segment.id);
    }
    rung.label = label_of(first, rung.forged);
    if (kind == RungKind::received) add_details(rung, records.subspan(1));
    ladder_.rungs.push_back(std::move(rung));
    if (kind == RungKind::sent) add_what_follows(moment, records.subspan(1));
  }

  /// What stands in the moment of a segment that was sent is not about it, but for its loss.
  void add_what_follows(std::size_t moment, std::span<const StoryRecord> records) {
    for (const StoryRecord& each : records) {
      if (each.record.kind == TraceKind::segment_dropped) add_drop(moment, each);
    }
    if (!records.empty()) add_local(moment, records);
  }

  /// The other end of the segment's way, if the story has it.
  void tie_to_sending(LadderRung& rung, std::uint64_t id) {
    const auto sent = sent_.find(id);
    if (sent == sent_.end()) return;
    LadderRung& start = ladder_.rungs[sent->second];
    start.pair = ladder_.rungs.size();
    rung.pair = sent->second;
    rung.forged = start.forged;
    if (rung.kind == RungKind::received) {
      start.far = rung.column;
      rung.far = start.column;
    } else {
      rung.column = start.column;
      rung.far = start.far;
      rung.host = start.host;
    }
  }

  void add_drop(std::size_t moment, const StoryRecord& story) {
    const TraceRecord& record = story.record;
    const auto sent = sent_.find(record.segment.id);
    const bool on_its_way =
        sent == sent_.end() || ladder_.rungs[sent->second].pair == LadderRung::kNoRung;
    LadderRung rung = rung_at(moment, record, on_its_way ? RungKind::lost : RungKind::local);
    rung.far = column_of(record.segment.destination, record.host);
    if (on_its_way) tie_to_sending(rung, record.segment.id);
    rung.label = label_of(story, rung.forged);
    rung.drop = name_of(record.reason);
    ladder_.rungs.push_back(std::move(rung));
  }

  void add_local(std::size_t moment, std::span<const StoryRecord> records) {
    LadderRung rung = rung_at(moment, records.front().record, RungKind::local);
    add_details(rung, records);
    if (!rung.call.empty() || !rung.states.empty()) ladder_.rungs.push_back(std::move(rung));
  }

  /// What happened beside the segment itself.
  void add_details(LadderRung& rung, std::span<const StoryRecord> records) {
    for (const StoryRecord& each : records) {
      const TraceRecord& record = each.record;
      if (record.kind == TraceKind::demux) add_receiver(rung, record);
      if (record.kind == TraceKind::state) add_state(rung, record);
      if (record.kind == TraceKind::call && !is_told_otherwise(record)) add_call(rung, record);
      if (record.kind == TraceKind::segment_dropped && rung.kind == RungKind::received) {
        rung.drop = name_of(record.reason);
      }
    }
  }

  /// `nginx`; `client.7/browser` where the column stands for several hosts.
  std::string process_name(const LadderRung& rung, const TraceRecord& record) const {
    std::string name = rung.host.empty() ? std::string{} : rung.host + '/';
    append_name(name, directory().process(record.host, record.process));
    return name;
  }

  void add_receiver(LadderRung& rung, const TraceRecord& demux) const {
    rung.rule = name_of(demux.rule);
    rung.process.clear();  // TIME-WAIT may give way to a new look-up.
    if (demux.process) {
      rung.process = process_name(rung, demux);
    } else {
      rung.process = demux.rule == LookupRule::no_match ? "nobody" : "no process";
    }
  }

  /// The ends stand with it where no segment beside it tells them.
  void add_state(LadderRung& rung, const TraceRecord& record) {
    const auto to = static_cast<TcpState>(record.to);
    const auto from = static_cast<TcpState>(record.from);
    const Segment& ends = record.segment;
    std::string text(word_for(from, to));
    const bool is_listener = to == TcpState::listen || from == TcpState::listen;
    if (is_listener && !is_back_to_listen(from, to)) {
      if (to == TcpState::closed) text = "no longer LISTEN";
      if (to == TcpState::listen || to == TcpState::closed) {
        append_format(text, " on {}", to_string(ends.from()));
        if (record.process && to == TcpState::listen) {
          append_format(text, " ({})", process_name(rung, record));
        }
      }
    } else if (rung.kind == RungKind::local || !is_end_of(ends, segment_)) {
      append_format(text, " ({} > {})", ends.source_port.value, ends.destination_port.value);
    }
    rung.states.push_back(std::move(text));
    last_state_ = record;
  }

  void add_call(LadderRung& rung, const TraceRecord& record) {
    if (record.process) rung.call = process_name(rung, record) + ": ";
    if (record.call == SocketCall::inject) {
      rung.call += "inject";
    } else {
      append_call(rung.call, record);
    }
    if (record.result != Errno::ok || is_answer(record)) {
      append_format(rung.call, " = {}", name_of(record.result));
    }
    answers_ = is_answer(record);
  }

  /// A call and a change of state just before a segment is sent are told with it.
  void join_what_led_to_it(LadderRung& rung, const TraceRecord& sent) {
    if (ladder_.rungs.empty()) return;
    LadderRung& before = ladder_.rungs.back();
    const bool next_to_it = before.kind == RungKind::local && before.moment + 1 == rung.moment &&
                            before.column == rung.column && before.host == rung.host &&
                            before.at == rung.at && before.drop.empty();
    if (!next_to_it || (!before.call.empty() && answers_) || before.states.size() > 1) return;
    if (!before.states.empty()) {
      const Segment& ends = last_state_.segment;
      if (ends.from() != sent.segment.from() || ends.to() != sent.segment.to()) return;
      before.states.front() =
          word_for(static_cast<TcpState>(last_state_.from), static_cast<TcpState>(last_state_.to));
    }
    rung.call = std::move(before.call);
    rung.states = std::move(before.states);
    rung.moment = before.moment;
    ladder_.rungs.pop_back();
  }

  const SeenRun& run_;
  Cast cast_;
  Ladder ladder_;
  boost::unordered_flat_map<std::uint64_t, std::size_t> sent_;  ///< Rungs by segment.
  Segment segment_;         ///< Of the rung that is being made, if it has one.
  TraceRecord last_state_;  ///< What the last state that was added is about.
  bool answers_ = false;    ///< The last call that was added is an answer.
};

}  // namespace

std::string SegmentLabel::within(std::size_t most) const {
  const std::string ends = fmt::format("{} {}", ports, flags);
  for (const std::string& each :
       {joined(ends, {seq, ack, length}), joined(ends, {seq, length}),
        joined(ends, {seq.empty() ? ack : seq}), joined(ends, {length}), ends,
        addressed.empty() ? flags : fmt::format("{} {}", addressed, flags), flags}) {
    if (each.size() <= most) return each;
  }
  return {};
}

std::string SegmentLabel::within_with_mark(std::size_t most) const {
  constexpr std::string_view kMark = " \u2026";
  constexpr std::size_t kMarkPlaces = 2;
  const std::string whole = within(~std::size_t{0});
  if (whole.size() <= most) return whole;
  std::string marked = within(most > kMarkPlaces ? most - kMarkPlaces : 0);
  if (!marked.empty()) return marked.append(kMark);
  return within(most);
}

std::size_t Ladder::rung_of(std::size_t moment) const {
  const auto after = std::upper_bound(
      rungs.begin(), rungs.end(), moment,
      [](std::size_t wanted, const LadderRung& rung) { return wanted < rung.moment; });
  return after == rungs.begin() ? 0 : static_cast<std::size_t>(after - rungs.begin() - 1);
}

namespace {

/// Of a text in a file: more than a terminal's where addresses need it to stand on the arrows.
std::size_t width_for(const Ladder& ladder) {
  constexpr std::size_t kMost = 200;
  constexpr std::size_t kTimes = 16;
  constexpr std::size_t kArrow = 14;  ///< What is not label, with a number of three digits.
  LadderTextOptions options;
  for (const LadderRung& rung : ladder.rungs) {
    if (rung.label.addressed.empty()) continue;
    const std::size_t spacing = rung.label.addressed.size() + rung.label.flags.size() + kArrow;
    options.width = std::max(options.width, kTimes + (ladder.columns.size() - 1) * spacing);
  }
  return std::min(options.width, kMost);
}

}  // namespace

Ladder ladder_of(const SeenRun& run) { return LadderBuilder(run).build(); }

void write_ladder(ByteSink& out, const SeenRun& run, LadderFormat format) {
  const Ladder ladder = ladder_of(run);
  switch (format) {
    case LadderFormat::text:
      return write_ladder_text(out, ladder, {.width = width_for(ladder), .titled = true});
    case LadderFormat::svg:
      return write_ladder_svg(out, ladder);
    case LadderFormat::mermaid:
      return write_ladder_mermaid(out, ladder);
  }
}

}  // namespace demuxsim
