// What a script sets: options of the command line, `--name=value`, and sysctls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "demuxsim/core/result.hpp"
#include "demuxsim/host/config.hpp"
#include "demuxsim/packetdrill/script.hpp"
#include "demuxsim/scenario/diagnostic.hpp"
#include "demuxsim/scenario/profile.hpp"

namespace demuxsim::packetdrill {

/// How large the buffers of a new socket are.
struct Buffers {
  std::int64_t receive = 65536;
  std::int64_t send = 65536;
};

struct Settings {
  Profile profile = Profile::freebsd;
  HostConfig host;
  Buffers buffers;
  Duration tolerance = std::chrono::microseconds{4000};
  IpAddress local;
  IpAddress remote;
  Port bind_port{8080};                      ///< Of a bind that leaves it open.
  Port connect_port{8080};                   ///< The peer's, of a connect that leaves it open.
  std::vector<const ScriptOption*> ignored;  ///< Options without a meaning here.
};

/// Or what is wrong with an option.
Result<Settings, Diagnostic> settings_of(const Script& script, Profile profile);

/// What a sysctl does here.
enum class SysctlEffect : std::uint8_t {
  applied,
  none,  ///< Known, but nothing in the simulation depends on it.
  unknown,
};

/// Sets `name` to the first number of `value`. FreeBSD's and Linux's names.
SysctlEffect set_sysctl(std::string_view name, std::int64_t value, HostConfig& host,
                        Buffers& buffers);

}  // namespace demuxsim::packetdrill
