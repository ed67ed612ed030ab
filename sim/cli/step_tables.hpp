// The tables that the stepper shows: the sockets and the ports of a host after any moment of a
// story, with what the moment changed marked.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/host_range.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/socket_book.hpp"
#include "demuxsim/report/story.hpp"
#include "demuxsim/trace/directory.hpp"

namespace demuxsim::cli {

/// A socket, and what it was before the moment.
struct SocketThen {
  std::optional<BookedSocket> before;  ///< Nothing: it is new.
  std::optional<BookedSocket> after;   ///< Nothing: it is gone.
};

/// All sockets that were there before or after the moment: listeners, connections, TIME-WAIT.
std::vector<SocketThen> sockets_at(const Story& story, std::size_t moment);

/// What a table is made from.
struct StepTable {
  const Story& story;
  const Directory& directory;
  std::size_t moment = 0;
  HostRange hosts;
  Painter painter{false};
  std::size_t width = 80;  ///< A table that is wider has two lines a row, which may still be wider.
  std::string_view ellipsis = "...";  ///< Where a heading is cut.
};

/// A table for each of the hosts that has sockets.
std::string socket_tables(const StepTable& table);
/// The same for ports: whose each is, since when, and the states of the sockets on it.
std::string port_tables(const StepTable& table);

}  // namespace demuxsim::cli
