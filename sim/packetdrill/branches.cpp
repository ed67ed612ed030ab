#include "packetdrill/branches.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/core.h>

#include "scenario/diagnostic_text.hpp"
#include "scenario/source_text.hpp"

namespace demuxsim::packetdrill {
namespace {

/// What a system calls itself in `#ifdef`; the textbook's TCP is the standard's.
constexpr std::string_view symbol_of(Profile profile) {
  switch (profile) {
    case Profile::rfc9293:
    case Profile::textbook:
      return "STANDARD";
    case Profile::linux_6:
      return "linux";
    case Profile::freebsd:
      return "FreeBSD";
  }
  return {};
}

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// `#ifdef FreeBSD` as its two words, or nothing for any other line.
struct Directive {
  std::string_view name;
  std::string_view symbol;
};

Directive directive_of(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with('#')) return {};
  line = trimmed(line.substr(1));
  const std::string_view name = line.substr(0, line.find_first_of(kBlanks));
  constexpr std::array<std::string_view, 4> kNames{"ifdef", "ifndef", "else", "endif"};
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) return {};
  const std::string_view rest = trimmed(line.substr(name.size()));
  return {name, rest.substr(0, rest.find_first_of(kBlanks))};
}

/// The branches that are open at one line.
class Branches {
 public:
  Branches(Profile profile, Diagnostics& diagnostics)
      : own_(symbol_of(profile)), diagnostics_(diagnostics) {}

  bool are_read() const {
    return std::all_of(open_.begin(), open_.end(), [](const Open& each) { return each.read; });
  }

  void take(const Directive& directive, SourceSpan span) {
    if (directive.name == "ifdef" || directive.name == "ifndef") {
      if (directive.symbol.empty()) {
        complain(span, fmt::format("#{} needs a name", directive.name));
      }
      open_.push_back({span, (directive.symbol == own_) == (directive.name == "ifdef"), false});
    } else if (open_.empty()) {
      complain(span, fmt::format("#{} without #ifdef", directive.name));
    } else if (directive.name == "endif") {
      open_.pop_back();
    } else {
      if (open_.back().in_else) complain(span, "a second #else of one #ifdef");
      open_.back() = {open_.back().span, !open_.back().read, true};
    }
  }

  void finish() {
    for (const Open& each : open_) complain(each.span, "this branch is never ended by #endif");
  }

 private:
  struct Open {
    SourceSpan span;
    bool read;
    bool in_else;
  };

  void complain(SourceSpan span, std::string message) {
    diagnostics_.push_back({span, std::move(message), {}, {}});
  }

  std::string_view own_;
  Diagnostics& diagnostics_;
  std::vector<Open> open_;
};

}  // namespace

std::string without_other_branches(std::string_view text, Profile profile,
                                   Diagnostics& diagnostics) {
  std::string out(text);
  Branches branches(profile, diagnostics);
  std::uint32_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    ++number;
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const Directive directive = directive_of(line);
    if (!directive.name.empty()) {
      branches.take(directive, {number, 1, loading::count_characters(line)});
    }
    if (!branches.are_read() || trimmed(line).starts_with('#')) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(begin),
                out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
    begin = end + 1;
  }
  branches.finish();
  return out;
}

}  // namespace demuxsim::packetdrill
