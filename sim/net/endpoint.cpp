#include "demuxsim/net/endpoint.hpp"

#include <array>
#include <charconv>

namespace demuxsim {

void append(std::string& out, const Endpoint& endpoint) {
  if (endpoint.address.is_unspecified()) {
    out += endpoint.port == Port{} ? "*:*" : "*:";
    if (endpoint.port == Port{}) return;
  } else if (endpoint.address.is_ipv4()) {
    append(out, endpoint.address);
    out += ':';
  } else {
    out += '[';
    append(out, endpoint.address);
    out += "]:";
  }
  std::array<char, 5> digits;
  char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), endpoint.port.value).ptr;
  out.append(digits.data(), end);
}

std::string to_string(const Endpoint& endpoint) {
  std::string out;
  append(out, endpoint);
  return out;
}

}  // namespace demuxsim
