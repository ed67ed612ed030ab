// The numbers behind the constants that scripts write.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "demuxsim/packetdrill/script.hpp"
#include "demuxsim/scenario/profile.hpp"
#include "demuxsim/tcp/state.hpp"

namespace demuxsim::packetdrill {

inline constexpr std::int64_t kReadWrite = 2;  ///< O_RDWR.
inline constexpr std::int64_t kPollIn = 1;
inline constexpr std::int64_t kPollOut = 4;
inline constexpr std::int64_t kPollError = 8;
inline constexpr std::int64_t kPollHangUp = 16;

/// O_NONBLOCK, which systems do not agree on.
constexpr std::int64_t non_blocking_flag(Profile profile) {
  return profile == Profile::linux_6 ? 0x800 : 0x4;
}

/// A number, a constant, or several with `|` between them; nothing for anything else.
std::optional<std::int64_t> number_of(const Expression& expression, Profile profile);

/// Whether the constant is one of those with `|` between them.
bool names(const Expression& expression, std::string_view constant);

/// The state that TCPI_ESTABLISHED (FreeBSD), TCP_ESTABLISHED (Linux) or ESTABLISHED stands for.
std::optional<TcpState> state_named(std::string_view constant);

/// EAGAIN for its other name, EWOULDBLOCK.
constexpr std::string_view one_name_of(std::string_view error) {
  return error == "EWOULDBLOCK" ? "EAGAIN" : error;
}

}  // namespace demuxsim::packetdrill
