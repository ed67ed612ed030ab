// A table of results: aligned for people, or JSON, JSON Lines or CSV for programs, with the same
// figures in each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/options.hpp"

namespace demuxsim::cli {

/// Nothing, a number with as many decimals as its column has, or a text.
using StressValue = std::variant<std::monostate, std::uint64_t, double, std::string>;

struct StressColumn {
  std::string_view name;     ///< As a key: `batch_ns`.
  std::string_view heading;  ///< For people: `batch ns`; empty for remarks, which few rows have.
  int decimals = 0;          ///< Of doubles.
};

struct StressTable {
  std::vector<std::string> notes;  ///< Lines for people, ahead of the table.
  std::vector<StressColumn> columns;
  /// People see an empty line where one of so many first columns changes.
  std::size_t group_columns = 0;
  std::vector<std::vector<StressValue>> rows;  ///< A value for each column.
};

/// Text, an array of JSON objects, such objects one a line, or CSV with a heading (RFC 4180, but
/// lines end in a line feed). Nothing is `-`, `null` or an empty field.
std::string to_string(const StressTable& table, Format format);

}  // namespace demuxsim::cli
