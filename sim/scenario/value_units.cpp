#include "scenario/value_units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <span>

#include <fmt/core.h>

#include "demuxsim/scenario/load.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::loading {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// What a kind of quantity may be; all in its smallest unit.
struct Quantity {
  std::string_view what;
  std::string_view example;
  std::string_view usual_unit;
  std::span<const Unit> units;
  std::uint64_t most;
  std::string_view most_text;
};

constexpr std::array kTimeUnits{
    Unit{"ns", 1},
    Unit{"us", 1000},
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"h", 3'600'000'000'000},
};
constexpr std::array kRateUnits{
    Unit{"bit", 1},   Unit{"Kbit", 1000},   Unit{"Mbit", 1'000'000}, Unit{"Gbit", 1000000000},
    Unit{"bit/s", 1}, Unit{"Kbit/s", 1000}, Unit{"Mbit/s", 1000000}, Unit{"Gbit/s", 1000000000},
};
constexpr std::array kByteUnits{
    Unit{"B", 1},
    Unit{"kB", 1000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"KiB", std::uint64_t{1} << 10},
    Unit{"MiB", std::uint64_t{1} << 20},
    Unit{"GiB", std::uint64_t{1} << 30},
};

constexpr Quantity kTime{
    "time", "10ms", "ms", kTimeUnits, static_cast<std::uint64_t>(kLongestTime.count()), "1000000h"};
constexpr Quantity kRate{
    "rate", "100Mbit/s", "Mbit/s", kRateUnits, 1'000'000'000'000'000'000, "1000000000Gbit/s"};
constexpr Quantity kBytes{"size", "4KiB", "B", kByteUnits, std::uint64_t{1} << 50, "1048576GiB"};

/// Digits, perhaps with a fraction, and what follows them: `1.5` is 15 with one decimal.
struct Decimal {
  std::uint64_t digits = 0;
  std::size_t decimals = 0;
  std::string_view unit;
};

constexpr std::size_t kMostDigits = 18;

std::uint64_t power_of_ten(std::size_t exponent) {
  std::uint64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  const auto end =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

TextError expected(std::string_view what, std::string_view example, std::string_view text) {
  const std::string found = text.empty() ? "an empty text" : quote(text);
  return {fmt::format("expected a {} such as {}, found {}", what, example, found), {}};
}

/// `what` and `example` are for the message.
Parsed<Decimal> parse_decimal(std::string_view text, std::string_view what,
                              std::string_view example) {
  std::string_view rest = text;
  if (rest.size() > 1 && rest[0] == '-' && is_digit(rest[1])) {
    return failure(TextError{fmt::format("a {} cannot be negative", what), {}});
  }
  std::string_view whole = take_digits(rest);
  std::string_view fraction;
  if (whole.empty()) return failure(expected(what, example, text));
  if (rest.size() > 1 && rest[0] == '.' && is_digit(rest[1])) {
    rest.remove_prefix(1);
    fraction = take_digits(rest);
  }
  const std::size_t first = std::min(whole.find_first_not_of('0'), whole.size() - 1);
  if (first > 0) {
    return failure(TextError{
        fmt::format("number {} begins with a zero, which some take for octal", quote(whole)),
        fmt::format("write {}", quote(text.substr(first)))});
  }
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  if (whole.size() + fraction.size() > kMostDigits) {
    return failure(TextError{fmt::format("number {} has too many digits", quote(text)), {}});
  }
  Decimal decimal{0, fraction.size(), rest};
  for (const char c : whole) decimal.digits = decimal.digits * 10 + static_cast<unsigned>(c - '0');
  for (const char c : fraction) {
    decimal.digits = decimal.digits * 10 + static_cast<unsigned>(c - '0');
  }
  return decimal;
}

std::string_view trim_left(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
  return found == units.end() ? nullptr : &*found;
}

TextError no_such_unit(const Quantity& quantity, std::string_view text, std::string_view unit) {
  std::array<std::string_view, 8> names;
  const std::size_t count = std::min(names.size(), quantity.units.size());
  for (std::size_t i = 0; i < count; ++i) names[i] = quantity.units[i].name;
  const std::span<const std::string_view> known(names.data(), count);
  if (unit.empty()) {
    return {fmt::format("{} {} needs a unit", quantity.what, quote(text)),
            fmt::format("add one of {}: '{}{}'", alternatives(known), text, quantity.usual_unit)};
  }
  if (unit.starts_with(' ') && find_unit(quantity.units, trim_left(unit)) != nullptr) {
    const std::string_view number = text.substr(0, text.size() - unit.size());
    return {fmt::format("{} {} has a space before its unit", quantity.what, quote(text)),
            fmt::format("write '{}{}'", number, trim_left(unit))};
  }
  unit = trim_left(unit);
  std::string help = did_you_mean(unit, known);
  if (help.empty()) help = fmt::format("the units are {}", alternatives(known));
  return {fmt::format("unknown unit {} of a {}", quote(unit), quantity.what), std::move(help)};
}

/// The quantity in its smallest unit, exactly.
Parsed<std::uint64_t> parse_quantity(std::string_view text, const Quantity& quantity) {
  const auto decimal = parse_decimal(text, quantity.what, quantity.example);
  if (!decimal) return failure(decimal.error());
  if (decimal->digits == 0 && decimal->unit.empty()) return 0;
  const Unit* const unit = find_unit(quantity.units, decimal->unit);
  if (unit == nullptr) return failure(no_such_unit(quantity, text, decimal->unit));
  const Wide scaled = Wide{decimal->digits} * unit->factor;
  const std::uint64_t divisor = power_of_ten(decimal->decimals);
  if (scaled % divisor != 0) {
    return failure(TextError{fmt::format("{} {} is not a whole number of {}", quantity.what,
                                         quote(text), quantity.units[0].name),
                             {}});
  }
  if (scaled / divisor > quantity.most) {
    return failure(TextError{fmt::format("{} {} is too large: at most {}", quantity.what,
                                         quote(text), quantity.most_text),
                             {}});
  }
  return static_cast<std::uint64_t>(scaled / divisor);
}

}  // namespace

