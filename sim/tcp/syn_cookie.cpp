#include "demuxsim/tcp/syn_cookie.hpp"

#include <array>

#include "demuxsim/tcp/mss.hpp"

namespace demuxsim {
namespace {

/// What a cookie can tell of the peer's MSS, for common kinds of links.
constexpr std::array<std::uint16_t, 8> kSizes{64, 536, 1024, 1220, 1360, 1440, 1460, 8960};

std::uint32_t period_of(SimTime now) {
  return static_cast<std::uint32_t>((now - kStart) / kCookiePeriod);
}

std::uint32_t hash_of(SipKey secret, const Segment& in, SequenceNumber irs, std::uint32_t period,
                      std::uint32_t size) {
  SipHash13 hash(secret);
  hash.add(in.source.high()).add(in.source.low());
  hash.add(in.destination.high()).add(in.destination.low());
  hash.add(std::uint64_t{in.source_port.value} << 48 |
           std::uint64_t{in.destination_port.value} << 32 | irs.value);
  hash.add(std::uint64_t{period} << 8 | size);
  return static_cast<std::uint32_t>(hash.finish(0, 0) & 0xffffff);
}

}  // namespace

SequenceNumber syn_cookie(SipKey secret, const Segment& syn, SimTime now) {
  const std::uint16_t mss =
      syn.mss != 0 ? syn.mss : default_mss(syn.is_ipv4() ? Family::ipv4 : Family::ipv6);
  std::uint32_t size = 0;
  while (size + 1 < kSizes.size() && kSizes[size + 1] <= mss) ++size;
  const std::uint32_t period = period_of(now);
  const std::uint32_t hash = hash_of(secret, syn, syn.seq, period, size);
  return {(period & 31) << 27 | size << 24 | hash};
}

std::optional<std::uint16_t> check_syn_cookie(SipKey secret, const Segment& ack, SimTime now) {
  const std::uint32_t cookie = ack.ack.value - 1;
  const std::uint32_t size = cookie >> 24 & 7;
  for (std::uint32_t age = 0; age < 2; ++age) {
    const std::uint32_t period = period_of(now) - age;
    if (cookie >> 27 != (period & 31)) continue;
    const std::uint32_t hash = hash_of(secret, ack, ack.seq - 1, period, size);
    if ((cookie & 0xffffff) == hash) return kSizes[size];
  }
  return std::nullopt;
}

}  // namespace demuxsim
