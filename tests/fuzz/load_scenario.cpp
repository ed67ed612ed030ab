// Any bytes as a scenario file: the loader answers with a spec or with at least one diagnostic that
// can be rendered, and never crashes, hangs or throws.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "demuxsim/scenario/load.hpp"

namespace {

/// Whether every place lies in the file or behind its last line.
bool is_within(const demuxsim::SourceFile& source, demuxsim::SourceSpan span) {
  std::uint32_t lines = 1;
  for (const char c : source.text) lines += c == '\n' ? 1u : 0u;
  return span.line <= lines && (span.line == 0 || span.column > 0);
}

void check(const demuxsim::SourceFile& source, const demuxsim::Diagnostics& diagnostics) {
  if (diagnostics.empty()) std::abort();
  for (const demuxsim::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.message.empty() || !is_within(source, diagnostic.span)) std::abort();
  }
  for (const auto color : {demuxsim::Color::off, demuxsim::Color::on}) {
    const std::string text = demuxsim::render(source, diagnostics, color);
    if (text.empty() || text.back() != '\n') std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const demuxsim::SourceFile source{"fuzz.yaml",
                                    std::string(reinterpret_cast<const char*>(data), size)};
  demuxsim::LoadOptions options;
  options.params.emplace_back("style", "announce");
  for (const demuxsim::LoadOptions& each : {demuxsim::LoadOptions{}, options}) {
    const auto spec = demuxsim::load(source, each);
    if (!spec) check(source, spec.error());
  }
  return 0;
}
