#include <algorithm>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/validate.hpp"

namespace demuxsim::loading {
namespace {

/// What is known about a socket name.
struct Named {
  std::string_view name;
  const StepSpec* maker = nullptr;  ///< Null where the step that makes it was broken.
  SourceSpan made;
  bool announced = false;  ///< It calls a server that announces another port.
};

std::vector<Named> named_sockets(const Draft& draft) {
  const ScenarioSpec& spec = draft.spec;
  std::vector<Named> named(spec.socket_names.size());
  for (std::size_t i = 0; i < named.size(); ++i) named[i].name = spec.socket_names[i];
  for (std::size_t i = 0; i < spec.steps.size(); ++i) {
    const StepSpec& step = spec.steps[i];
    if (step.as && named[step.as.base].maker == nullptr) {
      named[step.as.base].maker = &step;
      named[step.as.base].made = draft.step_places[i].as;
    }
    if (step.action != StepAction::connect || step.set_up != SetUp::announce) continue;
    const SocketName caller = step.as ? step.as : step.socket.name;
    if (caller) named[caller.base].announced = true;
  }
  return named;
}

SimTime time_of(const StepSpec& step, std::uint64_t repetition) {
  return step.at + Duration{step.every.count() * static_cast<std::int64_t>(repetition)};
}

/// Whether the socket is there when the step is done for the given time; steps of one instant are
/// done in file order.
bool is_made_before(const StepSpec& maker, std::uint64_t made_as, const StepSpec& user,
                    std::uint64_t repetition) {
  const SimTime made = time_of(maker, made_as);
  const SimTime used = time_of(user, repetition);
  return made < used || (made == used && &maker < &user);
}

void check_order(const StepSpec& step, SourceSpan span, const Named& named,
                 DiagnosticCollector& diagnostics) {
  const StepSpec& maker = *named.maker;
  const std::uint64_t last = step.times - 1;
  const std::uint64_t index = step.socket.name.index;
  const bool good = step.socket.each ? is_made_before(maker, 0, step, 0) &&
                                           is_made_before(maker, last, step, last)
                    : index != SocketName::kNone ? is_made_before(maker, index, step, 0)
                                                 : is_made_before(maker, 0, step, 0);
  if (good) return;
  diagnostics.add(span, fmt::format("socket {} is used before it is made", quote(named.name)))
      .notes.push_back({named.made, "made here"});
}

/// Complains about `.peer` and `.first` where there is no such end.
void check_ends(const SocketRef& socket, SourceSpan span, const Named& named,
                DiagnosticCollector& diagnostics) {
  if (socket.peer && named.maker->action == StepAction::listen) {
    diagnostics.add(span, fmt::format("socket {} listens: it has no peer", quote(named.name)))
        .notes.push_back({named.made, "made here"});
  }
  if (!socket.first || named.announced) return;
  Diagnostic& diagnostic = diagnostics.add(
      span,
      fmt::format("there is no '{}.first': its server does not announce another port", named.name));
  diagnostic.help = "only 'setup: announce' makes a first connection to the well-known port";
  diagnostic.notes.push_back({named.made, "made here"});
}

template <class Check>
void for_each_socket(const ExpectSpec& expect, const Check& check) {
  if (const auto* const socket = std::get_if<SocketExpect>(&expect.what)) check(socket->socket);
  const SegmentFilter* filter = nullptr;
  if (const auto* const segment = std::get_if<SegmentExpect>(&expect.what)) {
    filter = &segment->segment;
  } else if (const auto* const count = std::get_if<CountExpect>(&expect.what)) {
    filter = std::get_if<SegmentFilter>(&count->what);
  }
  if (filter == nullptr) return;
  if (filter->from_socket) check(*filter->from_socket);
  if (filter->to_socket) check(*filter->to_socket);
}

}  // namespace

void validate_steps(Draft& draft) {
  const ScenarioSpec& spec = draft.spec;
  const std::vector<Named> sockets = named_sockets(draft);
  for (std::size_t i = 0; i < spec.steps.size(); ++i) {
    const StepSpec& step = spec.steps[i];
    if (!step.socket.name) continue;
    const Named& named = sockets[step.socket.name.base];
    if (named.maker == nullptr) continue;
    check_order(step, draft.step_places[i].socket, named, draft.diagnostics);
    check_ends(step.socket, draft.step_places[i].socket, named, draft.diagnostics);
  }
  for (const ExpectSpec& expect : spec.expects) {
    for_each_socket(expect, [&](const SocketRef& socket) {
      const Named& named = sockets[socket.name.base];
      if (named.maker != nullptr) check_ends(socket, expect.span, named, draft.diagnostics);
    });
  }
}

}  // namespace demuxsim::loading
