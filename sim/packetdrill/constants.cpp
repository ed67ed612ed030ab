#include "packetdrill/constants.hpp"

#include <algorithm>
#include <array>

namespace demuxsim::packetdrill {
namespace {

struct Constant {
  std::string_view name;
  std::int64_t value;
};

constexpr std::array kConstants{
    Constant{"O_RDONLY", 0},         Constant{"O_WRONLY", 1},
    Constant{"O_RDWR", kReadWrite},  Constant{"SHUT_RD", 0},
    Constant{"SHUT_WR", 1},          Constant{"SHUT_RDWR", 2},
    Constant{"POLLIN", kPollIn},     Constant{"POLLOUT", kPollOut},
    Constant{"POLLERR", kPollError}, Constant{"POLLHUP", kPollHangUp},
};

struct StateName {
  std::string_view name;
  TcpState state;
};

/// Where systems and tools differ, all names.
constexpr std::array kStateNames{
    StateName{"CLOSED", TcpState::closed},
    StateName{"CLOSE", TcpState::closed},
    StateName{"LISTEN", TcpState::listen},
    StateName{"SYN_SENT", TcpState::syn_sent},
    StateName{"SYN_RECEIVED", TcpState::syn_received},
    StateName{"SYN_RECV", TcpState::syn_received},
    StateName{"SYN_RCVD", TcpState::syn_received},
    StateName{"ESTABLISHED", TcpState::established},
    StateName{"CLOSE_WAIT", TcpState::close_wait},
    StateName{"FIN_WAIT_1", TcpState::fin_wait_1},
    StateName{"FIN_WAIT1", TcpState::fin_wait_1},
    StateName{"CLOSING", TcpState::closing},
    StateName{"LAST_ACK", TcpState::last_ack},
    StateName{"FIN_WAIT_2", TcpState::fin_wait_2},
    StateName{"FIN_WAIT2", TcpState::fin_wait_2},
    StateName{"TIME_WAIT", TcpState::time_wait},
};

std::optional<std::int64_t> value_of(std::string_view name, Profile profile) {
  if (name == "O_NONBLOCK") return non_blocking_flag(profile);
  const auto found = std::find_if(kConstants.begin(), kConstants.end(),
                                  [&](const Constant& each) { return each.name == name; });
  if (found == kConstants.end()) return std::nullopt;
  return found->value;
}

}  // namespace

std::optional<std::int64_t> number_of(const Expression& expression, Profile profile) {
  if (expression.kind == Expression::Kind::number) return expression.number;
  if (expression.kind == Expression::Kind::word) return value_of(expression.text, profile);
  if (expression.kind != Expression::Kind::either) return std::nullopt;
  std::int64_t sum = 0;
  for (const Expression& part : expression.parts) {
    const std::optional<std::int64_t> value = number_of(part, profile);
    if (!value) return std::nullopt;
    sum |= *value;
  }
  return sum;
}

bool names(const Expression& expression, std::string_view constant) {
  if (expression.kind == Expression::Kind::word) return expression.text == constant;
  return expression.kind == Expression::Kind::either &&
         std::any_of(expression.parts.begin(), expression.parts.end(),
                     [&](const Expression& part) { return names(part, constant); });
}

std::optional<TcpState> state_named(std::string_view constant) {
  for (const std::string_view prefix : {"TCPI_", "TCP_", "TCPS_"}) {
    if (!constant.starts_with(prefix)) continue;
    constant.remove_prefix(prefix.size());
    break;
  }
  const auto found = std::find_if(kStateNames.begin(), kStateNames.end(),
                                  [&](const StateName& each) { return each.name == constant; });
  if (found == kStateNames.end()) return std::nullopt;
  return found->state;
}

}  // namespace demuxsim::packetdrill
