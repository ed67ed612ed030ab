// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), one section, little-endian. Knows nothing
// of hosts or look-ups.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demuxsim/core/time.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/report/byte_sink.hpp"

namespace demuxsim {

/// LINKTYPE_ numbers as tcpdump.org lists them.
enum class LinkType : std::uint16_t { ethernet = 1, pktap = 258 };

struct PcapngInterface {
  std::string name;
  std::string description;
  std::string mac;  ///< Six bytes.
  std::vector<IpAddress> addresses;
};

struct PcapngName {
  IpAddress address;
  std::string name;
};

enum class PcapngDirection : std::uint8_t { inbound = 1, outbound = 2 };

struct PcapngPacket {
  std::uint32_t interface = 0;  ///< In the order in which they were written.
  SimTime at;
  std::string_view bytes;
  PcapngDirection direction = PcapngDirection::outbound;
  std::uint64_t id = 0;
  std::string_view comment;
};

class PcapngWriter {
 public:
  /// Both must outlive this. The caller flushes `out`.
  PcapngWriter(ByteSink& out, LinkType link_type) : out_(out), link_type_(link_type) {}

  /// The first block. Texts are UTF-8.
  void section(std::string_view comment, std::string_view application);
  /// Stamps are in nanoseconds since the start of the run.
  void interface(const PcapngInterface& interface);
  void names(std::span<const PcapngName> names);
  void packet(const PcapngPacket& packet);

 private:
  void begin(std::uint32_t type);
  void end();
  void option(std::uint16_t code, std::string_view value);
  void end_of_options() { option(0, {}); }
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void pad();

  ByteSink& out_;
  LinkType link_type_;
  std::string block_;
};

}  // namespace demuxsim
