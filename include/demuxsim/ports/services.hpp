// Which services ports are assigned to: IANA's registry of service names and port numbers, built
// into the program. An assignment says what to expect at a port, not what a host must run there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/net/port.hpp"

namespace demuxsim {

/// The transport protocols that an entry is for; none where the registry does not say.
struct Protocols {
  bool tcp = false;
  bool udp = false;
  bool sctp = false;
  bool dccp = false;
  friend constexpr bool operator==(Protocols, Protocols) = default;
};

/// `tcp, udp`; empty for none.
std::string to_string(Protocols protocols);

/// One entry of the registry. Its texts live as long as the program.
struct Service {
  std::string_view name;  ///< Empty where IANA holds ports back without giving them to a service.
  PortRange ports;
  Protocols protocols;
  std::string_view description;
};

/// The entries of a port, in the registry's order; none for a port that is unassigned.
std::vector<Service> services_on(Port port);

/// The entries that have a port within `range`, by their first one.
std::vector<Service> services_within(PortRange range);

/// What the port is assigned to with TCP: the first name, empty if there is none.
std::string_view tcp_service_on(Port port);

/// The entries of a service, whatever the case of the letters: with TCP first, then by port.
std::vector<Service> find_service(std::string_view name);

/// Whether the registry knows the name; such a service may have no port.
bool is_service(std::string_view name);

/// The port a server of that name listens on: the lowest one it has with TCP.
std::optional<Port> port_of(std::string_view name);

/// At most three names much like this one, the likest first: for "did you mean".
std::vector<std::string_view> similar_services(std::string_view name);

}  // namespace demuxsim
