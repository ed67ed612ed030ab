#include "kernel/simulated_side.hpp"

#include <algorithm>

#include "demuxsim/scenario/run.hpp"
#include "demuxsim/trace/recorder.hpp"

namespace demuxsim::kernel {
namespace {

constexpr std::uint64_t kManyEvents = 1 << 20;

/// Keeps what can be seen from outside, and when something happened.
class Watcher final : public TraceSink {
 public:
  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& record : records) {
      if (happenings.empty() || happenings.back() != record.at) happenings.push_back(record.at);
      if (record.kind == TraceKind::segment_sent) {
        segments.push_back({record.at, record.segment});
      } else if (record.kind == TraceKind::call) {
        calls.push_back(record);
      }
    }
  }

  std::vector<SimTime> happenings;
  std::vector<SeenSegment> segments;
  std::vector<TraceRecord> calls;
};

SocketCall call_of(StepAction action) {
  switch (action) {
    case StepAction::bind:
      return SocketCall::bind;
    case StepAction::listen:
      return SocketCall::listen;
    case StepAction::connect:
      return SocketCall::connect;
    case StepAction::send:
      return SocketCall::send;
    case StepAction::shutdown_write:
      return SocketCall::shutdown;
    case StepAction::close:
      return SocketCall::close;
    case StepAction::abort:
      return SocketCall::abort;
    case StepAction::exit:
      return SocketCall::exit;
    case StepAction::reboot:
      return SocketCall::reboot;
    case StepAction::inject:
    case StepAction::link_down:  // These are not replayed.
    case StepAction::link_up:
    case StepAction::partition:
    case StepAction::heal:
      break;
  }
  return SocketCall::inject;
}

bool is_socket_call(StepAction action) {
  return action != StepAction::inject && action != StepAction::reboot;
}

/// Whether the record is the answer to the call. That to a connect may come later.
bool answers(const TraceRecord& record, const PlannedCall& call) {
  const StepSpec& step = *call.step;
  if (record.call != call_of(step.action)) return false;
  const SocketName name = call.socket.name ? call.socket.name : call.as;
  if (name && !call.socket.peer && record.socket != name) return false;
  if (!name && (record.host != step.by.host || record.process != step.by.process)) return false;
  if (step.action != StepAction::connect) return record.at == call.at;
  return record.at >= call.at && record.segment.to() == step.target;
}

std::vector<std::string> answers_to(const Plan& plan, std::vector<TraceRecord> records) {
  std::vector<std::string> texts;
  for (const PlannedCall& call : plan.calls) {
    std::string text = is_socket_call(call.step->action) ? "" : "ok";
    const auto found = std::find_if(records.begin(), records.end(),
                                    [&](const auto& record) { return answers(record, call); });
    if (found != records.end()) {
      text = name_of(found->result);
      records.erase(found);
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

void run_to_the_end(ScenarioRun& run) {
  while (!run.advance(kManyEvents)) continue;
  run.simulation().trace().flush();
}

/// The tables as they are at that time: of a run that ends then.
SeenTable table_at(ScenarioSpec spec, SimTime at) {
  spec.until = at;
  ScenarioRun run(spec);
  run_to_the_end(run);
  SeenTable table{at, {}};
  Simulation& simulation = run.simulation();
  for (std::uint32_t i = 0; i < simulation.host_count(); ++i) {
    for (const SocketRow& row : simulation.host(HostId{i}).sockets(at)) {
      const auto state = static_cast<TcpState>(row.state);
      if (state == TcpState::closed) continue;
      table.sockets.push_back({HostId{i}, state, row.local, row.peer});
    }
  }
  std::sort(table.sockets.begin(), table.sockets.end());
  return table;
}

}  // namespace

SeenRun simulate(const ScenarioSpec& spec, Plan& plan) {
  ScenarioRun run(spec);
  Watcher watcher;
  run.simulation().trace().attach(watcher, TraceKinds::happenings());
  run_to_the_end(run);
  plan_looks(plan, spec, watcher.happenings);
  SeenRun seen;
  seen.answers = answers_to(plan, std::move(watcher.calls));
  for (const SeenSegment& each : watcher.segments) {
    const Segment& segment = each.segment;
    const HostId to = run.simulation().host_of(segment.destination);
    const bool stays =
        segment.destination.is_loopback() || (to && to == run.simulation().host_of(segment.source));
    if (!stays) seen.segments.push_back(each);
  }
  for (const SimTime look : plan.looks) seen.tables.push_back(table_at(spec, look));
  return seen;
}

}  // namespace demuxsim::kernel
