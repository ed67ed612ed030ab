// IANA's registry as sorted lines of text, as tools/iana_services.py writes it: nothing to set up
// when the program starts, a look-up halves the text. Only services.cpp reads it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace demuxsim::iana {

// Each table in parts of whole lines, each line ended. A part is a literal of a length that every
// compiler takes.

/// `00080 tus http World Wide Web HTTP`: port, protocols (`t` TCP, `u` UDP, `s` SCTP, `d` DCCP, `-`
/// not stated), name (`-` where the port is held back without one), description. By port; the
/// registry's order on one port.
extern const std::span<const std::string_view> kSinglePorts;
/// The same with `06000-06063` in place of the port.
extern const std::span<const std::string_view> kPortRanges;
/// `http-alt 00591 08008 08080`: a name in small letters and the ports, or first ports of ranges,
/// it has; none for a service registered without a port. By name.
extern const std::span<const std::string_view> kNames;

struct TableCounts {
  std::size_t records;  ///< Rows of the registry.
  std::size_t single_ports;
  std::size_t ranges;
  std::size_t names;
};
extern const TableCounts kCounts;

}  // namespace demuxsim::iana
