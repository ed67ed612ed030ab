// Every sequence of up to four kinds of segment in every state, against a reference written
// straight from RFC 9293.
#include <vector>

#include "support/rfc9293_pair.hpp"

using namespace demuxsim;
using namespace demuxsim::rfc9293;

namespace {

/// Without optimisation, or under a sanitizer, three must do: a thirtieth of the time.
#ifdef NDEBUG
constexpr int kMostSegments = 4;
#else
constexpr int kMostSegments = 3;
#endif

using Path = std::vector<const Kind*>;

std::string story_of(Start start, const Path& path) {
  Pair pair(start);
  std::string text = "\n  " + std::string(name_of(pair.reference().state));
  for (const Kind* kind : path) {
    const Segment in = segment_of(*kind, pair.reference());
    pair.receive(in);
    text += "\n  <-- " + rfc9293::text_of(*kind, in) + "  " +
            std::string(name_of(pair.reference().state));
  }
  return text;
}

/// Walks all sequences from one start; each is played anew, for a connection cannot be copied.
/// Where no connection is left the walk ends: CLOSED and LISTEN are starts of their own.
class Walk {
 public:
  explicit Walk(Start start, Fault fault = nullptr) : start_(start), fault_(fault) {}

  /// Takes `depth` more segments. The first difference ends it.
  void go(int depth) {
    for (const Kind& kind : kKinds) {
      path_.push_back(&kind);
      TcpState state{};
      difference = play(state);
      ++sequences;
      if (!difference.empty()) {
        difference = story_of(start_, path_) + difference;
        return;
      }
      if (depth > 1 && state > TcpState::listen) go(depth - 1);
      if (!difference.empty()) return;
      path_.pop_back();
    }
  }

  std::string difference;
  std::uint64_t sequences = 0;

 private:
  std::string play(TcpState& end) const {
    Pair pair(start_, fault_);
    std::string found;
    for (const Kind* kind : path_) {
      found = pair.receive(segment_of(*kind, pair.reference()));
      if (!found.empty()) break;
    }
    end = pair.reference().state;
    return found;
  }

