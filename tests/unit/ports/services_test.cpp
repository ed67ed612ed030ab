#include "demuxsim/ports/services.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "ports/services_table.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

std::vector<std::string> names_on(int port) {
  std::vector<std::string> names;
  for (const Service& service : services_on(Port{static_cast<std::uint16_t>(port)})) {
    names.emplace_back(service.name);
  }
  return names;
}

template <class Table>
std::size_t lines_in(const Table& parts) {
  std::size_t lines = 0;
  for (const std::string_view part : parts) {
    lines += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
  }
  return lines;
}

}  // namespace

TEST_CASE("services that everybody knows are at the ports everybody knows", "[ports]") {
  // As /etc/services of any Unix has them.
  const struct {
    const char* name;
    int port;
  } rows[] = {
      {"echo", 7},          {"discard", 9},        {"ftp-data", 20}, {"ftp", 21},
      {"ssh", 22},          {"telnet", 23},        {"smtp", 25},     {"domain", 53},
      {"finger", 79},       {"http", 80},          {"kerberos", 88}, {"pop3", 110},
      {"sunrpc", 111},      {"nntp", 119},         {"ntp", 123},     {"imap", 143},
      {"snmp", 161},        {"bgp", 179},          {"ldap", 389},    {"https", 443},
      {"shell", 514},       {"ldaps", 636},        {"imaps", 993},   {"pop3s", 995},
      {"socks", 1080},      {"nfs", 2049},         {"mysql", 3306},  {"svn", 3690},
      {"postgresql", 5432}, {"xmpp-client", 5222}, {"x11", 6000},    {"git", 9418},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Port port{static_cast<std::uint16_t>(row.port)};
    CHECK(port_of(row.name) == port);
    const auto names = names_on(row.port);
    CHECK(std::count(names.begin(), names.end(), row.name) == 1);
  }
}

TEST_CASE("a port with several names gives them in the registry's order", "[ports]") {
  CHECK(names_on(80) == std::vector<std::string>{"http", "www", "www-http"});
  CHECK(names_on(512) == std::vector<std::string>{"exec", "comsat", "biff"});
  CHECK(tcp_service_on(Port{80}) == "http");
  CHECK(tcp_service_on(Port{6001}) == "x11");
  const Service http = services_on(Port{80}).front();
  CHECK(http.protocols == Protocols{.tcp = true, .udp = true, .sctp = true});
  CHECK(http.description == "World Wide Web HTTP");
  CHECK(to_string(http.protocols) == "tcp, udp, sctp");
  CHECK(to_string(Protocols{}).empty());
}

TEST_CASE("a name with several ports gives all, those with TCP first", "[ports]") {
  std::vector<int> ports;
  for (const Service& service : find_service("HTTP-Alt"))
    ports.push_back(service.ports.first.value);
  CHECK(ports == std::vector<int>{591, 8008, 8080});
  CHECK(port_of("http-alt") == Port{591});
}

TEST_CASE("a service of another protocol has no port for TCP", "[ports]") {
  CHECK(find_service("syslog").front().ports.first == Port{514});
  CHECK_FALSE(port_of("syslog"));
  CHECK(tcp_service_on(Port{514}) == "shell");
}

TEST_CASE("a range belongs to each of its ports", "[ports]") {
  for (const int port : {6000, 6031, 6063})
    CHECK(names_on(port) == std::vector<std::string>{"x11"});
  CHECK(names_on(5999) != std::vector<std::string>{"x11"});
  CHECK(names_on(6064) != std::vector<std::string>{"x11"});
  CHECK(find_service("x11").front().ports == PortRange{Port{6000}, Port{6063}});
  const auto within = services_within({Port{6010}, Port{6020}});
  REQUIRE(within.size() == 1);
  CHECK(within[0].name == "x11");
}

TEST_CASE("ports that are held back have no name, unassigned ones no entry", "[ports]") {
  CHECK(names_on(0) == std::vector<std::string>{""});
  CHECK(services_on(Port{0}).front().description == "Reserved");
  CHECK(names_on(1015) == std::vector<std::string>{""});
  CHECK(tcp_service_on(Port{1023}).empty());
  CHECK(services_on(Port{4}).empty());
  // Nothing is assigned above 49151 (RFC 6335 section 6).
  CHECK(services_within(kDynamicPorts).empty());
}

TEST_CASE("names are known whatever their case, and only whole", "[ports]") {
  CHECK(is_service("HTTPS"));
  CHECK(is_service("ethernet/ip-1"));
  CHECK(find_service("EtherNet/IP-1").front().name == "EtherNet/IP-1");
  for (const char* name : {"", "-", "htt", "httpy", "http ", "80", "zzzz"}) {
    CAPTURE(name);
    CHECK_FALSE(is_service(name));
    CHECK(find_service(name).empty());
    CHECK_FALSE(port_of(name));
  }
  // DNS-SD names live in the same registry, without a port.
  CHECK(is_service("airplay"));
  CHECK(find_service("airplay").empty());
}

TEST_CASE("a slip of the finger finds the name that was meant", "[ports]") {
  const auto first = [](std::string_view name) {
    const auto similar = similar_services(name);
    return similar.empty() ? std::string() : std::string(similar.front());
  };
  CHECK(first("htttp") == "http");
  CHECK(first("hhtps") == "https");
  CHECK(first("domian") == "domain");
  CHECK(first("postgres") == "postgresql");
  CHECK(first("HTPT") == "http");
  CHECK(first("qqqqqqqqqqqq").empty());
  CHECK(similar_services("a").size() <= 3);
}

TEST_CASE("the table is whole and every line of it can be found", "[ports]") {
  // The registry's own size; see the head of the generated file.
  CHECK(iana::kCounts.records == 14499);
  CHECK(lines_in(iana::kSinglePorts) == iana::kCounts.single_ports);
  CHECK(lines_in(iana::kPortRanges) == iana::kCounts.ranges);
  CHECK(lines_in(iana::kNames) == iana::kCounts.names);

  const auto all = services_within({Port{0}, Port{65535}});
  CHECK(all.size() == iana::kCounts.single_ports + iana::kCounts.ranges);
  std::size_t lost = 0;
  std::set<std::string_view> with_port;
  for (const Service& service : all) {
    const auto same = [&](const Service& other) {
      return other.name == service.name && other.ports == service.ports &&
             other.description == service.description && other.protocols == service.protocols;
    };
    const auto on_port = services_on(service.ports.last);
    if (std::none_of(on_port.begin(), on_port.end(), same)) ++lost;
    if (service.name.empty()) continue;
    with_port.insert(service.name);
    const auto by_name = find_service(service.name);
    if (std::none_of(by_name.begin(), by_name.end(), same)) ++lost;
  }
  CHECK(lost == 0);
  CHECK(with_port.size() == 7305 - 973);
}
