#include "cli/step_tables.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/ledger_book.hpp"
#include "demuxsim/report/wrap.hpp"
#include "report/text_table.hpp"

namespace demuxsim::cli {
namespace {

constexpr std::size_t kMostRows = 200;

/// The first record that tells of the state before a moment: 0, or that after the gap.
std::size_t start_for(const Story& story, std::size_t moment) {
  const bool after_gap = story.gap() && story.moments()[moment].first >= story.gap().at;
  return after_gap ? story.gap().at : 0;
}

/// Passive sockets first, TIME-WAIT last.
int rank_of(const SocketThen& socket) {
  const TcpState state = (socket.after ? socket.after : socket.before)->state;
  if (state == TcpState::closed || state == TcpState::listen) return 0;
  return state == TcpState::time_wait ? 2 : 1;
}

/// A line of a table; the mark stands in front.
struct Line {
  std::string_view mark;
  std::vector<std::string> cells;
};

using Headings = std::vector<std::string_view>;

/// Aligned columns below a heading.
std::string aligned(const Headings& headings, const std::vector<Line>& lines,
                    const Painter& painter) {
  std::vector<TextTable::Column> columns{{""}};
  for (const std::string_view each : headings) columns.push_back({std::string(each)});
  TextTable table(std::move(columns));
  for (const Line& line : lines) {
    std::vector<std::string> cells{std::string(line.mark)};
    cells.insert(cells.end(), line.cells.begin(), line.cells.end());
    table.add(std::move(cells), line.mark.empty() ? Colour::none : Colour::bold);
  }
  std::string text;
  ByteSink out(text);
  table.write(out, "", painter, 1);
  out.flush();
  return text;
}

/// The first line of a text, which it loses.
std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

bool is_within(std::string_view text, std::size_t width) {
  while (!text.empty()) {
    if (places(take_line(text)) > width) return false;
  }
  return true;
}

/// What of a row stands in its second line where one is too narrow: two columns side by side, and
/// what is between them.
struct SecondLine {
  std::size_t first;
  std::string_view between;
};

/// Aligned columns, or two lines a row.
std::string fitted(const Headings& headings, const std::vector<Line>& lines, SecondLine second,
                   const StepTable& table) {
  std::string whole = aligned(headings, lines, table.painter);
  if (is_within(whole, table.width)) return whole;
  Headings kept = headings;
  std::vector<Line> above = lines;
  const auto leave_out = [&](std::size_t column) {
    const auto place = static_cast<std::ptrdiff_t>(column);
    kept.erase(kept.begin() + place);
    for (Line& line : above) line.cells.erase(line.cells.begin() + place);
  };
  leave_out(second.first + 1);
  leave_out(second.first);
  const bool is_last_empty = std::all_of(
      above.begin(), above.end(), [](const Line& line) { return line.cells.back().empty(); });
  if (is_last_empty) leave_out(kept.size() - 1);
  const auto joined = [&](std::string_view left, std::string_view right) {
    return fmt::format("     {}{}{}\n", left, second.between, right);
  };
  const std::string first_lines = aligned(kept, above, table.painter);
  std::string_view rest = first_lines;
  std::string text;
  append_format(text, "{}\n{}", shortened(take_line(rest), table.width, table.ellipsis),
                joined(headings[second.first], headings[second.first + 1]));
  for (const Line& line : lines) {
    append_format(text, "{}\n{}", take_line(rest),
                  joined(line.cells[second.first], line.cells[second.first + 1]));
  }
  return text;
}

std::string name_of_host(const StepTable& table, HostId host) {
  std::string name;
  append_name(name, table.directory.host(host));
  return name;
}

/// Without a descriptor a socket still waits to be accepted, or its process has closed it.
bool waits(const BookedSocket& socket) {
  return socket.fd == kNoDescriptor &&
         (socket.state == TcpState::syn_received || socket.state == TcpState::established ||
          socket.state == TcpState::close_wait);
}

std::string owner_of(const StepTable& table, const BookedSocket& socket) {
  if (!socket.process) return "none";
  std::string name;
  append_name(name, table.directory.process(socket.host, socket.process));
  if (socket.fd != kNoDescriptor) {
    return fmt::format("{} (pid {}, fd {})", name, pid_of(socket.process), socket.fd);
  }
  return waits(socket) ? name + ", not yet accepted" : fmt::format("none (was {})", name);
}

std::string_view state_name(const BookedSocket& socket) {
  return socket.state == TcpState::closed ? "bound" : name_of(socket.state);
}

Line socket_line(const StepTable& table, const SocketThen& socket) {
  const BookedSocket& shown = socket.after ? *socket.after : *socket.before;
  Line line;
  std::string state(state_name(shown));
  if (!socket.before) {
    line.mark = "+";
  } else if (!socket.after) {
    line.mark = "-";
  } else if (*socket.before != *socket.after) {
    line.mark = "*";
    if (socket.before->state != shown.state) {
      state = fmt::format("{} -> {}", state_name(*socket.before), state);
    }
  }
  std::string name;
  if (shown.socket) append_name(name, table.directory.socket(shown.socket));
  line.cells = {state, to_string(shown.local), to_string(shown.peer), owner_of(table, shown), name};
  return line;
}

/// By host; what stands in `all` outlives it.
template <class Each>
std::map<HostId, std::vector<const Each*>> by_host(const std::vector<Each>& all, HostRange hosts) {
  std::map<HostId, std::vector<const Each*>> sorted;
  for (const Each& each : all) {
    const HostId host = (each.after ? each.after : each.before)->host;
    if (host.value - hosts.first < hosts.count) sorted[host].push_back(&each);
  }
  return sorted;
}

/// A port of a host with the sockets on it.
struct PortUse {
  std::array<std::uint64_t, kTcpStateCount> states{};
  std::set<ProcessId> owners;
  friend bool operator==(const PortUse&, const PortUse&) = default;
};

void add_use(std::map<Port, PortUse>& ports, const std::optional<BookedSocket>& socket) {
  if (!socket || socket->local.port == Port{}) return;
  PortUse& use = ports[socket->local.port];
  ++use.states[static_cast<std::size_t>(socket->state)];
  const bool is_owned = socket->fd != kNoDescriptor || waits(*socket);
  if (socket->process && is_owned) use.owners.insert(socket->process);
}

/// `LISTEN, 2 ESTABLISHED`
std::string states_text(const PortUse& use) {
  std::string text;
  for (std::size_t i = 0; i < use.states.size(); ++i) {
    if (use.states[i] == 0) continue;
    if (!text.empty()) text += ", ";
    if (use.states[i] > 1) append_format(text, "{} ", use.states[i]);
    text += i == 0 ? "bound" : kTcpStateNames[i];
  }
  return text;
}

class PortTable {
 public:
  PortTable(const StepTable& table, HostId host, const std::vector<const SocketThen*>& sockets,
            const LedgerBook& book)
      : table_(table), host_(host), book_(book) {
    for (const SocketThen* each : sockets) {
      add_use(before_, each->before);
      add_use(after_, each->after);
    }
  }

