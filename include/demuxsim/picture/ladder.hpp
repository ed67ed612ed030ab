// The segments of a run as a ladder (sequence diagram): time runs down, a line for each host. The
// ladder itself is plain data; what draws it decides how far apart things stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "demuxsim/picture/seen_run.hpp"
#include "demuxsim/report/byte_sink.hpp"

namespace demuxsim {

enum class RungKind : std::uint8_t {
  sent,      ///< A segment leaves a host.
  received,  ///< It arrives at one.
  lost,      ///< It gets lost on its way.
  local,     ///< A call, or a change of state that no segment brought about.
  gap,       ///< What a long story has left out.
};

/// A segment in pieces, so that a drawing takes as many as it has room for.
struct SegmentLabel {
  std::uint64_t id = 0;  ///< The segment's, as in every output.
  /// `49152 > 80`; with an address, `49152 > 10.0.0.99:80`, where that is not the first of a host,
  /// and of a forged sender.
  std::string ports;
  std::string addressed;  ///< Only the ends that have an address: `> 10.0.0.99:80`; or empty.
  std::string flags;      ///< `[P.]`
  // Empty where tcpdump says nothing of them, and a length of 0.
  std::string seq;     ///< `seq 1:201`
  std::string ack;     ///< `ack 1`
  std::string length;  ///< `length 200`
  bool is_reset = false;

  bool has_data() const { return !length.empty(); }
  /// `49152 > 80 [P.] seq 1:201, ack 1, length 200`, or as much of it as has room: so many
  /// characters. Empty where not even the flags have.
  std::string within(std::size_t most) const;
  /// The same, with `...` as one character behind it where something is missing; bare flags stand
  /// without it where it has no room.
  std::string within_with_mark(std::size_t most) const;
};

/// Something that happens at one column at one instant.
struct LadderRung {
  static constexpr std::size_t kNoRung = ~std::size_t{0};
  static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

  RungKind kind = RungKind::local;
  SimTime at;
  std::size_t moment = 0;    ///< The first in Story::moments() that it tells of.
  std::uint32_t column = 0;  ///< Where it happens; of a lost segment, where that came from.
  /// The column at the other end of a segment's way, the same for a loop; kNowhere where no host
  /// has the address.
  std::uint32_t far = kNowhere;
  std::size_t pair = kNoRung;  ///< Of a segment sent, its end; of an end, where it was sent.
  SegmentLabel label;
  std::string host;                 ///< Where a column stands for several hosts: which of them.
  std::string call;                 ///< `browser: close()`, `client.7/browser: close()`
  std::vector<std::string> states;  ///< `ESTABLISHED`, `LISTEN on *:80 (nginx)`
  std::string process;              ///< Who got the segment: `nginx`, `nobody`.
  std::string rule;                 ///< ... and by which rule: `listener-any`.
  std::string drop;                 ///< Why the segment got lost, or was dropped where it arrived.
  std::string fate;                 ///< Of a segment sent without a pair: what is known of it.
  std::string note;                 ///< Of a gap.
  bool forged = false;              ///< Sent by another host than its sender's address says.

  /// Whether `host` is not named by the call or the process.
  bool needs_host() const {
    return !host.empty() && !call.starts_with(host) && !process.starts_with(host);
  }
  bool is_segment() const { return kind <= RungKind::lost; }
  bool is_loop() const { return far == column; }
};

struct Ladder {
  std::string title;
  std::vector<std::string> columns;  ///< Names, as Cast has them.
  /// Those of each host, three at the most; none where a column stands for several hosts.
  std::vector<std::vector<std::string>> addresses;
  std::vector<LadderRung> rungs;  ///< In the order in which they happened.

  std::uint64_t segments = 0;  ///< Sent in the whole run, those left out included.

  /// The rung that tells of a moment, or of the last one before it that has any.
  std::size_t rung_of(std::size_t moment) const;
};

Ladder ladder_of(const SeenRun& run);

struct LadderTextOptions {
  std::size_t width = 100;              ///< Columns of a terminal; the lines are no longer.
  bool ascii = false;                   ///< No characters beyond ASCII, but for those in names.
  std::size_t first = 0;                ///< Rungs to draw: from here on
  std::size_t count = ~std::size_t{0};  ///< ... so many.
  std::size_t marked = LadderRung::kNoRung;  ///< This one is pointed at.
  bool titled = false;                       ///< The title stands at the top.
};

/// A row or a few for each rung. Where there is no room for lines beside each other, a list.
void write_ladder_text(ByteSink& out, const Ladder& ladder, const LadderTextOptions& options = {});
/// An SVG 1.1 document: black on white, all texts as text.
void write_ladder_svg(ByteSink& out, const Ladder& ladder);
/// A `sequenceDiagram` of Mermaid.
void write_ladder_mermaid(ByteSink& out, const Ladder& ladder);

enum class LadderFormat : std::uint8_t { text, svg, mermaid };

void write_ladder(ByteSink& out, const SeenRun& run, LadderFormat format);

}  // namespace demuxsim
