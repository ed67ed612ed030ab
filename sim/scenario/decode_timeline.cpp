#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_reference.hpp"
#include "scenario/decode_scalar.hpp"
#include "scenario/decode_step.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::array<std::string_view, 4> kEveryStep{"at", "when", "times", "every"};
constexpr std::uint64_t kMostRepetitions = 1'000'000'000;
constexpr Limited<std::uint64_t> kTimes{{"a number of repetitions", 1, kMostRepetitions}};

/// Sockets are named before any step is read, so that one that is used too early is told apart
/// from one that does not exist.
void declare_socket(const ValueNode& step, Draft& draft) {
  const ValueNode* const as = find(step, "as");
  if (as == nullptr) return;
  const auto name = text_of(*as, "a name for the new socket", draft.diagnostics);
  if (!name) return;
  if (const auto error = check_name(*name, "socket")) {
    complain(draft.diagnostics, *as, *error);
    return;
  }
  const ValueNode* const times = find(step, "times");
  DiagnosticCollector told_later;
  const auto count = times == nullptr ? std::nullopt : kTimes(*times, told_later);
  if (draft.sockets.add(std::string(*name), static_cast<std::uint32_t>(count.value_or(1)),
                        times != nullptr, as->span)) {
    draft.spec.socket_names.emplace_back(*name);
    return;
  }
  complain(draft.diagnostics, *as, fmt::format("socket name {} is taken", quote(*name)))
      .notes.push_back({draft.sockets.find_entry(*name)->span, "first used here"});
}

void read_repetition(const Record& record, StepSpec& step, Draft& draft) {
  step.numbered = record.has("times");
  record.read("times", step.times, kTimes);
  record.read("every", step.every, decode_positive_time);
  if (step.times > 1 && !record.has("every")) {
    draft.diagnostics.add(record.find("times")->key_span, "'times' needs 'every'").help =
        "every: 10ms";
  }
  if (record.has("every") && !record.has("times")) {
    draft.diagnostics.add(record.find("every")->key_span, "'every' needs 'times'").help =
        "times: 10";
  }
  const Wide last = Wide{step.times - 1} * static_cast<std::uint64_t>(step.every.count());
  if (last > static_cast<std::uint64_t>(kLongestTime.count())) {
    draft.diagnostics.add(record.span(), "the last repetition would be more than 1000000h later");
    step.times = 1;
  }
}

/// A bare name of many sockets stands for one each time in a step that repeats; elsewhere it is a
/// mistake.
void settle_repetition(const Record& record, StepSpec& step, Draft& draft) {
  const ValueNode* const socket = record.find("socket");
  if (socket == nullptr || !step.socket.name) return;
  const NameTable::Entry& entry = draft.sockets.entries()[step.socket.name.base];
  if (!entry.numbered || step.socket.name.index != SocketName::kNone) return;
  if (!step.numbered) {
    complain_about_name(draft, *socket, draft.sockets.find(entry.name).error());
  } else if (step.times > entry.count) {
    complain_about_name(draft, *socket,
                        {fmt::format("{} repetitions, but only {} sockets {}", step.times,
                                     entry.count, quote(entry.name)),
                         {}});
  } else {
    step.socket.each = true;
  }
}

void read_common(const Record& record, StepSpec& step, Draft& draft) {
  step.span = record.node().span;
  read_repetition(record, step, draft);
  Errno expect{};
  if (record.read("expect", expect, decode_errno)) step.expect = expect;
  Duration within{};
  if (record.read("within", within, decode_positive_time)) step.within = within;
  if (const ValueNode* const as = record.find("as"); as != nullptr && as->is_scalar()) {
    if (const auto* const entry = draft.sockets.find_entry(as->text)) {
      step.as.base = draft.sockets.index_of(*entry);
    }
  }
}

