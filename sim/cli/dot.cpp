#include "cli/dot.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "demuxsim/core/text.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/picture/network_map.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim::cli {
namespace {

/// Rows of a host that are shown; the rest is counted.
constexpr std::size_t kMostRows = 24;

/// For a double-quoted string. Those of records have a few more characters with a meaning.
std::string escaped(std::string_view text, std::string_view special) {
  std::string printable;
  append_name(printable, text);
  std::string out;
  for (const char c : printable) {
    if (special.find(c) != special.npos) out += '\\';
    out += c;
  }
  return out;
}
std::string in_string(std::string_view text) { return escaped(text, "\"\\"); }
std::string in_record(std::string_view text) { return escaped(text, "\"\\{}|<> "); }

/// `*:80 http`.
std::string text_of(const ListenConfig& listener) {
  const std::string_view service = tcp_service_on(listener.local.port);
  return fmt::format("{}{}{}", to_string(listener.local), service.empty() ? "" : " ", service);
}

/// Rows of one field of a record, each on a line of its own.
class Rows {
 public:
  void add(std::string_view text) {
    if (count_++ < kMostRows) text_ += in_record(text) + "\\l";
  }
  std::string take() {
    if (count_ > kMostRows) text_ += fmt::format("and\\ {}\\ more\\l", count_ - kMostRows);
    return std::move(text_);
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

std::string addresses_of(const HostGroupSpec& group) {
  Rows rows;
  for (const IpAddress& first : group.addresses) {
    std::string text = to_string(first);
    if (group.count > 1) {
      const auto last = first.plus(group.count - 1);
      if (last) text += fmt::format(" .. {}", to_string(*last));
    }
    rows.add(text);
  }
  return rows.take();
}

std::string processes_of(const HostGroupSpec& group) {
  Rows rows;
  for (const ProcessSpec& process : group.processes) {
    const std::string name = times(process.name, process.count, process.numbered);
    if (process.listens.empty()) rows.add(name);
    for (const ListenConfig& listener : process.listens) {
      rows.add(fmt::format("{}  {}", name, text_of(listener)));
    }
  }
  return rows.take();
}

void append_host(std::string& out, const HostGroupSpec& group, std::size_t index) {
  const std::string processes = processes_of(group);
  append_format(out, "  host{} [shape=record, fillcolor=\"{}\", label=\"{{{}|{}{}{}}}\"];\n", index,
                listens(group) ? "#dbe9f6" : "#f4f4f4",
                in_record(times(group.name, group.count, group.numbered)), addresses_of(group),
                processes.empty() ? "" : "|", processes);
}

void append_node(std::string& out, const NetworkNodeSpec& node, std::size_t index) {
  std::string label = in_string(node.name);
  for (const IpPrefix& prefix : node.prefixes) label += "\\n" + to_string(prefix);
  append_format(out, "  node{} [shape={}, fillcolor=\"{}\", label=\"{}\"];\n", index,
                node.router ? "ellipse" : "box", node.router ? "#fbe5c8" : "#e3f1dc", label);
}

/// One end of a line of the drawing.
struct End {
  std::string node;
  std::string note;  ///< Which of several hosts that are drawn as one, or empty.
  int rank = 1;      ///< Servers are drawn above the network, other hosts below.
};

End end_of(const ScenarioSpec& spec, NodeRange range) {
  if (range.first >= spec.host_count) {
    return {fmt::format("node{}", range.first - spec.host_count), {}, 1};
  }
  const auto group = std::prev(std::upper_bound(
      spec.hosts.begin(), spec.hosts.end(), range.first,
      [](std::uint32_t host, const HostGroupSpec& each) { return host < each.first.value; }));
  End end{fmt::format("host{}", group - spec.hosts.begin()), {}, listens(*group) ? 0 : 2};
  if (range.count < group->count) {
    end.note = fmt::format("{}.{}", group->name, range.first - group->first.value);
  }
  return end;
}

void append_line(std::string& out, End upper, End lower, std::string_view label) {
  if (upper.rank > lower.rank) std::swap(upper, lower);
  append_format(out, "  {} -- {}", upper.node, lower.node);
  std::string text;
  for (const std::string_view part :
       {std::string_view(upper.note), std::string_view(lower.note), label}) {
    if (!part.empty()) text += (text.empty() ? "  " : "\\n  ") + in_string(part);
  }
  if (!text.empty()) append_format(out, " [label=\"{}\"]", text);
  out += ";\n";
}

void append_shared_switch(std::string& out, const ScenarioSpec& spec) {
  append_format(out, "  shared [shape=box, fillcolor=\"#e3f1dc\", label=\"switch\\n{}\"];\n",
                text_of(spec.network.shared));
  for (const HostGroupSpec& group : spec.hosts) {
    append_line(out, end_of(spec, {group.first.value, group.count}), {"shared", {}, 1}, "");
  }
}

}  // namespace

std::string dot_of(const ScenarioSpec& spec) {
  std::string out = fmt::format(
      "graph demuxsim {{\n"
      "  graph [label=\"{}\", labelloc=t, fontname=\"Helvetica\", nodesep=0.4, ranksep=0.6];\n"
      "  node [fontname=\"Helvetica\", fontsize=11, style=filled, color=\"#555555\"];\n"
      "  edge [fontname=\"Helvetica\", fontsize=10, color=\"#555555\"];\n",
      in_string(spec.title));
  for (std::size_t i = 0; i < spec.hosts.size(); ++i) append_host(out, spec.hosts[i], i);
  if (spec.network.shared_switch) {
    append_shared_switch(out, spec);
  } else {
    for (std::size_t i = 0; i < spec.network.nodes.size(); ++i) {
      append_node(out, spec.network.nodes[i], i);
    }
    for (const CableSpec& cable : spec.network.cables) {
      append_line(out, end_of(spec, cable.ends[0]), end_of(spec, cable.ends[1]),
                  text_of(cable.link));
    }
  }
  return out + "}\n";
}

}  // namespace demuxsim::cli
