// Shell lines and assertions: what they set, and what they look at.
#include <array>
#include <charconv>
#include <system_error>

#include <fmt/core.h>

#include "packetdrill/constants.hpp"
#include "packetdrill/runner.hpp"

namespace demuxsim::packetdrill {
namespace {

constexpr std::string_view sign_of(Comparison comparison) {
  constexpr std::array<std::string_view, 6> kSigns{"==", "!=", "<", "<=", ">", ">="};
  return kSigns[static_cast<std::size_t>(comparison)];
}

bool holds(std::int64_t left, Comparison comparison, std::int64_t right) {
  switch (comparison) {
    case Comparison::equal:
      return left == right;
    case Comparison::unequal:
      return left != right;
    case Comparison::less:
      return left < right;
    case Comparison::at_most:
      return left <= right;
    case Comparison::more:
      return left > right;
    case Comparison::at_least:
      return left >= right;
  }
  return false;
}

}  // namespace

void Runner::perform(const ShellEvent& shell, const ScriptEvent&) {
  for (const ShellCommand& command : commands_of(shell.command)) {
    std::visit([&](const auto& each) { perform(each); }, command);
  }
}

void Runner::perform(const SetSysctl& set) {
  const SysctlEffect effect = set_sysctl(set.name, set.value, machine_.config(), settings_.buffers);
  if (effect != SysctlEffect::applied) ignore(fmt::format("sysctl {}", set.name));
}

void Runner::perform(const CountSockets& count) {
  const std::string actual = fmt::format("{}", process_.count(count.state));
  if (actual.find(count.count) != actual.npos) return;
  fail(fmt::format("sockets in {}: expected {}, actual {}", name_of(count.state), count.count,
                   actual));
}

void Runner::perform(const DropSockets& drop) {
  if (drop.state == TcpState::time_wait) {
    machine_.call([](Host& host, SimTime now) { host.end_time_wait(now); });
  } else {
    ignore(fmt::format("tcpdrop of sockets in {}", name_of(drop.state)));
  }
}

void Runner::perform(const OtherCommand& other) { ignore(fmt::format("`{}`", other.text)); }

/// A number, the state that a constant names, or a field of TCP_INFO.
std::optional<std::int64_t> Runner::side_of(std::string_view side) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(side.data(), side.data() + side.size(), number);
  if (error == std::errc{} && end == side.data() + side.size()) return number;
  if (const auto state = state_named(side)) return static_cast<std::int64_t>(*state);
  const Result<std::int64_t, std::string> field = process_.field(side);
  if (field) return *field;
  fail(fmt::format("assertion cannot be checked: {}", field.error()));
  return std::nullopt;
}

void Runner::perform(const AssertEvent& assertion, const ScriptEvent&) {
  for (const std::string& statement : assertion.others)
    ignore(fmt::format("%{{ {} }}%", statement));
  for (const Claim& claim : assertion.claims) {
    const std::optional<std::int64_t> left = side_of(claim.left);
    const std::optional<std::int64_t> right = side_of(claim.right);
    if (!left || !right) return;
    if (holds(*left, claim.comparison, *right)) continue;
    const bool is_state = claim.left == "tcpi_state";
    fail(fmt::format(
        "assertion failed: {} {} {}, actual {}", claim.left, sign_of(claim.comparison), claim.right,
        is_state ? std::string(name_of(static_cast<TcpState>(*left))) : fmt::format("{}", *left)));
    return;
  }
}

}  // namespace demuxsim::packetdrill
