#include "kernel/report.hpp"
#include "picture/json_writer.hpp"

namespace demuxsim::kernel {
namespace {

std::string_view word_of(Judgement judgement) {
  if (is_explained(judgement)) return "explained";
  return judgement == Judgement::same ? "same" : "differs";
}

class Writer {
 public:
  explicit Writer(const Directory& directory) : directory_(directory), json_(text_) {}

  std::string write(const Comparison& comparison, const ReportContext& context) {
    json_.open('{');
    json_.key("file").text(context.file);
    json_.key("kernel").text(context.kernel);
    json_.key("agrees").raw(comparison.differences == 0 ? "true" : "false");
    json_.key("end_ns").number(context.end.time_since_epoch().count());
    number("calls_left_out", context.left_out);
    number("segments", comparison.segments);
    number("explained", comparison.explained);
    number("differences", comparison.differences);
    number("replays", context.replays);
    json_.key("lateness_ns").number(context.lateness.count());
    json_.key("notes").open('[');
    for (const std::string& each : context.notes) json_.text(each);
    json_.close(']');
    calls(comparison);
    connections(comparison);
    tables(comparison);
    json_.close('}');
    return text_ + '\n';
  }

 private:
  void number(std::string_view name, std::uint64_t value) {
    json_.key(name).number(static_cast<std::int64_t>(value));
  }

  void calls(const Comparison& comparison) {
    json_.key("calls").open('[');
    for (const ComparedCall& each : comparison.calls) {
      json_.open('{').key("t_ns").number(each.call->at.time_since_epoch().count());
      json_.key("call").text(describe(*each.call, directory_));
      json_.key("simulator").text(each.simulated).key("kernel").text(each.kernel);
      json_.key("agrees").raw(each.agrees() ? "true" : "false").close('}');
    }
    json_.close(']');
  }

  void connections(const Comparison& comparison) {
    json_.key("connections").open('[');
    for (const ComparedConversation& each : comparison.conversations) {
      json_.open('{').key("opener").text(to_string(each.opener));
      json_.key("target").text(to_string(each.target));
      number("kernel_port", each.kernel_port.value);
      json_.key("segments").open('[');
      for (const AlignedSegment& row : each.segments) aligned(row);
      json_.close(']').close('}');
    }
    json_.close(']');
  }

  void aligned(const AlignedSegment& row) {
    json_.open('{').key("by").text(row.by_opener ? "opener" : "target");
    json_.key("verdict").text(word_of(row.judgement));
    if (is_explained(row.judgement) || row.judgement == Judgement::other_time) {
      json_.key("why").text(name_of(row.judgement));
    }
    segment("simulator", row.simulated);
    segment("kernel", row.kernel);
    json_.close('}');
  }

  void segment(std::string_view side, const std::optional<SeenSegment>& seen) {
    json_.key(side);
    if (!seen) {
      json_.raw("null");
      return;
    }
    constexpr std::string_view kFlags[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"};
    const Segment& segment = seen->segment;
    json_.open('{').key("t_ns").number(seen->at.time_since_epoch().count());
    json_.key("flags").open('[');
    for (unsigned bit = 0; bit < std::size(kFlags); ++bit) {
      if (segment.has(static_cast<std::uint8_t>(1u << bit))) json_.text(kFlags[bit]);
    }
    json_.close(']');
    number("seq", segment.seq.value);
    number("ack", segment.ack.value);
    number("len", segment.payload_bytes);
    json_.close('}');
  }

  void tables(const Comparison& comparison) {
    json_.key("tables").open('[');
    for (const ComparedTable& each : comparison.tables) {
      json_.open('{').key("t_ns").number(each.at.time_since_epoch().count());
      json_.key("sockets").open('[');
      for (const ComparedSocket& socket : each.sockets) row(socket);
      json_.close(']').close('}');
    }
    json_.close(']');
  }

  void row(const ComparedSocket& shown) {
    json_.open('{').key("host").text(directory_.host(shown.socket.host));
    json_.key("state").text(name_of(shown.socket.state));
    json_.key("local").text(to_string(shown.socket.local));
    json_.key("peer").text(to_string(shown.socket.peer));
    json_.key("simulator").raw(shown.simulated ? "true" : "false");
    json_.key("kernel").raw(shown.kernel ? "true" : "false").close('}');
  }

  const Directory& directory_;
  std::string text_;
  JsonWriter json_;
};

}  // namespace

std::string report_json(const Comparison& comparison, const ReportContext& context) {
  return Writer(context.directory).write(comparison, context);
}

}  // namespace demuxsim::kernel
