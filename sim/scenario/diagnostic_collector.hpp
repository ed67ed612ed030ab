// Gathers the complaints about one file.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "demuxsim/scenario/diagnostic.hpp"

namespace demuxsim::loading {

/// More complaints than anybody reads are dropped, so that a hostile file costs no memory.
class DiagnosticCollector {
 public:
  static constexpr std::size_t kMost = 1000;

  /// The diagnostic that was added, for help and notes. Valid until the next call.
  Diagnostic& add(SourceSpan span, std::string message) {
    if (items_.size() >= kMost) {
      dropped_ = {};
      return dropped_;
    }
    return items_.emplace_back(Diagnostic{span, std::move(message), {}, {}});
  }
  bool empty() const { return items_.empty(); }
  bool full() const { return items_.size() >= kMost; }

  /// In order of place; of equal places in the order of adding.
  Diagnostics take();

 private:
  Diagnostics items_;
  Diagnostic dropped_;
};

}  // namespace demuxsim::loading
