#include "cli/option_table.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace demuxsim::cli {
namespace {

constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

/// In the order of Command.
constexpr std::array kCommandTable{
    CommandInfo{
        Command::run, "run", "FILE", "FILE", 1, 1,
        "run a scenario; print what happens, the socket tables, the verdict",
        "Runs the scenario in FILE and prints one line for each thing that happens, then\n"
        "the socket tables of the end, the verdict on each expectation, and the sums.\n"
        "The exit status is 1 when an expectation failed.\n"
        "With --stats it counts instead: segments, bytes, look-ups by rule, keys examined,\n"
        "connections and ports, by host and process. As CSV that is a line for each number,\n"
        "level,host,process,metric,key,value; 'process' and 'nobody' add up to 'host', which\n"
        "alone has what got lost and ports over time (at nanoseconds); more than 1,000 hosts\n"
        "that differ by number are one, 'client.*'. Pages and ladders of a long run keep its\n"
        "first and last 2,500 segments.\n"},
    CommandInfo{
        Command::check, "check", "FILE...", "FILE", 1, kAnyNumber,
        "complain about a file without running it",
        "Reads each FILE and prints all that is wrong with it on standard error, or\n"
        "'FILE: ok'. With --format jsonl each complaint is an object on standard output.\n"},
    CommandInfo{Command::explain, "explain", "FILE", "FILE", 1, 1,
                "say in words why each segment went where it went",
                "Runs the scenario in FILE and tells of each segment which process got it and\n"
                "why: every step of the look-up, in words.\n"},
    CommandInfo{Command::compare, "compare", "FILE", "FILE", 1, 1,
                "run a scenario under several settings, side by side",
                "Runs the scenario in FILE once for each value of the lists in --set, --demux and\n"
                "--profile, and shows the runs in columns: the ports used, who received what, the\n"
                "cost of look-ups, the ladders and the verdicts. A LIST is separated by commas:\n"
                "  demuxsim compare FILE --set style=same-port,announce,switch-port\n"},
    CommandInfo{Command::ss, "ss", "FILE", "FILE", 1, 1,
                "show the socket table of every host at a time, laid out as 'ss -tanp'",
                "Runs the scenario in FILE up to a time, or to its end, and prints the sockets\n"
                "that each host has then.\n"},
    CommandInfo{Command::ledger, "ledger", "FILE", "FILE", 1, 1,
                "show every port in use at a time, and what is left to each destination",
                "Runs the scenario in FILE up to a time, or to its end, and prints for each host\n"
                "every port in use: its class, the service it is assigned to, the states of the\n"
                "sockets on it, when it was taken and when it will be free, and whose it is. Then\n"
                "how many ports of the ephemeral range are left to each destination.\n"},
    CommandInfo{Command::ports, "ports", "QUERY...", "QUERY", 1, kAnyNumber,
                "say what a port or a service name is",
                "Answers from IANA's registry. A QUERY is a port number (443), the name of a\n"
                "service (http), a range (6000-6063) or a class of ports (well-known,\n"
                "registered, ephemeral).\n"},
    CommandInfo{Command::graph, "graph", "FILE", "FILE", 1, 1,
                "draw the network: as DOT, for Graphviz, or as SVG",
                "Prints the network of the scenario in FILE in the DOT language, for Graphviz:\n"
                "  demuxsim graph FILE | dot -Tpdf > network.pdf\n"
                "or as a picture, with the ports that processes listen on as doors:\n"
                "  demuxsim graph FILE --format svg -o network.svg\n"},
    CommandInfo{
        Command::step, "step", "FILE", "FILE", 1, 1,
        "walk through a run in the terminal, event by event",
        "Runs the scenario in FILE to its end and then walks through what happened. An event\n"
        "is a segment that is sent, one that arrives, or a call, with all that it changes.\n"
        "Commands come from standard input, a line each: next, back, to 40ms, until demux\n"
        "miss, sockets, ports, why, ladder and others; 'help' lists them. Where FILE is '-',\n"
        "they come from the terminal. For a history of lines: rlwrap demuxsim step FILE.\n"
        "The exit status is 0 whatever the verdicts; 'expect' tells them.\n"},
    CommandInfo{
        Command::verify, "verify", "FILE", "FILE", 1, 1,
        "replay a timeline on the kernel of this machine, beside the simulator",
        "Replays the timeline of the scenario in FILE with real sockets in network namespaces\n"
        "of its own, runs the simulator under 'profile: linux', and shows both side by side:\n"
        "the answers to calls, the segments of each connection (flags, relative sequence and\n"
        "acknowledgement, length, order), the tables of sockets. A line begins with '=' where\n"
        "both are the same, '~' where they differ for a known reason (delayed ACK, coalescing),\n"
        "'!' where they differ. The program itself is the network, with the delay, rate and\n"
        "loss of the scenario. It takes as long as what it replays, and wants root.\n"
        "The exit status is 1 when something differs, 2 when the scenario cannot be replayed\n"
        "(standard error says why), 3 when the machine has no namespaces for us.\n"},
    CommandInfo{Command::stress, "stress", "", "", 0, 0,
                "measure look-up algorithms, or with --ports ways to pick ports",
                "Measures what a look-up costs: algorithms x workloads x numbers of connections.\n"
                "But for the times, the same seed gives the same figures. What would take too\n"
                "long is skipped, and the table says so. A LIST is separated by commas.\n"
                "Workloads: uniform, zipf, trains (of packets), tpca (McKenney and Dove's\n"
                "terminals), syn-flood, churn, hash-flood (connections chosen to collide).\n"
                "With --ports: how many ports each way to pick one looks at until it finds one\n"
                "that is free, against the share of the range in use to one destination.\n"},
    CommandInfo{
        Command::packetdrill, "packetdrill", "FILE...", "FILE", 1, kAnyNumber,
        "run packetdrill scripts against the simulated TCP",
        "Runs each packetdrill script (github.com/google/packetdrill) against one simulated\n"
        "host, in simulated time. A mismatch is shown with its line, the expected and the\n"
        "actual segment, and the exit status is 1; a script that cannot be read makes it 2.\n"
        "#ifdef knows FreeBSD, linux and STANDARD (rfc9293, textbook), by --profile.\n"
        "Known are:\n"
        "  calls      accept accept4 bind close connect fcntl getsockopt ioctl listen poll\n"
        "             read readv recv recvfrom recvmsg send sendmsg sendto setsockopt\n"
        "             shutdown socket write writev; of sockets, SOCK_STREAM\n"
        "  segments   < injected, > expected; flags SFRP.UEW, seq, ack, win, urg, and the\n"
        "             options mss wscale sackOK sack TS nop eol; '...' for anything;\n"
        "             < icmp unreachable host_unreachable [1:1001(1000)]\n"
        "  times      0.1, +0.1, *, 0.1~0.2, and 0.1...0.2 of a call that blocks\n"
        "  options    --ip_version --tolerance_usecs --mtu --bind_port --connect_port\n"
        "  in ` `     sysctl; sockstat | grep -c STATE | grep N; tcpdrop -s TIME_WAIT\n"
        "  in %{ }%   assert tcpi_state == TCPI_ESTABLISHED; also tcpi_rto, tcpi_snd_mss\n"
        "             and tcpi_snd_wnd\n"
        "Other options, shell lines and sysctls are ignored; --verbose names them.\n"},
    CommandInfo{Command::version, "version", "", "", 0, 0, "print the version",
                "Prints the version.\n"},
    CommandInfo{Command::help, "help", "[COMMAND]", "COMMAND", 0, 1,
                "explain the program or one command",
                "Explains the program, or one command and its options.\n"},
};

template <class... Commands>
constexpr std::uint32_t of(Commands... commands) {
  return ((1u << static_cast<unsigned>(commands)) | ...);
}

using enum Command;

constexpr std::array kOptionTable{
    OptionInfo{OptionId::set, "set", 0, "KEY=VALUE",
               "give a scenario parameter a value; may be repeated",
               of(run, check, explain, ss, ledger, graph, step, verify)},
    OptionInfo{OptionId::set, "set", 0, "KEY=LIST",
               "values of a scenario parameter; may be repeated", of(compare)},
    OptionInfo{OptionId::seed, "seed", 's', "N", "the seed of all chance, in place of the file's",
               of(run, explain, compare, ss, ledger, step, verify)},
    OptionInfo{OptionId::seed, "seed", 's', "N", "the seed of all chance (default: 1)", of(stress)},
    OptionInfo{OptionId::until, "until", 'u', "DURATION",
               "end the run at this simulated time: 40ms, 1.5s, 2m",
               of(run, check, explain, compare, step)},
    OptionInfo{OptionId::until, "until", 'u', "DURATION",
               "end both runs at this time (default: 5s)", of(verify)},
    OptionInfo{OptionId::against, "against", 0, "kernel", "what to compare with; has to be given",
               of(verify)},
    OptionInfo{OptionId::demux, "demux", 'd', "ALGORITHM",
               "look connections up this way on every host: sequent:19",
               of(run, explain, ss, ledger, step)},
    OptionInfo{OptionId::profile, "profile", 0, "NAME",
               "defaults for all: rfc9293, textbook, linux, freebsd",
               of(run, check, explain, ss, ledger, step)},
    OptionInfo{OptionId::profile, "profile", 0, "NAME",
               "rfc9293, textbook, linux or freebsd (default: freebsd)", of(packetdrill)},
    OptionInfo{OptionId::demux, "demux", 'd', "LIST",
               "algorithms: open,bsd,sequent:19 (default: all)", of(stress)},
    OptionInfo{OptionId::demux, "demux", 'd', "LIST", "look-up algorithms: open,bsd,sequent:19",
               of(compare)},
    OptionInfo{OptionId::profile, "profile", 0, "LIST", "profiles of all hosts: rfc9293,linux",
               of(compare)},
    OptionInfo{OptionId::connections, "connections", 'c', "LIST",
               "1000,20k or decades 1e3..1e7 (default: 1e2..1e5)", of(stress)},
    OptionInfo{OptionId::workload, "workload", 'w', "LIST", "uniform,tpca (default: all)",
               of(stress)},
    OptionInfo{OptionId::limit, "limit", 0, "STEPS",
               "skip slow ones that take more to build (default: 5e7)", of(stress)},
    OptionInfo{OptionId::ports, "ports", 'p', "", "measure ways to pick ephemeral ports instead",
               of(stress)},
    OptionInfo{OptionId::pick, "pick", 0, "LIST", "with --ports: sequential,linux (default: all)",
               of(stress)},
    OptionInfo{OptionId::range, "range", 0, "PORTS", "with --ports (default: 32768-60999)",
               of(stress)},
    OptionInfo{OptionId::occupancy, "occupancy", 0, "LIST",
               "with --ports: shares of the range in use: 10%,99.5%", of(stress)},
    OptionInfo{OptionId::at, "at", 0, "DURATION", "at this simulated time (default: the end)",
               of(ss, ledger)},
    OptionInfo{OptionId::host, "host", 0, "NAME", "of this host, or group of hosts, alone",
               of(ss, ledger)},
    OptionInfo{OptionId::segment, "segment", 0, "N", "only the segment with this number",
               of(explain)},
    OptionInfo{OptionId::socket, "socket", 0, "NAME", "only the segments of this socket: a1, a1.3",
               of(explain)},
    OptionInfo{OptionId::event, "event", 'e', "N", "begin at event N (default: 1)", of(step)},
    OptionInfo{OptionId::timers, "timers", 't', "", "show the timers of sockets too", of(ss)},
    OptionInfo{OptionId::absolute_seq, "absolute-seq", 0, "",
               "sequence numbers as they travel, not relative", of(run, explain)},
    OptionInfo{OptionId::stats, "stats", 0, "", "statistics by host and process, not the timeline",
               of(run)},
    OptionInfo{OptionId::format, "format", 'f', "text|jsonl|json|csv",
               "text, or JSON a line; json and csv: with --stats", of(run)},
    OptionInfo{OptionId::format, "format", 'f', "text|jsonl",
               "lines to read, or JSON objects, one a line", of(check)},
    OptionInfo{OptionId::format, "format", 'f', "text|json|jsonl",
               "lines to read, one JSON value, or objects, one a line", of(ss, ledger, ports)},
    OptionInfo{OptionId::format, "format", 'f', "text|json|jsonl|csv",
               "a table to read, JSON, JSON Lines, or CSV", of(stress)},
    OptionInfo{OptionId::format, "format", 'f', "dot|svg", "for Graphviz (default), or a picture",
               of(graph)},
    OptionInfo{OptionId::format, "format", 'f', "text|json", "columns to read, or one JSON object",
               of(compare, verify)},
    OptionInfo{OptionId::format, "format", 'f', "text|json", "lines to read, or one JSON object",
               of(packetdrill)},
    OptionInfo{OptionId::width, "width", 'w', "N", "characters of a line (default: the terminal's)",
               of(compare)},
    OptionInfo{OptionId::ascii, "ascii", 0, "", "draw ladders without box-drawing characters",
               of(compare, step)},
    OptionInfo{
        OptionId::output, "output", 'o', "FILE", "write to FILE, which appears when the run ends",
        of(run, check, explain, compare, ss, ledger, ports, graph, verify, stress, packetdrill)},
    OptionInfo{OptionId::plot, "plot", 0, "FILE.svg", "draw the results too", of(stress)},
    OptionInfo{OptionId::plot, "plot", 0, "FILE.svg",
               "with --stats: draw ports in use and keys examined", of(run)},
    OptionInfo{OptionId::pcap, "pcap", 0, "FILE.pcapng", "write a capture, as Wireshark reads it",
               of(run)},
    OptionInfo{OptionId::pcap_host, "pcap-host", 0, "NAME",
               "with --pcap: as this host, or group, sees it", of(run)},
    OptionInfo{OptionId::pcap_format, "pcap-format", 0, "ethernet|pktap",
               "with --pcap: pktap names the process", of(run)},
    OptionInfo{OptionId::html, "html", 0, "FILE.html",
               "write a page for a browser that replays the run", of(run, compare)},
    OptionInfo{OptionId::ladder, "ladder", 0, "FILE",
               "draw a ladder: FILE.svg, .txt or .mmd (Mermaid)", of(run)},
    OptionInfo{OptionId::quiet, "quiet", 'q', "",
               "only failed expectations and the summary; -v: all", of(run)},
    OptionInfo{OptionId::quiet, "quiet", 'q', "", "only what differs, and the verdict", of(verify)},
    OptionInfo{OptionId::quiet, "quiet", 'q', "", "only complaints", of(check)},
    OptionInfo{OptionId::quiet, "quiet", 'q', "", "only mismatches and the sums", of(packetdrill)},
    OptionInfo{OptionId::quiet, "quiet", 'q', "", "no progress bar", of(stress)},
    OptionInfo{OptionId::verbose, "verbose", 'v', "", "more of each segment, and names of sockets",
               of(run)},
    OptionInfo{OptionId::verbose, "verbose", 'v', "", "what happens, and what is ignored",
               of(packetdrill)},
    OptionInfo{OptionId::color, "color", 0, "auto|always|never",
               "auto: on a terminal, unless NO_COLOR is set",
               of(run, check, explain, compare, ss, ledger, graph, step, verify, packetdrill)},
    OptionInfo{OptionId::help, "help", 'h', "", "show this help",
               of(run, check, explain, compare, ss, ledger, ports, graph, step, verify, stress,
                  packetdrill, version, help)},
};

}  // namespace

std::span<const CommandInfo> all_commands() { return kCommandTable; }

std::span<const OptionInfo> all_options() { return kOptionTable; }

const CommandInfo& info_of(Command command) {
  return kCommandTable[static_cast<std::size_t>(command)];
}

std::optional<Command> command_from(std::string_view name) {
  for (const CommandInfo& each : kCommandTable) {
    if (each.name == name) return each.command;
  }
  return std::nullopt;
}

const OptionInfo* find_option(std::string_view name, Command command) {
  const auto found = std::find_if(
      kOptionTable.begin(), kOptionTable.end(),
      [&](const OptionInfo& each) { return each.name == name && each.is_for(command); });
  return found == kOptionTable.end() ? nullptr : &*found;
}

}  // namespace demuxsim::cli
