#include "demuxsim/net/segment.hpp"

#include <array>
#include <string_view>

#include "demuxsim/core/check.hpp"
#include "demuxsim/core/random.hpp"

namespace demuxsim {
namespace {

constexpr std::string_view kAnnouncementHead = "PORT ";
constexpr std::string_view kAnnouncementTail = "\r\n";
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static_assert(kLetters.size() == 64);

constexpr std::array<std::string_view, kIcmpErrorCount> kIcmpErrorNames{"none",
                                                                        "net-unreachable",
                                                                        "host-unreachable",
                                                                        "protocol-unreachable",
                                                                        "port-unreachable",
                                                                        "packet-too-big",
                                                                        "source-route-failed",
                                                                        "prohibited",
                                                                        "time-exceeded",
                                                                        "parameter-problem"};

std::uint32_t digits_of(std::uint32_t number) {
  return number < 10 ? 1 : 1 + digits_of(number / 10);
}

std::uint8_t announcement_byte(Port port, std::uint64_t offset) {
  if (offset < kAnnouncementHead.size()) {
    return static_cast<std::uint8_t>(kAnnouncementHead[offset]);
  }
  const std::uint64_t place = offset - kAnnouncementHead.size();
  const std::uint32_t digits = digits_of(port.value);
  if (place >= digits) return static_cast<std::uint8_t>(kAnnouncementTail[place - digits]);
  std::uint32_t number = port.value;
  for (std::uint64_t i = place + 1; i < digits; ++i) number /= 10;
  return static_cast<std::uint8_t>('0' + number % 10);
}

}  // namespace

Stream Stream::of(const Endpoint& source, const Endpoint& destination, SequenceNumber iss) {
  std::uint64_t mixed = 0;
  const auto take = [&mixed](std::uint64_t word) {
    mixed = mix64((mixed ^ word) + 0x9e3779b97f4a7c15ULL);
  };
  take(source.address.high());
  take(source.address.low());
  take(destination.address.high());
  take(destination.address.low());
  take(std::uint64_t{source.port.value} << 48 | std::uint64_t{destination.port.value} << 32 |
       iss.value);
  return {static_cast<std::uint32_t>(mixed >> 33)};
}

std::uint8_t Stream::byte_at(std::uint64_t offset) const {
  if (is_announcement()) {
    DEMUXSIM_CHECK(offset < announcement_bytes());
    return announcement_byte(announced_port(), offset);
  }
  // One mix gives eight bytes, of which each keeps six bits.
  const std::uint64_t word =
      mix64(std::uint64_t{value} << 32 ^ (offset / 8) ^ 0x5851f42d4c957f2dULL);
  return static_cast<std::uint8_t>(kLetters[(word >> (offset % 8 * 8)) & 63]);
}

std::uint32_t Stream::announcement_bytes() const {
  return static_cast<std::uint32_t>(kAnnouncementHead.size() + kAnnouncementTail.size()) +
         digits_of(announced_port().value);
}

Segment icmp_error(IcmpError error, const IpAddress& reporter, const Segment& quoted) {
  DEMUXSIM_CHECK(quoted.icmp == IcmpError::none);
  Segment out;
  out.icmp = error;
  out.source = reporter;
  out.destination = quoted.source;
  out.source_port = quoted.destination_port;
  out.destination_port = quoted.source_port;
  out.seq = quoted.seq;
  const auto words = [](std::uint64_t bits) {
    return SackBlock{{static_cast<std::uint32_t>(bits >> 32)}, {static_cast<std::uint32_t>(bits)}};
  };
  out.sack[0] = words(quoted.destination.high());
  out.sack[1] = words(quoted.destination.low());
  return out;
}

std::string_view name_of(IcmpError error) {
  return kIcmpErrorNames[static_cast<std::size_t>(error)];
}

}  // namespace demuxsim
