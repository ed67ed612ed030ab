// The profiles: which values a host's settings have before the scenario changes them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "demuxsim/host/config.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {

enum class Profile : std::uint8_t { rfc9293, textbook, linux_6, freebsd };

inline constexpr std::array kProfiles{
    Word<Profile>{"rfc9293", Profile::rfc9293}, Word<Profile>{"textbook", Profile::textbook},
    Word<Profile>{"linux", Profile::linux_6}, Word<Profile>{"freebsd", Profile::freebsd}};

/// The table that FORMAT.md prints, with its sources.
HostConfig defaults_of(Profile profile);

}  // namespace demuxsim::loading
