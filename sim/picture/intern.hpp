// Things that are written once and then called by their number, in order of first use.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace demuxsim {

template <class Value>
class Interned {
 public:
  /// The number of the value, and whether it is a new one.
  std::pair<std::int64_t, bool> add(const Value& value) {
    const auto [place, is_new] = numbers_.try_emplace(value, values_.size());
    if (is_new) values_.push_back(&place->first);
    return {static_cast<std::int64_t>(place->second), is_new};
  }
  std::int64_t number(const Value& value) { return add(value).first; }

  /// By number. The pointers live as long as this.
  const std::vector<const Value*>& values() const { return values_; }

 private:
  std::map<Value, std::size_t> numbers_;
  std::vector<const Value*> values_;
};

}  // namespace demuxsim
