// Large numbers as people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace demuxsim {

/// `1,099,000`.
inline std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

}  // namespace demuxsim
