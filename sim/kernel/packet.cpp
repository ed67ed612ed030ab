#include "kernel/packet.hpp"

#include <cstring>

#include "demuxsim/report/frame.hpp"
#include "kernel/socket_address.hpp"

namespace demuxsim::kernel {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::size_t kEthernetHeader = 14;

/// Numbers in network byte order. Precondition of each: the place is within the text.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  unsigned u8(std::size_t at) const { return static_cast<std::uint8_t>(bytes_[at]); }
  unsigned u16(std::size_t at) const { return u8(at) << 8 | u8(at + 1); }
  std::uint32_t u32(std::size_t at) const { return u16(at) << 16 | u16(at + 2); }
  IpAddress ipv6(std::size_t at) const {
    in6_addr address{};
    std::memcpy(&address, bytes_.data() + at, sizeof address);
    return address_of(address);
  }

 private:
  std::string_view bytes_;
};

/// Reads the IP header into `segment`. The TCP segment, or nothing where it is something else.
std::string_view read_ip(std::string_view bytes, Segment& segment) {
  const Reader read(bytes);
  if (bytes.size() >= 20 && read.u8(0) >> 4 == 4) {
    const std::size_t header = (read.u8(0) & 0xf) * 4;
    const std::size_t length = read.u16(2);
    const bool is_fragment = (read.u16(6) & 0x3fff) != 0;
    if (read.u8(9) != kTcp || is_fragment || length > bytes.size() || header > length) return {};
    segment.hop_limit = static_cast<std::uint8_t>(read.u8(8));
    segment.source = IpAddress::ipv4(read.u32(12));
    segment.destination = IpAddress::ipv4(read.u32(16));
    return bytes.substr(header, length - header);
  }
  if (bytes.size() >= 40 && read.u8(0) >> 4 == 6) {
    const std::size_t length = read.u16(4);
    if (read.u8(6) != kTcp || 40 + length > bytes.size()) return {};
    segment.hop_limit = static_cast<std::uint8_t>(read.u8(7));
    segment.source = read.ipv6(8);
    segment.destination = read.ipv6(24);
    return bytes.substr(40, length);
  }
  return {};
}

/// One option by its kind, as RFC 9293, 7323 and 2018 have them; others are passed over.
void read_option(std::string_view option, Segment& segment) {
  const Reader read(option);
  const auto note = [&](Segment::Option each) {
    segment.options = static_cast<std::uint8_t>(segment.options | each);
  };
  const unsigned kind = read.u8(0);
  if (kind == 2 && option.size() == 4) {
    segment.mss = static_cast<std::uint16_t>(read.u16(2));
  } else if (kind == 3 && option.size() == 3) {
    note(Segment::kWindowScale);
    segment.window_shift = static_cast<std::uint8_t>(read.u8(2));
  } else if (kind == 4) {
    note(Segment::kSackPermitted);
  } else if (kind == 5) {
    for (std::size_t at = 2; at + 8 <= option.size(); at += 8) {
      if (segment.sack_count == Segment::kMostSackBlocks) break;
      segment.sack[segment.sack_count++] = {{read.u32(at)}, {read.u32(at + 4)}};
    }
  } else if (kind == 8 && option.size() == 10) {
    note(Segment::kTimestamps);
    segment.ts_value = read.u32(2);
    segment.ts_echo = read.u32(6);
  }
}

void read_options(std::string_view options, Segment& segment) {
  const Reader read(options);
  for (std::size_t at = 0; at < options.size() && read.u8(at) != 0;) {
    if (read.u8(at) == 1) {  // No operation.
      ++at;
      continue;
    }
    const std::size_t length = at + 1 < options.size() ? read.u8(at + 1) : 0;
    if (length < 2 || at + length > options.size()) break;
    read_option(options.substr(at, length), segment);
    at += length;
  }
}

bool read_tcp(std::string_view bytes, Segment& segment) {
  if (bytes.size() < 20) return false;
  const Reader read(bytes);
  const std::size_t header = (read.u8(12) >> 4) * 4;
  if (header < 20 || header > bytes.size()) return false;
  segment.source_port = Port{static_cast<std::uint16_t>(read.u16(0))};
  segment.destination_port = Port{static_cast<std::uint16_t>(read.u16(2))};
  segment.seq = {read.u32(4)};
  segment.ack = {read.u32(8)};
  segment.flags = static_cast<std::uint8_t>(read.u8(13) & 0x3f);
  segment.window = static_cast<std::uint16_t>(read.u16(14));
  read_options(bytes.substr(20, header - 20), segment);
  segment.payload_bytes = static_cast<std::uint16_t>(bytes.size() - header);
  return true;
}

}  // namespace

std::optional<Packet> parse_packet(std::string_view bytes) {
  Segment segment;
  if (!read_tcp(read_ip(bytes, segment), segment)) return std::nullopt;
  return Packet{segment, std::string(bytes)};
}

Packet make_packet(const Segment& segment) {
  std::string frame;
  append_frame(frame, segment, {}, 0);
  return {segment, frame.substr(kEthernetHeader)};
}

}  // namespace demuxsim::kernel
