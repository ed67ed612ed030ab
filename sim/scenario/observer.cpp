#include "observer.hpp"

#include <fmt/core.h>

#include "demuxsim/core/units.hpp"

namespace demuxsim {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

TraceKinds kinds_for(const ExpectSpec& expect) {
  const TraceKinds calls = TraceKinds{}.with(TraceKind::call);
  const TraceKinds segments = TraceKinds{}.with(TraceKind::demux).with(TraceKind::segment_dropped);
  return std::visit(Overloaded{
                        [&](const CountExpect& count) {
                          return count.what.index() == 0   ? TraceKinds{}
                                 : count.what.index() == 1 ? segments
                                                           : calls;
                        },
                        [&](const SegmentExpect&) { return segments; },
                        [&](const ShareExpect&) { return calls; },
                        [&](const ExaminedExpect&) { return segments; },
                        [](const auto&) { return TraceKinds{}; },
                    },
                    expect.what);
}

/// a/b compared with c/d, exactly.
bool at_least(std::uint64_t count, std::uint64_t of, Ratio bound) {
  return Wide{count} * bound.denominator >= Wide{bound.numerator} * of;
}
bool at_most(std::uint64_t count, std::uint64_t of, Ratio bound) {
  return Wide{count} * bound.denominator <= Wide{bound.numerator} * of;
}

std::string text_of(Ratio ratio, bool percent) {
  if (percent) {
    return fmt::format("{:.6g}%", 100.0 * static_cast<double>(ratio.numerator) /
                                      static_cast<double>(ratio.denominator));
  }
  if (ratio.denominator == 1) return std::to_string(ratio.numerator);
  return fmt::format("{:g}",
                     static_cast<double>(ratio.numerator) / static_cast<double>(ratio.denominator));
}

bool is_arrival(TraceKind kind) {
  return kind == TraceKind::demux || kind == TraceKind::segment_dropped;
}

}  // namespace

std::string describe(const Bounds& bounds, bool percent) {
  if (bounds.at_least && bounds.at_most) {
    const std::string low = text_of(*bounds.at_least, percent);
    const std::string high = text_of(*bounds.at_most, percent);
    return low == high ? low : fmt::format("{} to {}", low, high);
  }
  if (bounds.at_least) return "at least " + text_of(*bounds.at_least, percent);
  if (bounds.at_most) return "at most " + text_of(*bounds.at_most, percent);
  return "anything";
}

bool within(const Bounds& bounds, std::uint64_t count, std::uint64_t of) {
  return (!bounds.at_least || at_least(count, of, *bounds.at_least)) &&
         (!bounds.at_most || at_most(count, of, *bounds.at_most));
}

Observer::Observer(const ScenarioSpec& spec, const SocketNames& names, const Simulation& simulation,
                   const Directory& directory)
    : spec_(&spec),
      names_(&names),
      simulation_(&simulation),
      directory_(&directory),
      answers_(spec.steps.size()),
      seen_(spec.expects.size()) {
  for (const ExpectSpec& expect : spec.expects) kinds_ = kinds_ | kinds_for(expect);
  for (const StepSpec& step : spec.steps) {
    if (step.expect) kinds_ = kinds_.with(TraceKind::call);
  }
}

void Observer::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    if (record.kind == TraceKind::call) note_call(record);
    if (is_arrival(record.kind)) note_arrival(record);
  }
}

// ---- answers to steps ----

void Observer::expect_answer(const Simulation& simulation, std::uint32_t step, SocketName name) {
  ++answers_[step].asked;
  if (name) pending_[key_of(name)] = {step, simulation.now()};
}

void Observer::answered(const Simulation& simulation, std::uint32_t step, SocketName name,
                        Errno answer) {
  if (name) pending_.erase(key_of(name));
  judge({step, simulation.now()}, answer, simulation.now());
}

void Observer::judge(const Call& call, Errno answer, SimTime at) {
  const StepSpec& step = spec_->steps[call.step];
  Answers& answers = answers_[call.step];
  const bool late = step.within && at - call.at > *step.within;
  if (answer == *step.expect && !late) {
    ++answers.right;
  } else if (answers.first_wrong.empty()) {
    answers.first_wrong = fmt::format("{}{}", demuxsim::name_of(answer), late ? ", too late" : "");
  }
}

Finding Observer::answers(std::uint32_t step) const {
  const Answers& answers = answers_[step];
  if (answers.asked == 0) return {false, "not reached: the run ended before"};
  if (answers.right == answers.asked)
    return {true, std::string(demuxsim::name_of(*spec_->steps[step].expect))};
  const std::string wrong = answers.first_wrong.empty() ? "no answer yet" : answers.first_wrong;
  if (answers.asked == 1) return {false, wrong};
  return {false, fmt::format("{} of {} as expected; first other: {}", answers.right, answers.asked,
                             wrong)};
}

void Observer::note_call(const TraceRecord& record) {
  if (record.call == SocketCall::connect && record.socket) {
    const auto pending = pending_.find(key_of(record.socket.conversation()));
    if (pending != pending_.end()) {
      judge(pending->second, record.result, record.at);
      pending_.erase(pending);
    }
  }
  for (std::size_t i = 0; i < spec_->expects.size(); ++i) {
    const auto& what = spec_->expects[i].what;
    if (const auto* count = std::get_if<CountExpect>(&what)) {
      const auto* filter = std::get_if<CallFilter>(&count->what);
      if (filter != nullptr && matches(*filter, record)) ++seen_[i].matched;
    } else if (const auto* share = std::get_if<ShareExpect>(&what)) {
      const bool counts = record.call == SocketCall::accept && record.host == share->process.host &&
                          record.segment.source_port == share->port;
      if (!counts) continue;
      ++seen_[i].all;
      if (record.process == share->process.process) ++seen_[i].matched;
    }
  }
}

