#include "demuxsim/report/ledger_text.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/line_text.hpp"
#include "text_table.hpp"

namespace demuxsim {
namespace {

constexpr std::size_t kMostDestinations = 20;
constexpr std::size_t kMostOwners = 3;

/// Down to the microsecond, and to the nanosecond where that is not exact.
std::string time_text(SimTime at) {
  std::string text;
  append_time(text, at);
  const auto nanoseconds = at.time_since_epoch().count() % 1000;
  if (nanoseconds != 0) append_format(text, "{:03}", nanoseconds);
  return text;
}

/// `LISTEN, 2 ESTABLISHED`; a single socket's state has no number.
std::string states_text(const LedgerPort& port) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : port.sockets) all += count;
  std::string text;
  for (std::size_t i = 0; i < port.sockets.size(); ++i) {
    const std::uint64_t count = port.sockets[i];
    if (count == 0) continue;
    const auto state = static_cast<TcpState>(i);
    const bool counted = count > 1 || (all > 1 && state > TcpState::listen);
    if (!text.empty()) text += ", ";
    if (counted) append_format(text, "{} ", count);
    text += state == TcpState::closed ? "bound" : name_of(state);
  }
  return text;
}

/// `nginx (pid 101, fd 3 and 2 more)`; `none (was browser)` where only TIME-WAIT is left.
std::string owners_text(const LedgerPort& port, HostId host, const Directory& directory) {
  std::string text;
  for (std::size_t i = 0; i < std::min(port.owners.size(), kMostOwners); ++i) {
    const LedgerOwner& owner = port.owners[i];
    if (i != 0) text += ", ";
    append_name(text, directory.process(host, owner.process));
    append_format(text, " (pid {}", pid_of(owner.process));
    if (owner.descriptors != 0) append_format(text, ", fd {}", owner.fd);
    if (owner.descriptors > 1) append_format(text, " and {} more", owner.descriptors - 1);
    text += ')';
  }
  if (port.owners.size() > kMostOwners) {
    append_format(text, " and {} more", port.owners.size() - kMostOwners);
  }
  if (!text.empty()) return text;
  text = "none";
  if (port.taken && port.taken->process) {
    text += " (was ";
    append_name(text, directory.process(host, port.taken->process));
    text += ')';
  }
  return text;
}

Colour colour_of(const LedgerPort& port) {
  if (port.count(TcpState::listen) != 0 || port.count(TcpState::established) != 0) {
    return Colour::green;
  }
  return port.count(TcpState::closed) != 0 ? Colour::none : Colour::yellow;
}

void write_ports(ByteSink& out, const HostLedger& ledger, const Directory& directory,
                 const LedgerOptions& options) {
  TextTable table(
      {{"Port", true}, {"Class"}, {"Service"}, {"State"}, {"Taken"}, {"Free"}, {"Owner"}});
  for (const LedgerPort& port : ledger.ports) {
    const std::string_view service =
        options.service_name == nullptr ? "" : options.service_name(port.port);
    table.add({std::to_string(port.port.value), std::string(name_of(class_of(port.port))),
               std::string(service.empty() ? "-" : service), states_text(port),
               port.taken ? time_text(port.taken->at) : "-",
               port.free_at ? time_text(*port.free_at) : "when closed",
               owners_text(port, ledger.host, directory)},
              colour_of(port));
  }
  table.write(out, "", Painter(options.colour), 3);
}

void write_range(ByteSink& out, const LedgerRange& ephemeral) {
  std::string text = fmt::format("Ephemeral ports {}-{}: {}", ephemeral.range.first.value,
                                 ephemeral.range.last.value, ephemeral.range.size());
  if (!ephemeral.reserved.empty()) {
    append_format(text, ", {} reserved", ephemeral.reserved.size());
  }
  if (ephemeral.bound != 0) append_format(text, ", {} bound", ephemeral.bound);
  append_format(text, "; left to a new destination: {}\n", ephemeral.free());
  out.append(text);
}

void write_destinations(ByteSink& out, std::span<const LedgerDestination> destinations,
                        bool colour) {
  if (destinations.empty()) return;
  TextTable table({{"Destination"}, {"From"}, {"Used", true}, {"Left", true}});
  const std::size_t shown = std::min(destinations.size(), kMostDestinations);
  for (const LedgerDestination& to : destinations.first(shown)) {
    table.add({to_string(to.destination), to_string(to.source), std::to_string(to.used),
               std::to_string(to.free)},
              to.free == 0 ? Colour::red : Colour::none);
  }
  table.write(out, "  ", Painter(colour), 3);
  if (shown == destinations.size()) return;
  out.append(fmt::format("  and {} more, each with {} or more left\n", destinations.size() - shown,
                         destinations[shown].free));
}

}  // namespace

void write_ledger(ByteSink& out, std::span<const HostLedger> ledgers, const Directory& directory,
                  LedgerOptions options) {
  std::string name;
  for (const HostLedger& ledger : ledgers) {
    name = &ledger == ledgers.data() ? "" : "\n";
    append_name(name, directory.host(ledger.host));
    out.append(name += '\n');
    if (ledger.ports.empty()) {
      out.append("No port is in use.\n");
    } else {
      write_ports(out, ledger, directory, options);
    }
    write_range(out, ledger.ephemeral);
    write_destinations(out, ledger.destinations, options.colour);
  }
}

}  // namespace demuxsim
