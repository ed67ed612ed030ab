#include "cli/step_search.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

using Kind = StepCondition::Kind;
using Failure = std::optional<UsageError>;

bool is_segment(const TraceRecord& record) {
  return record.kind == TraceKind::segment_sent || record.kind == TraceKind::segment_received ||
         record.kind == TraceKind::segment_dropped;
}

UsageError unknown(std::string_view what, std::string_view word,
                   const std::vector<std::string_view>& candidates) {
  return {fmt::format("there is no {} {}", what, loading::quote(word)),
          loading::did_you_mean(word, candidates)};
}

}  // namespace

Result<StepSearch, UsageError> StepSearch::make(const StepCondition& condition,
                                                const SeenRun& run) {
  StepSearch search(condition, run);
  if (const Failure wrong = search.resolve()) return failure(*wrong);
  return search;
}

Failure StepSearch::resolve() {
  if (condition_.kind == Kind::host) return resolve_hosts(condition_.name);
  if (condition_.kind == Kind::process) return resolve_process();
  if (condition_.kind == Kind::socket) return resolve_socket();
  if (condition_.kind == Kind::segment) return resolve_segment();
  return std::nullopt;
}

Failure StepSearch::resolve_hosts(const std::string& name) {
  const auto hosts = hosts_named(run_->spec, name);
  if (!hosts) return hosts.error();
  hosts_ = *hosts;
  return std::nullopt;
}

/// `web/nginx`, or `nginx` on whatever host.
Failure StepSearch::resolve_process() {
  const std::size_t slash = condition_.name.find('/');
  const bool on_any = slash == std::string::npos;
  if (const Failure wrong = resolve_hosts(on_any ? "" : condition_.name.substr(0, slash))) {
    return wrong;
  }
  process_ = on_any ? condition_.name : condition_.name.substr(slash + 1);
  std::vector<std::string_view> names;
  for (const HostGroupSpec& group : run_->spec.hosts) {
    const bool is_meant = group.first.value < hosts_.first + hosts_.count &&
                          hosts_.first < group.first.value + group.count;
    if (!is_meant) continue;
    for (const ProcessSpec& process : group.processes) {
      const bool is_one_of_many = process.numbered && process_.starts_with(process.name + '.');
      if (process.name == process_ || is_one_of_many) return std::nullopt;
      names.push_back(process.name);
    }
  }
  return unknown("process", process_, names);
}

Failure StepSearch::resolve_socket() {
  bool is_known = false;
  for (const StoryRecord& each : run_->story.records()) {
    const TraceRecord& record = each.record;
    if (!record.socket || run_->run.directory().socket(record.socket) != condition_.name) continue;
    is_known = true;
    if (record.kind == TraceKind::state) {
      ends_.emplace(record.segment.from(), record.segment.to());
    }
  }
  if (is_known) return std::nullopt;
  const auto& names = run_->spec.socket_names;
  return unknown("socket", condition_.name, {names.begin(), names.end()});
}

Failure StepSearch::resolve_segment() const {
  const std::uint64_t wanted = condition_.segment;
  const auto& records = run_->story.records();
  const auto is_wanted = [&](const StoryRecord& each) {
    return is_segment(each.record) && each.record.segment.id == wanted;
  };
  if (std::any_of(records.begin(), records.end(), is_wanted)) return std::nullopt;
  const std::uint64_t count = run_->story.segments();
  if (wanted != 0 && wanted <= count) {
    return UsageError{fmt::format("segment {} is among those left out", wanted), {}};
  }
  return UsageError{
      fmt::format("there is no segment {}", wanted),
      count == 0 ? "the run has none" : fmt::format("the run has segments 1 to {}", count)};
}

bool StepSearch::matches(const TraceRecord& record) const {
  const Segment& segment = record.segment;
  switch (condition_.kind) {
    case Kind::host:
      return record.host.value - hosts_.first < hosts_.count;
    case Kind::process:
      return is_of_process(record);
    case Kind::socket:
      return is_of_socket(record);
    case Kind::state:
      return record.kind == TraceKind::state &&
             record.to == static_cast<std::uint8_t>(condition_.state);
    case Kind::port:
      return is_of_port(record);
    case Kind::segment:
      return is_segment(record) && segment.id == condition_.segment;
    case Kind::flags:
      return is_segment(record) && (segment.flags & condition_.flags) == condition_.flags;
    case Kind::demux:
      return is_demux(record);
    case Kind::drop:
      return is_drop(record);
    case Kind::call:
      return is_call(record);
  }
  return false;
}

bool StepSearch::is_of_process(const TraceRecord& record) const {
  if (!record.process || record.host.value - hosts_.first >= hosts_.count) return false;
  const std::string name = run_->run.directory().process(record.host, record.process);
  return name == process_ || name.substr(0, name.rfind('.')) == process_;
}

bool StepSearch::is_of_socket(const TraceRecord& record) const {
  if (record.socket && run_->run.directory().socket(record.socket) == condition_.name) return true;
  const Endpoint from = record.segment.from();
  const Endpoint to = record.segment.to();
  return is_segment(record) && (ends_.contains({from, to}) || ends_.contains({to, from}));
}

bool StepSearch::is_of_port(const TraceRecord& record) const {
  const bool is_source = record.segment.source_port == condition_.port;
  if (record.kind == TraceKind::port) return is_source;
  return is_segment(record) && (is_source || record.segment.destination_port == condition_.port);
}

bool StepSearch::is_demux(const TraceRecord& record) const {
  if (record.kind != TraceKind::demux) return false;
  if (condition_.any) return true;
  return condition_.rule ? record.rule == *condition_.rule : record.rule != LookupRule::no_match;
}

bool StepSearch::is_drop(const TraceRecord& record) const {
  if (record.kind != TraceKind::segment_dropped) return false;
  return condition_.any || record.reason == condition_.reason;
}

bool StepSearch::is_call(const TraceRecord& record) const {
  if (record.kind != TraceKind::call) return false;
  return condition_.any || record.call == condition_.call;
}

}  // namespace demuxsim::cli
