#include "kernel/replay.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kernel/clock.hpp"
#include "kernel/conversations.hpp"
#include "kernel/packet.hpp"
#include "kernel/processes.hpp"
#include "kernel/socket_table.hpp"
#include "kernel/wire.hpp"
#include "scenario/build.hpp"

namespace demuxsim::kernel {
namespace {

using std::chrono::milliseconds;

/// A host has two descriptors, and each socket one.
void allow_descriptors() {
  rlimit limit{};
  checked(::getrlimit(RLIMIT_NOFILE, &limit), "the limit of descriptors");
  limit.rlim_cur = limit.rlim_max;
  checked(::setrlimit(RLIMIT_NOFILE, &limit), "the limit of descriptors");
}

class Stage {
 public:
  Stage(const ScenarioSpec& spec, const Plan& plan, const ReplayOptions& options)
      : plan_(plan),
        options_(options),
        templates_(build_templates(spec)),
        plans_(build_hosts(spec, templates_)),
        wire_(spec),
        processes_(spec, spaces_, replay_.seen.answers) {
    replay_.seen.answers.resize(plan.calls.size());
    allow_descriptors();
    for (const Simulation::HostPlan& host : plans_) {
      spaces_.emplace_back(host.kind->config, host.addresses);
    }
    for (std::uint32_t i = 0; i < spaces_.size(); ++i) processes_.start(HostId{i});
  }

  std::optional<Replay> run() {
    ::prctl(PR_SET_TIMERSLACK, 1000UL);  // Nanoseconds; what is due is done when it is due.
    clock_ = Clock(milliseconds{20});
    while (looks_done_ != plan_.looks.size()) {
      if (options_.is_interrupted()) return std::nullopt;
      wait();
      replay_.lateness = std::max(replay_.lateness, clock_.turn_back_to(next_due()));
      hear_all(clock_.now());
      if (next_due() <= clock_.now()) do_next(next_due());
    }
    return std::move(replay_);
  }

 private:
  SimTime next_call() const {
    return calls_done_ == plan_.calls.size() ? kNever : plan_.calls[calls_done_].at;
  }
  SimTime next_due() const {
    return std::min({wire_.next(), processes_.next_reply(), next_call(), plan_.looks[looks_done_]});
  }

  /// Until something is due or a descriptor has something to say.
  void wait() {
    constexpr Duration kMost = milliseconds{200};  // So that Ctrl-C does not have to wait.
    listen_for(std::clamp(next_due() - clock_.now(), Duration{0}, kMost));
  }

  /// Whether a descriptor has something to say within this time.
  bool listen_for(Duration patience) {
    watched_.clear();
    for (const NetworkNamespace& each : spaces_) watched_.push_back({each.tun(), POLLIN, 0});
    processes_.add_to(watched_);
    const timespec time{0, static_cast<long>(patience.count())};
    const int ready = ::ppoll(watched_.data(), watched_.size(), &time, nullptr);
    if (ready >= 0) return ready != 0;
    if (errno != EINTR) checked(ready, "poll");
    for (pollfd& each : watched_) each.revents = 0;
    return false;
  }

  /// First what hosts have sent, then what processes have got.
  void hear_all(SimTime now) {
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      if (watched_[i].revents == 0) continue;
      if (i < spaces_.size()) {
        capture(HostId{static_cast<std::uint32_t>(i)}, now);
      } else {
        processes_.serve(watched_[i], now);
      }
    }
  }

  void capture(HostId host, SimTime now) {
    std::array<char, 65536> buffer;
    for (;;) {
      const auto size = ::read(spaces_[host.value].tun(), buffer.data(), buffer.size());
      if (size <= 0) return;
      auto packet = parse_packet({buffer.data(), static_cast<std::size_t>(size)});
      if (packet) send(now, host, std::move(*packet));  // Others are of IPv6's own making.
    }
  }

  void send(SimTime now, HostId host, Packet packet) {
    replay_.seen.segments.push_back({now, packet.segment});
    wire_.send(now, host, std::move(packet));
  }

  /// The first of what is due, and all that comes of it at once: hosts and processes take no time
  /// for it, as in the simulator. At one instant, arrivals come before calls, as there.
  void do_next(SimTime due) {
    if (wire_.next() == due) {
      deliver();
    } else if (processes_.next_reply() == due) {
      processes_.reply_in_time();
    } else if (next_call() == due) {
      perform(plan_.calls[calls_done_], due);
      ++calls_done_;
    } else {
      look(due);
    }
    constexpr int kMostRounds = 1000;
    for (int i = 0; i < kMostRounds && listen_for(Duration{0}); ++i) hear_all(due);
    clock_.turn_back_to(due);
  }

  void deliver() {
    const auto arrival = wire_.step();
    if (!arrival) return;
    // It fails where the host does not take it, which is as good as not being there.
    static_cast<void>(
        ::write(spaces_[arrival->host.value].tun(), arrival->bytes.data(), arrival->bytes.size()));
  }

  void perform(const PlannedCall& call, SimTime now) {
    switch (call.step->action) {
      case StepAction::inject:
        inject(call, now);
        break;
      case StepAction::reboot:
        reboot(call.step->by.host);
        break;
      default:
        return processes_.perform(call, calls_done_);
    }
    replay_.seen.answers[calls_done_] = "ok";
  }

  void inject(const PlannedCall& call, SimTime now) {
    const Segment segment = transplanted({call.at, call.step->segment}, options_.simulated.segments,
                                         replay_.seen.segments);
    send(now, call.step->by.host, make_packet(segment));
  }

  /// Its sockets vanish without a word, and so does all the kernel knows of them.
  void reboot(HostId host) {
    NetworkNamespace& space = spaces_[host.value];
    space.cut_off();
    processes_.forget(host);
    const Simulation::HostPlan& plan = plans_[host.value];
    space = NetworkNamespace(plan.kind->config, plan.addresses);
    processes_.start(host);
  }

  void look(SimTime at) {
    SeenTable table{at, {}};
    for (std::uint32_t i = 0; i < spaces_.size(); ++i) {
      const auto sockets = sockets_of(spaces_[i], HostId{i});
      table.sockets.insert(table.sockets.end(), sockets.begin(), sockets.end());
    }
    replay_.seen.tables.push_back(std::move(table));
    ++looks_done_;
  }

  const Plan& plan_;
  const ReplayOptions& options_;
  std::vector<HostTemplate> templates_;
  std::vector<Simulation::HostPlan> plans_;
  std::vector<NetworkNamespace> spaces_;
  Replay replay_;
  Wire wire_;
  Processes processes_;
  Clock clock_{Duration{0}};
  std::vector<pollfd> watched_;
  std::size_t calls_done_ = 0;
  std::size_t looks_done_ = 0;
};

}  // namespace

std::optional<Replay> replay(const ScenarioSpec& spec, const Plan& plan,
                             const ReplayOptions& options) {
  return Stage(spec, plan, options).run();
}

}  // namespace demuxsim::kernel
