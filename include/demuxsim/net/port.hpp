// Port numbers and the three ranges of RFC 6335 section 6.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace demuxsim {

/// A port number. 0 is reserved: it never names a process (RFC 6335 section 6).
struct Port {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(Port, Port) = default;
};

/// System, user and dynamic ports, under the names of everyday use.
enum class PortClass : std::uint8_t { well_known, registered, ephemeral };

/// By the ranges of RFC 6335, whatever range a host picks its own ephemeral ports from.
constexpr PortClass class_of(Port port) {
  if (port.value <= 1023) return PortClass::well_known;
  return port.value <= 49151 ? PortClass::registered : PortClass::ephemeral;
}

/// "well-known", "registered", "ephemeral".
constexpr std::string_view name_of(PortClass port_class) {
  switch (port_class) {
    case PortClass::well_known:
      return "well-known";
    case PortClass::registered:
      return "registered";
    case PortClass::ephemeral:
      return "ephemeral";
  }
  return "";
}

/// Takes exactly what name_of gives.
constexpr std::optional<PortClass> port_class_from(std::string_view name) {
  for (const auto each : {PortClass::well_known, PortClass::registered, PortClass::ephemeral}) {
    if (name_of(each) == name) return each;
  }
  return std::nullopt;
}

/// first..last, both included. Precondition of every user: first <= last.
struct PortRange {
  Port first;
  Port last;
  constexpr bool contains(Port port) const { return first <= port && port <= last; }
  constexpr std::uint32_t size() const { return std::uint32_t{last.value} - first.value + 1; }
  friend constexpr bool operator==(PortRange, PortRange) = default;
};

/// RFC 6335 section 6: the dynamic ports.
inline constexpr PortRange kDynamicPorts{Port{49152}, Port{65535}};

/// The ports that class_of puts into this class.
constexpr PortRange range_of(PortClass port_class) {
  switch (port_class) {
    case PortClass::well_known:
      return {Port{0}, Port{1023}};
    case PortClass::registered:
      return {Port{1024}, Port{49151}};
    case PortClass::ephemeral:
      break;
  }
  return kDynamicPorts;
}

}  // namespace demuxsim
