#include "demuxsim/core/event_bucket.hpp"

namespace demuxsim {

EventChunk* EventPool::take_fresh() {
  if (block_used_ == kBlockChunks) {
    blocks_.push_back(std::unique_ptr<EventChunk[]>(new EventChunk[kBlockChunks]));
    block_used_ = 0;
  }
  return &blocks_.back()[block_used_++];
}

}  // namespace demuxsim
