#include "cli/stepper.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "cli/host_range.hpp"
#include "cli/step_search.hpp"
#include "cli/step_tables.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/ports/services.hpp"
#include "demuxsim/report/resent.hpp"
#include "demuxsim/report/wrap.hpp"

namespace demuxsim::cli {
namespace {

constexpr char kNothing[] = "nothing happens in this run; 'expect' tells the verdicts\n";
constexpr std::uint64_t kLadderRungs = 12;
constexpr std::uint64_t kListedEvents = 11;

std::string seconds(SimTime at) {
  std::string text;
  append_time(text, at);
  return text + " s";
}

bool has_lookup(std::span<const StoryRecord> records) {
  return std::any_of(records.begin(), records.end(), [](const StoryRecord& each) {
    return each.record.kind == TraceKind::demux || each.record.kind == TraceKind::segment_dropped;
  });
}

}  // namespace

Stepper::Stepper(const SeenRun& run, const StepperOptions& options)
    : run_(run),
      story_(run.story),
      options_(options),
      painter_(options.colour),
      ladder_(ladder_of(run)),
      lines_(run.story, run.run.directory(), {true, false, options.colour, {}}),
      reasons_(run.story, run.run.directory(), {true, tcp_service_on}) {
  movement_.verb = StepVerb::next;
  find_resent();
}

void Stepper::find_resent() {
  ResentBook book;
  for (const Moment& moment : story_.moments()) {
    if (story_.gap() && moment.first == story_.gap().at) book.clear();
    bool is_resent = false;
    for (const StoryRecord& each : story_.records_of(moment)) {
      is_resent = book.note(each.record) || is_resent;
    }
    resent_.push_back(is_resent);
  }
}

std::string Stepper::welcome() const {
  std::string text;
  if (!ladder_.title.empty()) text = fmt::format("# {}\n", ladder_.title);
  if (events() == 0) return fitted(text + kNothing);
  append_format(text, "{} events of {} segments, up to {}; 'help' lists the commands.\n", events(),
                story_.segments(), seconds(run_.summary.at));
  if (const StoryGap& gap = story_.gap()) {
    append_format(
        text,
        "The run is long: the first and the last segments are kept, {} in between are left "
        "out ({} to {}).\n",
        gap.segments, seconds(gap.from), seconds(gap.to));
  }
  return fitted(text);
}

std::string Stepper::prompt() const { return fmt::format("({}/{}) ", event(), events()); }

Stepper::Answer Stepper::answer(const StepCommand& command) {
  const bool needs_event = command.verb != StepVerb::help && command.verb != StepVerb::expect;
  if (events() == 0 && needs_event) return fitted(kNothing);
  switch (command.verb) {
    case StepVerb::again:
      return move(movement_);
    case StepVerb::next:
    case StepVerb::back:
    case StepVerb::until:
      movement_ = command;
      return move(command);
    case StepVerb::to:
      return arrive_at(moment_at(command.time));
    case StepVerb::first:
      return arrive_at(0);
    case StepVerb::last:
      return arrive_at(story_.moments().size() - 1);
    case StepVerb::event:
      return go_to(command.count.value_or(1));
    case StepVerb::sockets:
    case StepVerb::ports:
      return tables(command);
    case StepVerb::why:
      return why();
    case StepVerb::ladder:
      return draw(command.count.value_or(kLadderRungs));
    case StepVerb::list:
      return list(command.count.value_or(kListedEvents));
    case StepVerb::expect:
      return expectations();
    case StepVerb::help:
      return fitted(step_help());
    case StepVerb::quit:
      break;
  }
  return std::string{};
}

Stepper::Answer Stepper::move(const StepCommand& command) {
  return command.verb == StepVerb::until ? move_until(command) : step_by(command);
}

std::string Stepper::step_by(const StepCommand& command) {
  const std::uint64_t count = command.count.value_or(1);
  const std::uint64_t last = story_.moments().size() - 1;
  if (command.verb == StepVerb::back) {
    if (here_ == 0 && count != 0) return "this is the first event\n";
    return arrive_at(here_ - static_cast<std::size_t>(std::min<std::uint64_t>(count, here_)));
  }
  if (here_ == last && count != 0) return "this is the last event\n";
  return arrive_at(here_ + static_cast<std::size_t>(std::min<std::uint64_t>(count, last - here_)));
}

Stepper::Answer Stepper::move_until(const StepCommand& command) {
  const auto search = StepSearch::make(command.condition, run_);
  if (!search) return failure(search.error());
  const auto matches = [&](const Moment& moment) {
    const auto records = story_.records_of(moment);
    return std::any_of(records.begin(), records.end(),
                       [&](const StoryRecord& each) { return search->matches(each.record); });
  };
  const auto& moments = story_.moments();
  const auto here = moments.begin() + static_cast<std::ptrdiff_t>(here_);
  if (command.backwards) {
    const auto found = std::find_if(std::make_reverse_iterator(here), moments.rend(), matches);
    if (found != moments.rend()) {
      return arrive_at(static_cast<std::size_t>(moments.rend() - found) - 1);
    }
  } else {
    const auto found = std::find_if(here + 1, moments.end(), matches);
    if (found != moments.end()) return arrive_at(static_cast<std::size_t>(found - moments.begin()));
  }
  return fmt::format("no {} event is like that; this is still event {}\n",
                     command.backwards ? "earlier" : "later", event());
}

Stepper::Answer Stepper::go_to(std::uint64_t event) {
  if (event == 0 || event > events()) {
    return failure(UsageError{fmt::format("there is no event {}", event),
                              fmt::format("they are 1 to {}", events())});
  }
  return arrive_at(static_cast<std::size_t>(event - 1));
}

/// The last moment at or before a time, or the first of all.
std::size_t Stepper::moment_at(Duration time) const {
  const auto& moments = story_.moments();
  const auto after = std::upper_bound(moments.begin(), moments.end(), kStart + time,
                                      [&](SimTime wanted, const Moment& moment) {
                                        return wanted < story_.records()[moment.first].record.at;
                                      });
  return after == moments.begin() ? 0 : static_cast<std::size_t>(after - moments.begin()) - 1;
}

std::string Stepper::arrive_at(std::size_t moment) {
  std::string text;
  if (const StoryGap& gap = story_.gap()) {
    const auto is_behind = [&](std::size_t each) { return story_.moments()[each].first >= gap.at; };
    if (is_behind(here_) != is_behind(moment)) {
      append_format(text, "... {} segments left out, {} to {} ...\n", gap.segments,
                    seconds(gap.from), seconds(gap.to));
    }
  }
  here_ = moment;
  return text + show();
}

/// The event as the text report has it, and who got the segment and why.
std::string Stepper::show() {
  const SimTime at = story_.records()[story_.moments()[here_].first].record.at;
  std::string text;
  painter_.paint(text, Colour::bold,
                 fmt::format("event {} of {}, {}", event(), events(), seconds(at)));
  text += '\n';
  return fitted(text + lines_of(here_) + verdict_of(here_));
}

std::string Stepper::lines_of(std::size_t moment) {
  constexpr std::string_view kSent = "(sent)";
  std::string text = lines_.of(moment);
  const std::size_t place = resent_[moment] ? text.find(kSent) : text.npos;
  if (place != text.npos) text.replace(place, kSent.size(), "(sent again)");
  return text;
}

/// The lines of the explanation that say how it ended.
std::string Stepper::verdict_of(std::size_t moment) {
  if (!has_lookup(story_.records_of(story_.moments()[moment]))) return {};
  const std::string all = reasons_.of(moment);
  std::string text;
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with("  => ")) text.append(line.substr(2)).append("\n");
  }
  return text;
}

