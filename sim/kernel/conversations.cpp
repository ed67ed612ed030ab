#include "kernel/conversations.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace demuxsim::kernel {
namespace {

using InitialNumber = std::optional<SequenceNumber>;

/// A conversation that still grows.
struct Open {
  std::size_t index = 0;
  std::array<InitialNumber, 2> initial;  ///< Of the opener and of its target.
  std::array<InitialNumber, 2> before;   ///< Those of the connection that had these ends before.

  bool is_stray() const { return !initial[0] && !initial[1]; }
};

/// From the initial number that is nearer: an end that has not heard of the new connection still
/// speaks of the old one.
SequenceNumber counted(const Open& open, std::size_t side, SequenceNumber number) {
  const auto distance = [&](SequenceNumber initial) {
    return std::min(number - initial, initial - number);
  };
  const InitialNumber& now = open.initial[side];
  const InitialNumber& before = open.before[side];
  if (now && (!before || distance(*now) <= distance(*before))) return {number - *now};
  return before ? SequenceNumber{number - *before} : number;
}

/// Whether a SYN opens a connection of its own: not one that is sent again, and not the answer to
/// that of the other side, be it a SYN as well.
bool begins_anew(const Open& open, std::size_t side, const Segment& segment) {
  if (!segment.has(flag::kSyn) || open.initial[side] == segment.seq) return false;
  return open.is_stray() || open.initial[side].has_value();
}

class Sorter {
 public:
  void add(const SeenSegment& seen) {
    const Segment& segment = seen.segment;
    const Endpoint from = segment.from();
    const Endpoint to = segment.to();
    const std::pair<Endpoint, Endpoint> key = std::minmax(from, to);
    auto found = open_.find(key);
    const bool is_known = found != open_.end();
    if (!is_known || begins_anew(found->second, side_of(found->second, segment), segment)) {
      const auto before = is_known ? found->second.initial : std::array<InitialNumber, 2>{};
      found = open_.insert_or_assign(key, Open{made_.size(), {}, before}).first;
      made_.push_back({segment.from(), segment.to(), {}});
    }
    Open& open = found->second;
    const std::size_t side = side_of(open, segment);
    if (segment.has(flag::kSyn)) open.initial[side] = segment.seq;
    SeenSegment relative = seen;
    relative.segment.seq = counted(open, side, segment.seq);
    relative.segment.ack = counted(open, 1 - side, segment.ack);
    for (SackBlock& each : relative.segment.sack) {
      each = {counted(open, 1 - side, each.begin), counted(open, 1 - side, each.end)};
    }
    made_[open.index].segments.push_back(relative);
  }

  std::vector<Conversation> take() { return std::move(made_); }

 private:
  std::size_t side_of(const Open& open, const Segment& segment) const {
    return made_[open.index].is_by_opener(segment) ? 0 : 1;
  }

  std::map<std::pair<Endpoint, Endpoint>, Open> open_;
  std::vector<Conversation> made_;
};

bool may_be_one(const Conversation& a, const Conversation& b, const std::set<Port>& named) {
  const bool has_named_port = named.contains(a.opener.port) || named.contains(b.opener.port);
  return a.opener.address == b.opener.address && a.target == b.target &&
         (!has_named_port || a.opener.port == b.opener.port);
}

/// The number of the last SYN from one end to the other up to a time.
InitialNumber initial_number(std::span<const SeenSegment> segments, const Endpoint& from,
                             const Endpoint& to, SimTime until) {
  InitialNumber found;
  for (const SeenSegment& seen : segments) {
    const Segment& segment = seen.segment;
    if (seen.at > until) break;
    if (segment.has(flag::kSyn) && segment.from() == from && segment.to() == to) {
      found = segment.seq;
    }
  }
  return found;
}

}  // namespace

std::vector<Conversation> conversations_of(std::span<const SeenSegment> segments) {
  Sorter sorter;
  for (const SeenSegment& each : segments) sorter.add(each);
  return sorter.take();
}

std::vector<ConversationPair> pair_up(const std::vector<Conversation>& simulated,
                                      const std::vector<Conversation>& kernel,
                                      const std::set<Port>& named) {
  std::vector<ConversationPair> pairs;
  std::vector<bool> taken(kernel.size());
  for (const Conversation& each : simulated) {
    ConversationPair pair{&each, nullptr};
    for (std::size_t i = 0; i < kernel.size() && pair.kernel == nullptr; ++i) {
      if (taken[i] || !may_be_one(each, kernel[i], named)) continue;
      pair.kernel = &kernel[i];
      taken[i] = true;
    }
    pairs.push_back(pair);
  }
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    if (!taken[i]) pairs.push_back({nullptr, &kernel[i]});
  }
  return pairs;
}

Segment transplanted(const SeenSegment& made_up, std::span<const SeenSegment> simulated,
                     std::span<const SeenSegment> kernel) {
  Segment segment = made_up.segment;
  const auto move = [&](SequenceNumber& number, const Endpoint& from, const Endpoint& to) {
    const InitialNumber ours = initial_number(simulated, from, to, made_up.at);
    const InitialNumber theirs = initial_number(kernel, from, to, kNever);
    if (ours && theirs) number = number + (*theirs - *ours);
  };
  if (segment.icmp != IcmpError::none) {  // The number is that of a segment on the way there.
    move(segment.seq, segment.to(), {segment.quoted_destination(), segment.source_port});
    return segment;
  }
  move(segment.seq, segment.from(), segment.to());
  move(segment.ack, segment.to(), segment.from());
  return segment;
}

}  // namespace demuxsim::kernel
