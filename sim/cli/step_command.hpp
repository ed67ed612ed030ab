// What is typed at the stepper's prompt as plain data. No input, no output, and nothing of a run:
// whether a name means something is asked later.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.hpp"
#include "demuxsim/core/result.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/tcp/state.hpp"
#include "demuxsim/trace/record.hpp"

namespace demuxsim::cli {

enum class StepVerb : std::uint8_t {
  again,  ///< An empty line: the last movement once more.
  next,
  back,
  to,
  until,
  first,
  last,
  event,
  sockets,
  ports,
  why,
  ladder,
  list,
  expect,
  help,
  quit,
};

/// What a movement is to stop at.
struct StepCondition {
  enum class Kind : std::uint8_t {
    host,
    process,
    socket,
    state,
    port,
    segment,
    flags,
    demux,
    drop,
    call
  };
  Kind kind = Kind::host;
  std::string name;                   ///< Host, process, socket.
  TcpState state = TcpState::closed;  ///< State: one that an end comes into.
  Port port;                          ///< Port: at either end of a segment, or one taken or freed.
  std::uint64_t segment = 0;          ///< Segment: its number.
  std::uint8_t flags = 0;             ///< Flags: all of these.
  std::optional<LookupRule> rule;     ///< Demux; none with `hit`: any that finds somebody.
  bool any = false;                   ///< Demux, drop and call without a word: whichever.
  std::optional<DropReason> reason;   ///< Drop.
  std::optional<SocketCall> call;     ///< Call.
};

struct StepCommand {
  StepVerb verb = StepVerb::again;
  bool backwards = false;              ///< Of until.
  std::optional<std::uint64_t> count;  ///< Of next, back, ladder and list; event: its number.
  Duration time{};                     ///< Of to.
  std::string host;                    ///< Of sockets and ports; empty: all.
  StepCondition condition;             ///< Of until.
};

/// Verbs may be shortened to their letter or as far as they are unique.
Result<StepCommand, UsageError> parse_step(std::string_view line);

/// The lines that `help` prints.
std::string step_help();

}  // namespace demuxsim::cli
