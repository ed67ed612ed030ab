#include "demuxsim/packetdrill/parse.hpp"

#include <string>

#include "demuxsim/net/segment.hpp"
#include "support/catch.hpp"

namespace demuxsim::packetdrill {
namespace {

using namespace std::chrono_literals;
using Kind = Expression::Kind;

Script parsed(const std::string& text, Profile profile = Profile::freebsd) {
  const auto script = parse_script({"a.pkt", text}, profile);
  if (!script) FAIL(render({"a.pkt", text}, script.error(), Color::off));
  return *script;
}

std::string complaints(const std::string& text) {
  const SourceFile source{"a.pkt", text};
  const auto script = parse_script(source, Profile::freebsd);
  REQUIRE(!script);
  return render(source, script.error(), Color::off);
}

EventTime time_of(const std::string& written) {
  return parsed(written + " close(3) = 0").events.at(0).time;
}

SegmentPattern segment_of(const std::string& written) {
  return std::get<SegmentEvent>(parsed("0 > " + written).events.at(0).what).pattern;
}

CallEvent call_of(const std::string& written) {
  return std::get<CallEvent>(parsed("0 " + written).events.at(0).what);
}

TEST_CASE("times are absolute, relative, ranges or open") {
  CHECK(time_of("0.25").kind == EventTime::Kind::absolute);
  CHECK(time_of("0.25").from == 250ms);
  CHECK(time_of("+.1").kind == EventTime::Kind::relative);
  CHECK(time_of("+.1").from == 100ms);
  CHECK(time_of("+0~+0.2").to == 200ms);
  CHECK(time_of("1~1.5").to == 1500ms);
  CHECK(time_of("*").kind == EventTime::Kind::any);
  CHECK(time_of("0...0.2").end == Duration{200ms});
  CHECK(time_of("+0.1...0.2").from == 100ms);
  CHECK(time_of("1.000000001").from == 1s + 1ns);
}

TEST_CASE("a segment has all its fields") {
  const SegmentPattern full = segment_of("P. 1:101(100) ack 5 win 300 <nop,nop,TS val 7 ecr 9>");
  CHECK(full.flags == (flag::kPsh | flag::kAck));
  CHECK(full.seq == 1u);
  CHECK(full.payload_bytes == 100u);
  CHECK(full.ack == 5u);
  CHECK(full.window == 300);
  REQUIRE(full.options.timestamp);
  CHECK(full.options.timestamp->value == 7u);
  CHECK(full.options.timestamp->echo == 9u);

  const SegmentPattern syn = segment_of("S 0:0(0) <mss 1460,nop,wscale 6,sackOK,eol>");
  CHECK(syn.options.mss == 1460);
  CHECK(syn.options.window_scale == 6);
  CHECK(syn.options.sack_permitted);
  CHECK(!syn.window);

  const SegmentPattern holes = segment_of(". 1:1(0) ack 1 <sack 3:5 7:9>");
  CHECK(holes.options.sack == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{3, 5}, {7, 9}});
}

TEST_CASE("what is left open is nothing in particular") {
  const SegmentPattern open = segment_of("S. ...(3) ack 1 win ... <...>");
  CHECK(!open.seq);
  CHECK(open.payload_bytes == 3u);
  CHECK(!open.window);
  CHECK(open.options.any);
  CHECK(!segment_of("- ...").payload_bytes);
  CHECK(segment_of("- ...").flags == 0);
  CHECK(!segment_of("S 0:0(0) <TS val ... ecr 0>").options.timestamp->value);
}

TEST_CASE("sequence numbers wrap") { CHECK(segment_of(". 4294967295:2(3)").seq == 4294967295u); }

TEST_CASE("a call has its arguments, its result and its error") {
  const CallEvent connect = call_of("connect(3, ..., ...) = -1 EINPROGRESS (in progress)");
  CHECK(connect.name == "connect");
  REQUIRE(connect.arguments.size() == 3);
  CHECK(connect.arguments[0].number == 3);
  CHECK(connect.arguments[1].kind == Kind::any);
  CHECK(connect.result.number == -1);
  CHECK(connect.error == "EINPROGRESS");
}

TEST_CASE("arguments may be words, lists, structures and calls") {
  const auto flags = call_of("fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0").arguments.at(2);
  CHECK(flags.kind == Kind::either);
  CHECK(flags.parts.at(1).text == "O_NONBLOCK");
  const auto list = call_of("getsockopt(3, SOL_SOCKET, SO_RCVBUF, [65536], [4]) = 0");
  CHECK(list.arguments.at(3).parts.at(0).number == 65536);
  const auto address = call_of(
                           "bind(3, {sa_family = AF_INET, sin_port = htons(8080), sin_addr = "
                           "inet_addr(\"1.2.3.4\")},"
                           " ...) = 0")
                           .arguments.at(1);
  REQUIRE(address.kind == Kind::structure);
  CHECK(address.parts.at(1).text == "sin_port");
  CHECK(address.parts.at(1).parts.at(0).parts.at(0).number == 8080);
  CHECK(call_of("read(4, ..., 0x10) = 16").arguments.at(2).number == 16);
  const auto message =
      call_of("sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = 10");
  CHECK(message.arguments.at(1).parts.at(1).text == "msg_iov");
}

TEST_CASE("shell lines, assertions and ICMP") {
  const Script script = parsed(
      "`sysctl -w a=1`\n"
      "+0 %{ assert tcpi_state == TCPI_ESTABLISHED and tcpi_rto <= 300000, tcpi_rto; print(1) }%\n"
      "+0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]\n");
  REQUIRE(script.events.size() == 3);
  CHECK(std::get<ShellEvent>(script.events[0].what).command == "sysctl -w a=1");
  const auto& assertion = std::get<AssertEvent>(script.events[1].what);
  REQUIRE(assertion.claims.size() == 2);
  CHECK(assertion.claims[0].right == "TCPI_ESTABLISHED");
  CHECK(assertion.claims[1].comparison == Comparison::at_most);
  CHECK(assertion.others.size() == 1);
  const auto& icmp = std::get<IcmpEvent>(script.events[2].what);
  CHECK(icmp.code == "frag_needed");
  CHECK(icmp.mtu == 1200u);
  CHECK(icmp.about.value().payload_bytes == 1460u);
}

TEST_CASE("options and comments stand anywhere") {
  const Script script = parsed(
      "// A comment.\n# Another.\n--tolerance_usecs=75000\n/* A\nlong one. */ --mtu=1400\n"
      "0 close(3) /* here */ = 0 // there\n");
  REQUIRE(script.options.size() == 2);
  CHECK(script.options[1].name == "mtu");
  CHECK(script.options[1].value == "1400");
  CHECK(script.options[1].span == SourceSpan{5, 14, 10});
  CHECK(script.events.at(0).span.line == 6);
}

TEST_CASE("each profile reads its own branches") {
  const std::string text =
      "#ifdef FreeBSD\n1 close(3) = 0\n#ifdef linux\n2 close(3) = 0\n#endif\n#else\n"
      "3 close(3) = 0\n#endif\n#ifndef STANDARD\n4 close(3) = 0\n#endif\n";
  const auto lines = [&](Profile profile) {
    std::vector<std::uint32_t> found;
    for (const ScriptEvent& event : parsed(text, profile).events) found.push_back(event.span.line);
    return found;
  };
  using Lines = std::vector<std::uint32_t>;
  CHECK(lines(Profile::freebsd) == Lines{2, 10});
  CHECK(lines(Profile::rfc9293) == Lines{7});
  CHECK(lines(Profile::linux_6) == Lines{7, 10});
}

TEST_CASE("a mistake is shown where it is, with a way out") {
  CHECK(complaints("0 lisen(3, 1) = 0\n") ==
        "a.pkt:1:3: error: the call 'lisen' is not known\n"
        "    1 | 0 lisen(3, 1) = 0\n"
        "      |   ^^^^^\n"
        "      = help: did you mean 'listen'?\n");
  CHECK(complaints("0 < S 0:5(3)\n") ==
        "a.pkt:1:7: error: from 0 to 5 there are not 3 bytes\n"
        "    1 | 0 < S 0:5(3)\n"
        "      |       ^^^^^^\n");
}

TEST_CASE("each mistake is told, and only once") {
  struct Row {
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"close(3) = 0", "a time in seconds is missing here"},
      {"0 close(3, 4) = 0", "close takes 1 arguments, not 2"},
      {"0 close(3)", "'=' is missing here"},
      {"0 < X 0:0(0)", "the flags are missing here"},
      {"0 < S 0:0(0) <mss 70000>", "70000 is out of range 0..65535"},
      {"0 < S 0:0(0) <md5 1>", "the TCP option 'md5' is not known"},
      {"0 < . 0:0(0) ack 1 <sack 1:2 3:4 5:6 7:8 9:9>", "more than four SACK blocks"},
      {"0.5~0.2 close(3) = 0", "the end of this range lies before its begin"},
      {"0...1 < S 0:0(0)", "only a call can take its time"},
      {"0 `sysctl", "'`' never comes to end this"},
      {"0 %{ assert a", "a comparison is missing here"},
      {"0 %{ x", "'}%' never comes to end this"},
      {"/* open", "this comment never ends"},
      {"#ifdef FreeBSD", "this branch is never ended by #endif"},
      {"#endif", "#endif without #ifdef"},
      {"#ifdef\n#endif", "#ifdef needs a name"},
      {"0 bind(3, \"abc", "this string never ends"},
      {"99999999999 close(3) = 0", "99999999999 is out of range 0..31536000"},
      {"0 close(99999999999999999999) = 0", "is out of range"},
      {"0 1234", "this is neither a call nor a segment"},
      {"-- = 1", "the name of an option is missing here"},
      {"0 close(\x01) = 0", "control character 0x01 is not allowed"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto script = parse_script({"a.pkt", row.text}, Profile::freebsd);
    REQUIRE(!script);
    REQUIRE(script.error().size() == 1);
    CHECK(script.error()[0].message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("after a mistake it goes on with the next event") {
  const auto script = parse_script(
      {"a.pkt", "0 close(3 = 0\n+0 < Q 0:0(0)\n   win 3\n+0 close(3) =\n+0 close(3) = 0\n"},
      Profile::freebsd);
  REQUIRE(!script);
  std::vector<std::uint32_t> lines;
  for (const Diagnostic& each : script.error()) lines.push_back(each.span.line);
  CHECK(lines == std::vector<std::uint32_t>{1, 2, 5});
}

TEST_CASE("what is nested too deeply is refused") {
  std::string text = "0 close(";
  text.append(100'000, '[');
  const auto script = parse_script({"a.pkt", text}, Profile::freebsd);
  REQUIRE(!script);
  CHECK(script.error().at(0).message == "this is nested too deeply");
}

}  // namespace
}  // namespace demuxsim::packetdrill
