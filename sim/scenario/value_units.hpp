// Numbers with units, read exactly: no floating point, no octal, no sexagesimal, no overflow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "demuxsim/core/result.hpp"
#include "demuxsim/core/time.hpp"
#include "demuxsim/core/units.hpp"

namespace demuxsim::loading {

/// What is wrong with a text, and perhaps what to write.
struct TextError {
  std::string message;
  std::string help;
};

template <class T>
using Parsed = Result<T, TextError>;

/// No time is longer: sums of two stay far from the end of SimTime.
inline constexpr Duration kLongestTime = std::chrono::hours{1'000'000};

/// `10`: digits alone.
Parsed<std::uint64_t> parse_whole(std::string_view text);
/// `10ms`, `1.5s`, `0`: ns us ms s m h.
Parsed<Duration> parse_time(std::string_view text);
/// `100Mbit`, `1.5Gbit/s`: bit Kbit Mbit Gbit, thousands.
Parsed<BitRate> parse_rate(std::string_view text);
/// `200B`, `4KiB`, `0`: B, kB MB GB (thousands), KiB MiB GiB (1024s).
Parsed<std::uint64_t> parse_bytes(std::string_view text);
/// `1%`, `0.05%`, `0`: at most 100%, without rounding.
Parsed<Ratio> parse_share(std::string_view text);
/// `1000/s` as the mean gap between two, rounded to a nanosecond.
Parsed<Duration> parse_frequency(std::string_view text);

}  // namespace demuxsim::loading