  std::string text() const {
    std::vector<Line> lines;
    std::set<Port> ports;
    for (const auto* uses : {&before_, &after_}) {
      for (const auto& [port, use] : *uses) ports.insert(port);
    }
    for (const Port port : ports) lines.push_back(line_of(port));
    return fmt::format(
        "{}\n{}", name_of_host(table_, host_),
        fitted({"Port", "Class", "Since", "State", "Owner"}, lines, {3, "  "}, table_));
  }

 private:
  Line line_of(Port port) const {
    const auto before = before_.find(port);
    const auto after = after_.find(port);
    Line line;
    if (after == after_.end()) {
      line.mark = "-";
    } else if (before == before_.end()) {
      line.mark = "+";
    } else if (before->second != after->second) {
      line.mark = "*";
    }
    const bool is_free = after == after_.end();
    line.cells = {std::to_string(port.value), std::string(name_of(class_of(port))),
                  is_free ? "-" : since(port), is_free ? "free" : states_text(after->second),
                  is_free ? "-" : owners(port, after->second)};
    return line;
  }

  /// When it was taken, as far as the story knows.
  std::string since(Port port) const {
    std::string text;
    if (const auto* const taking = book_.find(host_, port)) {
      append_time(text, taking->at);
      return text;
    }
    if (!table_.story.gap()) return "-";
    append_time(text, table_.story.gap().to);
    return "before " + text;
  }

