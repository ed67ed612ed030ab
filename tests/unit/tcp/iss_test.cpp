#include "demuxsim/tcp/iss.hpp"

#include <chrono>
#include <set>

#include "support/catch.hpp"

using namespace demuxsim;
using namespace std::chrono_literals;

namespace {

constexpr Endpoint kLocal{IpAddress::ipv4(0x0a000001), Port{49152}};
constexpr Endpoint kRemote{IpAddress::ipv4(0x0a000002), Port{80}};
constexpr SipKey kSecret{1, 2};

SequenceNumber at(SimTime now) {
  return initial_sequence(IssMode::rfc6528, kSecret, kLocal, kRemote, now);
}

}  // namespace

TEST_CASE("The clock part counts units of 4 microseconds", "[rfc6528-3][MUST-8]") {
  const SequenceNumber start = at(kStart);
  CHECK(at(kStart + 3999ns) - start == 0);
  CHECK(at(kStart + 4us) - start == 1);
  CHECK(at(kStart + 1s) - start == 250'000);
  CHECK(at(kStart + std::chrono::hours{1}) - start == 900'000'000);
}

TEST_CASE("The clock part goes round in about 4.77 hours", "[rfc6528-3]") {
  CHECK(at(kStart + 4us * (std::int64_t{1} << 32)) == at(kStart));
}

TEST_CASE("Each part of the four-tuple and of the secret matters", "[rfc6528-3][MUST-9][SHLD-1]") {
  const auto iss = [](SipKey secret, const Endpoint& local, const Endpoint& remote) {
    return initial_sequence(IssMode::rfc6528, secret, local, remote, kStart).value;
  };
  const Endpoint other_address{IpAddress::ipv4(0x0a000003), Port{80}};
  const Endpoint other_port{IpAddress::ipv4(0x0a000002), Port{81}};
  const Endpoint v6{IpAddress::ipv6(0x20010db8'00000000, 1), Port{80}};
  const Endpoint v6_other{IpAddress::ipv6(0x20010db8'00000001, 1), Port{80}};
  const std::set<std::uint32_t> all{iss(kSecret, kLocal, kRemote),
                                    iss(kSecret, kRemote, kLocal),
                                    iss(kSecret, kLocal, other_address),
                                    iss(kSecret, kLocal, other_port),
                                    iss({1, 3}, kLocal, kRemote),
                                    iss({2, 2}, kLocal, kRemote),
                                    iss(kSecret, v6, v6_other),
                                    iss(kSecret, v6_other, v6),
                                    iss(kSecret, v6, v6),
                                    iss(kSecret, v6_other, v6_other)};
  CHECK(all.size() == 10);
}

TEST_CASE("On the blackboard it is 0") {
  CHECK(initial_sequence(IssMode::zero, kSecret, kLocal, kRemote, kStart + 1s).value == 0);
}
