#include "packetdrill/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/profiles.hpp"

namespace demuxsim::packetdrill {
namespace {

using Complaint = std::string;

/// The addresses that packetdrill takes by default.
void use_ipv4(Settings& settings) {
  settings.local = IpAddress::ipv4(0xc0a8'0001);   // 192.168.0.1
  settings.remote = IpAddress::ipv4(0xc000'0201);  // 192.0.2.1
}

void use_ipv6(Settings& settings) {
  settings.local = IpAddress::ipv6(0xfd3d'0a7b'17d6'0000, 1);
  settings.remote = IpAddress::ipv6(0x2001'0db8'0000'0000, 1);
}

/// The whole text as a number of that range.
Complaint read_number(std::string_view text, std::int64_t least, std::int64_t most,
                      std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (whole && number >= least && number <= most) return {};
  return fmt::format("{} is no whole number from {} to {}", loading::quote(text), least, most);
}

Complaint set_version(std::string_view value, Settings& settings) {
  if (value == "ipv4" || value == "ipv4-mapped-ipv6") {
    use_ipv4(settings);
  } else if (value == "ipv6") {
    use_ipv6(settings);
  } else {
    return fmt::format("{} is not ipv4, ipv6 or ipv4-mapped-ipv6", loading::quote(value));
  }
  return {};
}

Complaint set_tolerance(std::string_view value, Settings& settings) {
  constexpr std::int64_t kMinute = 60'000'000;
  std::int64_t microseconds = 0;
  Complaint complaint = read_number(value, 0, kMinute, microseconds);
  settings.tolerance = std::chrono::microseconds{microseconds};
  return complaint;
}

/// What is left for TCP is what it announces as its MSS.
Complaint set_mtu(std::string_view value, Settings& settings) {
  constexpr std::int64_t kSmallest = 68;  // RFC 791.
  constexpr std::int64_t kHeaders = 40;
  std::int64_t mtu = 0;
  Complaint complaint = read_number(value, kSmallest, 65535, mtu);
  settings.host.tcp.mss = static_cast<std::uint16_t>(mtu - kHeaders);
  return complaint;
}

Complaint set_port(std::string_view value, Port& port) {
  std::int64_t number = 0;
  Complaint complaint = read_number(value, 1, 65535, number);
  port = Port{static_cast<std::uint16_t>(number)};
  return complaint;
}

/// False for an option without a meaning here.
bool apply(const ScriptOption& option, Settings& settings, Complaint& complaint) {
  if (option.name == "ip_version") {
    complaint = set_version(option.value, settings);
  } else if (option.name == "tolerance_usecs") {
    complaint = set_tolerance(option.value, settings);
  } else if (option.name == "mtu") {
    complaint = set_mtu(option.value, settings);
  } else if (option.name == "bind_port") {
    complaint = set_port(option.value, settings.bind_port);
  } else if (option.name == "connect_port") {
    complaint = set_port(option.value, settings.connect_port);
  } else {
    return false;
  }
  return true;
}

Buffers buffers_of(Profile profile) {
  switch (profile) {
    case Profile::freebsd:
      return {65536, 32768};
    case Profile::linux_6:
      return {131072, 4'194'304};
    case Profile::rfc9293:
    case Profile::textbook:
      break;
  }
  return {65535, 65535};
}

}  // namespace

Result<Settings, Diagnostic> settings_of(const Script& script, Profile profile) {
  Settings settings;
  settings.profile = profile;
  settings.host = loading::defaults_of(profile);
  settings.buffers = buffers_of(profile);
  use_ipv4(settings);
  for (const ScriptOption& option : script.options) {
    Complaint complaint;
    if (!apply(option, settings, complaint)) settings.ignored.push_back(&option);
    if (complaint.empty()) continue;
    return failure(
        Diagnostic{option.span, fmt::format("--{}: {}", option.name, complaint), {}, {}});
  }
  return settings;
}

}  // namespace demuxsim::packetdrill
