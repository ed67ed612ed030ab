#include "packetdrill/shell.hpp"

#include "support/catch.hpp"

namespace demuxsim::packetdrill {
namespace {

TEST_CASE("sysctl sets one or several settings") {
  const auto commands =
      commands_of("sysctl -q net.ipv4.tcp_sack=0 a=7; sysctl -w \"b=4096 8192\" && sysctl c=x");
  REQUIRE(commands.size() == 4);
  CHECK(std::get<SetSysctl>(commands[0]).name == "net.ipv4.tcp_sack");
  CHECK(std::get<SetSysctl>(commands[1]).value == 7);
  CHECK(std::get<SetSysctl>(commands[2]).value == 4096);
  CHECK(std::get<SetSysctl>(commands[3]).value == 0);
}

TEST_CASE("sockstat counts sockets in a state") {
  const auto commands =
      commands_of("sockstat -4 -P tcp -s | grep packetdril | grep -c TIME_WAIT | grep 1");
  REQUIRE(commands.size() == 1);
  CHECK(std::get<CountSockets>(commands[0]).state == TcpState::time_wait);
  CHECK(std::get<CountSockets>(commands[0]).count == "1");
}

TEST_CASE("tcpdrop names a state") {
  const auto commands = commands_of("tcpdrop -s TIME_WAIT");
  REQUIRE(commands.size() == 1);
  CHECK(std::get<DropSockets>(commands[0]).state == TcpState::time_wait);
}

TEST_CASE("anything else stays as it is") {
  for (const char* const text :
       {"./defaults.sh", "sysctl -n a", "sysctl a=1 | cat", "sockstat", "tcpdrop -s SLEEPING",
        "sockstat | grep -c SLEEPING | grep 1", "sysctl"}) {
    CAPTURE(text);
    const auto commands = commands_of(text);
    REQUIRE(commands.size() == 1);
    CHECK(std::get<OtherCommand>(commands[0]).text == text);
  }
  CHECK(commands_of(" ;\n&& ").empty());
}

}  // namespace
}  // namespace demuxsim::packetdrill
