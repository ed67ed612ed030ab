// Every sequence of up to four events in every state: no forbidden change of state, and the
// promises of a connection hold after each event. Segments are placed relative to what is expected.
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
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
  segment_count,
  send = segment_count,
  shut_down,
  abort,
  time_out,
  count,
};

enum class From : std::uint8_t { irs, rcv_nxt };
enum class Ack : std::uint8_t { none, snd_una, snd_nxt, beyond };

struct Shape {
  std::uint8_t flags;
  From from;
  std::uint32_t offset;
  Ack ack;
  std::uint16_t payload_bytes = 0;
  std::uint16_t window = 2000;
};

constexpr std::uint8_t kSyn = flag::kSyn;
constexpr std::uint8_t kAck = flag::kAck;
constexpr std::uint8_t kFin = flag::kFin;
constexpr std::uint8_t kRst = flag::kRst;

/// In the order of Action.
constexpr std::array<Shape, static_cast<std::size_t>(Action::segment_count)> kShapes{{
    {kSyn, From::irs, 0, Ack::none},
    {kSyn, From::rcv_nxt, 100, Ack::none},
    {kSyn | kFin, From::irs, 0, Ack::none, 10},
    {kSyn | kAck, From::irs, 0, Ack::snd_nxt},
    {kSyn | kAck, From::irs, 0, Ack::beyond},
    {kAck, From::rcv_nxt, 0, Ack::snd_nxt},
    {kAck, From::rcv_nxt, 0, Ack::snd_una},
    {kAck, From::rcv_nxt, 0, Ack::beyond},
    {kAck, From::rcv_nxt, 0xffff'ffff, Ack::snd_nxt},
    {kAck, From::rcv_nxt, 0, Ack::snd_nxt, 0, 0},
    {0, From::rcv_nxt, 0, Ack::none, 10},
    {kAck, From::rcv_nxt, 0, Ack::snd_nxt, 10},
    {kAck, From::rcv_nxt, 10, Ack::snd_una, 10},
    {kAck, From::rcv_nxt, 65535, Ack::snd_nxt, 10},
    {kAck | kFin, From::rcv_nxt, 0, Ack::snd_nxt},
    {kAck | kFin, From::rcv_nxt, 0, Ack::snd_una, 10},
    {kAck | kFin, From::rcv_nxt, 10, Ack::snd_una, 5},
    {kRst, From::rcv_nxt, 0, Ack::none},
    {kRst, From::rcv_nxt, 1, Ack::none},
    {kRst | kAck, From::irs, 0, Ack::snd_nxt},
    {0x3f, From::rcv_nxt, 0, Ack::snd_nxt, 10},
}};

constexpr std::uint32_t kIss = 999;
constexpr std::uint32_t kPeerIss = 4999;

/// One connection, and what must be true of it.
class Subject {
 public:
  explicit Subject(TcpConnection connection) : tcp_(std::move(connection)) { emit_all(); }

  void apply(Action action);
  TcpState state() const { return tcp_.state(); }
  const std::string& complaint() const { return complaint_; }

  /// The changes of state that any subject has made.
  static inline std::set<std::pair<TcpState, TcpState>> seen;

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

  static constexpr TcpConfig kConfig = [] {
    TcpConfig config;
    config.syn_retries = 1;  // Giving up is within reach.
    config.data_retries = 1;
    return config;
  }();
  TcpConnection tcp_;
  SimTime now_ = kStart;
  SequenceNumber last_rcv_nxt_;
  bool reset_arrived_ = false;
  bool was_synchronized_ = false;
  std::string complaint_;
};

Segment Subject::make(Action action) const {
  const Shape& shape = kShapes[static_cast<std::size_t>(action)];
  const bool knows_peer = tcp_.state() != syn_sent && tcp_.state() != closed;
  const SequenceNumber irs = knows_peer ? tcp_.irs() : SequenceNumber{kPeerIss};
  const SequenceNumber next = knows_peer ? tcp_.rcv_nxt() : irs + 1;
  const SequenceNumber acks[] = {{}, tcp_.snd_una(), tcp_.snd_nxt(), tcp_.snd_nxt() + 1};
  Segment in;
  in.flags = shape.flags;
  in.seq = (shape.from == From::irs ? irs : next) + shape.offset;
  in.ack = acks[static_cast<std::size_t>(shape.ack)];
  in.payload_bytes = shape.payload_bytes;
  in.window = shape.window;
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
      if (tcp_.state() != before) seen.insert({before, tcp_.state()});
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
    seen.insert({news.states[i], news.states[i + 1]});
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
  for (const Transition& each : kTransitions) {
    const bool of_the_host = each.from == closed || each.from == TcpState::listen ||
                             (each.from == TcpState::time_wait && each.to == syn_received);
    CAPTURE(name_of(each.from), name_of(each.event), name_of(each.to));
    CHECK((of_the_host || Subject::seen.count({each.from, each.to}) == 1));
  }
}
