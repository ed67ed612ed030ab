// Every sequence of up to four events in every state: no forbidden change of state, and the
// promises of a connection hold after each event. Segments are placed relative to what is expected.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "demuxsim/tcp/connection.hpp"
#include "support/catch.hpp"

using namespace demuxsim;

namespace {

using enum TcpState;

enum class Action : std::uint8_t {
  syn_again,
  syn_in_window,
  syn_fin_text,
  syn_ack,
  syn_ack_of_nothing,
  ack,
  ack_nothing_new,
  ack_of_unsent,
  ack_from_the_past,
  ack_closed_window,
  no_flags,
  text,
  text_ahead,
  text_beyond_window,
  fin,
  fin_nothing_new,
  fin_ahead,
  rst,
  rst_in_window,
  rst_ack,
  all_flags,
  send,
  shut_down,
  abort,
  time_out,
  count,
};

constexpr std::uint32_t kIss = 999;
constexpr std::uint32_t kPeerIss = 4999;

/// One connection, and what must be true of it.
class Subject {
 public:
  explicit Subject(TcpConnection connection) : tcp_(std::move(connection)) { emit_all(); }

  void apply(Action action);
  TcpState state() const { return tcp_.state(); }
  const std::string& complaint() const { return complaint_; }

 private:
  Segment make(Action action) const;
  void receive(const Segment& in);
  void emit_all();
  void check(const Segment& out);
  void check_news(const TcpNews& news, TcpState before);
  void check_rest();
  void demand(bool condition, const char* what) {
    if (!condition && complaint_.empty()) complaint_ = what;
  }

