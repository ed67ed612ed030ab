#include <algorithm>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/line_text.hpp"
#include "kernel/report.hpp"

namespace demuxsim::kernel {
namespace {

constexpr std::size_t kCallWidth = 42;

std::string time_text(SimTime at) {
  std::string text;
  append_time(text, at);
  return text;
}

/// Those of a SYN, and SACK blocks; the timestamps that every segment has would hide the rest.
void append_options(std::string& text, const Segment& segment) {
  if (segment.mss != 0) append_format(text, " mss {}", segment.mss);
  if (segment.has_option(Segment::kWindowScale)) {
    append_format(text, " wscale {}", segment.window_shift);
  }
  if (segment.has_option(Segment::kSackPermitted)) text += " sackOK";
  if (segment.has(flag::kSyn) && segment.has_option(Segment::kTimestamps)) text += " TS";
  for (std::size_t i = 0; i < segment.sack_count; ++i) {
    append_format(text, " sack {}:{}", segment.sack[i].begin.value, segment.sack[i].end.value);
  }
}

/// `0.010003 [P.] seq 1:201 ack 1 length 200`.
std::string segment_text(const std::optional<SeenSegment>& seen) {
  if (!seen) return "-";
  const Segment& segment = seen->segment;
  std::string text = time_text(seen->at) + ' ';
  append_flags(text, segment.flags);
  append_format(text, " seq {}", segment.seq.value);
  if (segment.payload_bytes != 0) {
    append_format(text, ":{}", (segment.seq + segment.payload_bytes).value);
  }
  if (segment.has(flag::kAck)) append_format(text, " ack {}", segment.ack.value);
  append_options(text, segment);
  append_format(text, " length {}", segment.payload_bytes);
  return text;
}

class Writer {
 public:
  Writer(const ReportContext& context, ReportOptions options)
      : context_(context), options_(options), painter_(options.colour) {}

  std::string write(const Comparison& comparison) {
    head();
    calls(comparison);
    for (const ComparedConversation& each : comparison.conversations) conversation(each);
    for (const ComparedTable& each : comparison.tables) {
      table(each, &each == &comparison.tables.back());
    }
    verdict(comparison);
    return std::move(text_);
  }

 private:
  void head() {
    if (options_.quiet) return;
    append_format(text_, "{}: profile linux beside {}, up to {} s\n", context_.file,
                  context_.kernel, time_text(context_.end));
    for (const std::string& note : context_.notes) append_format(text_, "note: {}\n", note);
  }

  /// A line of both sides, before it is known how wide the columns are.
  struct Row {
    Judgement judgement = Judgement::same;
    std::string lead;
    std::string simulated;
    std::string kernel;
  };

  /// A heading and those rows that are to be shown; nothing where there are none.
  void section(const std::string& heading, const std::vector<Row>& rows) {
    std::size_t width = 0;
    bool is_headed = false;
    for (const Row& each : rows) width = std::max(width, each.simulated.size());
    for (const Row& each : rows) {
      if (options_.quiet && !is_difference(each.judgement)) continue;
      if (!is_headed) append_format(text_, "\n{}\n", heading);
      is_headed = true;
      line(each, width);
    }
  }

  /// `=`, `~` or `!`, then both sides and what is to be said of them.
  void line(const Row& row, std::size_t width) {
    const bool differs = is_difference(row.judgement);
    const bool explained = is_explained(row.judgement);
    std::string shown = fmt::format("  {} {}{:<{}}  {}",
                                    differs     ? '!'
                                    : explained ? '~'
                                                : '=',
                                    row.lead, row.simulated, width, row.kernel);
    if (explained) append_format(shown, "   explained: {}", name_of(row.judgement));
    if (differs) shown += "   DIFFERS";
    if (row.judgement == Judgement::other_time)
      append_format(shown, ": {}", name_of(row.judgement));
    painter_.paint(text_, differs ? Colour::red : explained ? Colour::yellow : Colour::none, shown);
    text_ += '\n';
  }

  void calls(const Comparison& comparison) {
    const auto shown = [](const std::string& answer) { return answer.empty() ? "-" : answer; };
    std::vector<Row> rows;
    for (const ComparedCall& each : comparison.calls) {
      rows.push_back({judgement_of(each.agrees()),
                      fmt::format("{} {:<{}}  ", time_text(each.call->at),
                                  describe(*each.call, context_.directory), kCallWidth),
                      shown(each.simulated), shown(each.kernel)});
    }
    section("calls: simulator, kernel", rows);
  }

  void conversation(const ComparedConversation& shown) {
    std::string heading = fmt::format("{} > {}", to_string(shown.opener), to_string(shown.target));
    if (shown.kernel_port != Port{} && shown.kernel_port != shown.opener.port) {
      append_format(heading, " (port {} in the kernel)", shown.kernel_port.value);
    }
    std::vector<Row> rows;
    for (const AlignedSegment& each : shown.segments) {
      rows.push_back({each.judgement, each.by_opener ? "> " : "< ", segment_text(each.simulated),
                      segment_text(each.kernel)});
    }
    section(heading, rows);
  }

  /// Of the last one every line, of the others those that differ.
  void table(const ComparedTable& shown, bool is_last) {
    std::vector<Row> rows;
    for (const ComparedSocket& each : shown.sockets) {
      if (each.agrees() && !is_last) continue;
      const std::string text = socket_text(each.socket);
      rows.push_back(
          {judgement_of(each.agrees()), {}, each.simulated ? text : "-", each.kernel ? text : "-"});
    }
    const std::string heading = fmt::format("sockets at {} s", time_text(shown.at));
    if (rows.empty() && !options_.quiet) {
      append_format(text_, "\n{}: all {} are the same\n", heading, shown.sockets.size());
    }
    section(heading, rows);
  }

  std::string socket_text(const SeenSocket& socket) const {
    return fmt::format("{} {} {} {}", context_.directory.host(socket.host), name_of(socket.state),
                       to_string(socket.local), to_string(socket.peer));
  }

  static Judgement judgement_of(bool agrees) {
    return agrees ? Judgement::same : Judgement::differs;
  }

  void verdict(const Comparison& comparison) {
    if (!options_.quiet) text_ += '\n';
    const bool agrees = comparison.differences == 0;
    const char* const words = agrees ? "agrees with" : "DIFFERS from";
    painter_.paint(text_, agrees ? Colour::green : Colour::red,
                   fmt::format("{}: {}", context_.file, words));
    append_format(text_, " {}: {} calls, {} segments ({} explained), {} socket tables; ",
                  context_.kernel, comparison.calls.size(), comparison.segments,
                  comparison.explained, comparison.tables.size());
    append_format(text_, "{} unexplained\n", comparison.differences);
  }

  const ReportContext& context_;
  ReportOptions options_;
  Painter painter_;
  std::string text_;
};

}  // namespace

std::string report_text(const Comparison& comparison, const ReportContext& context,
                        ReportOptions options) {
  return Writer(context, options).write(comparison);
}

}  // namespace demuxsim::kernel