bool Observer::matches(const CallFilter& filter, const TraceRecord& record) const {
  return record.call == filter.call && (!filter.result || *filter.result == record.result) &&
         (!filter.host || *filter.host == record.host) &&
         (!filter.process || *filter.process == record.process);
}

// ---- segments ----

void Observer::note_arrival(const TraceRecord& record) {
  for (std::size_t i = 0; i < spec_->expects.size(); ++i) {
    const auto& what = spec_->expects[i].what;
    if (const auto* count = std::get_if<CountExpect>(&what)) {
      const auto* filter = std::get_if<SegmentFilter>(&count->what);
      if (filter != nullptr && matches(*filter, record)) ++seen_[i].matched;
    } else if (const auto* expect = std::get_if<SegmentExpect>(&what)) {
      if (!matches(expect->segment, record)) continue;
      ++seen_[i].matched;
      if (delivered_right(*expect, record)) continue;
      if (seen_[i].wrong++ == 0) seen_[i].first_wrong = receiver(record);
    } else if (const auto* examined = std::get_if<ExaminedExpect>(&what)) {
      if (!matches(examined->segment, record)) continue;
      ++seen_[i].matched;
      seen_[i].all += record.examined_connections + record.examined_listeners;
    }
  }
}

bool Observer::sent_by(const SocketRef& ref, const Segment& segment) const {
  const std::optional<SocketPlace> place = names_->place(*simulation_, ref);
  if (!place) return false;
  const Endpoint& server = ref.peer ? place->local : place->peer;
  const Endpoint& caller = ref.peer ? place->peer : place->local;
  const Endpoint server_end = ref.peer ? segment.from() : segment.to();
  const Endpoint caller_end = ref.peer ? segment.to() : segment.from();
  // Where set-up moves the server's port, both the old and the new one are meant.
  return caller_end == caller && server_end.address == server.address &&
         (server_end.port == server.port || names_->may_switch_port(ref));
}

bool Observer::matches(const SegmentFilter& filter, const TraceRecord& record) const {
  const Segment& segment = record.segment;
  const auto reversed = [](SocketRef ref) {
    ref.peer = !ref.peer;
    return ref;
  };
  const bool dropped = record.kind == TraceKind::segment_dropped;
  if (dropped != filter.dropped.has_value()) return false;
  if (dropped && record.reason != *filter.dropped) return false;
  return (!filter.icmp || *filter.icmp == segment.icmp) &&
         (!filter.after || *filter.after <= record.at) &&
         (!filter.rule || *filter.rule == record.rule) &&
         (segment.flags & filter.flags) == filter.flags && !segment.has(filter.flags_clear) &&
         (!filter.data || *filter.data == (segment.payload_bytes != 0)) &&
         (!filter.from_port || *filter.from_port == segment.source_port) &&
         (!filter.to_port || *filter.to_port == segment.destination_port) &&
         (!filter.from_host || *filter.from_host == simulation_->host_of(segment.source)) &&
         (!filter.to_host || *filter.to_host == simulation_->host_of(segment.destination)) &&
         (!filter.from_socket || sent_by(*filter.from_socket, segment)) &&
         (!filter.to_socket || sent_by(reversed(*filter.to_socket), segment));
}

bool Observer::delivered_right(const SegmentExpect& expect, const TraceRecord& record) const {
  if (expect.to_nobody && record.process) return false;
  if (expect.delivered_to && *expect.delivered_to != ProcessRef{record.host, record.process}) {
    return false;
  }
  return !expect.rule || *expect.rule == record.rule;
}

std::string Observer::receiver(const TraceRecord& record) const {
  const std::string host = directory_->host(record.host);
  return fmt::format(
      "{} by {}",
      record.process ? fmt::format("{}/{}", host, directory_->process(record.host, record.process))
                     : fmt::format("nobody at {}", host),
      demuxsim::name_of(record.rule));
}

// ---- findings ----

Finding Observer::count(std::uint32_t expect) const {
  const auto& count = std::get<CountExpect>(spec_->expects[expect].what);
  const std::uint64_t found = seen_[expect].matched;
  return {within(count.bounds, found, 1), std::to_string(found)};
}

Finding Observer::segments(std::uint32_t expect) const {
  const Seen& seen = seen_[expect];
  if (seen.matched == 0) return {false, "no such segment"};
  if (seen.wrong == 0) return {true, fmt::format("{} of {}", seen.matched, seen.matched)};
  return {false, fmt::format("{} of {} otherwise; the first: {}", seen.wrong, seen.matched,
                             seen.first_wrong)};
}

Finding Observer::share(std::uint32_t expect) const {
  const auto& share = std::get<ShareExpect>(spec_->expects[expect].what);
  const Seen& seen = seen_[expect];
  if (seen.all == 0) return {false, "no connection was accepted on that port"};
  return {within(share.bounds, seen.matched, seen.all),
          fmt::format("{} ({} of {})", text_of({seen.matched, seen.all}, true), seen.matched,
                      seen.all)};
}

Finding Observer::examined(std::uint32_t expect) const {
  const auto& examined = std::get<ExaminedExpect>(spec_->expects[expect].what);
  const Seen& seen = seen_[expect];
  if (seen.matched == 0) return {false, "no such segment was looked up"};
  return {within(examined.bounds, seen.all, seen.matched),
          fmt::format("{:.3f} on average ({} in {} look-ups)",
                      static_cast<double>(seen.all) / static_cast<double>(seen.matched), seen.all,
                      seen.matched)};
}

}  // namespace demuxsim
