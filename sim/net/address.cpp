#include "demuxsim/net/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace demuxsim {
namespace {

constexpr int kGroups = 8;
using Groups = std::array<std::uint16_t, kGroups>;

Groups groups_of(const IpAddress& address) {
  Groups groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    const std::uint64_t half = i < 4 ? address.high() : address.low();
    groups[i] = static_cast<std::uint16_t>(half >> (48 - 16 * (i % 4)));
  }
  return groups;
}

/// Big endian, as on the wire.
std::uint64_t read_half(const std::uint8_t* bytes) {
  std::uint64_t half = 0;
  for (int i = 0; i < 8; ++i) half = half << 8 | bytes[i];
  return half;
}

struct ZeroRun {
  int first = kGroups;
  int count = 0;
};

/// RFC 5952 section 4.2: the longest run of zero groups, the first of equals, never one alone.
ZeroRun longest_zero_run(const Groups& groups) {
  ZeroRun best{kGroups, 1};
  for (int i = 0; i < kGroups; ++i) {
    int end = i;
    while (end < kGroups && groups[static_cast<std::size_t>(end)] == 0) ++end;
    if (end - i > best.count) best = {i, end - i};
    i = end;
  }
  return best;
}

/// A text of at most 39 characters that grows at its end.
class ShortText {
 public:
  void add(char c) { *end_++ = c; }
  void add(unsigned number, int base) {
    end_ = std::to_chars(end_, text_.data() + text_.size(), number, base).ptr;
  }
  std::string_view view() const {
    return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
  }

 private:
  std::array<char, 40> text_;
  char* end_ = text_.data();
};

void write_ipv4(ShortText& text, std::uint32_t bits) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    text.add((bits >> shift) & 0xff, 10);
    if (shift > 0) text.add('.');
  }
}

void write_ipv6(ShortText& text, const Groups& groups) {
  const ZeroRun run = longest_zero_run(groups);
  for (int i = 0; i < kGroups; ++i) {
    if (i == run.first) {
      text.add(':');
      text.add(':');
      i += run.count - 1;
      continue;
    }
    if (i > 0 && i != run.first + run.count) text.add(':');
    text.add(groups[static_cast<std::size_t>(i)], 16);
  }
}

/// The bits of one half that lie behind the first `kept` (which may be negative or above 64).
constexpr std::uint64_t bits_behind(int kept) {
  if (kept <= 0) return ~std::uint64_t{0};
  return kept >= 64 ? 0 : ~std::uint64_t{0} >> kept;
}

/// How long a prefix is when its address is seen as 128 bits.
int wide_length(const IpPrefix& prefix) {
  return prefix.length + (prefix.address.is_ipv4() ? 96 : 0);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton wants a terminated text; one that is longer, or has a NUL inside, is no address.
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != text.npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());

  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated.data(), bytes.data()) == 1) {
    return ipv4(static_cast<std::uint32_t>(read_half(bytes.data()) >> 32));
  }
  if (inet_pton(AF_INET6, terminated.data(), bytes.data()) == 1) {
    return ipv6(read_half(bytes.data()), read_half(bytes.data() + 8));
  }
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::plus(std::uint64_t count) const {
  const IpAddress sum{high_ + (low_ + count < low_ ? 1 : 0), low_ + count};
  if (sum < *this || sum.family() != family()) return std::nullopt;
  return sum;
}

void append(std::string& out, const IpAddress& address) {
  ShortText text;
  if (address.is_ipv4()) {
    write_ipv4(text, address.ipv4_bits());
  } else {
    write_ipv6(text, groups_of(address));
  }
  out += text.view();
}

std::string to_string(const IpAddress& address) {
  std::string out;
  append(out, address);
  return out;
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  if (!address || digits.empty() || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;

  IpPrefix prefix{*address, 0};
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, prefix.length);
  if (error != std::errc{} || stop != end) return std::nullopt;
  const int length = wide_length(prefix);
  const bool bits_left = (address->high() & bits_behind(length)) != 0 ||
                         (address->low() & bits_behind(length - 64)) != 0;
  if (length > 128 || bits_left) return std::nullopt;
  return prefix;
}

bool IpPrefix::contains(const IpAddress& member) const {
  const int leading = wide_length(*this);
  return member.family() == address.family() &&
         ((member.high() ^ address.high()) & ~bits_behind(leading)) == 0 &&
         ((member.low() ^ address.low()) & ~bits_behind(leading - 64)) == 0;
}

std::string to_string(const IpPrefix& prefix) {
  return to_string(prefix.address) + '/' + std::to_string(prefix.length);
}

}  // namespace demuxsim
