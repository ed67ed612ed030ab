#include "demuxsim/demux/linux_table.hpp"

#include "support/catch.hpp"
#include "support/walked.hpp"

namespace demuxsim {
namespace {

/// Two ports each have the same hash.
struct HalfPortHash {
  explicit HalfPortHash(const HashConfig& = {}) {}
  std::uint64_t operator()(const FourTuple4& key) const { return key.remote_port / 2; }
};

}  // namespace

TEST_CASE("linux examines only keys whose hash is the one sought", "[demux]") {
  LinuxTable<FourTuple4, HalfPortHash> table(DemuxConfig{{}, 4});
  for (std::uint16_t port = 0; port < 32; ++port) CHECK(table.insert(tuple(port), port));
  CHECK_FALSE(table.insert(tuple(3), 99));
  CHECK(table.find(tuple(3)).examined == 1);
  CHECK(table.find(tuple(2)).examined == 2);
  CHECK(table.find(tuple(2)).value == 2);
  CHECK(table.find(tuple(34)).examined == 0);  // Hash 17: the bucket of 1, but not the hash.
  CHECK(table.erase(tuple(3)));
  CHECK(table.find(tuple(2)).examined == 1);
  CHECK(walked(table, tuple(10)) ==
        "chain 1/4, pass 27, pass 26, pass 19, pass 18, compare 11, compare 10!");
}

TEST_CASE("the buckets of linux are a power of two, 65536 unless told otherwise", "[demux]") {
  CHECK(walked(LinuxTable<FourTuple4, PortHash>(DemuxConfig{{}, 5}), tuple(9)) == "chain 1/8");
  CHECK(walked(LinuxTable<FourTuple4, PortHash>(DemuxConfig{{}, 8}), tuple(9)) == "chain 1/8");
  CHECK(walked(LinuxTable<FourTuple4, PortHash>(DemuxConfig{{}, 1}), tuple(9)) == "chain 0/1");
  LinuxTable<FourTuple4, PortHash> table;
  CHECK(walked(table, tuple(9)) == "chain 9/65536");
  CHECK(table.memory_bytes() == 0);
  table.insert(tuple(9), 9);
  CHECK(table.memory_bytes() == 65536 * 4 + 24);
}

}  // namespace demuxsim
