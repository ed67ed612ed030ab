#include "demuxsim/report/frame.hpp"

#include <string_view>

namespace demuxsim {
namespace {

constexpr std::uint8_t kTcp = 6;  // IANA protocol numbers.
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;  // IANA, IEEE 802 numbers.
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint16_t kDoNotFragment = 0x4000;

/// Appends numbers in network byte order.
class Bytes {
 public:
  explicit Bytes(std::string& out) : out_(out) {}
  void u8(unsigned value) { out_ += static_cast<char>(value & 0xff); }
  void u16(unsigned value) {
    u8(value >> 8);
    u8(value);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }
  void u64(std::uint64_t value) {
    u32(static_cast<std::uint32_t>(value >> 32));
    u32(static_cast<std::uint32_t>(value));
  }
  void address(const IpAddress& address) {
    if (address.is_ipv4()) return u32(address.ipv4_bits());
    u64(address.high());
    u64(address.low());
  }

 private:
  std::string& out_;
};

/// The ones' complement sum of RFC 1071, folded when it is asked for.
class Checksum {
 public:
  void add(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes[i]);
      sum_ += i % 2 == 0 ? std::uint64_t{byte} << 8 : byte;
    }
  }
  void add(std::uint64_t number) { sum_ += number; }
  std::uint16_t value() const {
    std::uint64_t sum = sum_;
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
  }

 private:
  std::uint64_t sum_ = 0;
};

void put_u16(std::string& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<char>(value >> 8);
  out[at + 1] = static_cast<char>(value & 0xff);
}

/// Kinds of TCP options (IANA).
enum OptionKind : unsigned {
  kEnd,
  kNop,
  kMss,
  kWindowScale,
  kSackPermitted,
  kSack,
  kTimestamps = 8
};

/// In the order in which real stacks send them, filled up with ends of the list.
void append_options(std::string& out, const Segment& segment) {
  const std::size_t end = out.size() + segment.option_bytes();
  Bytes bytes(out);
  const bool syn = segment.has(flag::kSyn);
  if (segment.mss != 0) {
    bytes.u8(kMss);  // MUST-4
    bytes.u8(4);     // MUST-68
    bytes.u16(segment.mss);
  }
  if (segment.has_option(Segment::kSackPermitted)) {
    bytes.u8(kSackPermitted);
    bytes.u8(2);
  }
  if (segment.has_option(Segment::kTimestamps)) {
    if (!syn) bytes.u16(kNop << 8 | kNop);  // MUST-4
    bytes.u8(kTimestamps);
    bytes.u8(10);
    bytes.u32(segment.ts_value);
    bytes.u32(segment.ts_echo);
  }
  if (segment.has_option(Segment::kWindowScale)) {
    bytes.u8(kWindowScale);
    bytes.u8(3);  // MUST-68
    bytes.u8(segment.window_shift);
  }
  if (segment.sack_count != 0) {
    bytes.u16(kNop << 8 | kNop);
    bytes.u8(kSack);
    bytes.u8(2 + 8u * segment.sack_count);
    for (std::size_t i = 0; i < segment.sack_count; ++i) {
      bytes.u32(segment.sack[i].begin.value);
      bytes.u32(segment.sack[i].end.value);
    }
  }
  out.resize(end, static_cast<char>(kEnd));  // MUST-69
}

unsigned protocol_of(const Segment& segment) {
  if (segment.icmp == IcmpError::none) return kTcp;
  return segment.is_ipv4() ? kIcmp : kIcmpv6;
}

void append_ipv4(std::string& out, const Segment& segment) {
  const std::size_t start = out.size();
  Bytes bytes(out);
  bytes.u8(0x45);  // Version 4, five words of header.
  bytes.u8(0);
  bytes.u16(segment.ip_bytes());
  bytes.u16(static_cast<unsigned>(segment.id & 0xffff));
  bytes.u16(kDoNotFragment);
  bytes.u8(segment.hop_limit);
  bytes.u8(protocol_of(segment));
  bytes.u16(0);
  bytes.address(segment.source);
  bytes.address(segment.destination);
  Checksum sum;
  sum.add(std::string_view(out).substr(start));
  put_u16(out, start + 10, sum.value());
}

void append_ipv6(std::string& out, const Segment& segment) {
  Bytes bytes(out);
  bytes.u32(0x60000000);  // Version 6, no traffic class, no flow label.
  bytes.u16(segment.ip_bytes() - 40);
  bytes.u8(protocol_of(segment));
  bytes.u8(segment.hop_limit);
  bytes.address(segment.source);
  bytes.address(segment.destination);
}

void append_payload(std::string& out, const Segment& segment, std::uint64_t offset) {
  // A made-up segment may claim more of an announcement than there is.
  const std::uint64_t end =
      segment.stream.is_announcement() ? segment.stream.announcement_bytes() : ~std::uint64_t{0};
  for (std::uint32_t i = 0; i < segment.payload_bytes; ++i) {
    out += offset + i < end ? static_cast<char>(segment.stream.byte_at(offset + i)) : '.';
  }
}

