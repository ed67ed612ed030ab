#include "kernel/alignment.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "kernel/lane_reader.hpp"

namespace demuxsim::kernel {
namespace {

/// How many segments at both fronts are the same stretch of bytes; zeros where none is.
struct Stretch {
  std::size_t simulated = 0;
  std::size_t kernel = 0;
  /// One of them is all that the others are. Where both sides have several, they were cut to
  /// another size.
  bool is_found() const { return simulated + kernel > 2 && std::min(simulated, kernel) == 1; }
};

/// The segment that continues the bytes of the one before, or null.
const Segment* continued(const LaneReader& reader, std::size_t count) {
  const SeenSegment* const last = reader.ahead(count - 1);
  const SeenSegment* const next = reader.ahead(count);
  if (next == nullptr || !has_bytes(next->segment)) return nullptr;
  return next->segment.seq == end_of(last->segment) ? &next->segment : nullptr;
}

Stretch find_stretch(const LaneReader& simulated, const LaneReader& kernel) {
  const Segment* ours = &simulated.segment();
  const Segment* theirs = &kernel.segment();
  if (!has_bytes(*ours) || !has_bytes(*theirs) || ours->seq != theirs->seq) return {};
  Stretch stretch{1, 1};
  while (end_of(*ours) != end_of(*theirs)) {
    if (end_of(*ours) < end_of(*theirs)) {
      ours = continued(simulated, stretch.simulated++);
    } else {
      theirs = continued(kernel, stretch.kernel++);
    }
    if (ours == nullptr || theirs == nullptr) return {};
  }
  const bool end_alike =
      ours->has(flag::kFin) == theirs->has(flag::kFin) && ours->ack == theirs->ack;
  return end_alike ? stretch : Stretch{};
}

class Aligner {
 public:
  Aligner(const Lane& simulated, const Lane& kernel, bool by_opener)
      : simulated_(simulated), kernel_(kernel), by_opener_(by_opener) {}

  std::vector<AlignedSegment> run() {
    while (!simulated_.is_over() || !kernel_.is_over()) step();
    return std::move(rows_);
  }

 private:
  void step() {
    if (take_equal()) return;
    if (const auto why = excuse(simulated_, kernel_)) return take(true, false, *why);
    if (const auto why = excuse(kernel_, simulated_)) return take(false, true, *why);
    if (simulated_.is_over()) return take(false, true, Judgement::differs);
    if (kernel_.is_over()) return take(true, false, Judgement::differs);
    if (take_stretch()) return;
    if (kernel_.will_send(simulated_.segment())) return take(false, true, Judgement::differs);
    if (simulated_.will_send(kernel_.segment())) return take(true, false, Judgement::differs);
    take(true, true, Judgement::differs);
  }

  bool take_equal() {
    if (simulated_.is_over() || kernel_.is_over()) return false;
    const Segment& ours = simulated_.segment();
    const Segment& theirs = kernel_.segment();
    if (!is_same_but_push(ours, theirs)) return false;
    take(true, true,
         !is_in_time()           ? Judgement::other_time
         : is_same(ours, theirs) ? Judgement::same
                                 : Judgement::push);
    return true;
  }

  /// Linux rounds a timer up by as much as an eighth of it.
  bool is_in_time() const {
    constexpr Duration kSlack = std::chrono::milliseconds{100};
    const Duration apart = std::chrono::abs(simulated_.front().at - kernel_.front().at);
    return apart <= kSlack + simulated_.pause() / 8;
  }

  bool take_stretch() {
    Stretch stretch = find_stretch(simulated_, kernel_);
    if (!stretch.is_found()) return false;
    while (stretch.simulated != 0 || stretch.kernel != 0) {
      const bool ours = stretch.simulated != 0;
      const bool theirs = stretch.kernel != 0;
      take(ours, theirs, Judgement::coalesced);
      stretch.simulated -= ours ? 1 : 0;
      stretch.kernel -= theirs ? 1 : 0;
    }
    return true;
  }

  /// Why the front of one side may be missing on the other, or nothing.
  static std::optional<Judgement> excuse(const LaneReader& one, const LaneReader& other) {
    if (one.is_over()) return std::nullopt;
    if (ends_handshake(one.segment()) && one.comes_twice()) return Judgement::timer_tick;
    if (!is_pure_ack(one.segment())) return std::nullopt;
    if (one.repeats()) {
      if (one.has_larger_window()) return Judgement::window_update;
      return std::nullopt;
    }
    if (other.acknowledges(one.segment().ack)) return Judgement::delayed_ack;
    return std::nullopt;
  }

  void take(bool ours, bool theirs, Judgement judgement) {
    AlignedSegment row;
    row.by_opener = by_opener_;
    row.judgement = judgement;
    if (ours) {
      row.simulated = simulated_.front();
      simulated_.pass();
    }
    if (theirs) {
      row.kernel = kernel_.front();
      kernel_.pass();
    }
    rows_.push_back(row);
  }

  LaneReader simulated_;
  LaneReader kernel_;
  bool by_opener_;
  std::vector<AlignedSegment> rows_;
};

Lane lane_of(const Conversation* conversation, bool by_opener) {
  Lane lane;
  if (conversation == nullptr) return lane;
  for (const SeenSegment& each : conversation->segments) {
    if (conversation->is_by_opener(each.segment) == by_opener) lane.push_back(each);
  }
  return lane;
}

SimTime time_of(const AlignedSegment& row) {
  return row.simulated ? row.simulated->at : row.kernel->at;
}

/// Two lanes as one, each in its own order. The kernel's times serve where the simulator has none.
std::vector<AlignedSegment> merge(const std::vector<AlignedSegment>& there,
                                  const std::vector<AlignedSegment>& back) {
  std::vector<AlignedSegment> rows;
  std::merge(there.begin(), there.end(), back.begin(), back.end(), std::back_inserter(rows),
             [](const auto& a, const auto& b) { return time_of(a) < time_of(b); });
  return rows;
}

}  // namespace

std::string_view name_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::same:
      return "same";
    case Judgement::delayed_ack:
      return "delayed ACK";
    case Judgement::window_update:
      return "window update";
    case Judgement::coalesced:
      return "coalescing";
    case Judgement::timer_tick:
      return "two timers in one tick";
    case Judgement::push:
      return "PSH";
    case Judgement::other_time:
      return "at another time";
    case Judgement::differs:
      break;
  }
  return "differs";
}

std::vector<AlignedSegment> align(const ConversationPair& pair) {
  const auto lane = [&](bool by_opener) {
    const Lane simulated = lane_of(pair.simulated, by_opener);
    const Lane kernel = lane_of(pair.kernel, by_opener);
    return Aligner(simulated, kernel, by_opener).run();
  };
  return merge(lane(true), lane(false));
}

}  // namespace demuxsim::kernel
