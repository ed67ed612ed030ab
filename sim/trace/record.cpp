#include "demuxsim/trace/record.hpp"

#include <array>
#include <cstddef>

namespace demuxsim {
namespace {

/// The name at the place of `value`; the tables below stand in the order of their enums.
template <class Enum, std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

constexpr std::array<std::string_view, 7> kRules{
    "exact-4-tuple", "listener-address", "listener-any", "reuseport-hash",
    "time-wait",     "port-switch",      "no-match"};
constexpr std::array<std::string_view, 13> kReasons{
    "none",       "loss",      "queue-full",  "link-down",    "partition",
    "no-route",   "hop-limit", "host-down",   "backlog-full", "no-port",
    "not-for-us", "checksum",  "unacceptable"};
constexpr std::array<std::string_view, 3> kActions{"bound", "allocated", "released"};
constexpr std::array<std::string_view, 12> kCalls{"bind",  "listen",  "connect",  "accept",
                                                  "send",  "receive", "shutdown", "close",
                                                  "abort", "exit",    "reboot",   "inject"};

static_assert(kRules.size() == kLookupRuleCount);
static_assert(kReasons.size() == kDropReasonCount);
static_assert(kActions.size() == static_cast<std::size_t>(PortAction::released) + 1);
static_assert(kCalls.size() == static_cast<std::size_t>(SocketCall::inject) + 1);

}  // namespace

std::string_view name_of(LookupRule rule) { return pick(kRules, rule); }
std::string_view name_of(DropReason reason) { return pick(kReasons, reason); }
std::string_view name_of(PortAction action) { return pick(kActions, action); }
std::string_view name_of(SocketCall call) { return pick(kCalls, call); }

}  // namespace demuxsim
