#include "demuxsim/trace/directory.hpp"

#include <algorithm>
#include <utility>

#include "demuxsim/core/check.hpp"

namespace demuxsim {
namespace {

std::string numbered(std::string name, std::uint32_t number) {
  name += '.';
  name += std::to_string(number);
  return name;
}

}  // namespace

void Directory::add(HostGroup group) {
  const std::uint32_t last = group.count == 0 ? 0 : group.count - 1;
  const std::size_t longest =
      group.numbered ? numbered(group.name, last).size() : group.name.size();
  longest_host_name_ = std::max(longest_host_name_, longest);
  const std::uint32_t first = host_count_;
  host_count_ += group.count;
  entries_.push_back({first, std::move(group)});
}

std::string Directory::host(HostId host) const {
  if (!host) return "(network)";
  const Entry& entry = group_of(host);
  return entry.group.numbered ? numbered(entry.group.name, host.value - entry.first)
                              : entry.group.name;
}

std::string Directory::process(HostId host, ProcessId process) const {
  std::uint32_t index = process.value;
  for (const ProcessGroup& group : group_of(host).group.processes) {
    if (index < group.count) return group.numbered ? numbered(group.name, index) : group.name;
    index -= group.count;
  }
  check_failed("the process is one of the host's", __FILE__, __LINE__);
}

std::string Directory::socket(SocketName name) const {
  const std::string& base = socket_names_[name.conversation().base];
  if (base.empty()) return base;
  std::string full = name.index == SocketName::kNone ? base : numbered(base, name.index);
  if (name.is_first()) full += ".first";
  return full;
}

const Directory::Entry& Directory::group_of(HostId host) const {
  DEMUXSIM_CHECK(host.value < host_count_);
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), host.value,
                       [](std::uint32_t value, const Entry& entry) { return value < entry.first; });
  return *std::prev(after);
}

}  // namespace demuxsim
