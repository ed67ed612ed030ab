#include "demuxsim/packetdrill/run.hpp"

#include <string>

#include "demuxsim/packetdrill/parse.hpp"
#include "support/catch.hpp"

namespace demuxsim::packetdrill {
namespace {

/// A listener at 192.168.0.1:8080, in four lines.
const std::string kListener =
    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
    "+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n"
    "+0 bind(3, ..., ...) = 0\n"
    "+0 listen(3, 1) = 0\n";
/// Takes a call, in four lines more.
const std::string kConnected = kListener +
                               "+0 < S 0:0(0) win 32767 <mss 1460>\n"
                               "+0 > S. 0:0(0) ack 1 <...>\n"
                               "+0 < . 1:1(0) ack 1 win 32767\n"
                               "+0 accept(3, ..., ...) = 4\n";

Verdict verdict_of(const std::string& text, const RunOptions& options = {}) {
  const auto script = parse_script({"a.pkt", text}, options.profile);
  REQUIRE(script);
  const auto verdict = run_script(*script, options);
  REQUIRE(verdict);
  return *verdict;
}

std::string reason_of(const std::string& text) { return verdict_of(text).reason; }

struct Counter final : TraceSink {
  std::size_t sent = 0;
  void consume(std::span<const TraceRecord> records) override {
    for (const TraceRecord& each : records) sent += each.kind == TraceKind::segment_sent ? 1 : 0;
  }
};

TEST_CASE("a script that is met passes") {
  CHECK(verdict_of("").passed);
  CHECK(verdict_of(kConnected).passed);
}

TEST_CASE("the first mismatch ends the run and names its line") {
  const Verdict verdict = verdict_of(kListener +
                                     "+0 < S 7:7(0) win 32767 <mss 1460>\n"
                                     "+0 > S. 0:0(0) ack 9 <...>\n"
                                     "+0 > S. 0:0(0) ack 10 <...>\n");
  CHECK(!verdict.passed);
  CHECK(verdict.line == 6);
  CHECK(
      verdict.reason.starts_with("error handling packet: ack: expected 9, actual 8\n"
                                 "script packet:  0.000000 S. 0:0(0) ack 9 <...>\n"
                                 "actual packet:  0.000000 S. 0:0(0) ack 8 win 65535 <mss 1460"));
}

TEST_CASE("a segment that nobody expects is met by the next expectation") {
  const std::string text = kConnected + "+0 write(4, ..., 10) = 10\n";
  CHECK(verdict_of(text).passed);
  CHECK(reason_of(text + "+0 write(4, ..., 20) = 20\n+0 > P. 11:31(20) ack 1\n")
            .starts_with("error handling packet: seq: expected 11, actual 1\n"));
}

TEST_CASE("time has a tolerance, which a script may change") {
  const std::string late = kConnected + "+0.1 write(4, ..., 10) = 10\n+0.01 > P. 1:11(10) ack 1\n";
  CHECK(reason_of(late).starts_with(
      "timing error: expected outbound packet at 0.110000 sec but happened at 0.100000 sec; "
      "tolerance 0.004000 sec\n"));
  CHECK(verdict_of("--tolerance_usecs=10000\n" + late).passed);
}

TEST_CASE("numbers are relative to the script's own SYN, wherever it begins") {
  CHECK(verdict_of(kListener + "+0 < S 5000:5000(0) win 32767 <mss 1460>\n"
                               "+0 > S. 100:100(0) ack 5001 <...>\n"
                               "+0 < . 5001:5001(0) ack 101 win 32767\n"
                               "+0 accept(3, ..., ...) = 4\n"
                               "+0 write(4, ..., 10) = 10\n"
                               "+0 > P. 101:111(10) ack 5001\n")
            .passed);
}

TEST_CASE("where no connection is, numbers are those on the wire") {
  CHECK(verdict_of("0 < . 17:17(0) ack 34 win 1\n+0 > R 34:34(0)\n").passed);
  CHECK(verdict_of("0 < S 17:17(0) win 1\n+0 > R. 0:0(0) ack 18\n").passed);
}

TEST_CASE("a late event is a mistake of the script") {
  CHECK(reason_of(kConnected + "1 close(4) = 0\n0.5 close(3) = 0\n") ==
        "the event before it happened only at 1.000000 s");
}

TEST_CASE("a call waits for the one before to return") {
  CHECK(verdict_of(kConnected + "+0 fcntl(4, F_SETFL, O_RDWR) = 0\n"
                                "+0...0.2 read(4, ..., 10) = 0\n"
                                "+0.2 < F. 1:1(0) ack 1 win 32767\n"
                                "+0 close(4) = 0\n")
            .passed);
  CHECK(reason_of(kConnected + "+0 fcntl(4, F_SETFL, O_RDWR) = 0\n"
                               "+0...0.2 read(4, ..., 10) = 0\n"
                               "+0.1 close(4) = 0\n") == "error in read(): it does not return");
}

TEST_CASE("what has no meaning here is told") {
  const Verdict verdict = verdict_of(
      "--send_omit_free\n"
      "0 `sysctl -w kern.ipc.maxsockbuf=1; sysctl -w net.inet.tcp.recvspace=5; echo`\n"
      "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"
      "+0 setsockopt(3, SOL_TCP, TCP_CORK, [1], 4) = 0\n");
  REQUIRE(verdict.passed);
  std::string told;
  for (const IgnoredLine& each : verdict.ignored) {
    told += std::to_string(each.line) + ' ' + each.what + '\n';
  }
  CHECK(told ==
        "1 option --send_omit_free\n"
        "2 sysctl kern.ipc.maxsockbuf\n"
        "2 ` echo`\n"
        "4 socket option TCP_CORK\n");
}

TEST_CASE("an option with an impossible value is a diagnostic") {
  for (const char* const option :
       {"--mtu=67", "--tolerance_usecs=x", "--ip_version=ipv5", "--bind_port=0"}) {
    CAPTURE(option);
    const auto script = parse_script({"a.pkt", option}, Profile::freebsd);
    REQUIRE(script);
    const auto verdict = run_script(*script, {});
    REQUIRE(!verdict);
    CHECK(verdict.error().span ==
          SourceSpan{1, 1, static_cast<std::uint32_t>(std::string_view(option).size())});
  }
}

TEST_CASE("arguments that say nothing are refused") {
  struct Row {
    const char* call;
    const char* reason;
  };
  const Row rows[] = {
      {"read(4, ..., MANY) = 1", "error in read(): the constant 'MANY' is not known"},
      {"read(4, ..., ...) = 1", "error in read(): a number is needed as an argument"},
      {"writev(4, ..., 1) = 1",
       "error in writev(): the lengths of the pieces are missing, as in [{..., 100}]"},
      {"ioctl(4, SIOCATMARK, [1]) = 0",
       "error in ioctl(): of ioctl only SIOCINQ, FIONREAD and SIOCOUTQ are known"},
      {"fcntl(4, F_DUPFD) = 5",
       "error in fcntl(): of fcntl only F_GETFL and F_SETFL, with flags, are known"},
      {"poll([{events=POLLIN}], 1, 0) = 0",
       "error in poll(): poll needs fd and events of each entry, as in [{fd=3, events=POLLIN}]"},
      {"write(4, ..., 99999999) = 1", "error in write(): expected 1, actual 32768"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.call);
    CHECK(reason_of(kConnected + "+0 " + row.call + "\n") == row.reason);
  }
}

TEST_CASE("a script may write so much and no more") {
  CHECK(reason_of(kConnected + "+0 fcntl(4, F_SETFL, O_RDWR) = 0\n"
                               "+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [16777216], 4) = 0\n"
                               "+0 write(4, ..., 16777216) = 16777216\n"
                               "+0 write(4, ..., 1) = 1\n") ==
        "error in write(): a script may write 16777216 bytes and no more");
}

TEST_CASE("the records of a run go where they are wanted") {
  Counter counter;
  CHECK(verdict_of(kConnected, {Profile::freebsd, &counter}).passed);
  CHECK(counter.sent == 1);
}

}  // namespace
}  // namespace demuxsim::packetdrill
