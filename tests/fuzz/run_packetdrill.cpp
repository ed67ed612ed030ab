// Any bytes as a packetdrill script: the parser answers with a script or with at least one
// diagnostic in the file, and every script runs to a verdict; never a crash.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "demuxsim/packetdrill/parse.hpp"
#include "demuxsim/packetdrill/run.hpp"

namespace {

using namespace demuxsim;

/// A complaint about the whole file has no place.
bool is_within(const SourceFile& source, SourceSpan span) {
  std::uint32_t lines = 1;
  for (const char c : source.text) lines += c == '\n' ? 1u : 0u;
  return !span || (span.line <= lines && span.column > 0 && span.length > 0);
}

void check(const SourceFile& source, const Diagnostics& diagnostics) {
  if (diagnostics.empty()) std::abort();
  for (const Diagnostic& each : diagnostics) {
    if (each.message.empty() || !is_within(source, each.span)) std::abort();
  }
  if (render(source, diagnostics, Color::off).empty()) std::abort();
}

void run(const SourceFile& source, Profile profile) {
  const auto script = packetdrill::parse_script(source, profile);
  if (!script) return check(source, script.error());
  const auto verdict = packetdrill::run_script(*script, {profile, nullptr});
  if (!verdict) return check(source, {verdict.error()});
  if (verdict->passed != verdict->reason.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const SourceFile source{"fuzz.pkt", std::string(reinterpret_cast<const char*>(data), size)};
  for (const Profile profile : {Profile::freebsd, Profile::rfc9293, Profile::linux_6}) {
    run(source, profile);
  }
  return 0;
}
