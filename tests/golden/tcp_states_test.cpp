#include <fstream>
#include <sstream>

#include "demuxsim/tcp/transitions.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

TEST_CASE("The graph of transitions is the one on file", "[rfc9293-3.3.2]") {
  std::ifstream file(DEMUXSIM_SOURCE_DIR "/tests/golden/tcp_states.dot");
  REQUIRE(file);
  std::stringstream golden;
  golden << file.rdbuf();
  INFO("to accept: build/release/tools/tcp_states > tests/golden/tcp_states.dot");
  CHECK(transitions_as_dot() == golden.str());
}
