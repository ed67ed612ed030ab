#include "demuxsim/ports/oldest_free.hpp"

namespace demuxsim {

OldestFreeWalk::OldestFreeWalk(const EphemeralConfig& config, Rng& rng)
    : PortWalk(config), key_(draw_key(rng)) {
  while ((std::uint64_t{1} << (2 * half_bits_)) < size()) ++half_bits_;
}

/// A destination without ports has no queue. Where its next round begins moves with every port that
/// the host gives to anybody, so even then it does not get the same ones soon.
void OldestFreeWalk::begin(const PortRequest& request, Rng&) {
  const auto [place, is_new] = queues_.try_emplace(request.destination);
  queue_ = &place->second;
  if (!is_new) return;
  queue_->secret = keyed_hash(key_, request.destination);
  queue_->start = given_ % size();
  queue_->fresh = size();
}

std::uint32_t OldestFreeWalk::looks() const {
  const auto queued = queue_->fresh + static_cast<std::uint32_t>(queue_->returned.size());
  return queue_->fresh == size() ? queued : queued + size();
}

std::uint32_t OldestFreeWalk::next(Rng&) {
  if (queue_->fresh == 0 && !queue_->returned.empty()) {
    const std::uint32_t offset = queue_->returned.front();
    queue_->returned.pop_front();
    return offset;
  }
  if (queue_->fresh == 0) queue_->fresh = size();
  return shuffled(queue_->secret, wrapped(queue_->start + size() - queue_->fresh--));
}

void OldestFreeWalk::gone(std::uint32_t offset, std::uint64_t destination) {
  const auto place = queues_.find(destination);
  if (place == queues_.end()) return;
  Queue& queue = place->second;
  if (queue.absent.erase(static_cast<std::uint16_t>(offset)) == 0) return;
  queue.returned.push_back(static_cast<std::uint16_t>(offset));
  if (queue.absent.empty() && destination != kBinds) queues_.erase(place);
}

/// A bijection of the offsets: a Feistel network of four rounds, walked until it meets an offset
/// again (Black, Rogaway: Ciphers with Arbitrary Finite Domains, CT-RSA 2002).
std::uint32_t OldestFreeWalk::shuffled(std::uint64_t secret, std::uint32_t index) const {
  const std::uint32_t mask = (1u << half_bits_) - 1;
  do {
    std::uint32_t left = index >> half_bits_;
    std::uint32_t right = index & mask;
    for (std::uint64_t round = 1; round <= 4; ++round) {
      const auto mixed = static_cast<std::uint32_t>(mix64(secret ^ (round << 32 | right)));
      left = (left ^ mixed) & mask;
      std::swap(left, right);
    }
    index = left << half_bits_ | right;
  } while (index >= size());
  return index;
}

}  // namespace demuxsim
