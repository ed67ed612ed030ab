#include <iterator>
#include <string>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/json_text.hpp"
#include "demuxsim/report/ledger_text.hpp"

namespace demuxsim {
namespace {

/// Members of objects, without braces.
class Members {
 public:
  Members(const Directory& directory, LedgerOptions options)
      : names_(directory), options_(options) {}

  std::string_view host(HostId host) { return names_.host(host); }

  void append(std::string& out, const LedgerPort& port, HostId host) {
    append_format(out, R"("port":{},"class":"{}","service":)", port.port.value,
                  name_of(class_of(port.port)));
    const std::string_view service =
        options_.service_name == nullptr ? "" : options_.service_name(port.port);
    if (service.empty()) {
      out += "null";
    } else {
      append_json(out, service);
    }
    append_states(out, port);
    append_owners(out, port, host);
    if (port.taken) {
      append_format(out, R"(,"taken_ns":{},"taken_by":{},"how":"{}")",
                    port.taken->at.time_since_epoch().count(),
                    names_.process(host, port.taken->process), name_of(port.taken->action));
    } else {
      out += R"(,"taken_ns":null,"taken_by":null,"how":null)";
    }
    if (port.free_at) {
      append_format(out, R"(,"free_ns":{})", port.free_at->time_since_epoch().count());
    } else {
      out += R"(,"free_ns":null)";
    }
  }

  static void append(std::string& out, const LedgerRange& ephemeral) {
    append_format(out, R"("first":{},"last":{},"size":{},"reserved":{},"bound":{},"free":{})",
                  ephemeral.range.first.value, ephemeral.range.last.value, ephemeral.range.size(),
                  ephemeral.reserved.size(), ephemeral.bound, ephemeral.free());
  }

  static void append(std::string& out, const LedgerDestination& to) {
    append_format(out, R"("source":"{}","destination":"{}","used":{},"free":{})",
                  to_string(to.source), to_string(to.destination), to.used, to.free);
  }

 private:
  static void append_states(std::string& out, const LedgerPort& port) {
    out += R"(,"states":{)";
    bool first = true;
    for (std::size_t i = 0; i < port.sockets.size(); ++i) {
      if (port.sockets[i] == 0) continue;
      const auto state = static_cast<TcpState>(i);
      append_format(out, R"({}"{}":{})", first ? "" : ",",
                    state == TcpState::closed ? "bound" : name_of(state), port.sockets[i]);
      first = false;
    }
    out += '}';
  }

  void append_owners(std::string& out, const LedgerPort& port, HostId host) {
    out += R"(,"owners":[)";
    for (const LedgerOwner& owner : port.owners) {
      if (&owner != port.owners.data()) out += ',';
      append_format(out, R"({{"process":{},"pid":{},"fd":)", names_.process(host, owner.process),
                    pid_of(owner.process));
      if (owner.descriptors != 0) {
        append_format(out, "{}", owner.fd);
      } else {
        out += "null";
      }
      append_format(out, R"(,"descriptors":{}}})", owner.descriptors);
    }
    out += ']';
  }

  JsonNames names_;
  LedgerOptions options_;
};

}  // namespace

void write_ledger_json(ByteSink& out, SimTime at, std::span<const HostLedger> ledgers,
                       const Directory& directory, LedgerOptions options) {
  Members members(directory, options);
  std::string text;
  out.append(fmt::format(R"({{"t_ns":{},"hosts":[)", at.time_since_epoch().count()));
  for (const HostLedger& ledger : ledgers) {
    out.append(&ledger == ledgers.data() ? "{\"host\":" : ",{\"host\":");
    out.append(members.host(ledger.host));
    out.append(R"(,"ports":[)");
    for (const LedgerPort& port : ledger.ports) {
      text = &port == ledger.ports.data() ? "{" : ",{";
      members.append(text, port, ledger.host);
      out.append(text += '}');
    }
    text = R"(],"ephemeral":{)";
    Members::append(text, ledger.ephemeral);
    out.append(text += R"(},"destinations":[)");
    for (const LedgerDestination& to : ledger.destinations) {
      text = &to == ledger.destinations.data() ? "{" : ",{";
      Members::append(text, to);
      out.append(text += '}');
    }
    out.append("]}");
  }
  out.append("]}\n");
}

void write_ledger_jsonl(ByteSink& out, SimTime at, std::span<const HostLedger> ledgers,
                        const Directory& directory, LedgerOptions options) {
  Members members(directory, options);
  std::string line;
  const auto begin = [&](std::string_view kind, HostId host) {
    line = fmt::format(R"({{"t_ns":{},"kind":"{}","host":{},)", at.time_since_epoch().count(), kind,
                       members.host(host));
  };
  for (const HostLedger& ledger : ledgers) {
    for (const LedgerPort& port : ledger.ports) {
      begin("port-in-use", ledger.host);
      members.append(line, port, ledger.host);
      out.append(line += "}\n");
    }
    begin("ephemeral-range", ledger.host);
    Members::append(line, ledger.ephemeral);
    out.append(line += "}\n");
    for (const LedgerDestination& to : ledger.destinations) {
      begin("destination", ledger.host);
      Members::append(line, to);
      out.append(line += "}\n");
    }
  }
}

}  // namespace demuxsim
