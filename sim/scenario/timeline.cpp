#include "timeline.hpp"

#include <algorithm>

namespace demuxsim {
namespace {

SocketName with_turn(SocketName name, bool numbered, std::uint64_t turn) {
  if (name && numbered) name.index = static_cast<std::uint32_t>(turn);
  return name;
}

/// The socket that a step means the time it is done.
SocketRef socket_of(const StepSpec& step, std::uint64_t turn) {
  SocketRef ref = step.socket;
  if (ref.each) ref.name.index = static_cast<std::uint32_t>(turn);
  return ref;
}

SocketCall call_of(StepAction action) {
  switch (action) {
    case StepAction::send:
      return SocketCall::send;
    case StepAction::shutdown_write:
      return SocketCall::shutdown;
    case StepAction::abort:
      return SocketCall::abort;
    default:
      return SocketCall::close;
  }
}

/// What a step injects the time it is done. Past the last address or port it starts again.
Segment segment_of(const StepSpec& step, std::uint64_t turn) {
  Segment segment = step.segment;
  if (step.vary == Vary::address) {
    segment.source = segment.source.plus(turn).value_or(segment.source);
  } else if (step.vary == Vary::port) {
    segment.source_port.value = static_cast<std::uint16_t>(segment.source_port.value + turn);
  }
  return segment;
}

bool is_in(NodeId node, const std::vector<NodeRange>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [node](NodeRange range) {
    return node.value >= range.first && node.value - range.first < range.count;
  });
}

/// Both directions of every link between the two ends, or of every link of the one end.
void set_links(Simulation& simulation, const StepSpec& step) {
  const auto& one = step.groups.front();
  for (std::uint32_t i = 0; i < simulation.link_count(); ++i) {
    const auto [from, to] = simulation.ends_of(LinkId{i});
    const bool meant = step.groups.size() == 1
                           ? is_in(from, one) || is_in(to, one)
                           : (is_in(from, one) && is_in(to, step.groups[1])) ||
                                 (is_in(to, one) && is_in(from, step.groups[1]));
    if (!meant) continue;
    if (step.action == StepAction::link_down) {
      simulation.take_down(LinkId{i});
    } else {
      simulation.bring_up(LinkId{i});
    }
  }
}

/// The side of each node, counted from 1; 0 where it is on none. Of a step that heals: empty.
std::vector<std::uint32_t> sides_of(const StepSpec& step, std::uint32_t node_count) {
  if (step.groups.empty()) return {};
  std::vector<std::uint32_t> sides(node_count, 0);
  for (std::uint32_t i = 0; i < step.groups.size(); ++i) {
    for (const NodeRange range : step.groups[i]) {
      std::fill_n(sides.begin() + range.first, range.count, i + 1);
    }
  }
  return sides;
}

}  // namespace

Timeline::Timeline(const ScenarioSpec& spec, const SocketNames& names, Observer& observer)
    : spec_(&spec), names_(&names), observer_(&observer), turns_(spec.steps.size()) {}

void Timeline::start(Simulation& simulation) {
  for (std::uint32_t i = 0; i < spec_->steps.size(); ++i) {
    const StepSpec& step = spec_->steps[i];
    if (step.times != 0) simulation.schedule_action(step.at, host_of(step), i);
  }
}

/// On whose behalf a step is done: its process, or the opener of its socket.
HostId Timeline::host_of(const StepSpec& step) const {
  return step.by.host ? step.by.host : names_->opener(step.socket).host;
}

void Timeline::on_action(Simulation& simulation, std::uint32_t index) {
  const StepSpec& step = spec_->steps[index];
  const std::uint64_t turn = turns_[index]++;
  if (turns_[index] < step.times) {
    simulation.schedule_action(later(simulation.now(), step.every), host_of(step), index);
  }
  const bool called_again = step.action == StepAction::connect && step.socket.name;
  const SocketName name =
      called_again ? socket_of(step, turn).name : with_turn(step.as, step.numbered, turn);
  if (step.expect) observer_->expect_answer(simulation, index, name);
  const std::optional<Errno> answer = perform(simulation, step, turn);
  if (step.expect && answer) observer_->answered(simulation, index, name, *answer);
}