  static constexpr TcpConfig kConfig{};
  TcpConnection tcp_;
  SimTime now_ = kStart;
  SequenceNumber last_rcv_nxt_;
  bool reset_arrived_ = false;
  bool was_synchronized_ = false;
  std::string complaint_;
};

Segment Subject::make(Action action) const {
  const bool knows_peer = tcp_.irs() != SequenceNumber{} || tcp_.rcv_nxt() != SequenceNumber{};
  const SequenceNumber irs = knows_peer ? tcp_.irs() : SequenceNumber{kPeerIss};
  const SequenceNumber next = knows_peer ? tcp_.rcv_nxt() : irs + 1;
  const std::uint32_t window = kConfig.window;
  Segment in;
  in.window = 2000;
  const auto set = [&in](std::uint8_t flags, SequenceNumber seq, SequenceNumber ack,
                         std::uint16_t bytes = 0) {
    in.flags = flags;
    in.seq = seq;
    in.ack = ack;
    in.payload_bytes = bytes;
  };
  using namespace flag;
  const SequenceNumber una = tcp_.snd_una();
  const SequenceNumber nxt = tcp_.snd_nxt();
  switch (action) {
    case Action::syn_again:
      set(kSyn, irs, {});
      break;
    case Action::syn_in_window:
      set(kSyn, next + 100, {});
      break;
    case Action::syn_fin_text:
      set(kSyn | kFin, irs, {}, 10);
      break;
    case Action::syn_ack:
      set(kSyn | kAck, irs, nxt);
      break;
    case Action::syn_ack_of_nothing:
      set(kSyn | kAck, irs, nxt + 1);
      break;
    case Action::ack:
      set(kAck, next, nxt);
      break;
    case Action::ack_nothing_new:
      set(kAck, next, una);
      break;
    case Action::ack_of_unsent:
      set(kAck, next, nxt + 1);
      break;
    case Action::ack_from_the_past:
      set(kAck, next - 1, nxt);
      break;
    case Action::ack_closed_window:
      set(kAck, next, nxt);
      in.window = 0;
      break;
    case Action::no_flags:
      set(0, next, {}, 10);
      break;
    case Action::text:
      set(kAck, next, nxt, 10);
      break;
    case Action::text_ahead:
      set(kAck, next + 10, una, 10);
      break;
    case Action::text_beyond_window:
      set(kAck, next + window, nxt, 10);
      break;
    case Action::fin:
      set(kAck | kFin, next, nxt);
      break;
    case Action::fin_nothing_new:
      set(kAck | kFin, next, una, 10);
      break;
    case Action::fin_ahead:
      set(kAck | kFin, next + 10, una, 5);
      break;
    case Action::rst:
      set(kRst, next, {});
      break;
    case Action::rst_in_window:
      set(kRst, next + 1, {});
      break;
    case Action::rst_ack:
      set(kRst | kAck, {}, nxt);
      break;
    case Action::all_flags:
      set(0x3f, next, nxt, 10);
      break;
    default:
      break;
  }
  return in;
}

void Subject::apply(Action action) {
  const TcpState before = tcp_.state();
  switch (action) {
    case Action::send:
      static_cast<void>(tcp_.send(3000));
      break;
    case Action::shut_down:
      static_cast<void>(tcp_.shutdown_write());
      break;
    case Action::abort:
      tcp_.abort();
      break;
    case Action::time_out:
      if (tcp_.deadline() == kNever) return;
      now_ = tcp_.deadline();
      check_news(tcp_.on_deadline(now_, kConfig), before);
      break;
    default:
      receive(make(action));
      break;
  }
  emit_all();
  check_rest();
}

void Subject::receive(const Segment& in) {
  const TcpState before = tcp_.state();
  reset_arrived_ = in.has(flag::kRst);
  const TcpNews news = tcp_.on_segment(now_, in, kConfig);
  check_news(news, before);
  demand(!(news.dropped && (news.changes > 0 || news.delivered_bytes > 0)),
         "a dropped segment changes nothing");
}

/// The path of states is one of kTransitions, and the news tell what it means.
void Subject::check_news(const TcpNews& news, TcpState before) {
  demand(news.before() == before, "news begin with the state before");
  demand(news.states[news.changes] == tcp_.state(), "news end with the state after");
  for (std::size_t i = 0; i < news.changes; ++i) {
    bool listed = false;
    for (const Transition& each : kTransitions) {
      listed = listed || (each.from == news.states[i] && each.to == news.states[i + 1]);
    }
    demand(listed, "each change of state is in the table");
  }
  const bool over = tcp_.state() == closed || tcp_.state() == TcpState::listen;
  demand(news.closed == (over && news.changes > 0), "closed is told when it happens");
  demand(news.failure == Errno::ok || news.closed, "a failure closes");
  demand(news.time_wait == (news.changes > 0 && tcp_.state() == TcpState::time_wait),
         "TIME-WAIT is told when it begins");
}

void Subject::emit_all() {
  Segment out;
  int count = 0;
  while (tcp_.next_segment(now_, kConfig, out)) {
    check(out);
    if (++count > 10) return demand(false, "the segments due come to an end");
  }
  reset_arrived_ = false;
}

void Subject::check(const Segment& out) {
  using namespace flag;
  if (out.has(kRst)) {
    demand(!reset_arrived_, "no reset answers a reset");
    demand(out.flags == kRst && out.length() == 0, "a reset carries nothing");
    return;
  }
  demand(tcp_.state() != closed && tcp_.state() != TcpState::listen, "CLOSED sends only resets");
  demand(out.has(kSyn) == (out.mss != 0), "the MSS option is on SYNs, and only there");
  if (out.has(kSyn)) {
    demand(out.seq == tcp_.iss() && out.length() == 1, "a SYN carries nothing");
    demand(out.has(kAck) == (tcp_.state() == syn_received), "the SYN fits the state");
    return;
  }
  demand(out.has(kAck) && out.ack == tcp_.rcv_nxt(), "all else acknowledges RCV.NXT");
  demand(out.payload_bytes <= tcp_.send_mss(), "no segment is longer than the MSS");
  demand(out.seq >= tcp_.snd_una() && out.seq + out.length() <= tcp_.snd_nxt(),
         "what is sent lies in the send sequence space");
}

void Subject::check_rest() {
  const TcpState now = tcp_.state();
  if (now == closed || now == TcpState::listen) {
    demand(tcp_.deadline() == kNever, "nothing is due when all is over");
    return;
  }
  const bool fin_owed = now == fin_wait_1 || now == closing || now == last_ack;
  const bool timed = tcp_.snd_una() != tcp_.snd_nxt() || tcp_.unsent_bytes() > 0 || fin_owed;
  demand(timed == (tcp_.deadline() != kNever), "a deadline stands while something is owed");
  demand(tcp_.deadline() > now_, "deadlines lie in the future");
  if (was_synchronized_) {
    demand(tcp_.rcv_nxt() >= last_rcv_nxt_, "RCV.NXT does not go back");
  }
  was_synchronized_ = now != syn_sent;
  last_rcv_nxt_ = tcp_.rcv_nxt();
}

/// A connection of each kind: how it was opened, and the events that lead to its state.
struct Beginning {
  bool passive;
  TcpState state;
  std::vector<Action> actions;
};

const std::vector<Beginning> kBeginnings{
    {false, syn_sent, {}},
    {true, syn_received, {}},
    {false, syn_received, {Action::syn_again}},
    {true, established, {Action::ack}},
    {false, established, {Action::syn_ack}},
    {false, fin_wait_1, {Action::syn_ack, Action::shut_down}},
    {false, fin_wait_1, {Action::syn_ack, Action::send, Action::shut_down}},
    {false, fin_wait_2, {Action::syn_ack, Action::shut_down, Action::ack}},
    {true, close_wait, {Action::ack, Action::fin}},
    {true, last_ack, {Action::ack, Action::fin, Action::shut_down}},
    {false, closing, {Action::syn_ack, Action::shut_down, Action::fin_nothing_new}},
    {false, TcpState::time_wait, {Action::syn_ack, Action::shut_down, Action::fin}},
};

Subject begin(const Beginning& beginning) {
  constexpr TcpConfig kConfig;
  Segment syn;
  syn.flags = flag::kSyn;
  syn.seq = {kPeerIss};
  syn.window = 2000;
  Subject subject(beginning.passive ? TcpConnection::open_from_syn(syn, {kIss}, kConfig)
                                    : TcpConnection::open({kIss}, kConfig, Family::ipv4));
  for (const Action action : beginning.actions) subject.apply(action);
  return subject;
}

std::string describe(const Beginning& beginning, std::uint32_t code, int length) {
  std::string text{name_of(beginning.state)};
  for (int i = 0; i < length; ++i, code /= static_cast<unsigned>(Action::count)) {
    text += " " + std::to_string(code % static_cast<unsigned>(Action::count));
  }
  return text;
}

}  // namespace

TEST_CASE("Each beginning reaches its state") {
  for (const Beginning& each : kBeginnings) {
    CAPTURE(name_of(each.state));
    const Subject subject = begin(each);
    CHECK(subject.state() == each.state);
    CHECK(subject.complaint() == "");
  }
}

TEST_CASE("Every sequence of events in every state keeps the promises", "[rfc9293-3.10]") {
  constexpr int kLength = 4;
  constexpr auto kKinds = static_cast<std::uint32_t>(Action::count);
  constexpr std::uint32_t kSequences = kKinds * kKinds * kKinds * kKinds;
  std::uint64_t visited = 0;
  for (const Beginning& each : kBeginnings) {
    for (std::uint32_t code = 0; code < kSequences; ++code) {
      Subject subject = begin(each);
      std::uint32_t rest = code;
      for (int i = 0; i < kLength; ++i, rest /= kKinds) {
        subject.apply(static_cast<Action>(rest % kKinds));
      }
      if (!subject.complaint().empty()) {
        FAIL(subject.complaint() << ": " << describe(each, code, kLength));
      }
      ++visited;
    }
  }
  CHECK(visited == kBeginnings.size() * kSequences);
}
