#include "picture/page_model.hpp"

#include <utility>

#include <fmt/core.h>

#include "demuxsim/picture/cast.hpp"
#include "demuxsim/picture/network_map.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/tcp/transitions.hpp"
#include "picture/page_moments.hpp"
#include "picture/page_names.hpp"
#include "picture/page_sums.hpp"

namespace demuxsim {
namespace {

std::int64_t number_of(std::uint64_t count) { return static_cast<std::int64_t>(count); }

std::string_view name_of(MapNodeKind kind) {
  switch (kind) {
    case MapNodeKind::host:
      return "host";
    case MapNodeKind::network_switch:
      return "switch";
    case MapNodeKind::router:
      return "router";
  }
  return "";
}

void write_heading(JsonWriter& json, const SeenRun& run) {
  json.key("name").text(run.name).key("path").text(run.path);
  json.key("title").text(run.spec.title).key("about").text(run.spec.about);
  json.key("version").text(DEMUXSIM_VERSION);
  json.key("seed").text(std::to_string(run.spec.seed));
  json.key("params").open('[');
  for (const auto& [name, value] : run.spec.params) {
    json.open('[').text(name).text(value).close(']');
  }
  json.close(']');
}

void write_verdicts(JsonWriter& json, const SeenRun& run) {
  json.key("verdicts").open('[');
  for (const ExpectationResult& each : run.verdicts) {
    json.open('[').number(each.at.time_since_epoch().count()).number(each.line);
    json.number(each.held ? 1 : 0).text(each.what).text(each.found).close(']');
  }
  json.close(']');
}

void write_summary(JsonWriter& json, const SeenRun& run) {
  const StorySums& sums = run.story.sums();
  json.key("summary").open('{');
  json.key("end").number(run.summary.at.time_since_epoch().count());
  json.key("events").number(number_of(run.summary.events));
  json.key("segments").number(number_of(run.summary.segments));
  json.key("connections").number(number_of(run.summary.connections));
  json.key("fingerprint").text(fmt::format("{:016x}", run.summary.fingerprint));
  json.key("sent").number(number_of(sums.segments));
  json.key("lookups").number(number_of(sums.lookups));
  json.key("examined_connections").number(number_of(sums.examined_connections));
  json.key("examined_listeners").number(number_of(sums.examined_listeners));
  json.key("ports").number(number_of(sums.ports));
  json.close('}');
}

void write_actor(JsonWriter& json, const SeenRun& run, const Actor& actor) {
  const HostGroupSpec& group = run.spec.hosts[actor.group];
  const Host& host = run.run.simulation().host(actor.first);
  json.open('{').key("name").text(actor.name).key("count").number(actor.count);
  json.key("algorithm").text(run.run.directory().algorithm(actor.first));
  json.key("range").text(fmt::format("{}-{}", group.config.ephemeral.range.first.value,
                                     group.config.ephemeral.range.last.value));
  json.key("addresses").open('[');
  for (const IpAddress& address : host.addresses()) json.text(to_string(address));
  json.close(']').key("rooms").open('[');
  for (const std::string& room : rooms_of(group)) json.text(room);
  json.close(']').close('}');
}

void write_map(JsonWriter& json, const SeenRun& run, const Cast& cast) {
  const NetworkMap map = map_of(run.spec, cast);
  json.key("actors").open('[');
  for (const Actor& actor : cast.actors()) write_actor(json, run, actor);
  json.close(']').key("nodes").open('[');
  for (const MapNode& node : map.nodes) {
    json.open('[').text(name_of(node.kind)).text(node.name).number(node.x).number(node.y);
    json.close(']');
  }
  json.close(']').key("edges").open('[');
  for (const MapEdge& edge : map.edges) {
    json.open('[').number(edge.a).number(edge.b).text(text_of(*edge.link)).close(']');
  }
  json.close(']');
}

void write_tcp(JsonWriter& json) {
  json.key("states").open('[');
  for (const std::string_view state : kTcpStateNames) json.text(state);
  json.close(']').key("transitions").open('[');
  for (const Transition& each : kTransitions) {
    json.open('[').number(static_cast<std::int64_t>(each.from));
    json.number(static_cast<std::int64_t>(each.to)).text(name_of(each.event));
    json.text(each.section).close(']');
  }
  json.close(']').key("rules").open('[');
  for (int rule = 0; rule <= static_cast<int>(LookupRule::no_match); ++rule) {
    json.text(name_of(static_cast<LookupRule>(rule)));
  }
  json.close(']').key("classes").open('[');
  for (const PortClass each :
       {PortClass::well_known, PortClass::registered, PortClass::ephemeral}) {
    json.open('[').text(name_of(each)).number(range_of(each).first.value);
    json.number(range_of(each).last.value).close(']');
  }
  json.close(']');
}

/// Of a character of UTF-8, by its first byte.
std::size_t length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

/// In JSON, these stand in strings alone. An escaped `<` ends no script element, and the two
/// separators are line ends to old readers of JavaScript. What turns the direction of writing
/// becomes `?`, as in the text reports.
std::string safe_in_script(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i, 3);
    if (json[i] == '<') {
      safe += "\\u003c";
    } else if (rest == "\xe2\x80\xa8" || rest == "\xe2\x80\xa9") {
      safe += rest.back() == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (length_of(json[i]) > 1 && turns_text(json.substr(i))) {
      safe += '?';
      i += length_of(json[i]) - 1;
    } else {
      safe += json[i];
    }
  }
  return safe;
}

}  // namespace

std::string page_model(const SeenRun& run) {
  const Cast cast(run.spec);
  PageNames names(run, cast);
  std::string text;
  JsonWriter json(text);
  json.open('{');
  write_heading(json, run);
  write_verdicts(json, run);
  write_summary(json, run);
  write_map(json, run, cast);
  write_tcp(json);
  write_sums(json, run, cast);
  PageMoments(run, names).write(json);
  names.write(json);
  json.close('}');
  return safe_in_script(text);
}

}  // namespace demuxsim
