#include "cli/ports.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/net/port.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/report/json_text.hpp"

namespace demuxsim::cli {
namespace {

constexpr PortClass kClasses[] = {PortClass::well_known, PortClass::registered,
                                  PortClass::ephemeral};

/// Which ports systems hand out by default when a program does not choose.
struct SystemRange {
  std::string_view system;
  PortRange range;
};
constexpr SystemRange kSystems[] = {
    {"IANA", kDynamicPorts},
    {"Linux", {Port{32768}, Port{60999}}},
    {"FreeBSD", {Port{10000}, Port{65535}}},
};

/// How many services of a range are named; the rest is counted.
constexpr std::size_t kTextServices = 8;
constexpr std::size_t kJsonServices = 20;

/// One thing to answer about: a port, a range, or a service without a port.
struct Answer {
  std::string query;
  std::optional<PortRange> ports;
};

std::string text_of(PortRange range) {
  if (range.first == range.last) return fmt::format("{}", range.first.value);
  return fmt::format("{}-{}", range.first.value, range.last.value);
}

PortRange common(PortRange a, PortRange b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

bool overlap(PortRange a, PortRange b) { return a.first <= b.last && b.first <= a.last; }

std::string_view who_may_use(PortClass port_class) {
  switch (port_class) {
    case PortClass::well_known:
      return "servers of standard protocols; on most systems only with privilege";
    case PortClass::registered:
      return "any process; IANA registers ports here for services that ask";
    case PortClass::ephemeral:
      return "any process; a host hands these out, mostly to clients, for a while; never assigned";
  }
  return "";
}

struct Usage {
  std::vector<Service> services;  ///< With a name.
  std::vector<Service> held;      ///< Held back by IANA without one.
  std::uint32_t assigned = 0;
  std::uint32_t reserved = 0;  ///< Held back and not assigned with another protocol.
};

Usage usage_of(PortRange range) {
  Usage usage;
  std::vector<bool> assigned(range.size()), reserved(range.size());
  for (const Service& service : services_within(range)) {
    const bool named = !service.name.empty();
    (named ? usage.services : usage.held).push_back(service);
    const PortRange part = common(service.ports, range);
    for (std::uint32_t port = part.first.value; port <= part.last.value; ++port) {
      (named ? assigned : reserved)[port - range.first.value] = true;
    }
  }
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    if (assigned[i]) ++usage.assigned;
    if (reserved[i] && !assigned[i]) ++usage.reserved;
  }
  return usage;
}

std::string counted(std::uint32_t count) {
  return fmt::format("{} port{}", count, count == 1 ? "" : "s");
}

/// Collects lines whose first column is a label, given once.
class Rows {
 public:
  explicit Rows(std::string& out) : out_(out) {}
  void add(std::string_view label, std::string_view text) {
    const bool again = label == last_;
    append_format(out_, "  {:<14}{}\n", again ? "" : label, text);
    last_ = label;
  }

