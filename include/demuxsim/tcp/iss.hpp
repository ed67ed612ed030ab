// Initial sequence numbers: clock-driven, and not to be guessed from outside (RFC 6528).
#pragma once

#include "demuxsim/core/siphash.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/net/endpoint.hpp"
#include "demuxsim/net/sequence.hpp"
#include "demuxsim/tcp/config.hpp"

namespace demuxsim {

/// M + F(local, remote, secret): M counts units of 4 microseconds, F is SipHash-1-3.
/// RFC 9293 section 3.4.1, MUST-8, MUST-9, SHLD-1. Mode zero gives 0.
inline SequenceNumber initial_sequence(IssMode mode, SipKey secret, const Endpoint& local,
                                       const Endpoint& remote, SimTime now) {
  if (mode == IssMode::zero) return {};
  SipHash13 hash(secret);
  if (local.address.is_ipv4()) {
    hash.add(std::uint64_t{local.address.ipv4_bits()} << 32 | remote.address.ipv4_bits());
  } else {
    hash.add(local.address.high()).add(local.address.low());
    hash.add(remote.address.high()).add(remote.address.low());
  }
  const std::uint64_t ports = std::uint64_t{local.port.value} << 16 | remote.port.value;
  const std::uint64_t f = hash.finish(ports, 4);                             // MUST-9, SHLD-1
  const auto m = static_cast<std::uint64_t>((now - kStart).count() / 4000);  // MUST-8
  return {static_cast<std::uint32_t>(m + f)};
}

}  // namespace demuxsim
