// Which host has which address, with hosts that are alike kept as a range.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "demuxsim/core/ids.hpp"
#include "demuxsim/net/address.hpp"
#include "demuxsim/scenario/source.hpp"
#include "scenario/diagnostic_collector.hpp"

namespace demuxsim::loading {

class AddressBook {
 public:
  /// Hosts first_host, first_host + 1 ... have `first` and the addresses after it, up to `last`.
  struct Range {
    IpAddress first;
    IpAddress last;
    HostId first_host;
    SourceSpan span;
  };

  void add(const Range& range) { ranges_.push_back(range); }

  /// To be called when all are added: sorts them and complains about each that overlaps another.
  void settle(DiagnosticCollector& diagnostics);

  /// Precondition: settled.
  std::optional<HostId> find(const IpAddress& address) const;

 private:
  std::vector<Range> ranges_;
};

}  // namespace demuxsim::loading
