// The names of the profiles, which are tables of defaults for a host.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace demuxsim {

enum class Profile : std::uint8_t { rfc9293, textbook, linux_6, freebsd };

struct ProfileName {
  std::string_view name;
  Profile value;
};

inline constexpr std::array kProfiles{
    ProfileName{"rfc9293", Profile::rfc9293}, ProfileName{"textbook", Profile::textbook},
    ProfileName{"linux", Profile::linux_6}, ProfileName{"freebsd", Profile::freebsd}};

/// Nothing for a word that names none.
constexpr std::optional<Profile> profile_from(std::string_view name) {
  for (const ProfileName& each : kProfiles) {
    if (each.name == name) return each.value;
  }
  return std::nullopt;
}

constexpr std::string_view name_of(Profile profile) {
  return kProfiles[static_cast<std::size_t>(profile)].name;
}

}  // namespace demuxsim
