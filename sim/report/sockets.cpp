#include "demuxsim/report/sockets.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim {
namespace {

/// In the order of TcpState.
constexpr std::array<std::string_view, kTcpStateCount> kSsNames{
    "UNCONN",     "LISTEN",     "SYN-SENT", "SYN-RECV", "ESTAB",    "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK", "TIME-WAIT"};

/// An endpoint in two cells, so that a column of them is aligned at the colon.
struct Cells {
  std::string address;
  std::string port;
};

Cells cells_of(const Endpoint& endpoint) {
  const std::string text = to_string(endpoint);
  const std::size_t colon = text.rfind(':');
  const bool any_port = endpoint.port == Port{};
  return {text.substr(0, colon), any_port ? "*" : text.substr(colon + 1)};
}

/// The width of each column; a heading is its least.
struct Widths {
  std::size_t state = std::string_view("State").size();
  std::size_t receive = std::string_view("Recv-Q").size();
  std::size_t send = std::string_view("Send-Q").size();
  std::size_t local = std::string_view("Local Address").size();
  std::size_t local_port = std::string_view("Port").size();
  std::size_t peer = std::string_view("Peer Address").size();
  std::size_t peer_port = std::string_view("Port").size();
};

Widths widths_of(std::span<const SocketRow> rows) {
  Widths widths;
  const auto widen = [](std::size_t& width, std::size_t needed) {
    width = std::max(width, needed);
  };
  for (const SocketRow& row : rows) {
    const Cells local = cells_of(row.local);
    const Cells peer = cells_of(row.peer);
    widen(widths.state, kSsNames[row.state].size());
    widen(widths.receive, std::to_string(row.receive_queue).size());
    widen(widths.send, std::to_string(row.send_queue).size());
    widen(widths.local, local.address.size());
    widen(widths.local_port, local.port.size());
    widen(widths.peer, peer.address.size());
    widen(widths.peer_port, peer.port.size());
  }
  return widths;
}

/// As ss writes the time left: `200ms`, `42sec`, `1min4sec`; the small unit goes with long times.
void append_time_left(std::string& out, Duration left) {
  const auto all_ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
  const auto minutes = all_ms / 60'000;
  const auto seconds = all_ms / 1000 % 60;
  if (minutes != 0) append_format(out, "{}min", minutes);
  if (seconds != 0 && minutes < 10) append_format(out, "{}sec", seconds);
  if (all_ms < 10'000 && (all_ms % 1000 != 0 || all_ms == 0)) {
    append_format(out, "{}ms", all_ms % 1000);
  }
}

/// `users:(("nginx",pid=101,fd=3))` for a socket that a process holds, and its timer.
std::string last_column(const SocketRow& row, HostId host, const Directory& directory,
                        bool timers) {
  std::string text;
  if (row.process && row.fd != kNoDescriptor) {
    text += "users:((\"";
    append_name(text, directory.process(host, row.process));
    append_format(text, "\",pid={},fd={}))", pid_of(row.process), row.fd);
  }
  if (!timers || row.timer == TimerKind::none) return text;
  if (!text.empty()) text += ' ';
  text += row.timer == TimerKind::retransmit ? "timer:(on," : "timer:(timewait,";
  append_time_left(text, row.timer_left);
  text += ')';
  return text;
}

Colour colour_of(TcpState state) {
  if (state == TcpState::listen || state == TcpState::established) return Colour::green;
  return state == TcpState::closed ? Colour::none : Colour::yellow;
}

std::string_view name_of(TimerKind timer) {
  return timer == TimerKind::retransmit ? "retransmit" : "time-wait";
}

/// The members of a socket's object from `state` on, without braces.
void append_members(std::string& out, const SocketRow& row, HostId host, JsonNames& names) {
  append_format(out, R"("state":"{}","recv_q":{},"send_q":{},"local":"{}","peer":"{}")",
                name_of(static_cast<TcpState>(row.state)), row.receive_queue, row.send_queue,
                to_string(row.local), to_string(row.peer));
  append_format(out, R"(,"process":{})", names.process(host, row.process));
  if (row.process) {
    append_format(out, R"(,"pid":{})", pid_of(row.process));
  } else {
    out += R"(,"pid":null)";
  }
  if (row.fd != kNoDescriptor) {
    append_format(out, R"(,"fd":{})", row.fd);
  } else {
    out += R"(,"fd":null)";
  }
  append_format(out, R"(,"socket":{})", names.socket(row.socket));
  if (row.timer == TimerKind::none) {
    out += R"(,"timer":null,"timer_left_ns":null)";
  } else {
    append_format(out, R"(,"timer":"{}","timer_left_ns":{})", name_of(row.timer),
                  row.timer_left.count());
  }
}

void write_heading(ByteSink& out, std::string_view host, const Widths& widths) {
  out.append(fmt::format("{}\n{:<{}} {:<{}} {:<{}} {:>{}}:{:<{}} {:>{}}:{:<{}} Process\n", host,
                         "State", widths.state, "Recv-Q", widths.receive, "Send-Q", widths.send,
                         "Local Address", widths.local, "Port", widths.local_port, "Peer Address",
                         widths.peer, "Port", widths.peer_port));
}

void write_table(ByteSink& out, const HostSockets& table, const Directory& directory,
                 SocketTableOptions options) {
  const Widths widths = widths_of(table.rows);
  const Painter painter(options.colour);
  std::string text;
  append_name(text, directory.host(table.host));
  write_heading(out, text, widths);
  for (const SocketRow& row : table.rows) {
    const Cells local = cells_of(row.local);
    const Cells peer = cells_of(row.peer);
    text.clear();
    painter.paint(text, colour_of(static_cast<TcpState>(row.state)),
                  fmt::format("{:<{}}", kSsNames[row.state], widths.state));
    append_format(text, " {:<{}} {:<{}} {:>{}}:{:<{}} {:>{}}:{:<{}} {}", row.receive_queue,
                  widths.receive, row.send_queue, widths.send, local.address, widths.local,
                  local.port, widths.local_port, peer.address, widths.peer, peer.port,
                  widths.peer_port, last_column(row, table.host, directory, options.timers));
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
    out.append(text);
  }
}

}  // namespace

