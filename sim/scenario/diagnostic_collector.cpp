#include "scenario/diagnostic_collector.hpp"

#include <algorithm>
#include <tuple>

namespace demuxsim::loading {

Diagnostics DiagnosticCollector::take() {
  std::stable_sort(items_.begin(), items_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.span.line, a.span.column) < std::tie(b.span.line, b.span.column);
  });
  return std::exchange(items_, {});
}

}  // namespace demuxsim::loading