  Start start_;
  Fault fault_;
  Path path_;
};

struct Mistake {
  const char* name;
  Fault fault;
};

using enum TcpState;
using flag::kAck, flag::kFin, flag::kRst, flag::kSyn;

/// One for each sentence of section 3.10.7 that is easy to get wrong.
constexpr std::array kMistakes{
    Mistake{"CLOSED answers a reset",
            [](const Connection& before, const Segment& in, Connection&, Answer& answer) {
              if (before.state == closed && in.has(kRst)) answer.reply = Reply{in.ack, {}, kRst};
            }},
    Mistake{"CLOSED resets a SYN with a number too low",
            [](const Connection& before, const Segment& in, Connection&, Answer& answer) {
              if (before.state == closed && in.has(kSyn) && !in.has(kAck) && answer.reply)
                answer.reply->ack = in.seq;
            }},
    Mistake{"LISTEN ignores an acknowledgement",
            [](const Connection& before, const Segment& in, Connection&, Answer& answer) {
              if (before.state == TcpState::listen && in.has(kAck)) answer.reply.reset();
            }},
    Mistake{"SYN-SENT believes a reset without ACK",
            [](const Connection& before, const Segment& in, Connection& after, Answer& answer) {
              if (before.state != syn_sent || in.flags != kRst) return;
              after.state = closed;
              answer.reset = true;
            }},
    Mistake{"SYN-RECEIVED forgets that it was passive",
            [](const Connection& before, const Segment& in, Connection& after, Answer&) {
              if (before.state == syn_received && in.has(kRst) && after.state == TcpState::listen)
                after.state = closed;
            }},
    Mistake{"SYN-RECEIVED drops a SYN,ACK at IRS",
            [](const Connection& before, const Segment& in, Connection& after, Answer&) {
              if (before.state == syn_received && in.has(kSyn)) after = before;
            }},
    Mistake{"what is not acceptable is not answered",
            [](const Connection& before, const Segment& in, Connection&, Answer& answer) {
              if (before.state == established && in.seq < before.rcv_nxt) answer.reply.reset();
            }},
    Mistake{"a reset is believed anywhere in the window",
            [](const Connection& before, const Segment& in, Connection& after, Answer& answer) {
              if (before.state != established || !in.has(kRst) || !answer.reply) return;
              after.state = closed;
              answer = {};
              answer.reset = true;
            }},
    Mistake{"nobody is told of a reset", [](const Connection&, const Segment&, Connection&,
                                            Answer& answer) { answer.reset = false; }},
    Mistake{"a SYN in the window resets",
            [](const Connection& before, const Segment& in, Connection& after, Answer& answer) {
              if (before.state != established || !in.has(kSyn) || in.seq != before.rcv_nxt) return;
              after.state = closed;
              answer.reset = true;
            }},
    Mistake{"an old acknowledgement moves SND.UNA back",
            [](const Connection& before, const Segment& in, Connection& after, Answer&) {
              if (before.state == established && in.flags == kAck && in.ack < before.snd_una)
                after.snd_una = in.ack;
            }},
    Mistake{"any segment's window is taken",
            [](const Connection& before, const Segment& in, Connection& after, Answer&) {
              if (before.state == established) after.snd_wnd = in.window;
            }},
    Mistake{"an acknowledgement of text ends FIN-WAIT-1",
            [](const Connection& before, const Segment&, Connection& after, Answer&) {
              if (before.state == fin_wait_1 && after.snd_una > before.snd_una &&
                  after.state == fin_wait_1)
                after.state = fin_wait_2;
            }},
    Mistake{"a FIN in FIN-WAIT-1 begins TIME-WAIT",
            [](const Connection&, const Segment&, Connection& after, Answer&) {
              if (after.state == closing) after.state = time_wait;
            }},
    Mistake{"RCV.NXT stays before the FIN",
            [](const Connection&, const Segment&, Connection& after, Answer& answer) {
              if (answer.closing) after.rcv_nxt = after.rcv_nxt - 1;
            }},
    Mistake{"text ahead of its turn is thrown away",
            [](const Connection&, const Segment&, Connection& after, Answer&) { after.held = 0; }},
    Mistake{"a FIN ahead of its turn is thrown away",
            [](const Connection&, const Segment&, Connection& after, Answer&) {
              after.held_fin.reset();
            }},
    Mistake{"the FIN again in TIME-WAIT does not begin the 2 MSL anew",
            [](const Connection& before, const Segment&, Connection& after, Answer&) {
              if (before.state == time_wait) after.time_wait_ends = before.time_wait_ends;
            }},
    Mistake{"TIME-WAIT takes no SYN",
            [](const Connection& before, const Segment&, Connection& after, Answer&) {
              if (before.state == time_wait && after.state == syn_received) after = before;
            }},
};

}  // namespace

TEST_CASE("The table of transitions is figure 5 and the text of section 3.10",
          "[rfc9293-3.3.2][rfc9293-3.10]") {
  for (const Transition& each : kTransitions) {
    CAPTURE(name_of(each.from), name_of(each.event), name_of(each.to));
    CHECK(is_drawn({each.from, each.event, each.to}));
  }
  for (const Arrow& each : kFigure5) {
    CAPTURE(name_of(each.from), name_of(each.event), name_of(each.to));
    CHECK(is_transition(each.from, each.event, each.to) == (each != kNotTaken));
  }
}

TEST_CASE("Every sequence of up to four segments is answered as RFC 9293 says",
          "[rfc9293-3.10.7]") {
  for (int start = 0; start < kStarts; ++start) {
    Walk walk(static_cast<Start>(start));
    walk.go(kMostSegments);
    INFO(walk.difference);
    CHECK(walk.difference.empty());
    CHECK(walk.sequences >= kKinds.size());
  }
}

TEST_CASE("A wrong answer does not pass unnoticed", "[rfc9293-3.10.7]") {
  for (const Mistake& each : kMistakes) {
    bool noticed = false;
    for (int start = 0; start < kStarts && !noticed; ++start) {
      Walk walk(static_cast<Start>(start), each.fault);
      walk.go(2);
      noticed = !walk.difference.empty();
    }
    INFO(each.name);
    CHECK(noticed);
  }
}