void write_sockets(ByteSink& out, std::span<const HostSockets> tables, const Directory& directory,
                   SocketTableOptions options) {
  for (const HostSockets& table : tables) {
    if (&table != tables.data()) out.append("\n");
    write_table(out, table, directory, options);
  }
}

void write_sockets_jsonl(ByteSink& out, SimTime at, std::span<const HostSockets> tables,
                         const Directory& directory) {
  JsonNames names(directory);
  std::string line;
  for (const HostSockets& table : tables) {
    for (const SocketRow& row : table.rows) {
      line = fmt::format(R"({{"t_ns":{},"kind":"socket","host":{},)", at.time_since_epoch().count(),
                         names.host(table.host));
      append_members(line, row, table.host, names);
      line += "}\n";
      out.append(line);
    }
  }
}

void write_sockets_json(ByteSink& out, SimTime at, std::span<const HostSockets> tables,
                        const Directory& directory) {
  JsonNames names(directory);
  std::string member;
  out.append(fmt::format(R"({{"t_ns":{},"hosts":[)", at.time_since_epoch().count()));
  for (const HostSockets& table : tables) {
    out.append(&table == tables.data() ? "{\"host\":" : ",{\"host\":");
    out.append(names.host(table.host));
    out.append(",\"sockets\":[");
    for (const SocketRow& row : table.rows) {
      member = &row == table.rows.data() ? "{" : ",{";
      append_members(member, row, table.host, names);
      member += '}';
      out.append(member);
    }
    out.append("]}");
  }
  out.append("]}\n");
}

}  // namespace demuxsim