/// Over the bytes and the pseudo-header (RFC 9293 section 3.1, RFC 4443 section 2.3).
std::uint16_t checksum_over(std::string_view bytes, const Segment& segment) {
  std::string addresses;
  Bytes pseudo(addresses);
  pseudo.address(segment.source);
  pseudo.address(segment.destination);
  Checksum sum;
  sum.add(addresses);
  sum.add(protocol_of(segment));
  sum.add(bytes.size());
  sum.add(bytes);
  return sum.value();
}

/// RFC 9293 section 3.1, with the checksum over the pseudo-header.
void append_tcp(std::string& out, const Segment& segment, std::uint64_t payload_offset) {
  const std::size_t start = out.size();
  const std::uint32_t header = 20 + segment.option_bytes();
  Bytes bytes(out);
  bytes.u16(segment.source_port.value);
  bytes.u16(segment.destination_port.value);
  bytes.u32(segment.seq.value);
  bytes.u32(segment.has(flag::kAck) ? segment.ack.value : 0);
  bytes.u8(header / 4 << 4);
  bytes.u8(segment.flags);
  bytes.u16(segment.window);
  bytes.u16(0);
  bytes.u16(0);
  append_options(out, segment);
  append_payload(out, segment, payload_offset);
  put_u16(out, start + 16, checksum_over(std::string_view(out).substr(start), segment));  // MUST-2
}

/// Type and code of an ICMP error (RFC 792, RFC 1812 section 5.2.7.1; RFC 4443).
struct IcmpCode {
  unsigned type = 0;
  unsigned code = 0;
};

IcmpCode icmpv4_code(IcmpError error) {
  switch (error) {
    case IcmpError::prohibited:
      return {3, 13};
    case IcmpError::time_exceeded:
      return {11, 0};
    case IcmpError::parameter_problem:
      return {12, 0};
    default:  // Destination unreachable, whose codes stand in order.
      return {3, static_cast<unsigned>(error) - static_cast<unsigned>(IcmpError::net_unreachable)};
  }
}

IcmpCode icmpv6_code(IcmpError error) {
  switch (error) {
    case IcmpError::host_unreachable:
      return {1, 3};
    case IcmpError::port_unreachable:
      return {1, 4};
    case IcmpError::prohibited:
      return {1, 1};
    case IcmpError::packet_too_big:
      return {2, 0};
    case IcmpError::time_exceeded:
      return {3, 0};
    case IcmpError::protocol_unreachable:  // Unrecognized next header.
      return {4, 1};
    case IcmpError::parameter_problem:
      return {4, 0};
    default:
      return {1, 0};
  }
}

/// What an ICMP error quotes: the IP header of a segment, and its first eight bytes.
void append_quote(std::string& out, const Segment& error) {
  Segment quoted;
  quoted.source = error.destination;
  quoted.destination = error.quoted_destination();
  if (quoted.is_ipv4()) {
    append_ipv4(out, quoted);
  } else {
    append_ipv6(out, quoted);
  }
  Bytes bytes(out);
  bytes.u16(error.destination_port.value);
  bytes.u16(error.source_port.value);
  bytes.u32(error.seq.value);
}

void append_icmp(std::string& out, const Segment& error) {
  const std::size_t start = out.size();
  const IcmpCode code = error.is_ipv4() ? icmpv4_code(error.icmp) : icmpv6_code(error.icmp);
  Bytes bytes(out);
  bytes.u8(code.type);
  bytes.u8(code.code);
  bytes.u16(0);
  bytes.u32(error.icmp == IcmpError::packet_too_big ? error.mss : 0);
  append_quote(out, error);
  Checksum sum;
  sum.add(std::string_view(out).substr(start));
  const std::uint16_t checksum =
      error.is_ipv4() ? sum.value() : checksum_over(std::string_view(out).substr(start), error);
  put_u16(out, start + 2, checksum);
}

/// The bits that changed on the way are taken to be of the checksum.
void damage(std::string& out, std::size_t start, const Segment& segment) {
  out[start + (segment.icmp == IcmpError::none ? 16 : 2)] ^= 0x55;
}

}  // namespace

std::string ethernet_address(HostId host) {
  if (!host) return "\x02\xff\xff\xff\xff\xff";
  std::string out;
  Bytes bytes(out);
  bytes.u16(0x0200);
  bytes.u32(host.value);
  return out;
}

void append_frame(std::string& out, const Segment& segment, FrameEnds ends,
                  std::uint64_t payload_offset) {
  out += ethernet_address(ends.destination);
  out += ethernet_address(ends.source);
  Bytes(out).u16(segment.is_ipv4() ? kEtherTypeIpv4 : kEtherTypeIpv6);
  if (segment.is_ipv4()) {
    append_ipv4(out, segment);
  } else {
    append_ipv6(out, segment);
  }
  const std::size_t start = out.size();
  if (segment.icmp == IcmpError::none) {
    append_tcp(out, segment, payload_offset);
  } else {
    append_icmp(out, segment);
  }
  if (segment.has_option(Segment::kDamaged)) damage(out, start, segment);
}

}  // namespace demuxsim