Stepper::Answer Stepper::tables(const StepCommand& command) const {
  const auto hosts = hosts_named(run_.spec, command.host);
  if (!hosts) return failure(hosts.error());
  const StepTable table{story_,   run_.run.directory(), here_,     *hosts,
                        painter_, options_.width,       ellipsis()};
  return fitted(command.verb == StepVerb::sockets ? socket_tables(table) : port_tables(table));
}

/// The moment in which the segment of this one is looked up.
std::optional<std::size_t> Stepper::look_up_of(std::size_t moment) const {
  const auto records = story_.records_of(story_.moments()[moment]);
  if (has_lookup(records)) return moment;
  const TraceRecord& first = records.front().record;
  if (first.kind != TraceKind::segment_sent) return std::nullopt;
  for (std::size_t i = moment + 1; i < story_.moments().size(); ++i) {
    const auto later = story_.records_of(story_.moments()[i]);
    if (later.front().record.segment.id == first.segment.id && has_lookup(later)) return i;
  }
  return std::nullopt;
}

Stepper::Answer Stepper::why() {
  const auto moment = look_up_of(here_);
  if (!moment) return std::string("no segment is looked up in this event\n");
  std::string text;
  if (*moment != here_)
    text = fmt::format("This segment comes to its end in event {}:\n", *moment + 1);
  const std::string paragraph = reasons_.of(*moment);
  return fitted(text + paragraph.substr(paragraph.find_first_not_of('\n')));
}

std::string Stepper::draw(std::uint64_t rungs) const {
  const std::size_t here = ladder_.rung_of(here_);
  LadderTextOptions options;
  options.width = options_.width;
  options.ascii = options_.ascii;
  options.marked = here;
  const auto count = static_cast<std::size_t>(
      std::clamp<std::uint64_t>(rungs, 1, std::max<std::size_t>(ladder_.rungs.size(), 1)));
  const std::size_t most_first = ladder_.rungs.size() - std::min(count, ladder_.rungs.size());
  options.first = std::min(here - std::min(here, count / 2), most_first);
  options.count = count;
  std::string text;
  ByteSink out(text);
  write_ladder_text(out, ladder_, options);
  out.flush();
  return text;
}

std::string Stepper::list(std::uint64_t events) {
  const std::size_t all = story_.moments().size();
  const auto count = static_cast<std::size_t>(std::clamp<std::uint64_t>(events, 1, all));
  const std::size_t first = std::min(here_ - std::min(here_, count / 2), all - count);
  const std::size_t width = std::to_string(first + count).size();
  std::string text;
  for (std::size_t i = first; i < first + count; ++i) {
    const std::string lines = lines_of(i);
    const std::string line = fmt::format("{} {:>{}}  {}", i == here_ ? '>' : ' ', i + 1, width,
                                         std::string_view(lines).substr(0, lines.find('\n')));
    text += shortened(line, options_.width, ellipsis());
    text += '\n';
  }
  return text;
}

std::string Stepper::expectations() const {
  if (run_.verdicts.empty()) return "nothing was expected\n";
  std::string text;
  ByteSink out(text);
  TextSink sink(run_.run.directory(), out, {true, false, options_.colour, run_.path});
  for (const ExpectationResult& each : run_.verdicts) sink.expectation(each);
  out.flush();
  return fitted(text);
}

std::string Stepper::fitted(const std::string& text) const {
  std::string out;
  append_wrapped(out, text, options_.width);
  return out;
}

}  // namespace demuxsim::cli