  std::string owners(Port port, const PortUse& use) const {
    std::string text;
    for (const ProcessId process : use.owners) {
      if (!text.empty()) text += ", ";
      append_name(text, table_.directory.process(host_, process));
      append_format(text, " (pid {})", pid_of(process));
    }
    if (!text.empty()) return text;
    const auto* const taking = book_.find(host_, port);
    if (taking == nullptr || !taking->process) return "none";
    append_name(text, table_.directory.process(host_, taking->process));
    return fmt::format("none (was {})", text);
  }

  const StepTable& table_;
  HostId host_;
  const LedgerBook& book_;
  std::map<Port, PortUse> before_;
  std::map<Port, PortUse> after_;
};

LedgerBook ledger_at(const Story& story, std::size_t moment) {
  LedgerBook book;
  const Moment& last = story.moments()[moment];
  for (std::size_t i = start_for(story, moment); i < last.first + last.count; ++i) {
    book.consume({&story.records()[i].record, 1});
  }
  return book;
}

}  // namespace

std::vector<SocketThen> sockets_at(const Story& story, std::size_t moment) {
  const Moment& wanted = story.moments()[moment];
  const std::size_t start = start_for(story, moment);
  SocketBook book = start == 0 ? SocketBook{} : story.sockets_at_gap();
  for (std::size_t i = start; i < wanted.first; ++i) book.note(story.records()[i].record);
  std::vector<SocketThen> sockets;
  std::vector<std::size_t> place_of_row;
  for (const auto& row : book.rows()) {
    place_of_row.push_back(sockets.size());
    if (row) sockets.push_back({row, row});
  }
  for (const StoryRecord& each : story.records_of(wanted)) {
    for (const SocketBook::Change& change : book.note(each.record)) {
      if (place_of_row.size() <= change.row) place_of_row.resize(change.row + 1);
      std::size_t& place = place_of_row[change.row];
      if (!change.before) {
        place = sockets.size();
        sockets.push_back({std::nullopt, change.after});
      } else {
        sockets[place].after = change.after;
      }
    }
  }
  std::erase_if(sockets, [](const SocketThen& each) { return !each.before && !each.after; });
  std::stable_sort(sockets.begin(), sockets.end(), [](const SocketThen& a, const SocketThen& b) {
    return rank_of(a) < rank_of(b);
  });
  return sockets;
}

std::string socket_tables(const StepTable& table) {
  const std::vector<SocketThen> all = sockets_at(table.story, table.moment);
  std::string text;
  for (const auto& [host, sockets] : by_host(all, table.hosts)) {
    std::vector<Line> lines;
    for (const SocketThen* each : sockets) {
      if (lines.size() < kMostRows) lines.push_back(socket_line(table, *each));
    }
    append_format(
        text, "{}\n{}", name_of_host(table, host),
        fitted({"State", "Local", "Peer", "Process", "Socket"}, lines, {1, " - "}, table));
    if (sockets.size() > kMostRows) {
      append_format(text, "... and {} more\n", sockets.size() - kMostRows);
    }
  }
  return text.empty() ? "no sockets\n" : text;
}

std::string port_tables(const StepTable& table) {
  const std::vector<SocketThen> all = sockets_at(table.story, table.moment);
  const LedgerBook book = ledger_at(table.story, table.moment);
  std::string text;
  for (const auto& [host, sockets] : by_host(all, table.hosts)) {
    text += PortTable(table, host, sockets, book).text();
  }
  return text.empty() ? "no port is in use\n" : text;
}

}  // namespace demuxsim::cli
