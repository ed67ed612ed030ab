#include "demuxsim/trace/directory.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

using namespace demuxsim;

namespace {

Directory three_groups() {
  Directory directory;
  directory.add({"web", 1, false, "open", {{"nginx", 1, false}, {"worker", 3, true}}});
  directory.add({"client", 100000, true, "linear", {{"browser", 1, false}}});
  directory.add({"dns", 1, false, "open", {}});
  return directory;
}

}  // namespace

TEST_CASE("hosts are numbered on through groups", "[trace]") {
  const Directory directory = three_groups();
  CHECK(directory.host_count() == 100002);
  CHECK(directory.host(HostId{0}) == "web");
  CHECK(directory.host(HostId{1}) == "client.0");
  CHECK(directory.host(HostId{100000}) == "client.99999");
  CHECK(directory.host(HostId{100001}) == "dns");
  CHECK(directory.host(HostId{}) == "(network)");
  CHECK(directory.longest_host_name() == std::string("client.99999").size());
  CHECK(directory.algorithm(HostId{0}) == "open");
  CHECK(directory.algorithm(HostId{77}) == "linear");
}

TEST_CASE("processes are numbered on through the groups of their host", "[trace]") {
  const Directory directory = three_groups();
  CHECK(directory.process(HostId{0}, ProcessId{0}) == "nginx");
  CHECK(directory.process(HostId{0}, ProcessId{1}) == "worker.0");
  CHECK(directory.process(HostId{0}, ProcessId{3}) == "worker.2");
  CHECK(directory.process(HostId{500}, ProcessId{0}) == "browser");
}

TEST_CASE("a group of one is numbered only where the scenario gave a count", "[trace]") {
  Directory directory;
  directory.add({"solo", 1, true, "open", {{"p", 1, true}}});
  CHECK(directory.host(HostId{0}) == "solo.0");
  CHECK(directory.process(HostId{0}, ProcessId{0}) == "p.0");
}

TEST_CASE("socket names carry a number where their step repeats", "[trace]") {
  Directory directory;
  directory.add_socket_name("a1");
  directory.add_socket_name("b");
  CHECK(directory.socket({0, SocketName::kNone}) == "a1");
  CHECK(directory.socket({1, 17}) == "b.17");
  CHECK(directory.socket(SocketName{0, SocketName::kNone}.first()) == "a1.first");
  CHECK(directory.socket(SocketName{1, 17}.first()) == "b.17.first");
}

TEST_CASE("every value of an enum has a name of its own", "[trace]") {
  std::set<std::string_view> rules, reasons, actions, calls;
  for (int i = 0; i <= static_cast<int>(LookupRule::no_match); ++i)
    rules.insert(name_of(static_cast<LookupRule>(i)));
  for (int i = 0; i <= static_cast<int>(DropReason::unacceptable); ++i)
    reasons.insert(name_of(static_cast<DropReason>(i)));
  for (int i = 0; i <= static_cast<int>(PortAction::released); ++i)
    actions.insert(name_of(static_cast<PortAction>(i)));
  for (int i = 0; i <= static_cast<int>(SocketCall::inject); ++i)
    calls.insert(name_of(static_cast<SocketCall>(i)));
  // The rules are PRODUCT's list; scripts compare them.
  CHECK(rules == std::set<std::string_view>{"exact-4-tuple", "listener-address", "listener-any",
                                            "reuseport-hash", "time-wait", "port-switch",
                                            "no-match"});
  CHECK(reasons.size() == 13);
  CHECK(actions == std::set<std::string_view>{"bound", "allocated", "released"});
  CHECK(calls.size() == 12);
  CHECK(name_of(LookupRule::time_wait) == "time-wait");
  CHECK(name_of(DropReason::queue_full) == "queue-full");
  CHECK(name_of(SocketCall::inject) == "inject");
}
