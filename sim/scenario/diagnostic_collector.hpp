// Gathers the complaints about one file.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "demuxsim/scenario/diagnostic.hpp"

namespace demuxsim::loading {

class DiagnosticCollector {
 public:
  /// More than anybody reads. Finding what was meant takes a while each time, so a file that is
  /// wrong all over must not be read to its end.
  static constexpr std::size_t kMost = 1000;
  /// Thrown by add when there are too many; load() catches it.
  struct Full {};

  /// The diagnostic that was added, for help and notes. Valid until the next call.
  Diagnostic& add(SourceSpan span, std::string message) {
    if (items_.size() == kMost) throw Full{};
    return items_.emplace_back(Diagnostic{span, std::move(message), {}, {}});
  }
  bool empty() const { return items_.empty(); }

  /// In order of place; of equal places in the order of adding.
  Diagnostics take();

 private:
  Diagnostics items_;
};

}  // namespace demuxsim::loading
