#include "demuxsim/ports/port_space.hpp"

#include <algorithm>

#include "demuxsim/core/check.hpp"

namespace demuxsim {
namespace {

/// Whether a segment could be for either of them.
bool meet(const PortHolding& a, const PortHolding& b) {
  const bool family = (a.ipv4 && b.ipv4) || (a.ipv6 && b.ipv6);
  return family && (a.address == b.address || a.address == PortHolding::kAnyAddress ||
                    b.address == PortHolding::kAnyAddress);
}

bool conflicts(const PortHolding& wish, const PortHolding& holder) {
  if (!meet(wish, holder)) return false;
  if (wish.reuse_port && holder.reuse_port) return false;
  if (wish.reuse_address && holder.reuse_address && !holder.listening) return false;  // MUST-42
  return true;
}

}  // namespace

const PortSpace::Use* PortSpace::find(Port port) const {
  const auto page = pages_.find(static_cast<std::uint16_t>(port.value / kPagePorts));
  if (page == pages_.end()) return nullptr;
  const Use& use = (*page->second)[port.value % kPagePorts];
  return use.count == 0 ? nullptr : &use;
}

PortSpace::Use& PortSpace::at(Port port) {
  std::unique_ptr<Page>& page = pages_[static_cast<std::uint16_t>(port.value / kPagePorts)];
  if (!page) page = std::make_unique<Page>();
  return (*page)[port.value % kPagePorts];
}

template <class F>
bool PortSpace::all_of(Port port, F&& agrees) const {
  const Use* use = find(port);
  if (use == nullptr) return true;
  if (!agrees(use->holding)) return false;
  if (more_.empty()) return true;
  const auto more = more_.find(port.value);
  return more == more_.end() || std::all_of(more->second.begin(), more->second.end(),
                                            [&](const Use& u) { return agrees(u.holding); });
}

bool PortSpace::may_bind(Port port, const PortHolding& wish) const {
  return all_of(port, [&](const PortHolding& holding) { return !conflicts(wish, holding); });
}

bool PortSpace::may_choose(Port port, const PortHolding& wish) const {
  return all_of(port, [&](const PortHolding& holding) { return !meet(wish, holding); });
}

bool PortSpace::may_share(Port port) const {
  return all_of(port, [](const PortHolding& holding) { return !holding.bound; });
}

bool PortSpace::in_use(Port port) const { return find(port) != nullptr; }

void PortSpace::hold(Port port, const PortHolding& holding) {
  Use& use = at(port);
  if (use.count == 0) {
    use = {holding, 1};
    ++used_;
  } else if (use.holding == holding) {
    ++use.count;
  } else {
    std::vector<Use>& more = more_[port.value];
    const auto same =
        std::find_if(more.begin(), more.end(), [&](const Use& u) { return u.holding == holding; });
    if (same == more.end()) {
      more.push_back({holding, 1});
    } else {
      ++same->count;
    }
  }
}

bool PortSpace::release(Port port, const PortHolding& holding) {
  Use& use = at(port);
  const auto more = more_.empty() ? more_.end() : more_.find(port.value);
  if (use.count != 0 && use.holding == holding) {
    if (--use.count != 0) return false;
    if (more == more_.end()) {
      --used_;
      return true;
    }
    // The first way is gone; one of the others takes its place.
    use = more->second.back();
    more->second.pop_back();
  } else {
    DEMUXSIM_CHECK(more != more_.end());
    const auto same = std::find_if(more->second.begin(), more->second.end(),
                                   [&](const Use& u) { return u.holding == holding; });
    DEMUXSIM_CHECK(same != more->second.end());
    if (--same->count == 0) more->second.erase(same);
  }
  if (more->second.empty()) more_.erase(more);
  return false;
}

void PortSpace::clear() {
  pages_.clear();
  more_.clear();
  used_ = 0;
}

}  // namespace demuxsim
