// `tcp`: what a host's TCP is set to, and by `set` one socket's.
#include <fmt/core.h>

#include "scenario/decode.hpp"
#include "scenario/decode_record.hpp"
#include "scenario/decode_scalar.hpp"

namespace demuxsim::loading {
namespace {

constexpr std::array<std::string_view, 33> kKeys{"msl",
                                                 "rto_initial",
                                                 "rto_min",
                                                 "rto_max",
                                                 "syn_retries",
                                                 "synack_retries",
                                                 "data_retries",
                                                 "user_timeout",
                                                 "fin_wait_2_timeout",
                                                 "keepalive_idle",
                                                 "keepalive_interval",
                                                 "keepalive_probes",
                                                 "mss",
                                                 "window",
                                                 "window_scale",
                                                 "timestamps",
                                                 "sack",
                                                 "congestion",
                                                 "initial_window",
                                                 "limited_transmit",
                                                 "nagle",
                                                 "acks",
                                                 "delayed_ack",
                                                 "challenge_reset",
                                                 "challenge_syn",
                                                 "challenge_interval",
                                                 "drop_syn_fin",
                                                 "blackhole",
                                                 "icmp",
                                                 "time_wait_reuse",
                                                 "syn_cookies",
                                                 "hop_limit",
                                                 "iss"};

constexpr std::array kIssModes{Word<IssMode>{"zero", IssMode::zero},
                               Word<IssMode>{"rfc6528", IssMode::rfc6528}};
constexpr std::array kCongestions{Word<Congestion>{"none", Congestion::none},
                                  Word<Congestion>{"newreno", Congestion::newreno},
                                  Word<Congestion>{"cubic", Congestion::cubic}};
constexpr std::array kNagles{Word<Nagle>{"off", Nagle::off}, Word<Nagle>{"on", Nagle::on},
                             Word<Nagle>{"minshall", Nagle::minshall}};
constexpr std::array kAckPolicies{Word<AckPolicy>{"immediate", AckPolicy::immediate},
                                  Word<AckPolicy>{"delayed", AckPolicy::delayed},
                                  Word<AckPolicy>{"adaptive", AckPolicy::adaptive}};
constexpr std::array kIcmpRules{Word<IcmpRule>{"hard", IcmpRule::hard},
                                Word<IcmpRule>{"hard-handshake", IcmpRule::hard_handshake},
                                Word<IcmpRule>{"any-handshake", IcmpRule::any_handshake}};
constexpr std::array kReuses{Word<TimeWaitReuse>{"never", TimeWaitReuse::never},
                             Word<TimeWaitReuse>{"sequence", TimeWaitReuse::sequence},
                             Word<TimeWaitReuse>{"timestamps", TimeWaitReuse::timestamps}};
constexpr std::array kCookies{Word<SynCookies>{"never", SynCookies::never},
                              Word<SynCookies>{"when-full", SynCookies::when_full},
                              Word<SynCookies>{"always", SynCookies::always}};

/// What `words` have for the key, where it is there.
template <class T, std::size_t N>
void read_word(const Record& record, std::string_view key, T& into, std::string_view what,
               const std::array<Word<T>, N>& words) {
  record.read(key, into, [&](const ValueNode& node, DiagnosticCollector& diagnostics) {
    return decode_word(node, what, words, diagnostics);
  });
}

void read_times(const Record& record, TcpConfig& tcp, DiagnosticCollector& diagnostics) {
  record.read("msl", tcp.msl, decode_positive_time);
  record.read("rto_initial", tcp.rto_initial, decode_positive_time);
  record.read("rto_min", tcp.rto_min, decode_positive_time);
  record.read("rto_max", tcp.rto_max, decode_positive_time);
  if (tcp.rto_min > tcp.rto_max && (record.has("rto_min") || record.has("rto_max"))) {
    diagnostics.add(record.span(), "rto_min is longer than rto_max");
  }
  record.read("user_timeout", tcp.user_timeout, decode_time);
  record.read("fin_wait_2_timeout", tcp.fin_wait_2_timeout, decode_time);
  record.read("keepalive_idle", tcp.keepalive_idle, decode_time);
  record.read("keepalive_interval", tcp.keepalive_interval, decode_positive_time);
  record.read("delayed_ack", tcp.delayed_ack, decode_positive_time);
  record.read("challenge_interval", tcp.challenge_interval, decode_time);
}

void read_numbers(const Record& record, TcpConfig& tcp) {
  constexpr std::uint64_t kMostRetries = 255;
  const Limited<std::uint32_t> retries{{"a number of retries", 0, kMostRetries}};
  record.read("syn_retries", tcp.syn_retries, retries);
  // Whoever sets one number of retries of a SYN means both kinds.
  if (record.has("syn_retries")) tcp.synack_retries = tcp.syn_retries;
  record.read("synack_retries", tcp.synack_retries, retries);
  record.read("data_retries", tcp.data_retries, retries);
  record.read("keepalive_probes", tcp.keepalive_probes,
              Limited<std::uint32_t>{{"a number of probes", 1, kMostRetries}});
  record.read("mss", tcp.mss, Limited<std::uint16_t>{{"an MSS", 32, 65495}});
  record.read("hop_limit", tcp.hop_limit, Limited<std::uint8_t>{{"a hop limit", 1, 255}});
  record.read("initial_window", tcp.initial_window,
              Limited<std::uint16_t>{{"a number of segments", 1, 1000}});
}

/// `off`, or how far the window is shifted.
void read_scale(const Record& record, TcpConfig& tcp, DiagnosticCollector& diagnostics) {
  const ValueNode* const node = record.find("window_scale");
  if (node == nullptr) return;
  if (node->is_scalar() && node->text == "off") {
    tcp.window_scaling = false;
    tcp.window_shift = 0;
    return;
  }
  const auto shift = Limited<std::uint8_t>{{"'off' or a window scale", 0, 14}}(*node, diagnostics);
  if (!shift) return;
  tcp.window_scaling = true;
  tcp.window_shift = *shift;
}

/// The window, and the shift it needs where that is not told.
void read_window(const Record& record, TcpConfig& tcp, DiagnosticCollector& diagnostics) {
  constexpr std::uint64_t kMostWindow = 0x4000'0000;  // RFC 7323 section 2.3.
  read_scale(record, tcp, diagnostics);
  if (!record.read("window", tcp.window, Limited<std::uint32_t>{{"a window", 1, kMostWindow}})) {
    return;
  }
  const auto is_too_large = [&] { return tcp.window >> tcp.window_shift > 65535; };
  if (!is_too_large()) return;
  if (!tcp.window_scaling) {
    complain(diagnostics, *record.find("window"),
             "a window of more than 65535 bytes needs window scaling",
             "add window_scale: 7, say (RFC 7323)");
  } else if (record.has("window_scale")) {
    complain(
        diagnostics, *record.find("window"),
        fmt::format("a header has no room for this window with a scale of {}", tcp.window_shift));
  }
  while (is_too_large()) ++tcp.window_shift;
}

void read_choices(const Record& record, TcpConfig& tcp) {
  record.read("timestamps", tcp.timestamps, decode_flag);
  record.read("sack", tcp.sack, decode_flag);
  record.read("limited_transmit", tcp.limited_transmit, decode_flag);
  record.read("challenge_reset", tcp.challenge_reset, decode_flag);
  record.read("challenge_syn", tcp.challenge_syn, decode_flag);
  record.read("drop_syn_fin", tcp.drop_syn_fin, decode_flag);
  record.read("blackhole", tcp.blackhole, decode_flag);
  read_word(record, "congestion", tcp.congestion, "congestion control", kCongestions);
  read_word(record, "nagle", tcp.nagle, "kind of Nagle's rule", kNagles);
  read_word(record, "acks", tcp.acks, "way to acknowledge", kAckPolicies);
  read_word(record, "icmp", tcp.icmp, "rule on ICMP errors", kIcmpRules);
  read_word(record, "time_wait_reuse", tcp.time_wait_reuse, "way to reuse TIME-WAIT", kReuses);
  read_word(record, "syn_cookies", tcp.syn_cookies, "use of SYN cookies", kCookies);
  read_word(record, "iss", tcp.iss, "way to choose initial sequence numbers", kIssModes);
}

}  // namespace

void decode_tcp(const ValueNode& node, TcpConfig& tcp, DiagnosticCollector& diagnostics) {
  const Record record(node, "tcp", kKeys, diagnostics);
  read_times(record, tcp, diagnostics);
  read_numbers(record, tcp);
  read_window(record, tcp, diagnostics);
  read_choices(record, tcp);
}

}  // namespace demuxsim::loading