std::optional<Errno> Timeline::perform(Simulation& simulation, const StepSpec& step,
                                       std::uint64_t turn) {
  std::optional<Errno> answer;
  switch (step.action) {
    case StepAction::bind:
    case StepAction::listen:
    case StepAction::connect: {
      SocketHandle bound;
      if (step.socket.name) {
        HostId where;
        bound = find(simulation, socket_of(step, turn), where);
        if (!bound) return Errno::ebadf;
      }
      const Errno error = open(simulation, step, with_turn(step.as, step.numbered, turn), bound);
      // A call that has begun is answered by the network.
      if (step.action != StepAction::connect || error != Errno::ok) answer = error;
      break;
    }
    case StepAction::exit:
      answer = simulation.host(step.by.host).exit(simulation.now(), step.by.process);
      break;
    case StepAction::reboot:
      simulation.host(step.by.host).reboot(simulation.now());
      answer = Errno::ok;
      break;
    case StepAction::inject:
      simulation.host(step.by.host).inject(simulation.now(), segment_of(step, turn));
      answer = Errno::ok;
      break;
    case StepAction::link_down:
    case StepAction::link_up:
      set_links(simulation, step);
      return Errno::ok;
    case StepAction::partition:
    case StepAction::heal:
      simulation.part(sides_of(step, simulation.node_count()));
      return Errno::ok;
    default:
      return use(simulation, step, turn);
  }
  simulation.flush(step.by.host);
  return answer;
}

Errno Timeline::open(Simulation& simulation, const StepSpec& step, SocketName name,
                     SocketHandle bound) {
  Host& host = simulation.host(step.by.host);
  const auto error_of = [](const auto& result) { return result ? Errno::ok : result.error(); };
  if (step.action == StepAction::bind) {
    return error_of(
        host.bind(simulation.now(), step.by.process,
                  {step.target, step.reuse_address, step.reuse_port, step.no_port, name, bound}));
  }
  if (step.action == StepAction::listen) {
    return error_of(host.listen(simulation.now(), step.by.process, step.listen, name, bound));
  }
  ConnectOptions options;
  options.target = step.target;
  options.set_up = step.set_up;
  options.from_port = step.from_port;
  options.from_address = step.from_address;
  options.reuse_address = step.reuse_address;
  options.reuse_port = step.reuse_port;
  options.name = name;
  options.bound = bound;
  return error_of(host.connect(simulation.now(), step.by.process, options));
}

/// A call on a socket that is open already.
Errno Timeline::use(Simulation& simulation, const StepSpec& step, std::uint64_t turn) {
  const SocketRef ref = socket_of(step, turn);
  HostId where;
  const SocketHandle socket = find(simulation, ref, where);
  if (!socket) return use_without_connection(simulation, step, ref);
  Host& host = simulation.host(where);
  const SimTime now = simulation.now();
  const Errno error = step.action == StepAction::send    ? host.send(now, socket, step.bytes)
                      : step.action == StepAction::close ? host.close(now, socket)
                      : step.action == StepAction::abort ? host.abort(now, socket)
                                                         : host.shutdown_write(now, socket);
  simulation.flush(where);
  return error;
}

/// The socket's connection is no more, or not yet there.
Errno Timeline::use_without_connection(Simulation& simulation, const StepSpec& step,
                                       const SocketRef& ref) {
  const ProcessRef opener = names_->opener(ref);
  Host& host = simulation.host(opener.host);
  if (step.action == StepAction::send && !ref.first && !ref.peer) {
    const Errno error = host.send_when_introduced(ref.name, step.bytes);
    if (error == Errno::ok) return error;
  }
  const Errno error = ref.peer ? Errno::ebadf : host.error_after_end(name_in_records(ref));
  const ProcessId process = ref.peer ? ProcessId{} : opener.process;
  host.note_refused_call(simulation.now(),
                         {call_of(step.action), process, name_in_records(ref), step.bytes}, error);
  return error;
}

SocketHandle Timeline::find(Simulation& simulation, const SocketRef& ref, HostId& host) const {
  const std::optional<SocketPlace> place = names_->place(simulation, ref);
  if (!place) return {};
  host = place->host;
  return ref.peer ? simulation.host(host).find(place->local, place->peer)
                  : simulation.host(host).find(name_in_records(ref));
}

}  // namespace demuxsim
