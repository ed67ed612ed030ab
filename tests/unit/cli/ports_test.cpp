#include "cli/ports.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace demuxsim::cli;

namespace {

struct Answered {
  int status = 0;
  std::string out;
  std::string err;
};

Answered ask(const std::vector<std::string>& queries, PortsFormat format = PortsFormat::text) {
  Answered answered;
  answered.status = run_ports(queries, format, answered.out, answered.err);
  return answered;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a number gives its class, its names and who may use it", "[cli][ports]") {
  const Answered answered = ask({"443"});
  CHECK(answered.status == 0);
  CHECK(answered.err.empty());
  CHECK(answered.out ==
        "443: well-known (0-1023)\n"
        "  assigned to   https (tcp, udp, sctp): http protocol over TLS/SSL\n"
        "  who           servers of standard protocols; on most systems only with privilege\n");
}

TEST_CASE("a port keeps its class although systems give it out", "[cli][ports]") {
  const Answered answered = ask({"40000"});
  CHECK(has(answered.out, "40000: registered (1024-49151)\n"));
  CHECK(has(answered.out, "Linux (32768-60999)\n"));
  CHECK(has(answered.out, "FreeBSD (10000-65535)\n"));
  CHECK_FALSE(has(answered.out, "IANA (49152-65535)"));
  CHECK(has(answered.out, "a port keeps its class"));
  CHECK_FALSE(has(ask({"9000"}).out, "given out by"));
}

TEST_CASE("a name gives all its ports, once each", "[cli][ports]") {
  const Answered answered = ask({"HTTP-ALT"});
  CHECK(answered.status == 0);
  for (const char* port : {"591: well-known", "\n8008: registered", "\n8080: registered"}) {
    CHECK(has(answered.out, port));
  }
  CHECK(has(ask({"x11"}).out, "6000-6063: 64 ports\n"));
  CHECK(ask({"airplay"}).out == "airplay: a service that IANA lists without a port\n");
}

TEST_CASE("a range is summed up, not listed", "[cli][ports]") {
  const Answered answered = ask({"49152-65535", "ephemeral", "0-65535"});
  CHECK(answered.status == 0);
  CHECK(has(answered.out, "49152-65535: 16384 ports\n"));
  CHECK(has(answered.out, "  unassigned    16384 ports\n"));
  CHECK(has(answered.out, "0-65535: 65536 ports\n"));
  CHECK(std::count(answered.out.begin(), answered.out.end(), '\n') < 60);
  const Answered classes = ask({"1000-50000"});
  for (const char* part :
       {"well-known (1000-1023)", "registered (1024-49151)", "ephemeral (49152-50000)"}) {
    CHECK(has(classes.out, part));
  }
}

TEST_CASE("what makes no sense is an error, the rest is answered", "[cli][ports]") {
  const Answered answered = ask({"htttp", "70000", "22", "9-5", "", "1-99999", "-5"});
  CHECK(answered.status == 2);
  CHECK(has(answered.out, "22: well-known"));
  CHECK(has(answered.err,
            "error: 'htttp' is no port, range or service\n"
            "  = help: did you mean 'http'"));
  CHECK(has(answered.err, "error: port 70000 is out of range 0..65535\n"));
  CHECK(has(answered.err, "error: the range 9-5 ends before it starts\n"));
  CHECK(has(answered.err, "error: '' is no port, range or service\n"));
  CHECK(has(answered.err, "error: port 99999 is out of range 0..65535\n"));
  CHECK(has(answered.err, "error: '-5' is no port, range or service\n"));
}

TEST_CASE("answers as JSON", "[cli][ports]") {
  CHECK(ask({"22", "1015"}, PortsFormat::jsonl).out ==
        R"({"query":"22","port":22,"class":"well-known","class_first":0,"class_last":1023,)"
        R"("needs_privilege":true,"status":"assigned","services":[{"name":"ssh","first":22,)"
        R"("last":22,"protocols":["tcp","udp","sctp"],"description":"The Secure Shell (SSH) )"
        R"(Protocol"}],"ephemeral_on":[]})"
        "\n"
        R"({"query":"1015","port":1015,"class":"well-known","class_first":0,"class_last":1023,)"
        R"("needs_privilege":true,"status":"reserved","services":[],"ephemeral_on":[]})"
        "\n");
  CHECK(ask({"50000-50001", "airplay"}, PortsFormat::json).out ==
        R"([{"query":"50000-50001","first":50000,"last":50001,"ports":2,"classes":["ephemeral"],)"
        R"("assigned":0,"reserved":0,"unassigned":2,"services":[],"services_total":0},)"
        R"({"query":"airplay","name":"airplay","port":null}])"
        "\n");
  CHECK(ask({"nonsense!"}, PortsFormat::json).out == "[]\n");
}