Parsed<std::uint64_t> parse_whole(std::string_view text) {
  // Seeds use all 64 bits; everything else is far smaller.
  const bool long_seed = text.size() > kMostDigits && !text.starts_with('0');
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (long_seed && error == std::errc{} && end == text.data() + text.size()) return number;
  const auto decimal = parse_decimal(text, "whole number", "10");
  if (!decimal) return failure(decimal.error());
  if (decimal->decimals != 0 || !decimal->unit.empty()) {
    return failure(expected("whole number", "10", text));
  }
  return decimal->digits;
}

Parsed<Duration> parse_time(std::string_view text) {
  return parse_quantity(text, kTime).map([](std::uint64_t nanoseconds) {
    return Duration{static_cast<std::int64_t>(nanoseconds)};
  });
}

Parsed<BitRate> parse_rate(std::string_view text) {
  const auto bits = parse_quantity(text, kRate);
  if (!bits) return failure(bits.error());
  if (*bits == 0) {
    return failure(TextError{"a rate of 0 lets nothing through",
                             "leave 'rate' out for a link without a limit"});
  }
  return BitRate{*bits};
}

Parsed<std::uint64_t> parse_bytes(std::string_view text) { return parse_quantity(text, kBytes); }

Parsed<Ratio> parse_share(std::string_view text) {
  const auto decimal = parse_decimal(text, "share", "25%");
  if (!decimal) return failure(decimal.error());
  if (decimal->digits == 0 && decimal->unit.empty()) return Ratio{0, 1};
  if (decimal->unit != "%") {
    return failure(TextError{fmt::format("share {} needs a '%'", quote(text)),
                             decimal->unit.empty() ? fmt::format("write '{}%'", text) : ""});
  }
  if (decimal->decimals > kMostDigits - 2) {
    return failure(TextError{fmt::format("number {} has too many digits", quote(text)), {}});
  }
  const std::uint64_t whole = 100 * power_of_ten(decimal->decimals);
  if (decimal->digits > whole) {
    return failure(TextError{fmt::format("share {} is more than 100%", quote(text)), {}});
  }
  const std::uint64_t divisor = std::gcd(decimal->digits, whole);
  return Ratio{decimal->digits / divisor, whole / divisor};
}

Parsed<Duration> parse_frequency(std::string_view text) {
  const auto decimal = parse_decimal(text, "frequency", "1000/s");
  if (!decimal) return failure(decimal.error());
  if (decimal->unit != "/s") return failure(expected("frequency", "1000/s", text));
  constexpr std::uint64_t kSecond = 1'000'000'000;
  if (decimal->digits == 0) return failure(TextError{"a frequency of 0 means never", {}});
  const Wide scaled = Wide{kSecond} * power_of_ten(decimal->decimals);
  const Wide gap = (scaled + decimal->digits / 2) / decimal->digits;
  if (gap == 0) return failure(TextError{"more often than once a nanosecond", {}});
  if (gap > static_cast<std::uint64_t>(kLongestTime.count())) {
    return failure(TextError{fmt::format("frequency {} is too low", quote(text)), {}});
  }
  return Duration{static_cast<std::int64_t>(gap)};
}

}  // namespace demuxsim::loading

namespace demuxsim {

Result<Duration, std::string> parse_duration(std::string_view text) {
  return loading::parse_time(text).map_error(
      [](const loading::TextError& error) { return error.message; });
}

}  // namespace demuxsim
