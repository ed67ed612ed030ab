#include "cli/host_range.hpp"

#include "scenario/value_name.hpp"

namespace demuxsim::cli {

Result<HostRange, UsageError> hosts_named(const ScenarioSpec& spec, const std::string& name) {
  if (name.empty()) return HostRange{0, spec.host_count};
  loading::NameTable names("host");
  for (const HostGroupSpec& group : spec.hosts) {
    names.add(group.name, group.count, group.numbered, group.span);
  }
  if (const auto* const entry = names.find_entry(name))
    return HostRange{entry->first, entry->count};
  const auto found = names.find(name);
  if (!found) return failure(UsageError{found.error().message, found.error().help});
  return HostRange{found->number, 1};
}

}  // namespace demuxsim::cli
