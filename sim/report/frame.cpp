#include "demuxsim/report/frame.hpp"

#include <string_view>

namespace demuxsim {
namespace {

constexpr std::uint8_t kTcp = 6;                  // IANA protocol number.
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
    bytes.u8(kMss);
    bytes.u8(4);
    bytes.u16(segment.mss);
  }
  if (segment.has_option(Segment::kSackPermitted)) {
    bytes.u8(kSackPermitted);
    bytes.u8(2);
  }
  if (segment.has_option(Segment::kTimestamps)) {
    if (!syn) bytes.u16(kNop << 8 | kNop);
    bytes.u8(kTimestamps);
    bytes.u8(10);
    bytes.u32(segment.ts_value);
    bytes.u32(segment.ts_echo);
  }
  if (segment.has_option(Segment::kWindowScale)) {
    bytes.u8(kWindowScale);
    bytes.u8(3);
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
  out.resize(end, static_cast<char>(kEnd));
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
  bytes.u8(kTcp);
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
  bytes.u8(kTcp);
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
  std::string addresses;
  Bytes pseudo(addresses);
  pseudo.address(segment.source);
  pseudo.address(segment.destination);
  Checksum sum;
  sum.add(addresses);
  sum.add(kTcp);
  sum.add(out.size() - start);
  sum.add(std::string_view(out).substr(start));
  put_u16(out, start + 16, sum.value());
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
  append_tcp(out, segment, payload_offset);
}

}  // namespace demuxsim
