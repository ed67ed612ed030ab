#include "picture/svg_text.hpp"

#include "demuxsim/report/line_text.hpp"

namespace demuxsim {
namespace {

/// U+FFFE and U+FFFF, which UTF-8 can write and XML cannot.
bool is_no_character(std::string_view text) {
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
}

std::string_view entity_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escaped_xml(std::string_view text) {
  std::string safe;
  append_name(safe, text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const std::string_view entity = entity_of(safe[i]);
    if (is_no_character(std::string_view(safe).substr(i))) {
      out += '?';
      i += 2;
    } else if (entity.empty()) {
      out += safe[i];
    } else {
      out += entity;
    }
  }
  return out;
}

}  // namespace demuxsim
