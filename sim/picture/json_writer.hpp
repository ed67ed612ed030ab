// Writes JSON piece by piece, with commas where they belong. It trusts its caller to open and close
// arrays and objects in pairs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/json_text.hpp"

namespace demuxsim {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  /// The name of an object's next member.
  JsonWriter& key(std::string_view name) {
    text(name);
    out_ += ':';
    first_ = true;
    return *this;
  }
  JsonWriter& number(std::int64_t value) {
    separate();
    if (value < 0) out_ += '-';
    append_number(out_, static_cast<std::uint64_t>(value < 0 ? -value : value));
    return *this;
  }
  /// What is JSON already.
  JsonWriter& raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
  }
  JsonWriter& text(std::string_view value) {
    separate();
    append_json(out_, value);
    return *this;
  }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace demuxsim