 private:
  std::string& out_;
  std::string_view last_;
};

void add_entry(Rows& rows, const Service& service) {
  std::string protocols = to_string(service.protocols);
  if (protocols.empty()) protocols = "protocol not stated";
  const bool named = !service.name.empty();
  rows.add(named ? "assigned to" : "held back",
           fmt::format("{}{}{}{}{}", service.name, named ? " (" : "", protocols, named ? ")" : "",
                       service.description.empty() ? "" : ": " + std::string(service.description)));
}

/// Who gives ports of the range out by themselves, and that this moves no port to another class.
void add_systems(Rows& rows, PortRange range) {
  bool beyond_class = false;
  for (const SystemRange& system : kSystems) {
    if (!overlap(system.range, range)) continue;
    const PortRange part = common(system.range, range);
    rows.add("given out by", fmt::format("{} ({}){}", system.system, text_of(system.range),
                                         part == range ? "" : ", in part"));
    beyond_class = beyond_class || class_of(part.first) != PortClass::ephemeral;
  }
  if (beyond_class) rows.add("note", "a port keeps its class, whatever range a host gives out");
}

void describe_port(std::string& out, Port port) {
  const PortClass port_class = class_of(port);
  const Usage usage = usage_of({port, port});
  append_format(out, "{}: {} ({})\n", port.value, name_of(port_class),
                text_of(range_of(port_class)));
  Rows rows(out);
  for (const Service& service : usage.services) add_entry(rows, service);
  for (const Service& service : usage.held) add_entry(rows, service);
  if (usage.services.empty() && usage.held.empty()) rows.add("assigned to", "nobody");
  if (port == Port{0}) {
    rows.add("who", "nobody: to bind it means \"any free port\"");
    return;
  }
  rows.add("who", who_may_use(port_class));
  add_systems(rows, {port, port});
}

std::string first_names(const std::vector<Service>& services) {
  std::string text;
  for (std::size_t i = 0; i < std::min(services.size(), kTextServices); ++i) {
    append_format(text, "{}{} ({})", i == 0 ? "" : ", ", services[i].name,
                  text_of(services[i].ports));
  }
  if (services.size() > kTextServices) {
    append_format(text, " and {} more", services.size() - kTextServices);
  }
  return text;
}

void describe_range(std::string& out, PortRange range) {
  const Usage usage = usage_of(range);
  append_format(out, "{}: {}\n", text_of(range), counted(range.size()));
  Rows rows(out);
  for (const PortClass port_class : kClasses) {
    if (!overlap(range, range_of(port_class))) continue;
    const PortRange part = common(range, range_of(port_class));
    rows.add("class", fmt::format("{} ({})", name_of(port_class), text_of(part)));
  }
  rows.add("assigned", counted(usage.assigned));
  if (!usage.services.empty()) rows.add("assigned", first_names(usage.services));
  rows.add("reserved", counted(usage.reserved));
  rows.add("unassigned", counted(range.size() - usage.assigned - usage.reserved));
  for (const PortClass port_class : kClasses) {
    if (overlap(range, range_of(port_class))) rows.add("who", who_may_use(port_class));
  }
  add_systems(rows, range);
}

void describe(std::string& out, const Answer& answer) {
  if (!answer.ports) {
    append_format(out, "{}: a service that IANA lists without a port\n", answer.query);
  } else if (answer.ports->first == answer.ports->last) {
    describe_port(out, answer.ports->first);
  } else {
    describe_range(out, *answer.ports);
  }
}

/// `["a","b"]` of what `text_of_each` makes of the members; nothing needs escaping.
std::string json_strings(const std::vector<std::string_view>& texts) {
  std::string out = "[";
  for (const std::string_view text : texts) {
    if (out.size() > 1) out += ',';
    append_json(out, text);
  }
  return out + "]";
}

std::string json_of(const Service& service) {
  std::vector<std::string_view> protocols;
  if (service.protocols.tcp) protocols.push_back("tcp");
  if (service.protocols.udp) protocols.push_back("udp");
  if (service.protocols.sctp) protocols.push_back("sctp");
  if (service.protocols.dccp) protocols.push_back("dccp");
  std::string out = R"({"name":)";
  append_json(out, service.name);
  append_format(out, R"(,"first":{},"last":{},"protocols":{},"description":)",
                service.ports.first.value, service.ports.last.value, json_strings(protocols));
  append_json(out, service.description);
  return out + "}";
}

std::string json_of(const std::vector<Service>& services, std::size_t most) {
  std::string out = "[";
  for (std::size_t i = 0; i < std::min(services.size(), most); ++i) {
    if (i > 0) out += ',';
    out += json_of(services[i]);
  }
  return out + "]";
}

std::string json_of_port(Port port) {
  const PortClass port_class = class_of(port);
  const PortRange range = range_of(port_class);
  const Usage usage = usage_of({port, port});
  std::vector<std::string_view> systems;
  for (const SystemRange& system : kSystems) {
    if (system.range.contains(port)) systems.push_back(system.system);
  }
  return fmt::format(
      R"("port":{},"class":"{}","class_first":{},"class_last":{},"needs_privilege":{},)"
      R"("status":"{}","services":{},"ephemeral_on":{})",
      port.value, name_of(port_class), range.first.value, range.last.value,
      port_class == PortClass::well_known && port != Port{},
      usage.assigned != 0   ? "assigned"
      : usage.reserved != 0 ? "reserved"
                            : "unassigned",
      json_of(usage.services, usage.services.size()), json_strings(systems));
}

std::string json_of_range(PortRange range) {
  const Usage usage = usage_of(range);
  std::vector<std::string_view> classes;
  for (const PortClass port_class : kClasses) {
    if (overlap(range, range_of(port_class))) classes.push_back(name_of(port_class));
  }
  return fmt::format(
      R"("first":{},"last":{},"ports":{},"classes":{},"assigned":{},"reserved":{},"unassigned":{},)"
      R"("services":{},"services_total":{})",
      range.first.value, range.last.value, range.size(), json_strings(classes), usage.assigned,
      usage.reserved, range.size() - usage.assigned - usage.reserved,
      json_of(usage.services, kJsonServices), usage.services.size());
}

std::string json_of(const Answer& answer) {
  std::string out = R"({"query":)";
  append_json(out, answer.query);
  out += ',';
  if (!answer.ports) {
    out += R"("name":)";
    append_json(out, answer.query);
    out += R"(,"port":null)";
  } else if (answer.ports->first == answer.ports->last) {
    out += json_of_port(answer.ports->first);
  } else {
    out += json_of_range(*answer.ports);
  }
  return out + "}";
}

void write(std::string& out, const std::vector<Answer>& answers, PortsFormat format) {
  if (format == PortsFormat::json) out += '[';
  for (std::size_t i = 0; i < answers.size(); ++i) {
    switch (format) {
      case PortsFormat::text:
        if (i > 0) out += '\n';
        describe(out, answers[i]);
        break;
      case PortsFormat::json:
        if (i > 0) out += ',';
        out += json_of(answers[i]);
        break;
      case PortsFormat::jsonl:
        out += json_of(answers[i]) + '\n';
        break;
    }
  }
  if (format == PortsFormat::json) out += "]\n";
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// Complains about numbers beyond 65535. Precondition: digits alone.
std::optional<Port> port_from(std::string_view digits, std::string& err) {
  Port port;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), port.value);
  if (error == std::errc{}) return port;
  append_format(err, "error: port {} is out of range 0..65535\n", digits);
  return std::nullopt;
}

std::optional<PortRange> range_from(std::string_view first, std::string_view last,
                                    std::string& err) {
  const std::optional<Port> low = port_from(first, err);
  const std::optional<Port> high = port_from(last, err);
  if (!low || !high) return std::nullopt;
  if (*low <= *high) return PortRange{*low, *high};
  append_format(err, "error: the range {}-{} ends before it starts\n", first, last);
  return std::nullopt;
}

void complain_of_name(const std::string& name, std::string& err) {
  append_format(err, "error: '{}' is no port, range or service\n", name);
  const std::vector<std::string_view> similar = similar_services(name);
  for (std::size_t i = 0; i < similar.size(); ++i) {
    append_format(err, "{}'{}'", i == 0 ? "  = help: did you mean " : " or ", similar[i]);
  }
  if (!similar.empty()) err += "?\n";
}

/// Adds what a name stands for; false with a complaint if it stands for nothing.
bool resolve_name(const std::string& name, std::vector<Answer>& answers, std::string& err) {
  const std::vector<Service> found = find_service(name);
  for (const Service& service : found) {
    const bool known = std::any_of(answers.begin(), answers.end(), [&](const Answer& each) {
      return each.query == name && each.ports == service.ports;
    });
    if (!known) answers.push_back({name, service.ports});
  }
  if (!found.empty()) return true;
  if (is_service(name)) {
    answers.push_back({name, std::nullopt});
    return true;
  }
  complain_of_name(name, err);
  return false;
}

bool resolve(const std::string& query, std::vector<Answer>& answers, std::string& err) {
  if (const auto port_class = port_class_from(query)) {
    answers.push_back({query, range_of(*port_class)});
    return true;
  }
  const std::string_view text = query;
  const std::size_t dash = text.find('-');
  const std::string_view first = text.substr(0, dash);
  const std::string_view last = dash == text.npos ? first : text.substr(dash + 1);
  if (!is_digits(first) || !is_digits(last)) return resolve_name(query, answers, err);
  if (dash == text.npos) {
    const std::optional<Port> port = port_from(first, err);
    if (port) answers.push_back({query, PortRange{*port, *port}});
    return port.has_value();
  }
  const std::optional<PortRange> range = range_from(first, last, err);
  if (range) answers.push_back({query, range});
  return range.has_value();
}

}  // namespace

int run_ports(std::span<const std::string> queries, PortsFormat format, std::string& out,
              std::string& err) {
  std::vector<Answer> answers;
  bool all_made_sense = true;
  for (const std::string& query : queries) {
    if (!resolve(query, answers, err)) all_made_sense = false;
  }
  write(out, answers, format);
  return all_made_sense ? 0 : 2;
}

}  // namespace demuxsim::cli
