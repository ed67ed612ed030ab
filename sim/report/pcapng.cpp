#include "demuxsim/report/pcapng.hpp"

#include <algorithm>
#include <limits>

namespace demuxsim {
namespace {

// Section numbers are those of draft-ietf-opsawg-pcapng.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // 4.1
constexpr std::uint32_t kInterfaceDescription = 1;    // 4.2
constexpr std::uint32_t kEnhancedPacket = 6;          // 4.3
constexpr std::uint32_t kNameResolution = 4;          // 4.5
constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
constexpr std::size_t kLengthAt = 4;

constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kApplication = 4;
constexpr std::uint16_t kName = 2;
constexpr std::uint16_t kDescription = 3;
constexpr std::uint16_t kIpv4Address = 4;
constexpr std::uint16_t kIpv6Address = 5;
constexpr std::uint16_t kMacAddress = 6;
constexpr std::uint16_t kResolution = 9;
constexpr std::uint16_t kFlags = 2;
constexpr std::uint16_t kPacketId = 5;
constexpr std::string_view kNanoseconds{"\x09", 1};

void put_u32(std::string& out, std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i)
    out[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> 8 * i);
}

/// In network byte order.
std::string bytes_of(const IpAddress& address) {
  std::string out;
  const auto add = [&out](std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> 8 * i);
  };
  if (address.is_ipv4()) {
    add(address.ipv4_bits(), 4);
  } else {
    add(address.high(), 8);
    add(address.low(), 8);
  }
  return out;
}

std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
  return out;
}

}  // namespace

void PcapngWriter::u16(std::uint16_t value) {
  block_ += static_cast<char>(value & 0xff);
  block_ += static_cast<char>(value >> 8);
}

void PcapngWriter::u32(std::uint32_t value) {
  u16(static_cast<std::uint16_t>(value));
  u16(static_cast<std::uint16_t>(value >> 16));
}

void PcapngWriter::u64(std::uint64_t value) {
  u32(static_cast<std::uint32_t>(value));
  u32(static_cast<std::uint32_t>(value >> 32));
}

/// To four bytes.
void PcapngWriter::pad() { block_.resize((block_.size() + 3) / 4 * 4); }

void PcapngWriter::begin(std::uint32_t type) {
  block_.clear();
  u32(type);
  u32(0);  // The length, which end() knows.
}

void PcapngWriter::end() {
  const auto length = static_cast<std::uint32_t>(block_.size() + 4);
  put_u32(block_, kLengthAt, length);
  u32(length);
  out_.append(block_);
}

/// A text that is too long for an option is cut off.
void PcapngWriter::option(std::uint16_t code, std::string_view value) {
  value = value.substr(0, std::numeric_limits<std::uint16_t>::max());
  u16(code);
  u16(static_cast<std::uint16_t>(value.size()));
  block_ += value;
  pad();
}

void PcapngWriter::section(std::string_view comment, std::string_view application) {
  begin(kSectionHeader);
  u32(kByteOrder);
  u16(1);  // Version 1.0.
  u16(0);
  u64(~std::uint64_t{0});  // The length of the section is not told.
  if (!comment.empty()) option(kComment, comment);
  option(kApplication, application);
  end_of_options();
  end();
}

void PcapngWriter::interface(const PcapngInterface& interface) {
  begin(kInterfaceDescription);
  u16(static_cast<std::uint16_t>(link_type_));
  u16(0);
  u32(0);  // No limit to the length of packets.
  option(kName, interface.name);
  option(kDescription, interface.description);
  for (const IpAddress& address : interface.addresses) {
    if (address.is_ipv4()) {
      option(kIpv4Address, bytes_of(address) + "\xff\xff\xff\xff");
    } else {
      option(kIpv6Address, bytes_of(address) + '\x80');
    }
  }
  option(kMacAddress, interface.mac);
  option(kResolution, kNanoseconds);
  end_of_options();
  end();
}

void PcapngWriter::names(std::span<const PcapngName> names) {
  begin(kNameResolution);
  for (const PcapngName& each : names) {
    const std::string address = bytes_of(each.address);
    u16(each.address.is_ipv4() ? 1 : 2);
    u16(static_cast<std::uint16_t>(address.size() + each.name.size() + 1));
    block_ += address;
    block_ += each.name;
    block_ += '\0';
    pad();
  }
  u32(0);  // The last record.
  end();
}

void PcapngWriter::packet(const PcapngPacket& packet) {
  const auto at = static_cast<std::uint64_t>(packet.at.time_since_epoch().count());
  begin(kEnhancedPacket);
  u32(packet.interface);
  u32(static_cast<std::uint32_t>(at >> 32));
  u32(static_cast<std::uint32_t>(at));
  u32(static_cast<std::uint32_t>(packet.bytes.size()));
  u32(static_cast<std::uint32_t>(packet.bytes.size()));
  block_ += packet.bytes;
  pad();
  if (!packet.comment.empty()) option(kComment, packet.comment);
  option(kFlags, little_endian(static_cast<std::uint64_t>(packet.direction), 4));
  option(kPacketId, little_endian(packet.id, 8));
  end_of_options();
  end();
}

}  // namespace demuxsim