void add_step(const ValueNode& node, const ValueNode& value, StepSpec step, Draft& draft) {
  const ValueNode* const socket = find(node, "socket");
  const ValueNode* const as = find(node, "as");
  draft.step_places.push_back(
      {socket == nullptr ? SourceSpan{} : socket->span, as == nullptr ? SourceSpan{} : as->span});
  if (step.action == StepAction::connect) {
    draft.connects.push_back({&value, {}, {}, step.from_address, step.at, draft.spec.steps.size()});
  }
  draft.spec.steps.push_back(std::move(step));
}

/// What a step may have whose action is not known.
std::vector<std::string_view> all_keys() {
  std::vector<std::string_view> keys(kEveryStep.begin(), kEveryStep.end());
  const std::span<const std::string_view> actions = action_keys();
  for (std::size_t i = 0; i < actions.size(); ++i) {
    for (const std::string_view key : form_of(static_cast<StepAction>(i)).keys) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

void decode_step(const ValueNode& node, bool part, Draft& draft) {
  draft.names_matter = part;
  const std::span<const std::string_view> actions = action_keys();
  const auto is_action = [&](const ValueNode& item) {
    return std::find(actions.begin(), actions.end(), item.key) != actions.end();
  };
  const auto first = std::find_if(node.items.begin(), node.items.end(), is_action);
  if (std::count_if(node.items.begin(), node.items.end(), is_action) != 1) {
    (void)Record(node, "a step", all_keys(), draft.diagnostics).one_of(actions);
    return;
  }
  StepSpec step;
  step.action = static_cast<StepAction>(std::find(actions.begin(), actions.end(), first->key) -
                                        actions.begin());
  const StepForm form = form_of(step.action);
  std::vector<std::string_view> keys(kEveryStep.begin(), kEveryStep.end());
  keys.insert(keys.end(), form.keys.begin(), form.keys.end());
  const Record record(node, form.what, keys, draft.diagnostics);
  read_common(record, step, draft);
  const bool timed = record.need("at") != nullptr && record.read("at", step.at, decode_instant);
  const bool acts = decode_action(record, *first, step, draft);
  settle_repetition(record, step, draft);
  if (timed && acts && part) add_step(node, *first, std::move(step), draft);
}

/// A step on a bound socket acts for the process that owns it.
void inherit_owners(Draft& draft) {
  std::vector<const StepSpec*> makers(draft.spec.socket_names.size(), nullptr);
  for (const StepSpec& step : draft.spec.steps) {
    if (step.as && makers[step.as.base] == nullptr) makers[step.as.base] = &step;
  }
  for (StepSpec& step : draft.spec.steps) {
    if (!step.socket.name) continue;
    const StepSpec* const maker = makers[step.socket.name.base];
    if (maker == nullptr) continue;
    step.by = maker->by;
    const bool bound = maker->action == StepAction::bind;
    if (step.action == StepAction::listen && bound) step.listen.local = maker->target;
  }
  for (PendingConnect& pending : draft.connects) {
    if (!pending.step) continue;
    const StepSpec& step = draft.spec.steps[*pending.step];
    pending.host = step.by.host;
    if (!step.socket.name) continue;
    const StepSpec* const maker = makers[step.socket.name.base];
    if (maker == nullptr || maker->action != StepAction::bind) continue;
    if (!maker->target.address.is_unspecified()) {
      pending.from_address = maker->target.address;
    }
  }
}

}  // namespace

bool takes_part(const ValueNode& node, Draft& draft) {
  const ValueNode* const when = find(node, "when");
  return when == nullptr || draft.params.holds(*when);
}

void decode_timeline(const ValueNode& node, Draft& draft) {
  if (node.is_nothing() || node.is_broken()) return;
  if (!node.is_list()) {
    complain(draft.diagnostics, node,
             fmt::format("expected a list of steps, found {}", describe(node)));
    return;
  }
  std::vector<bool> parts;
  for (const ValueNode& item : node.items) {
    parts.push_back(takes_part(item, draft));
    if (parts.back()) declare_socket(item, draft);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) decode_step(node.items[i], parts[i], draft);
  draft.names_matter = true;
  inherit_owners(draft);
}

}  // namespace demuxsim::loading
