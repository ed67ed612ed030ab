#include "kernel/plan.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

namespace demuxsim::kernel {
namespace {

using std::chrono::milliseconds;

/// Each host is a network namespace, and making one takes some milliseconds.
constexpr std::uint32_t kMostHosts = 300;
constexpr std::uint64_t kMostCalls = 10'000;
/// What one call may send: it has to fit into the socket at once.
constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
/// The kernel may have something to say after the simulator has fallen silent.
constexpr Duration kAfterword = milliseconds{500};
/// A look this close to what happens would depend on how busy the machine is.
constexpr Duration kLeastDistance = std::chrono::microseconds{100};

std::optional<std::string> why_not(const HostGroupSpec& group, const ListenConfig& service) {
  if (service.set_up != SetUp::same_port) {
    return fmt::format("a server of {} answers from another port (setup: {}), as no kernel does",
                       group.name, service.set_up == SetUp::announce ? "announce" : "switch-port");
  }
  return std::nullopt;
}

std::optional<std::string> why_not(const HostGroupSpec& group) {
  if (group.config.follow_port_switch) {
    return fmt::format(
        "{} has a textbook profile: its clients follow a server to another port, "
        "as no kernel does",
        group.name);
  }
  for (const ProcessSpec& process : group.processes) {
    if (process.client) {
      return fmt::format("{}/{} has a workload; only what stands in the timeline is replayed",
                         group.name, process.name);
    }
    for (const ListenConfig& service : process.listens) {
      if (auto reason = why_not(group, service)) return reason;
    }
  }
  return std::nullopt;
}

std::optional<std::string> why_not(const StepSpec& step) {
  if (step.set_up != SetUp::same_port || step.listen.set_up != SetUp::same_port) {
    return fmt::format("the step in line {} is about a server that answers from another port",
                       step.span.line);
  }
  if (step.action > StepAction::inject) {
    return fmt::format("the step in line {} changes the network, which is as it is in a replay",
                       step.span.line);
  }
  if (step.vary != Vary::nothing || step.segment.icmp != IcmpError::none) {
    return fmt::format(
        "the step in line {} injects what is not replayed: varying segments, ICMP errors",
        step.span.line);
  }
  if (step.bytes > kMostBytes) {
    return fmt::format("the step in line {} sends more than 16 MiB at once", step.span.line);
  }
  return std::nullopt;
}

/// `name` the time the step is done.
SocketName turned(SocketName name, bool numbered, std::uint64_t turn) {
  if (name && numbered) name.index = static_cast<std::uint32_t>(turn);
  return name;
}

PlannedCall call_of(const StepSpec& step, std::uint64_t turn, SimTime at) {
  PlannedCall call{&step, at, step.socket, turned(step.as, step.numbered, turn)};
  call.socket.name = turned(step.socket.name, step.socket.each, turn);
  return call;
}

/// When to look for what is so at `at`: halfway to what happens next, but soon, as the kernel's
/// timers are not that exact.
std::optional<SimTime> look_for(SimTime at, const std::vector<SimTime>& happenings) {
  constexpr Duration kSoon = milliseconds{1};
  const auto next = std::upper_bound(happenings.begin(), happenings.end(), at);
  const Duration room = next == happenings.end() ? 2 * kSoon : std::min(*next - at, 2 * kSoon);
  if (room / 2 < kLeastDistance) return std::nullopt;
  return at + room / 2;
}

}  // namespace

std::optional<std::string> why_not(const ScenarioSpec& spec) {
  if (spec.steps.empty()) return "it has no timeline";
  if (spec.host_count > kMostHosts) {
    return fmt::format("it has {} hosts; up to {} are replayed", spec.host_count, kMostHosts);
  }
  std::uint64_t calls = 0;
  for (const HostGroupSpec& group : spec.hosts) {
    if (auto reason = why_not(group)) return reason;
  }
  for (const StepSpec& step : spec.steps) {
    if (auto reason = why_not(step)) return reason;
    calls += std::min(step.times, kMostCalls + 1);
  }
  if (calls > kMostCalls) return fmt::format("it has more than {} calls", kMostCalls);
  return std::nullopt;
}

std::vector<std::string> adapt(ScenarioSpec& spec, SimTime limit) {
  constexpr Duration kLinuxMsl = std::chrono::seconds{30};  // TCP_TIMEWAIT_LEN is twice this.
  std::vector<std::string> changes;
  spec.until = std::min(limit, spec.until.value_or(kNever));
  for (HostGroupSpec& group : spec.hosts) {
    TcpConfig& tcp = group.config.tcp;
    if (tcp.msl != kLinuxMsl) changes.push_back("msl is 30 s, a constant of Linux");
    if (tcp.iss != IssMode::rfc6528) changes.push_back("initial sequence numbers are not zero");
    tcp.msl = kLinuxMsl;
    tcp.iss = IssMode::rfc6528;
  }
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  return changes;
}

Plan plan_calls(const ScenarioSpec& spec, SimTime limit) {
  Plan plan;
  for (const StepSpec& step : spec.steps) {
    for (std::uint64_t turn = 0; turn < step.times; ++turn) {
      const SimTime at = step.at + step.every * static_cast<std::int64_t>(turn);
      if (at <= limit) {
        plan.calls.push_back(call_of(step, turn, at));
      } else {
        ++plan.left_out;
      }
    }
  }
  std::stable_sort(plan.calls.begin(), plan.calls.end(),
                   [](const PlannedCall& a, const PlannedCall& b) { return a.at < b.at; });
  return plan;
}

void plan_looks(Plan& plan, const ScenarioSpec& spec, const std::vector<SimTime>& happenings) {
  const SimTime last = happenings.empty() ? kStart : happenings.back();
  plan.end = std::min(later(last, kAfterword), spec.until.value_or(kNever));
  for (const ExpectSpec& expect : spec.expects) {
    if (!expect.at) continue;
    const auto look = look_for(*expect.at, happenings);
    if (look && *look < plan.end) plan.looks.push_back(*look);
  }
  plan.looks.push_back(plan.end);
  std::sort(plan.looks.begin(), plan.looks.end());
  plan.looks.erase(std::unique(plan.looks.begin(), plan.looks.end()), plan.looks.end());
}

}  // namespace demuxsim::kernel
